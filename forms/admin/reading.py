"""One submission as staff read it, on the screen and on paper."""

from typing import Any

from django.utils.translation import override

from forms import receipts
from forms.models import Submission
from forms.queries import completions_of, differences, runtime_of, summary
from records.association import facts as association_facts


def reading(submission: Submission) -> dict[str, Any]:
    """Everything staff read of one submission."""
    with override(submission.language):
        sections = summary(submission)
    return {
        "submission": submission,
        "title": runtime_of(submission).title,
        "sections": sections,
        "facts": receipts.facts(submission),
        "differences": differences(submission),
        "completions": completions_of([submission])[submission.pk],
        "association": association_facts(submission.collection),
    }
