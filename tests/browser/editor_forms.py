"""Makes the forms and the workflow that the walks in the editor need in Höglandet: run inside the product."""

import json
from typing import Any

import django

RULES = "regler-i-editorn"
"""A draft without a rule: a choice, a table, and a question that may be shown or not."""

BUDGET = "given-budget"
"""A table with a row for each kind of cost, a calculated column, and a cost that another answer limits."""

PLACES = "kommuner"
"""Several of 290 municipalities."""

BRANCH = "gaffel"
"""A workflow with a fork, started by the application for funds."""

TOWNS = ("Aneby", "Eksjö", "Nässjö", "Sävsjö", "Tranås", "Vetlanda", "Åre", "Älmhult", "Öckerö", "Övertorneå")


def _rules() -> list[dict[str, Any]]:
    from tests.forms.forms_in_tests import page, question

    areas = [{"label": "Norr", "key": "norr"}, {"label": "Söder", "key": "soder"}, {"label": "Väster", "key": "vaster"}]
    columns = [
        {"label": "Kostnad", "type": "short_text", "name": "kostnad"},
        {"label": "Belopp", "type": "money", "name": "belopp", "total": True},
    ]
    return [
        page(
            "Insatsen",
            question("one_of", "Område", name="omrade", choices=areas),
            question("table", "Budget", name="budget", columns=columns, max_rows=5, required=False),
            question("long_text", "Berätta mer om norr", name="mer", required=False),
        )
    ]


def _budget() -> list[dict[str, Any]]:
    from tests.forms.forms_in_tests import page, question

    costs = [{"label": "Personal", "key": "personal"}, {"label": "Lokal", "key": "lokal"}]
    columns = [
        {"label": "Kostnadsslag", "type": "one_of", "name": "slag", "choices": costs},
        {"label": "Timmar", "type": "whole_number", "name": "timmar", "required": False},
        {"label": "Pris", "type": "money", "name": "pris", "required": False},
        {"label": "Kostnad", "type": "computed", "name": "kostnad", "calculation": "timmar * pris", "total": True},
    ]
    settings = {"given_rows": True, "min_rows": 1, "max_rows": 3}
    return [
        page(
            "Budget",
            question("table", "Budget", name="budget", columns=columns, **settings),
            question("money", "Sökt belopp", name="sokt", largest_from="sum(budget.kostnad)"),
        )
    ]


def _places() -> list[dict[str, Any]]:
    from tests.forms.forms_in_tests import page, question

    names = [*TOWNS, *(f"Kommun {number}" for number in range(len(TOWNS) + 1, 291))]
    choices = [{"label": name, "key": f"kommun_{number}"} for number, name in enumerate(names, start=1)]
    return [
        page("Var", question("several_of", "Kommuner", name="kommuner", choices=choices, none_label="Ingen av dem"))
    ]


def build() -> dict[str, int]:
    """The forms and the workflow, by address; each with its primary key."""
    from django.utils.translation import override
    from wagtail.models import Collection

    from forms.models import Form
    from tests.forms.forms_in_tests import make_form
    from tests.workflows.factories import workflow

    hoglandet = Collection.objects.get(name__startswith="Höglandet")
    made = {}
    with override("sv"):
        for slug, title, pages in (
            (RULES, "Regler i editorn", _rules()),
            (BUDGET, "Given budget", _budget()),
            (PLACES, "Kommuner", _places()),
        ):
            form = make_form(*pages, collection=hoglandet, slug=slug, title=title, live=False)
            if slug != RULES:
                form.get_latest_revision().publish()
            made[slug] = form.pk
        application = Form.objects.get(slug="ansokan-om-medel-hoglandet")
        rules = [{"condition": "matter_amount_applied > 500000", "label": "Stora belopp", "target": "beviljad"}]
        steps: list[tuple[str, dict[str, Any]]] = [
            ("branch", {"label": "Fördelning", "name": "fordelning", "rules": rules, "otherwise": "avslag"}),
            ("end", {"label": "Beviljad", "name": "beviljad", "result": "Beviljad"}),
            ("end", {"label": "Avslag", "name": "avslag", "result": "Avslag"}),
        ]
        forked = workflow(hoglandet, application, steps=steps, slug=BRANCH, publish=False)
        forked.save_revision(clean=False)
        made[BRANCH] = forked.pk
    return made


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build()))
