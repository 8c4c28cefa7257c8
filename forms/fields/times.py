"""Kinds that are answered with a time of day, or with the two days of a period."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from random import Random
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import DateBlock, IntegerBlock, TimeBlock

from forms.expressions import Name, Type
from forms.kinds import Problem

from .answer import AnswerField
from .base import Column, Example, Field, FieldKind, QuestionBlock
from .dates import Date, DateAnswer, DateParts, sample_day
from .numbers import NUMBERS

_TIME = re.compile(r"(?:kl\.?\s*)?([0-9]{1,2})(?:[:.,\s]?([0-9]{2}))?", re.IGNORECASE)


def read_time(text: str) -> time:
    """A time somebody typed: 14:30, 14.30, 1430, 14. Raises ValueError for anything else."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    return time(int(found[1]), int(found[2] or 0))


class TimeAnswer(AnswerField):
    """A time of day between two limits."""

    group_class = "third"
    default_error_messages = {"required": _("Write a time.")}

    def __init__(self, *, earliest: time | None, latest: time | None, **kwargs: Any) -> None:
        self.earliest = earliest
        self.latest = latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, time):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return read_time(text)
        except ValueError as error:
            raise ValidationError(_("Write the time with hours and minutes, like 14:30."), code="invalid") from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and self.earliest and value < self.earliest:
            raise ValidationError(
                _("Write %(time)s or a later time.") % {"time": f"{self.earliest:%H:%M}"}, code="too_early"
            )
        if value is not None and self.latest and value > self.latest:
            raise ValidationError(
                _("Write %(time)s or an earlier time.") % {"time": f"{self.latest:%H:%M}"}, code="too_late"
            )

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) else value


class Time(FieldKind):
    """A time of day."""

    name = "time"
    label = _("Time of day")
    icon = "time"
    group = NUMBERS
    type = Type.TEXT
    example = Example(
        settings={"label": "Starttid", "earliest": "07:00", "latest": "20:00"},
        data={"": "8.30"},
        stored="08:30",
        display="08:30",
        cells=["08:30"],
        wrong=[{"": "25:00"}, {"": "8:3"}, {"": "06:59"}, {"": "2001"}, {"": "morgon"}, {"": "١٤:٣٠"}],
    )

    class Settings(QuestionBlock):
        """A time: its limits."""

        earliest = TimeBlock(label=_("Earliest time"), required=False)
        latest = TimeBlock(label=_("Latest time"), required=False)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "earliest": f"{value['earliest']:%H:%M}" if value.get("earliest") else None,
            "latest": f"{value['latest']:%H:%M}" if value.get("latest") else None,
        }

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        if settings.get("earliest") and settings.get("latest") and settings["earliest"] > settings["latest"]:
            yield Problem(
                "limits_crossed",
                _("The earliest time allowed is later than the latest. Exchange them, or leave one empty."),
                context.block_id,
                setting="earliest",
            )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        return TimeAnswer(
            earliest=time.fromisoformat(settings["earliest"]) if settings["earliest"] else None,
            latest=time.fromisoformat(settings["latest"]) if settings["latest"] else None,
            widget=django.forms.TextInput({"maxlength": 10, "size": 6, "autocomplete": "off"}),
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        low = time.fromisoformat(settings["earliest"] or "08:00")
        high = time.fromisoformat(settings["latest"] or "23:59")
        first, last = low.hour * 60 + low.minute, high.hour * 60 + high.minute
        hours, minutes = divmod(rng.randint(first, max(first, last)) if settings["earliest"] else last, 60)
        return {"": f"{hours:02}:{minutes:02}"}

    def to_json(self, field: Field, value: Any) -> Any:
        return f"{value:%H:%M}" if value is not None else None

    def from_json(self, field: Field, stored: Any) -> Any:
        return time.fromisoformat(stored) if stored else None

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "range")

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "time"}

    def redact(self, field: Field, stored: Any) -> Any:
        return stored


# --- period ---------------------------------------------------------------------------------------

ENDS = (("from", pgettext_lazy("period", "From")), ("to", pgettext_lazy("period", "To and including")))


