"""Publishes a form with every kind of question and prints what it asks: run inside the product, by its own Python."""

import json
from itertools import groupby
from random import Random
from typing import Any

import django

SLUG = "alla-fragor"


def _stored(kind: Any) -> dict[str, Any]:
    from tests.forms.forms_in_tests import question

    settings = {**kind.example.settings, "name": kind.name}
    if kind.asks:
        settings["required"] = not kind.takes_files
        settings.setdefault("help", "Så här gör du.")
        settings["label"] = f"{settings['label']} ({kind.name})"
    return question(kind.name, **settings)


def build() -> list[dict[str, Any]]:
    """The form, published in a collection of its own; its pages, each question with a sample answer."""
    from django.utils.translation import override
    from wagtail.images import get_image_model
    from wagtail.images.tests.utils import get_test_image_file

    from forms.fields import FIELDS, kind_of
    from forms.models import FormSettings
    from tests.forms.forms_in_tests import association, make_form, page

    collection = association("Alla frågor")
    FormSettings.objects.create(collection=collection, allow_personal_numbers=True)
    image = get_image_model().objects.create(
        title="Karta", file=get_test_image_file(size=(1600, 900)), collection=collection
    )
    kinds = sorted((kind for kind in FIELDS.values() if not kind.retired), key=lambda kind: str(kind.group))
    with override("sv"):
        pages = []
        for group, members in groupby(kinds, key=lambda kind: str(kind.group)):
            stored = [_stored(kind) for kind in members]
            for one in stored:
                if one["type"] == "picture":
                    one["value"]["image"] = image.pk
            pages.append(page(group, *stored))
        form = make_form(*pages, collection=collection, slug=SLUG, title="Alla frågor")
        form.get_latest_revision().publish()
        compiled = form.latest_version.compiled
        rng = Random(7)  # noqa: S311 (samples are no secrets)
        return [
            {
                "title": one["title"],
                "questions": [
                    {"name": field["name"], "kind": field["kind"], "sample": kind_of(field).sample(field, rng)}
                    for field in one["fields"]
                ],
            }
            for one in compiled["pages"]
        ]


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build()))
