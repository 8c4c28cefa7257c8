"""What rules are evaluated over: the answers of a matter's application, and what is known of the matter itself."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from forms.expressions import Compiled as Expression
from forms.queries import effective_answers, runtime_of
from workflows.models import Matter


def values_of(matter: Matter) -> tuple[str, dict[str, Any]]:
    """The form's key and what rules are evaluated over: answers by question, and facts of the matter."""
    decision, statement = matter.confirmed_decision(), matter.statements.last()
    delegated = None if decision else matter.delegated_decision()
    facts = {
        "matter.amount_applied": matter.amount_applied,
        "matter.amount_granted": matter.amount_granted,
        "matter.recommendation": statement.outcome if statement else None,
        "matter.decision": decision.outcome if decision else delegated.outcome if delegated else None,
    }
    if matter.submission is None:
        return "", facts
    return str(matter.submission.form_id), {**answers_of(matter.submission), **facts}


def answers_of(submission: Any) -> dict[str, Any]:
    """What the answers are worth in rules, by question."""
    questions = runtime_of(submission).questions
    return {
        field_id: questions[field_id].kind.expression_value(questions[field_id].field, value)
        for field_id, value in effective_answers(submission).items()
        if field_id in questions
    }


def holds(stored: Mapping[str, Any], form: str, values: Mapping[str, Any], *, today: Any = None) -> bool:
    """Does a condition of a version hold? Without a form any reading of it will do: its questions are missing."""
    tree = stored["by_form"].get(form) or next(iter(stored["by_form"].values()))
    return Expression.from_json(tree).holds(values, today=today or timezone.localdate())
