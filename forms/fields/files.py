"""The kind that is answered with files; the answer is the list of their keys."""

import re
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import IntegerBlock, MultipleChoiceBlock

from forms.filetypes import FILE_TYPES
from forms.kinds import Problem

from .answer import AnswerField
from .base import Column, Example, Field, FieldKind, QuestionBlock

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 25  # megabytes
COUNT_LIMIT = 20
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def limits(settings: Mapping[str, Any]) -> str:
    """Which files are taken, in a sentence or two."""
    return gettext("Allowed: %(types)s. At most %(count)s files of at most %(size)s each.") % {
        "types": ", ".join(str(FILE_TYPES[name].label) for name in settings["types"]),
        "count": settings["max_files"],
        "size": filesizeformat(settings["max_size"]),
    }


class FilesInput(django.forms.Widget):
    """The files already stored, each with a button that removes it, and a control that adds more.

    The value shown is a list of stored uploads (``key``, ``name``, ``size``); the value read is what was chosen now.
    """

    template_name = "forms/widgets/files.html"
    needs_multipart_form = True

    def __init__(self, *, field: Field) -> None:
        self.field = field
        super().__init__()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Any]:
        return files.getlist(name) if hasattr(files, "getlist") else list(files.get(name) or ())

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in files

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        settings = self.field["settings"]
        kept = [upload for upload in value or () if hasattr(upload, "key")]
        context.update(
            {
                "uploads": kept,
                "accept": ",".join(end for kind in settings["types"] for end in FILE_TYPES[kind].extensions),
                "is_full": len(kept) >= settings["max_files"],
                "is_multiple": settings["max_files"] > 1,
            }
        )
        return context


class FilesAnswer(AnswerField):
    """The keys of stored files."""

    default_error_messages = {"required": _("Choose a file.")}

    def __init__(self, *, max_files: int, **kwargs: Any) -> None:
        self.max_files = max_files
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> list[str]:
        keys = [str(getattr(upload, "key", upload)) for upload in value or ()]
        return [key for key in keys if _KEY.fullmatch(key)]

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > self.max_files:
            raise ValidationError(
                ngettext(
                    "At most %(count)s file can be sent here. Remove one.",
                    "At most %(count)s files can be sent here. Remove one.",
                    self.max_files,
                )
                % {"count": self.max_files},
                code="too_many",
            )


class Files(FieldKind):
    """One or more files, checked by their content."""

    name = "files"
    label = _("Files")
    icon = "upload"
    group = _("Several at a time")
    takes_files = True
    column_type = "number"
    example = Example(
        settings={"label": "Bilagor", "types": ["pdf", "docx"], "max_files": 2, "max_megabytes": 5},
        data={"": ["0b0a3a7e-6a3b-4d0e-9e3f-0e6d2f3c7a11"]},
        stored=["0b0a3a7e-6a3b-4d0e-9e3f-0e6d2f3c7a11"],
        display="1 fil",
        cells=[1],
        wrong=[{"": ["0b0a3a7e-6a3b-4d0e-9e3f-0e6d2f3c7a11"] * 3}],
    )

    class Settings(QuestionBlock):
        """Which files, how many and how large."""

        types = MultipleChoiceBlock(
            label=_("File types"),
            choices=[(kind.name, kind.label) for kind in FILE_TYPES.values()],
            default=["pdf", "docx", "xlsx", "odt"],
        )
        max_files = IntegerBlock(label=_("Most files"), default=5, min_value=1, max_value=COUNT_LIMIT)
        max_megabytes = IntegerBlock(
            label=_("Largest size of a file in megabytes"), default=10, min_value=1, max_value=SIZE_LIMIT
        )

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        chosen = set(value.get("types") or ())
        return {
            "types": [name for name in FILE_TYPES if name in chosen],
            "max_files": value.get("max_files") or 5,
            "max_size": (value.get("max_megabytes") or 10) * MEGABYTE,
        }

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        if not settings.get("types"):
            yield Problem(
                "no_types", _("No file type is allowed. Choose at least one."), context.block_id, setting="types"
            )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        common = self.common(field, required)
        # Put together when it is shown: the field is built once and shown in several languages.
        common["help_text"] = lazy(lambda: "\n".join(filter(None, (field["help"], limits(settings)))), str)()
        return FilesAnswer(max_files=settings["max_files"], widget=FilesInput(field=field), **common)

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        return {}

    def display(self, field: Field, stored: Any) -> str:
        if not stored:
            return ""
        return ngettext("%(count)s file", "%(count)s files", len(stored)) % {"count": len(stored)}

    def columns(self, field: Field) -> list[Column]:
        return [Column(field["id"], field["label"], self.column_type)]

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return [len(stored) if stored else None]

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "file"}
