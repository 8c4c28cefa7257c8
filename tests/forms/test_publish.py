"""The one gate: whoever publishes, the draft is linted, compiled, numbered and written down, or nothing happens."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Collection, Revision

from forms.actions.form import close_form, publish_form
from forms.definition import LintFailed
from forms.fields import FIELDS
from forms.models import Form, FormVersion
from records.errors import Invalid, NotAllowed
from records.models import Event, Message
from records.roles import roles
from tests.forms.forms_in_tests import association, block_id, edited, make_form, page, question

pytestmark = pytest.mark.django_db


def a_form(**values: Any) -> Form:
    return make_form(page("Om dig", question("short_text", "Namn")), **values)


def broken(form: Form) -> Form:
    """The form with a draft that cannot be published."""
    return edited(form, page("Om dig", question("short_text", "Namn", shown_if="nobody = 1")))


def person_in(collection: Collection, role: str = "editor", email: str = "eva@hoglandet.example") -> Any:
    roles.create(collection, collection.name)
    user = get_user_model().objects.create_user(email, first_name="Eva", last_name="Ek")
    roles.assign(user, collection, role)
    return user


def events(form: Form) -> list[tuple[str, dict[str, Any]]]:
    return [(event.type, event.transition) for event in Event.objects.filter(stream=form.stream).order_by("sequence")]


# --- by code ----------------------------------------------------------------------------------------


def test_publishing_makes_a_numbered_version_and_an_event() -> None:
    form = a_form()
    eva = person_in(form.collection)

    version = publish_form(form=form, user=eva)

    assert (version.number, version.created_by) == (1, eva.key)
    assert version.compiled == form.compile()
    assert form.live
    assert form.version == version
    assert [(kind, seen["number"], seen["new"]) for kind, seen in events(form)] == [("form.published", 1, True)]


def test_names_given_at_publishing_are_kept_in_the_draft() -> None:
    form = a_form()

    publish_form(form=form)

    stored = Form.objects.get(pk=form.pk).questions[0].value
    assert (stored["name"], stored["questions"][0].value["name"]) == ("om_dig", "namn")
    revision = form.latest_revision.as_object().questions[0].value
    assert revision["questions"][0].value["name"] == "namn"


def test_publishing_again_without_a_change_takes_no_new_number() -> None:
    form = a_form()
    publish_form(form=form)

    version = publish_form(form=form)

    assert version.number == 1
    assert [seen["new"] for _kind, seen in events(form)] == [True, False]


def test_a_change_takes_the_next_number_and_the_old_version_stays() -> None:
    form = a_form()
    first = publish_form(form=form)
    form = edited(form, page("Om dig", question("short_text", "Ditt namn")))

    second = publish_form(form=form)

    assert (first.number, second.number) == (1, 2)
    assert FormVersion.objects.get(pk=first.pk).compiled["pages"][0]["fields"][0]["label"] == "Namn"
    assert form.version == second


def test_a_version_cannot_be_changed_or_removed() -> None:
    version = publish_form(form=a_form())

    with pytest.raises(DatabaseError), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).update(number=7)
    with pytest.raises(DatabaseError), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).delete()


def test_a_draft_that_does_not_lint_changes_nothing() -> None:
    form = a_form()
    first = publish_form(form=form)
    form = broken(form)

    with pytest.raises(LintFailed) as refused:
        publish_form(form=form)

    assert [(problem.code, problem.block_id) for problem in refused.value.found] == [("unknown_name", block_id("Namn"))]
    assert refused.value.problems[block_id("Namn")]
    assert refused.value.lines[0].startswith("Om dig › Namn: ")
    form = Form.objects.get(pk=form.pk)
    assert form.version == first
    assert form.live
    assert len(events(form)) == 1


def test_an_unfinished_draft_can_be_saved() -> None:
    form = a_form()

    draft = edited(form, page("", question("one_of", "")))

    assert draft.has_unpublished_changes
    assert not draft.live
    assert [problem.is_error for problem in draft.get_latest_revision_as_object().problems()].count(True) >= 3


def test_a_stranger_may_not_publish() -> None:
    form = a_form()
    dag = person_in(association("Södra Lappland"), email="dag@sodra-lappland.example")

    with pytest.raises(NotAllowed):
        form.latest_revision.publish(user=dag, skip_permission_checks=True)

    assert not FormVersion.objects.exists()


def test_a_published_form_cannot_move_to_another_association() -> None:
    form = a_form()
    publish_form(form=form)
    form = edited(form, collection=association("Södra Lappland"))

    with pytest.raises(LintFailed) as refused:
        publish_form(form=form)

    assert [problem.code for problem in refused.value.found] == ["moved"]


def test_unpublished_means_closed_and_versions_stay() -> None:
    form = a_form()
    version = publish_form(form=form)

    close_form(form=form)

    assert form.version is None
    assert form.latest_version == version
    assert [kind for kind, _seen in events(form)] == ["form.published", "form.unpublished"]
    assert publish_form(form=form) == version


def test_only_what_was_never_published_can_be_deleted() -> None:
    draft, form = a_form(), a_form()
    publish_form(form=form)

    draft.delete()
    with pytest.raises(Invalid):
        form.delete()

    assert list(Form.objects.all()) == [form]


def test_reverting_makes_a_new_draft_that_can_be_published() -> None:
    form = a_form()
    publish_form(form=form)
    first: Revision = form.latest_revision
    form = edited(form, page("Om dig", question("short_text", "Ditt namn")))
    publish_form(form=form)

    first.as_object().save_revision(previous_revision=first, clean=False)
    form = Form.objects.get(pk=form.pk)
    assert form.version.number == 2
    third = publish_form(form=form)

    assert third.number == 3
    assert third.compiled["pages"] == FormVersion.objects.get(number=1).compiled["pages"]


def test_a_retired_kind_still_publishes() -> None:
    form = a_form()
    kind = type(FIELDS["short_text"])
    kind.retired = True
    try:
        assert publish_form(form=form).number == 1
    finally:
        kind.retired = False


# --- by schedule ------------------------------------------------------------------------------------


def scheduled(form: Form) -> Form:
    """The form with its newest draft approved to go live a moment ago."""
    draft = form.get_latest_revision_as_object()
    draft.go_live_at = timezone.now() + timedelta(hours=1)
    draft.save_revision(clean=False).publish()
    return pass_the_hour(form)


def pass_the_hour(form: Form) -> Form:
    moment = timezone.now() - timedelta(minutes=1)
    form = Form.objects.get(pk=form.pk)
    revision = form.latest_revision
    revision.content["go_live_at"] = moment.isoformat()
    revision.approved_go_live_at = moment
    revision.save()
    return Form.objects.get(pk=form.pk)


def test_a_scheduled_form_is_published_when_the_time_has_come() -> None:
    form = scheduled(a_form())
    assert form.version is None

    call_command("publish_scheduled")

    form = Form.objects.get(pk=form.pk)
    assert form.version.number == 1
    assert [kind for kind, _seen in events(form)] == ["form.scheduled", "form.published"]


def test_a_schedule_is_refused_at_once_when_the_draft_does_not_lint() -> None:
    form = broken(a_form())
    draft = form.get_latest_revision_as_object()
    draft.go_live_at = timezone.now() + timedelta(hours=1)

    with pytest.raises(LintFailed):
        draft.save_revision(clean=False).publish()

    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_a_failing_schedule_keeps_the_old_version_and_tells_staff() -> None:
    form = a_form()
    person_in(form.collection)
    first = publish_form(form=form)
    form = broken(form)
    Revision.objects.filter(pk=form.latest_revision_id).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=1)
    )
    other = scheduled(a_form(collection=form.collection))

    call_command("publish_scheduled")
    call_command("publish_scheduled")

    form = Form.objects.get(pk=form.pk)
    assert (form.live, form.version) == (True, first)
    assert Form.objects.get(pk=other.pk).version.number == 1
    assert [kind for kind, _seen in events(form)] == ["form.published", "form.publish_failed"]
    assert [message.to for message in Message.objects.filter(kind="forms.publish_failed")] == ["eva@hoglandet.example"]
    assert not form.latest_revision.approved_go_live_at


def test_an_expired_form_is_closed_with_an_event() -> None:
    form = a_form()
    publish_form(form=form)
    Form.objects.filter(pk=form.pk).update(expire_at=timezone.now() - timedelta(minutes=1))

    call_command("publish_scheduled")

    form = Form.objects.get(pk=form.pk)
    assert form.version is None
    assert events(form)[-1] == ("form.unpublished", {"expired": True})


# --- in the editor ----------------------------------------------------------------------------------


def posted_stream(prefix: str, blocks: list[dict[str, Any]], block: Any) -> dict[str, str]:
    """What the editor posts for a stream of stored blocks."""
    data = {f"{prefix}-count": str(len(blocks))}
    for index, item in enumerate(blocks):
        at = f"{prefix}-{index}"
        data |= {
            f"{at}-deleted": "",
            f"{at}-order": str(index),
            f"{at}-type": item["type"],
            f"{at}-id": item["id"],
        }
        child = block.child_blocks[item["type"]]
        data |= posted_struct(f"{at}-value", child.get_prep_value(child.to_python(item["value"])), child)
    return data


def posted_struct(prefix: str, value: dict[str, Any], block: Any) -> dict[str, str]:
    from wagtail.blocks import ListBlock, StreamBlock

    data: dict[str, str] = {}
    for name, child in block.child_blocks.items():
        at, inner = f"{prefix}-{name}", value.get(name)
        if isinstance(child, StreamBlock):
            data |= posted_stream(at, inner or [], child)
        elif isinstance(child, ListBlock):
            data[f"{at}-count"] = str(len(inner or []))
            for index, item in enumerate(inner or []):
                data |= {f"{at}-{index}-deleted": "", f"{at}-{index}-order": str(index), f"{at}-{index}-id": item["id"]}
                data |= posted_struct(f"{at}-{index}-value", item["value"], child.child_block)
        elif inner is True:
            data[at] = "on"
        elif inner not in (None, False):
            data[at] = str(inner)
        else:
            data.setdefault(at, "")
            if inner is False:
                del data[at]
    return data


def editor_post(form: Form, pages: list[dict[str, Any]], **values: str) -> dict[str, str]:
    """A whole edit page as the browser posts it."""
    data = {
        "title": "Ansökan",
        "slug": "ansokan",
        "purpose": "other",
        "language": "sv",
        "collection": str(form.collection_id),
        "privacy_text": "Så använder vi uppgifterna.",
        "keep_drafts_days": "60",
        "draft_policy": "finish",
        **values,
    }
    return data | posted_stream("questions", pages, Form._meta.get_field("questions").stream_block)


@pytest.fixture
def eva_edits() -> tuple[Client, Form, str]:
    form = a_form()
    client = Client()
    client.force_login(person_in(form.collection))
    return client, form, reverse(Form.snippet_viewset.get_url_name("edit"), args=[form.pk])


def test_the_editor_opens_with_every_kind_in_the_palette(eva_edits: tuple[Client, Form, str]) -> None:
    client, _form, address = eva_edits

    response = client.get(address)

    assert response.status_code == 200
    html = response.content.decode()
    for name in FIELDS:
        assert name in html


def test_publish_in_the_editor_makes_a_version(eva_edits: tuple[Client, Form, str]) -> None:
    client, form, address = eva_edits
    data = editor_post(form, [page("Om dig", question("email", "E-post", own=True))], **{"action-publish": "1"})

    response = client.post(address, data)

    assert response.status_code == 302
    form = Form.objects.get(pk=form.pk)
    field = form.version.compiled["pages"][0]["fields"][0]
    assert (field["id"], field["kind"], field["name"]) == (block_id("E-post"), "email", "e_post")


def test_errors_stand_at_their_blocks_in_the_editor(eva_edits: tuple[Client, Form, str]) -> None:
    client, form, address = eva_edits
    pages = [page("Om dig", question("short_text", "Namn", shown_if="nobody = 1"))]
    data = editor_post(form, pages, **{"action-publish": "1", "contact_email_field": "epost"})

    response = client.post(address, data)

    assert response.status_code == 200
    errors = response.context["form"].errors.as_data()
    assert list(errors) == ["questions", "contact_email_field"]
    placed = errors["questions"][0].as_json_data()["blockErrors"][0]["blockErrors"]["questions"]
    assert list(placed["blockErrors"][0]["blockErrors"]) == ["shown_if"]
    assert Form.objects.get(pk=form.pk).version is None
    assert form.revisions.count() == 1


def test_an_unfinished_draft_is_saved_in_the_editor_and_named(eva_edits: tuple[Client, Form, str]) -> None:
    client, form, address = eva_edits
    pages = [page("Om dig", question("short_text", "Namn", shown_if="nobody = 1"), question("one_of", "Val"))]

    response = client.post(address, editor_post(form, pages, privacy_text=""))

    assert response.status_code == 302
    draft = Form.objects.get(pk=form.pk).get_latest_revision_as_object()
    assert [child.value["name"] for child in draft.questions[0].value["questions"]] == ["namn", "val"]
    assert draft.version is None


def test_autosave_takes_anything_and_names_nothing_yet(eva_edits: tuple[Client, Form, str]) -> None:
    client, form, address = eva_edits
    pages = [page("", question("short_text", "Na"))]

    response = client.post(address, editor_post(form, pages), headers={"Accept": "application/json"})

    assert response.status_code == 200
    draft = Form.objects.get(pk=form.pk).get_latest_revision_as_object()
    assert draft.questions[0].value["questions"][0].value["name"] in ("", None)


def test_an_unknown_kind_in_the_draft_is_not_saved_away_by_the_editor(eva_edits: tuple[Client, Form, str]) -> None:
    client, form, address = eva_edits
    revision = form.latest_revision
    revision.content["questions"] = revision.content["questions"].replace('"short_text"', '"hologram"')
    revision.save()

    response = client.post(address, editor_post(form, [page("Om dig", question("short_text", "Namn"))]))

    assert response.status_code == 200
    assert "hologram" in str(response.context["form"].errors)
    assert form.revisions.count() == 1


def test_closing_in_the_admin_writes_the_event(eva_edits: tuple[Client, Form, str]) -> None:
    client, form, _address = eva_edits
    publish_form(form=form)

    client.post(reverse(Form.snippet_viewset.get_url_name("unpublish"), args=[form.pk]))

    assert Form.objects.get(pk=form.pk).version is None
    assert events(form)[-1] == ("form.unpublished", {"expired": False})


def test_deleting_a_published_form_in_the_admin_is_refused_with_a_reason(eva_edits: tuple[Client, Form, str]) -> None:
    client, form, _address = eva_edits
    publish_form(form=form)

    response = client.post(reverse(Form.snippet_viewset.get_url_name("delete"), args=[form.pk]), follow=True)

    assert Form.objects.filter(pk=form.pk).exists()
    assert response.status_code in (200, 403)


def test_a_copy_keeps_the_ids_and_gets_an_address_of_its_own(eva_edits: tuple[Client, Form, str]) -> None:
    client, form, _address = eva_edits
    publish_form(form=form)

    response = client.get(reverse(Form.snippet_viewset.get_url_name("copy"), args=[form.pk]))

    shown = response.context["form"]
    assert response.status_code == 200
    assert shown.instance.pk is None
    assert shown.initial["slug"] == "ansokan-2"
    assert shown.initial["questions"][0].value["questions"][0].id == block_id("Namn")


def test_the_version_list_says_who_and_when(eva_edits: tuple[Client, Form, str]) -> None:
    client, form, address = eva_edits
    publish_form(form=form, user=get_user_model().objects.get(email="eva@hoglandet.example"))

    html = client.get(address).content.decode()

    assert "Eva Ek" in html


def test_the_preview_draws_the_unfinished_draft_with_the_public_runtime(eva_edits: tuple[Client, Form, str]) -> None:
    client, form, _address = eva_edits
    address = reverse(Form.snippet_viewset.get_url_name("preview_on_edit"), args=[form.pk])
    pages = [
        page("Om dig", question("email", "Din e-post", own=True, shown_if="oklart = 1"), question("one_of", "Val"))
    ]

    saved = client.post(address, editor_post(form, pages))
    html = client.get(address, {"mode": ""}).content.decode()

    assert saved.json() == {"is_valid": True, "is_available": True}
    assert "Din e-post" in html
    assert "oklart = 1" in html
    assert 'autocomplete="email"' in html
    assert FormVersion.objects.count() == 0
