"""A draft as the public would meet it: compiled in memory, drawn by the same runtime, all pages at once."""

from typing import Any

from forms.compile import Draft, DraftForm
from forms.runtime import FormRuntime


def sketch(form: DraftForm) -> dict[str, Any]:
    """What the preview's template shows; conditions stand in words beside what they hide."""
    draft = Draft(form)
    compiled = draft.compile()
    runtime = FormRuntime(compiled)
    conditions = {page.id: (page.value.get("shown_if") or "").strip() for page in draft.pages}
    conditions |= {question.id: (question.value.get("shown_if") or "").strip() for question in draft.questions}
    sheets = []
    for page in runtime.pages:
        asked = [(one, conditions.get(one.question.id, "")) for one in runtime.page_form(page, {}).asked]
        sheets.append({"page": page, "condition": conditions.get(page.id, ""), "asked": asked})
    return {
        "title": compiled["title"],
        "texts": compiled["texts"],
        "sheets": sheets,
        "collection": form.collection if form.collection_id else None,
    }
