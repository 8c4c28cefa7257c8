"""What the rules of a workflow can speak of, for those who choose and read: the answers, and the matter itself."""

from django.utils.translation import gettext_lazy as _

from forms.expressions import Name
from workflows.compiling import MATTER_NAMES

MATTER_LABELS = {
    "matter_amount_applied": _("The matter: amount applied for"),
    "matter_amount_granted": _("The matter: amount granted"),
    "matter_recommendation": _("The matter: what was recommended"),
    "matter_decision": _("The matter: what was decided"),
}


def matter_words() -> dict[str, Name]:
    """What is known of the matter, under what people call it."""
    return {f"“{MATTER_LABELS[name]}”": found for name, found in MATTER_NAMES.items()}