class PeriodInput(django.forms.Widget):
    """Two dates, each in a fieldset of its own."""

    template_name = "forms/widgets/period.html"
    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        return {end: DateParts().value_from_datadict(data, files, f"{name}-{end}") for end, _label in ENDS}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(DateParts().value_omitted_from_data(data, files, f"{name}-{end}") for end, _label in ENDS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-from-year" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        base = context["widget"]["attrs"].get("id", name)
        invalid = context["widget"]["attrs"].get("aria-invalid")
        value = value if isinstance(value, Mapping) else {}
        own = {"aria-invalid": invalid} if invalid else {}
        context["ends"] = [
            {
                "name": end,
                "label": label,
                "html": DateParts().render(f"{name}-{end}", value.get(end), {"id": f"{base}-{end}", **own}),
            }
            for end, label in ENDS
        ]
        return context


class PeriodAnswer(AnswerField):
    """Two days, the first not after the last."""

    default_error_messages = {"required": _("Write both days of the period.")}

    def __init__(self, *, day: DateAnswer, most_days: int | None, **kwargs: Any) -> None:
        self.day = day
        self.most_days = most_days
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dict[str, date]:
        value = value if isinstance(value, Mapping) else {}
        days: dict[str, date] = {}
        errors: list[ValidationError] = []
        for end, label in ENDS:
            try:
                day = self.day.clean(value.get(end))
            except ValidationError as error:
                sentence = _("%(label)s: %(problem)s") % {"label": label, "problem": " ".join(error.messages)}
                errors.append(ValidationError(sentence, code="invalid"))
            else:
                if day is not None:
                    days[end] = day
        if errors:
            raise ValidationError(errors)
        return days

    def validate(self, value: dict[str, date]) -> None:
        super().validate(value)
        if not value:
            return
        if "to" not in value:
            raise ValidationError(_("Write also the last day of the period."), code="incomplete")
        if "from" not in value:
            raise ValidationError(_("Write also the first day of the period."), code="incomplete")
        if value["from"] > value["to"]:
            raise ValidationError(
                _("The period ends before it begins. Change one of the days."), code="ends_before_it_begins"
            )
        length = (value["to"] - value["from"]).days + 1
        if self.most_days and length > self.most_days:
            raise ValidationError(
                _("The period may be at most %(most)s days, and this is %(length)s. Change one of the days.")
                % {"most": self.most_days, "length": length},
                code="too_long",
            )


class Period(FieldKind):
    """A period from one day to another, both included. Conditions see a table of one row: ``period.from``."""

    name = "period"
    label = _("Period (from–to)")
    icon = "calendar-alt"
    group = NUMBERS
    type = Type.ROWS
    example = Example(
        settings={"label": "Projekttid", "earliest": "2020-01-01", "latest": "2040-12-31", "most_days": 1096},
        data={
            "-from-year": "2026",
            "-from-month": "1",
            "-from-day": "1",
            "-to-year": "2026",
            "-to-month": "december",
            "-to-day": "31",
        },
        stored={"from": "2026-01-01", "to": "2026-12-31"},
        display="1 januari 2026 – 31 december 2026",
        cells=[date(2026, 1, 1), date(2026, 12, 31)],
        wrong=[
            {"-from-year": "2026", "-from-month": "1", "-from-day": "1"},
            {"-to-year": "2026", "-to-month": "1", "-to-day": "1"},
            {"-from-year": "2026-02-01", "-to-year": "2026-01-01"},
            {"-from-year": "2026-02-30", "-to-year": "2026-03-01"},
            {"-from-year": "2026-01-01", "-to-year": "2030-01-01"},
            {"-from-year": "2019-12-31", "-to-year": "2020-01-01"},
        ],
        empty={"-from-year": "", "-from-month": "", "-from-day": "", "-to-year": "", "-to-month": "", "-to-day": ""},
    )

    class Settings(QuestionBlock):
        """A period: its limits."""

        earliest = DateBlock(label=_("Earliest day"), required=False)
        latest = DateBlock(label=_("Latest day"), required=False)
        most_days = IntegerBlock(label=_("Longest period in days"), required=False, min_value=1)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {
            "earliest": value["earliest"].isoformat() if value.get("earliest") else None,
            "latest": value["latest"].isoformat() if value.get("latest") else None,
            "most_days": value.get("most_days"),
        }

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        return Date().lint(settings, context)

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        day = DateAnswer(
            earliest=date.fromisoformat(settings["earliest"]) if settings["earliest"] else None,
            latest=date.fromisoformat(settings["latest"]) if settings["latest"] else None,
            required=False,
        )
        return PeriodAnswer(
            day=day, most_days=settings["most_days"], widget=PeriodInput(), **self.common(field, required)
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        first = sample_day(rng, settings["earliest"], settings["latest"])
        last = first + timedelta(days=min(rng.randint(30, 300), (settings["most_days"] or 300) - 1))
        if settings["latest"]:
            last = min(last, date.fromisoformat(settings["latest"]))
        return {
            f"-{end}-{part}": str(getattr(day, part))
            for end, day in (("from", first), ("to", last))
            for part in ("year", "month", "day")
        }

    def to_json(self, field: Field, value: Any) -> Any:
        return {end: day.isoformat() for end, day in value.items()} if value else None

    def from_json(self, field: Field, stored: Any) -> Any:
        return {end: date.fromisoformat(day) for end, day in stored.items()} if stored else None

    def display(self, field: Field, stored: Any) -> str:
        if not stored:
            return ""
        days = {end: formats.date_format(date.fromisoformat(day), "DATE_FORMAT") for end, day in stored.items()}
        return gettext("%(from)s – %(to)s") % days

    def display_html(self, field: Field, stored: Any) -> SafeString:
        return format_html("{}", self.display(field, stored))

    def columns(self, field: Field) -> list[Column]:
        return [
            Column(
                f"{field['id']}.{end}",
                gettext("%(label)s: %(value)s") % {"label": field["label"], "value": str(label).lower()},
                "date",
            )
            for end, label in ENDS
        ]

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return [date.fromisoformat(stored[end]) if stored else None for end, _label in ENDS]

    def statistics(self, field: Field) -> tuple[str, ...]:
        return ("answered", "range")

    def expression_name(self, field: Field) -> Name | None:
        return Name(field["id"], Type.ROWS, columns={end: Name(end, Type.DATE) for end, _label in ENDS})

    def expression_value(self, field: Field, stored: Any) -> Any:
        return [stored] if stored else None

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "date"}

    def redact(self, field: Field, stored: Any) -> Any:
        return stored
