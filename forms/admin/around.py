"""What staff do around one form: late-entry codes, trying it with sample answers, its other languages."""

from datetime import datetime, time
from typing import Any

import django.forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.panels import Panel

from forms import entry
from forms.actions import make_code, purge_samples, revoke_code
from forms.actions.entry_code import MOST_USES
from forms.models import EntryCode, Submission
from forms.opening import uses_left
from records.errors import SamsynError

from .languages import languages, other_languages
from .reach import edit_address, form_for

MOST_CODES = 200  # shown at once


class CodeForm(django.forms.Form):
    """What a new code lets somebody do."""

    note = django.forms.CharField(
        label=gettext_lazy("Who gets it, and why"), max_length=200, required=False, widget=django.forms.TextInput
    )
    last_day = django.forms.DateField(
        label=gettext_lazy("Last day"), widget=django.forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    last_time = django.forms.TimeField(
        label=gettext_lazy("Time of day (Swedish time)"),
        initial=time(23, 59),
        widget=django.forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    max_uses = django.forms.IntegerField(
        label=gettext_lazy("Number of uses"), min_value=1, max_value=MOST_USES, initial=1
    )

    def valid_until(self) -> datetime:
        """The last moment, in the installation's time zone."""
        day, hour = self.cleaned_data["last_day"], self.cleaned_data["last_time"]
        return timezone.make_aware(datetime.combine(day, hour))


@require_http_methods(["GET", "HEAD", "POST"])
def around(request: HttpRequest, pk: int) -> HttpResponse:
    """Codes and samples of one form; POST makes a code."""
    form = form_for(request, pk)
    code_form = CodeForm(request.POST or None)
    if request.method == "POST" and code_form.is_valid():
        try:
            code = make_code(
                form=form,
                person=request.user,
                valid_until=code_form.valid_until(),
                max_uses=code_form.cleaned_data["max_uses"],
                note=code_form.cleaned_data["note"],
            )
        except SamsynError as error:
            code_form.add_error("last_day", str(error.sentence))
        else:
            messages.success(request, _("The code is %(code)s. Give it to whoever is to use it.") % {"code": code.code})
            return redirect("forms_form_around", pk=pk)
    codes = list(EntryCode.objects.filter(form=form)[:MOST_CODES])
    context = {
        "form": form,
        "code_form": code_form,
        "codes": [(code, code.max_uses - uses_left(code), code.valid_until <= timezone.now()) for code in codes],
        "samples": Submission.objects.filter(form=form, is_sample=True).count(),
        "edit_url": edit_address(form),
        "is_published": form.live,
    }
    return render(request, "forms/admin/around.html", context, status=422 if code_form.errors else 200)


@require_POST
def revoke(request: HttpRequest, pk: int, code: int) -> HttpResponse:
    """A code opens nothing more."""
    form = form_for(request, pk)
    found = get_object_or_404(EntryCode, pk=code, form=form)
    revoke_code(code=found, person=request.user)
    messages.success(request, _("The code %(code)s opens nothing more.") % {"code": found.code})
    return redirect("forms_form_around", pk=pk)


@require_POST
def try_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the published form in this browser as a test."""
    form = form_for(request, pk)
    if not form.versions.exists():
        messages.error(request, _("Publish the form first: what is tried is what visitors meet."))
        return redirect("forms_form_around", pk=pk)
    entry.begin_test(request, form)
    return redirect("forms:begin", slug=form.slug)


@require_POST
def purge(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove every sample of the form."""
    form = form_for(request, pk)
    count = purge_samples(form=form, person=request.user)
    messages.success(
        request,
        ngettext("%(count)s sample has been removed.", "%(count)s samples have been removed.", count)
        % {"count": count},
    )
    return redirect("forms_form_around", pk=pk)


class AroundPanel(Panel):
    """Ways from the editor to what is done around the form."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "forms/admin/around_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            context["pk"] = self.instance.pk
            context["languages"] = other_languages(self.instance)
            return context


urls: list[URLPattern] = [
    path("forms/around/<int:pk>/", around, name="forms_form_around"),
    path("forms/around/<int:pk>/codes/<int:code>/revoke/", revoke, name="forms_form_revoke_code"),
    path("forms/around/<int:pk>/languages/<slug:language>/", languages, name="forms_form_languages"),
    path("forms/around/<int:pk>/try/", try_form, name="forms_form_try"),
    path("forms/around/<int:pk>/samples/purge/", purge, name="forms_form_purge_samples"),
]
