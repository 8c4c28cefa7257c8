"""The order of the register as an index, and the text of everything sent in before there was a search in answers."""

from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AT_ONCE = 500


def texts(value: Any) -> Iterator[str]:
    """Every text in stored answers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the text of each submission that has none, block by block."""
    submissions = apps.get_model("forms", "Submission").objects.filter(text=None).exclude(state="draft")
    text = apps.get_model("forms", "SubmissionText")
    last = 0
    while True:
        rows = submissions.filter(pk__gt=last).order_by("pk")
        found = list(rows.values_list("pk", "reference", "name", "email", "answers")[:AT_ONCE])
        if not found:
            return
        last = found[-1][0]
        text.objects.bulk_create(
            text(submission_id=pk, text="\n".join([*filter(None, about), *texts(answers)]).lower()[:100_000])
            for pk, *about, answers in found
        )


class Migration(migrations.Migration):
    """The register."""

    dependencies = [("forms", "0002_deepened_forms")]

    operations = [
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                fields=["-submitted_at", "-id", "collection", "form", "state", "is_sample"],
                name="forms_submission_register",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
