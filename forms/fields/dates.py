"""The date kind: three text fields, because that works with every browser, keyboard and screen reader alike."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any, ClassVar

import django.forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import DateBlock

from forms.expressions import Type
from forms.kinds import Problem

from .answer import AnswerField
from .base import Example, Field, QuestionBlock
from .bounds import Bound, Bounded, worked_out
from .numbers import NUMBERS

_ISO = re.compile(r"([0-9]{4})[-/. ]?([0-9]{1,2})[-/. ]?([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/. ]([0-9]{1,2})[/. ]([0-9]{4})")
TOO_EARLY = _("Write %(limit)s or a later day.")
TOO_LATE = _("Write %(limit)s or an earlier day.")
MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("januari", "january", "jan"),
            ("februari", "february", "feb"),
            ("mars", "march", "mar"),
            ("april", "apr"),
            ("maj", "may"),
            ("juni", "june", "jun"),
            ("juli", "july", "jul"),
            ("augusti", "august", "aug"),
            ("september", "sep", "sept"),
            ("oktober", "october", "okt", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ],
        start=1,
    )
    for name in names
}


def read_date(text: str) -> date:
    """A date somebody typed on one line: 2026-03-01, 20260301 or 1/3 2026. Raises ValueError for anything else."""
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise ValueError(text)
    return date(int(year), int(month), int(day))


class DateParts(django.forms.Widget):
    """Year, month and day, each a short text field, in a fieldset of their own."""

    template_name = "forms/widgets/date.html"
    use_fieldset = True
    PARTS = (("year", _("Year"), 4), ("month", _("Month"), 10), ("day", _("Day"), 2))

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {part: str(data.get(f"{name}-{part}", "")).strip() for part, _label, _size in self.PARTS}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}-{part}" not in data for part, _label, _size in self.PARTS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-year" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if isinstance(value, date):
            value = {"year": f"{value.year:04}", "month": str(value.month), "day": str(value.day)}
        value = value or {}
        base = context["widget"]["attrs"].get("id", name)
        context["parts"] = [
            {
                "name": f"{name}-{part}",
                "id": f"{base}-{part}",
                "label": label,
                "value": value.get(part, ""),
                "size": size,
                "invalid": context["widget"]["attrs"].get("aria-invalid"),
            }
            for part, label, size in self.PARTS
        ]
        return context


class DateAnswer(AnswerField):
    """A day between two limits, typed in three parts or on one line."""

    default_error_messages = {"required": _("Write a date.")}

    def __init__(self, *, earliest: date | None, latest: date | None, **kwargs: Any) -> None:
        self.earliest = earliest
        self.latest = latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        try:
            return self._read(value)
        except ValueError as error:
            raise ValidationError(
                _("There is no such day. Write year, month and day, like 2026 3 1."), code="invalid"
            ) from error

    def _read(self, value: Any) -> date | None:
        if isinstance(value, date) or not value:
            return value or None
        if isinstance(value, str):
            return read_date(value)
        typed = [value.get(part, "") for part in ("year", "month", "day")]
        if not any(typed):
            return None
        if not typed[1] and not typed[2]:
            return read_date(typed[0])  # a whole date written or pasted into the first field
        missing = [label for (_part, label, _size), text in zip(DateParts.PARTS, typed, strict=True) if not text]
        if missing:
            raise ValidationError(
                _("The date is not complete. Write also: %(parts)s.")
                % {"parts": ", ".join(str(label).lower() for label in missing)},
                code="incomplete",
            )
        year, month, day = typed
        month = str(MONTHS.get(month.lower().rstrip("."), month))
        if not (
            re.fullmatch("[0-9]{4}", year) and re.fullmatch("[0-9]{1,2}", month) and re.fullmatch("[0-9]{1,2}", day)
        ):
            raise ValueError(value)
        return date(int(year), int(month), int(day))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and self.earliest and value < self.earliest:
            raise ValidationError(TOO_EARLY % {"limit": self.earliest.isoformat()}, code="too_early")
        if value is not None and self.latest and value > self.latest:
            raise ValidationError(TOO_LATE % {"limit": self.latest.isoformat()}, code="too_late")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, date) and not isinstance(self.widget, DateParts):
            return value.isoformat()
        return value


def sample_day(rng: Random, earliest: str | None, latest: str | None) -> date:
    """A day within the limits, near the one that is set."""
    low = date.fromisoformat(earliest) if earliest else None
    high = date.fromisoformat(latest) if latest else None
    if low is None:
        low = high - timedelta(days=60) if high else date(2026, 1, 1)
    span = 60 if high is None else min((high - low).days, 60)
    return low + timedelta(days=rng.randint(0, max(span, 0)))


class Date(Bounded):
    """A day."""

    name = "date"
    label = _("Date")
    icon = "date"
    group = NUMBERS
    type = Type.DATE
    column_type = "date"
    bounds: ClassVar = {"earliest": Bound(">=", TOO_EARLY), "latest": Bound("<=", TOO_LATE)}
    example = Example(
        settings={"label": "Startdatum", "earliest": "2020-01-01", "latest": "2040-12-31"},
        data={"-year": "2026", "-month": "mars", "-day": "1"},
        stored="2026-03-01",
        display="1 mars 2026",
        cells=[date(2026, 3, 1)],
        wrong=[
            {"-year": "2026", "-month": "2", "-day": "30"},
            {"-year": "2026", "-month": "", "-day": "1"},
            {"-year": "26", "-month": "1", "-day": "1"},
            {"-year": "2019", "-month": "12", "-day": "31"},
            {"-year": "2041", "-month": "1", "-day": "1"},
            {"-year": "i morgon", "-month": "", "-day": ""},
        ],
        empty={"-year": "", "-month": "", "-day": ""},
    )

    class Settings(QuestionBlock):
        """A day: its limits."""

        earliest = DateBlock(label=_("Earliest day"), required=False)
        latest = DateBlock(label=_("Latest day"), required=False)
        earliest_from = worked_out(
            _("Earliest day, worked out"),
            _("From today or another question, for example: add_days(today(), 14), or start_day"),
        )
        latest_from = worked_out(
            _("Latest day, worked out"),
            _("From today or another question, for example: today(), or add_days(start_day, 365)"),
        )

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "earliest": value["earliest"].isoformat() if value.get("earliest") else None,
            "latest": value["latest"].isoformat() if value.get("latest") else None,
        }

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        if settings.get("earliest") and settings.get("latest") and settings["earliest"] > settings["latest"]:
            yield Problem(
                "limits_crossed",
                _("The earliest day allowed is later than the latest. Exchange them, or leave one empty."),
                context.block_id,
                setting="earliest",
            )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        return self._answer(field, required, DateParts())

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        day = sample_day(rng, field["settings"]["earliest"], field["settings"]["latest"])
        return {"-year": str(day.year), "-month": str(day.month), "-day": str(day.day)}

    def cell_sample(self, field: Field, rng: Random) -> str:
        return sample_day(rng, field["settings"]["earliest"], field["settings"]["latest"]).isoformat()

    def cell_field(self, field: Field) -> django.forms.Field:
        return self._answer(field, None, django.forms.TextInput({"inputmode": "numeric", "maxlength": 10, "size": 10}))

    def _answer(self, field: Field, required: bool | None, widget: django.forms.Widget) -> AnswerField:
        settings = field["settings"]
        return DateAnswer(
            earliest=date.fromisoformat(settings["earliest"]) if settings["earliest"] else None,
            latest=date.fromisoformat(settings["latest"]) if settings["latest"] else None,
            widget=widget,
            **self.common(field, required),
        )

    def to_json(self, field: Field, value: Any) -> Any:
        return value.isoformat() if value else None

    def from_json(self, field: Field, stored: Any) -> Any:
        return date.fromisoformat(stored) if stored else None

    def display(self, field: Field, stored: Any) -> str:
        return formats.date_format(date.fromisoformat(stored), "DATE_FORMAT") if stored else ""

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return [date.fromisoformat(stored) if stored else None]

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "range")

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "date"}
