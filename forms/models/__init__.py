"""What the forms room stores."""

from .choice_list import ChoiceList, ChoiceListOption
from .completion import Completion
from .draft_link import DraftLink
from .export import Export
from .form import Form
from .submission import Submission
from .upload import Upload
from .version import FormVersion

__all__ = [
    "ChoiceList",
    "ChoiceListOption",
    "Completion",
    "DraftLink",
    "Export",
    "Form",
    "FormVersion",
    "Submission",
    "Upload",
]
