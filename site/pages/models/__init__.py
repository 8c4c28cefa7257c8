"""The general page types."""

from .association import AssociationPage, Municipality, PlannedMeeting
from .base import SitePage
from .form_page import FormPage
from .home import HomePage
from .project import ProjectDocument, ProjectIndexPage, ProjectPage
from .section import SectionPage
from .standing import (
    AccessibilityStatementPage,
    ContactPage,
    ContactPerson,
    Failing,
    PrivacyPage,
    StandingPage,
)

__all__ = [
    "AccessibilityStatementPage",
    "AssociationPage",
    "ContactPage",
    "ContactPerson",
    "Failing",
    "FormPage",
    "HomePage",
    "Municipality",
    "PlannedMeeting",
    "PrivacyPage",
    "ProjectDocument",
    "ProjectIndexPage",
    "ProjectPage",
    "SectionPage",
    "SitePage",
    "StandingPage",
]
