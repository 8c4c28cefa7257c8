"""Who can come where: what is proven to be impossible, held against trying every answer there is."""

from datetime import date
from itertools import product
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.compile import Draft
from forms.lint.prover import Goal, Prover
from forms.models import Form
from forms.runtime import FormRuntime
from tests.forms.forms_in_tests import block_id, page, question

TODAY = date(2026, 3, 1)
ABC = [{"label": label, "key": label} for label in "abc"]
DOMAINS: dict[str, list[Any]] = {"val": ["a", "b", "c"], "flera": [["a"], ["b"], ["a", "b"], ["c"]]}
DOMAINS |= {"ja": [True, False], "nej": [True, False], "tal": [0, 1, 2, 3, 4, 5], "antal": [0, 1, 2, 3, 4, 5]}

NUMBERS = st.sampled_from(["tal", "antal"])
ATOMS = st.one_of(
    st.builds('val {} "{}"'.format, st.sampled_from(["=", "!="]), st.sampled_from("abc")),
    st.builds('val in ["{}", "{}"]'.format, st.sampled_from("abc"), st.sampled_from("abc")),
    st.builds('flera contains "{}"'.format, st.sampled_from("abc")),
    st.sampled_from(["ja", "nej", "ja = false", "nej = missing", "answered(val)", "not answered(tal)", "ja = nej"]),
    st.builds("{} {} {}".format, NUMBERS, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.integers(-1, 7)),
    st.builds("{} {} {}".format, NUMBERS, st.sampled_from(["<", "="]), st.sampled_from(["2.5", "antal", "tal + 1"])),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=4,
)


def asked(name: str, shown_if: str = "") -> dict[str, Any]:
    """One of the six questions that the generated conditions speak of."""
    settings: dict[str, Any] = {"name": name, "shown_if": shown_if, "required": False}
    if name in ("val", "flera"):
        return question("one_of" if name == "val" else "several_of", name, choices=ABC, **settings)
    if name in ("ja", "nej"):
        return question("yes_no", name, **settings)
    return question("whole_number", name, smallest=0, largest=5, **settings)


def unstored(*pages: dict[str, Any]) -> Form:
    return Form(title="Prov", slug="prov", questions=list(pages), privacy_text="Så används uppgifterna.")


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_proven_agrees_with_trying_every_answer(data: st.DataObject) -> None:
    names = data.draw(st.permutations(list(DOMAINS)))[:3]
    about = st.sampled_from(names)

    def condition() -> str:
        source = data.draw(CONDITIONS)
        for unknown in set(DOMAINS) - set(names):
            if unknown in source:
                return data.draw(st.one_of(st.just(""), about.map("answered({})".format)))
        return source

    form = unstored(
        page("Ett", asked(names[0]), asked(names[1], condition())),
        page("Två", asked(names[2]), shown_if=condition()),
        page("Tre", question("short_text", "Mål", name="mal", shown_if=condition()), shown_if=condition()),
    )
    draft = Draft(form)
    runtime = FormRuntime(form.compile())
    prover = Prover(draft, today=TODAY)
    target = draft.questions[3]
    if prover.order is None or not runtime.is_sorted:
        return
    by_hand = any(
        target.id in runtime.path(dict(zip((block_id(name) for name in names), answers, strict=True)), TODAY).ids
        for answers in product(*([*DOMAINS[name], None] for name in names))
    )

    verdict = prover.find(Goal([draft.pages[2]], [target]))

    sources = [str(page.value["shown_if"]) + str([q.value["shown_if"] for q in page.questions]) for page in draft.pages]
    is_simple = not any(
        hard in "".join(sources) for hard in ("< antal", "= antal", "< tal", "= tal", "+ 1", "ja = nej")
    )
    assert verdict.state in ({"possible"} if by_hand else {"impossible"}) | (set() if is_simple else {"unknown"})
    if verdict.state == "possible":
        stored = {
            key: int(value) if not isinstance(value, str | bool | tuple) else value
            for key, value in verdict.answers.items()
        }
        assert target.id in runtime.path(stored, TODAY).ids


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_pass_in_order_finds_what_the_rounds_find(data: st.DataObject) -> None:
    names = list(DOMAINS)
    form = unstored(
        page("Ett", *(asked(name, data.draw(st.one_of(st.just(""), CONDITIONS))) for name in names)),
        page("Två", question("short_text", "Mål", name="mal"), shown_if=data.draw(CONDITIONS)),
    )
    compiled = form.compile()
    if "graph" not in compiled:
        return
    answers = {block_id(name): data.draw(st.sampled_from([*DOMAINS[name], None])) for name in names}
    old = {key: part for key, part in compiled.items() if key != "graph"}

    new_path, old_path = FormRuntime(compiled).path(answers, TODAY), FormRuntime(old).path(answers, TODAY)

    assert (new_path.answers, new_path.ids, new_path.page_ids) == (old_path.answers, old_path.ids, old_path.page_ids)
