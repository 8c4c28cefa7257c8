"""What the forms room stores."""

from .choice_list import ChoiceList, ChoiceListOption
from .completion import Completion
from .draft_guest import DraftGuest
from .draft_link import DraftLink
from .entry_code import EntryCode, TakenPlace
from .export import Export
from .form import Form
from .register_view import RegisterView
from .settings import FormSettings
from .submission import Submission, SubmissionText
from .template import FormTemplate
from .upload import PartialUpload, Upload
from .version import FormVersion

__all__ = [
    "ChoiceList",
    "ChoiceListOption",
    "Completion",
    "DraftGuest",
    "DraftLink",
    "EntryCode",
    "Export",
    "Form",
    "FormSettings",
    "FormTemplate",
    "FormVersion",
    "PartialUpload",
    "RegisterView",
    "Submission",
    "SubmissionText",
    "TakenPlace",
    "Upload",
]
