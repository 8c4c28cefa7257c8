"""The pages that lead to the demo's forms."""

from django.utils.translation import gettext_lazy as _

from pages.demo import facts
from pages.demo.associations import SLUGS
from pages.demo.registry import Step
from pages.demo.tree import Tree
from pages.models import AccessibilityStatementPage, AssociationPage
from pages.setup import home_page
from workflows.demo import form_of


def load() -> int:
    """Lead to the application from each association, and from its accessibility statement to the report form."""
    tree = Tree(home_page())
    for slug in SLUGS:
        association = AssociationPage.objects.select_related("collection").get(slug=slug)
        _application(tree, association)
    return tree.made


def _application(tree: Tree, association: AssociationPage) -> None:
    described = facts.read("forms")
    application, before = described["application"], tree.made
    form = form_of(association.collection, application.pop("form"))
    if form is None:
        return
    page = tree.page(association, application | {"type": "pages.FormPage", "form": form})
    if tree.made > before:
        tree.link()  # before the move: saving afterwards would put it back
        page.move(association, pos="first-child")
        report = form_of(association.collection, described["accessibility"])
        for statement in AccessibilityStatementPage.objects.child_of(association).filter(feedback_form=None):
            statement.feedback_form = report
            statement.save()


FORM_PAGES = Step(name="form_pages", label=_("Pages that lead to the forms"), order=500, run=load)
