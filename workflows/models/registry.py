"""Registry numbers: one series per association and use, counted per year without gaps."""

import string
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from records.models import CollectionScoped, Scoped

PLACEHOLDERS = ("prefix", "year", "yy", "number")
LONGEST = 40  # characters of a registry number


def render_number(pattern: str, *, prefix: str, year: int, number: int) -> str:
    """The registry number as people write it. Raises ValueError for a pattern that cannot be used."""
    parts = list(string.Formatter().parse(pattern))
    for _literal, name, spec, conversion in parts:
        if name is None or spec is None:
            continue
        if name not in PLACEHOLDERS or conversion:
            raise ValueError(name)
        padded = spec.isascii() and spec.isdigit() and len(spec) <= 2 and int(spec) <= 12
        if spec and not (name == "number" and padded):
            raise ValueError(f"{name}:{spec}")
    values = {"prefix": prefix, "year": f"{year:04}", "yy": f"{year % 100:02}", "number": number}
    return pattern.format(**values).strip()


class RegistrySeries(CollectionScoped):
    """A register (diarium) of an association: the prefix and pattern its numbers are written with."""

    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("prefix"), max_length=12, blank=True)
    pattern = models.CharField(
        _("pattern"),
        max_length=60,
        default="{prefix} {year}/{number}",
        help_text=_(
            "How a registry number is written: {prefix}, {year} or {yy}, and {number}. "
            "{number:04} gives four digits. A change is used for new numbers only."
        ),
    )

    class Meta:
        verbose_name = _("registry series")
        verbose_name_plural = _("registry series")
        ordering: ClassVar = ["collection", "name"]
        default_permissions = ("add", "change", "delete")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "name"], name="workflows_one_series_per_name")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.example()})"

    def example(self) -> str:
        """What a number of this series looks like, or nothing when the pattern cannot be used."""
        try:
            return render_number(self.pattern, prefix=self.prefix, year=2026, number=14)
        except ValueError:
            return ""

    def clean(self) -> None:
        super().clean()
        self.pattern = self.pattern.strip()
        self.prefix = self.prefix.strip()
        problems: dict[str, Any] = {}
        try:
            longest = render_number(self.pattern, prefix=self.prefix, year=2026, number=999_999_999)
        except (ValueError, IndexError, KeyError):
            problems["pattern"] = gettext(
                "Only {prefix}, {year}, {yy}, {number} and a number of digits such as {number:04} can be used."
            )
        else:
            names = {name for _l, name, _s, _c in string.Formatter().parse(self.pattern) if name}
            if "number" not in names or not names & {"year", "yy"}:
                problems["pattern"] = gettext(
                    "The pattern needs both {number} and {year} (or {yy}): the numbers begin again each year."
                )
            elif len(longest) > LONGEST:
                problems["pattern"] = gettext("The numbers would be too long. Make the pattern shorter.")
            elif self.prefix and "prefix" not in names:
                problems["pattern"] = gettext("The prefix is not used: put {prefix} in the pattern or empty it.")
        if problems:
            raise ValidationError(problems)
        self._refuse_same_numbers()

    def _refuse_same_numbers(self) -> None:
        others = RegistrySeries.objects.filter(collection_id=self.collection_id).exclude(pk=self.pk)
        for other in others:
            if other.example() == self.example():
                raise ValidationError(
                    {
                        "prefix": gettext("“%(name)s” already writes its numbers in this way. Choose another prefix.")
                        % {"name": other.name}
                    }
                )


class RegistryCounter(Scoped):
    """The last number taken in a series and year; its row is the lock that keeps the numbers without gaps."""

    collection_path = "series__collection"

    series = models.ForeignKey(RegistrySeries, on_delete=models.PROTECT, related_name="counters")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "year"], name="workflows_one_counter_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.series_id}:{self.year}"
