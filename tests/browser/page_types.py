"""One live page of every page type there is, as JSON of type → address; null for a type the demo has no page of.

Run inside the product's environment: ``python -m tests.browser.page_types``.
"""

import json
import os

import django


def addresses() -> dict[str, str | None]:
    """The address of the first live page of each of our page types."""
    from wagtail.models import Page, get_page_models

    found: dict[str, str | None] = {}
    for model in get_page_models():
        if model is Page or not model.is_creatable:
            continue
        page = model.objects.live().order_by("path").first()
        found[model._meta.label] = page.get_url_parts()[2] if page else None
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(addresses()))
