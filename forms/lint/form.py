"""What stands in the way of publishing a form, each with its place and its cure in plain words."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forms.compile import Context, Draft, Page, Question, uses_today
from forms.expressions import Compiled, Cycle, dependencies, is_name
from forms.kinds import Problem, problems_in

from .reach import lint_reach
from .series import lint_anonymous, lint_options, lint_series

ANSWERED_BY_MAIL = frozenset({"application", "report", "registration", "statement"})
"""Purposes for which somebody has to be told that it arrived."""


def lint_form(form: Any) -> list[Problem]:
    """Every problem of the draft, errors and warnings."""
    draft = Draft(form)
    found = [*_settings(form), *_blocks(form), *_structure(draft), *_names(draft)]
    for question in draft.questions:
        found.extend(question.kind.lint(question.value, Context(draft, question.id)))
    found.extend(draft.problems)
    found.extend(_conditions(draft))
    found.extend(_cycle(draft))
    found.extend(_contact(draft))
    found.extend(_privacy(draft))
    found.extend(lint_options(draft))
    found.extend(lint_series(draft))
    found.extend(lint_anonymous(draft))
    found.extend(lint_reach(draft))
    found.extend(_limits(draft))
    return list(dict.fromkeys(found))


def _limits(draft: Draft) -> Iterator[Problem]:
    """Limits that have nothing to count by."""
    form: Any = draft.form
    if form.limit_per_person is not None and form.anonymous:
        yield Problem(
            "limit_on_anonymous",
            _("An anonymous form cannot limit how often one person answers: nobody is known. Remove the limit."),
            setting="limit_per_person",
        )
    named = draft.question_named(form.organisation_field) if form.organisation_field else None
    if form.limit_per_organisation is not None and named is None:
        yield Problem(
            "limit_without_organisation",
            _("The limit per organisation needs the name of the question that asks for the organisation."),
            setting="organisation_field",
        )


def _settings(form: Any) -> Iterator[Problem]:
    """What the model's own fields refuse; the editor's form says the same, code and schedules pass no form."""
    try:
        form.clean_fields(exclude=["questions"])
        form.validate_unique()
    except ValidationError as error:
        for setting, messages in error.message_dict.items():
            yield Problem("invalid_setting", " ".join(messages), setting=setting)
    if form.opens_at and form.closes_at and form.opens_at >= form.closes_at:
        yield Problem(
            "closes_before_opening",
            _("The form closes before it opens. Correct one of the times."),
            setting="closes_at",
        )


def _blocks(form: Any) -> Iterator[Problem]:
    """What the blocks themselves refuse: something required left empty, a number out of range."""
    block = form._meta.get_field("questions").stream_block
    try:
        block.clean(form.questions)
    except ValidationError as error:
        yield from problems_in(form.questions, error)


def _structure(draft: Draft) -> Iterator[Problem]:
    if not draft.pages:
        yield Problem(
            "no_pages", _("The form has no pages. Add a page with at least one question."), setting="questions"
        )
    elif not any(question.kind.asks for question in draft.questions):
        yield Problem("no_questions", _("The form asks nothing. Add at least one question."), setting="questions")
    for page in draft.pages:
        if not page.questions:
            yield Problem("empty_page", _("The page has nothing on it. Add a question, or remove the page."), page.id)


def _names(draft: Draft) -> Iterator[Problem]:
    yield from _names_of((page.id, page.value.get("name") or "") for page in draft.pages)
    yield from _names_of((question.id, question.compiled["name"]) for question in draft.questions)
    titles: set[str] = set()
    for page in draft.pages:
        title = (page.value.get("title") or "").strip()
        if title and title.lower() in titles:
            sentence = _("Two pages are called “%(title)s”. Give them different titles.") % {"title": title}
            yield Problem("same_title", sentence, page.id, setting="title")
        titles.add(title.lower())
    yield from _same_labels(draft.pages)


def _names_of(named: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for block_id, name in named:
        if not is_name(name):
            sentence = _(
                "“%(name)s” cannot be a name. Use small letters a–z, digits and _, and begin with a letter."
            ) % {"name": name}
            yield Problem("bad_name", sentence, block_id, setting="name")
        elif name in seen:
            sentence = _("The name “%(name)s” is used twice. Give each a name of its own.") % {"name": name}
            yield Problem("same_name", sentence, block_id, setting="name")
        seen.add(name)


def _same_labels(pages: Iterable[Page]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for page in pages:
        for question in page.questions:
            label = question.label.strip()
            if not label or not question.kind.columns(question.compiled):
                continue
            heard = as_heard(label)
            if heard not in seen:
                seen[heard] = page.number
                continue
            on_this_page = seen[heard] == page.number
            if on_this_page:
                words = _("Two questions on this page read “%(label)s”. Word one of them differently.")
            else:
                words = _("Another page also asks “%(label)s”. Exports are easier to read when the words differ.")
            level = "error" if on_this_page else "warning"
            yield Problem("same_label", words % {"label": label}, question.id, level=level, setting="label")


def as_heard(label: str) -> str:
    """A question without what only the eye tells apart: capitals, punctuation, spaces."""
    return " ".join(re.findall(r"\w+", label.casefold())) or label


def _conditions(draft: Draft) -> Iterator[Problem]:
    """What conditions, rules and limits speak of has been asked by then, and they depend on something."""
    for page in draft.pages:
        if page.condition is not None:
            yield from _constant(page.condition, page.id)
            yield from _looks_ahead(draft, page.condition.uses, page.number - 1, page.id, "shown_if", AHEAD_OF_PAGE)
        yield from _rules(draft, page)
        for question in page.questions:
            if question.condition is not None:
                yield from _constant(question.condition, question.id)
            for setting, uses in _resting_on(question):
                yield from _looks_ahead(draft, uses, page.number, question.id, setting, AHEAD_OF_QUESTION)


AHEAD_OF_PAGE = _(
    "The page is shown depending on “%(label)s”, which is not on an earlier page. "
    "Move that question to an earlier page, or change the condition."
)
AHEAD_OF_QUESTION = _(
    "This depends on “%(label)s”, which comes on a later page. Move that question to this page or an earlier "
    "one, or change what depends on it."
)
AHEAD_OF_RULE = _("The rule speaks of “%(label)s”, which comes on a later page. Move the rule to that page.")


def _looks_ahead(
    draft: Draft, uses: Iterable[str], last: int, block_id: str, setting: str, words: str | Promise
) -> Iterator[Problem]:
    """The first question, if any, that is rested on but asked on a page after ``last``."""
    later = next((question for question in _reaching(draft, uses) if question.page > last), None)
    if later is not None:
        yield Problem("looks_ahead", words % {"label": later.label}, block_id, setting=setting)


def _resting_on(question: Question) -> Iterator[tuple[str, Iterable[str]]]:
    """The settings of a question that rest on other answers, and the questions they name."""
    for setting, condition in (("shown_if", question.condition), ("required_if", question.required_if)):
        if condition is not None:
            yield setting, condition.uses
    for side, limit in question.kind.limits(question.compiled).items():
        yield f"{side}_from", dependencies(limit["ast"])


def _rules(draft: Draft, page: Page) -> Iterator[Problem]:
    """A rule speaks of what has been asked by then, and is shown at a question of its page."""
    here = {question.id for question in page.questions if question.kind.asks}
    for child, rule in zip(page.value["rules"].bound_blocks, page.rules, strict=True):
        if rule.holds is not None:
            yield from _looks_ahead(draft, rule.holds.uses, page.number, rule.id, "holds", AHEAD_OF_RULE)
        if child.value.get("at") and rule.at not in here:
            unknown = _("No question on this page is named “%(name)s”. Write the name of one, or leave it empty.")
            yield Problem("no_such_question", unknown % {"name": child.value["at"]}, rule.id, setting="at")
        if rule.holds is not None and not rule.holds.uses and not uses_today(rule.holds.ast):
            nothing = _("The rule speaks of no question. Say what must hold between answers.")
            yield Problem("rule_of_nothing", nothing, rule.id, setting="holds")


def _reaching(draft: Draft, uses: Iterable[str]) -> list[Question]:
    """The questions a condition rests on, through computed values too, in reading order."""
    by_id = {question.id: question for question in draft.questions}
    reached: set[str] = set()
    waiting = list(uses)
    while waiting:
        found = waiting.pop()
        if found in reached or found not in by_id:
            continue
        reached.add(found)
        waiting.extend(by_id[found].uses)
    return [question for question in draft.questions if question.id in reached]


def _constant(condition: Compiled, block_id: str) -> Iterator[Problem]:
    if condition.uses or uses_today(condition.ast):
        return
    if condition.holds({}, today=date(2000, 1, 1)):
        sentence = _("This condition is always true. Remove it.")
        yield Problem("always_shown", sentence, block_id, level="warning", setting="shown_if")
    else:
        sentence = _("This condition is never true, so nobody will ever see this. Change the condition, or remove it.")
        yield Problem("never_shown", sentence, block_id, setting="shown_if")


def _cycle(draft: Draft) -> Iterator[Problem]:
    try:
        draft.order()
    except Cycle as cycle:
        by_id = {question.id: question for question in draft.questions}
        path = " → ".join(f"“{by_id[step].label}”" for step in cycle.path)
        for step in dict.fromkeys(cycle.path):
            question = by_id[step]
            sentence = _("These wait for each other: %(path)s. Change one of the conditions or calculations.") % {
                "path": path
            }
            setting = "shown_if" if question.condition is not None else "expression"
            yield Problem("cycle", sentence, step, setting=setting)


def _contact(draft: Draft) -> Iterator[Problem]:
    form = draft.form
    chosen = form.contact_email_field
    question = draft.question_named(chosen) if chosen else None
    if chosen and question is None:
        sentence = _("No question is named “%(name)s”. Write the name of the question about the e-mail address.")
        yield Problem("no_such_question", sentence % {"name": chosen}, setting="contact_email_field")
    elif question is not None and not question.kind.is_email:
        sentence = _("“%(label)s” does not ask for an e-mail address. Choose a question that does.")
        yield Problem("not_an_address", sentence % {"label": question.label}, setting="contact_email_field")
    elif form.purpose in ANSWERED_BY_MAIL and question is None and not form.anonymous:
        sentence = _("Somebody has to get the receipt. Ask for an e-mail address, and write that question's name here.")
        yield Problem("no_address", sentence, setting="contact_email_field")
    elif form.purpose in ANSWERED_BY_MAIL and question is not None and not question.compiled["required"]:
        sentence = _("The receipt is sent to this address. Make the question one that must be answered.")
        yield Problem("address_optional", sentence, question.id, setting="required")
    name = form.contact_name_field
    if name and draft.question_named(name) is None:
        sentence = _("No question is named “%(name)s”. Write the name of the question about the person's name.")
        yield Problem("no_such_question", sentence % {"name": name}, setting="contact_name_field")


def _privacy(draft: Draft) -> Iterator[Problem]:
    personal = next((question for question in draft.questions if question.compiled["personal"]), None)
    if personal is not None and not draft.form.privacy_text.strip():
        sentence = _(
            "The form asks for personal data (“%(label)s”), so it must say how they are used. "
            "Write the text about personal data."
        ) % {"label": personal.label}
        yield Problem("no_privacy_text", sentence, setting="privacy_text")
