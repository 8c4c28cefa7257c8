"""Plain-language hints: what each finds, what it leaves alone, and that a hint stops nothing."""

import pytest

from forms.hints import by_block, hints, lix
from forms.models import Form
from tests.forms.forms_in_tests import association, make_form, page, question

pytestmark = pytest.mark.django_db

CHOICES = [{"label": "Ja", "key": "ja"}, {"label": "Nej", "key": "nej"}, {"label": "Annat", "key": "annat"}]


def codes(*questions: dict, **values: str) -> list[str]:
    """The codes of the hints about a form of one page with these questions, its own texts left empty."""
    texts = {"intro": "", "privacy_text": "", "contact": "", "next_steps": "", "closed_text": "", **values}
    form = make_form(page("Sida", *questions), **texts)
    return [hint.code for hint in hints(form)]


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Är det inte så att ni saknar resurser?", "double_negation"),
        ("Tycker du att det är olämpligt att inte träffas?", "double_negation"),
        ("Håller du med om att mötet gav mycket?", "leading"),
        ("Visst är samverkan viktig för er?", "leading"),
        ("Hur nöjd är du med mötet?", "leading"),
        ("HUR MÅNGA DELTAGARE HADE NI?", "capitals"),
        ("Hur många möten har LSG haft?", "abbreviation"),
        ("Vilka kostnader, t.ex. lokal, har ni?", "shortened"),
        ("Vilka kostnader avseende lokal har ni?", "office_word"),
        ("Har ni fyllt i de röda fälten?", "colour"),
    ],
)
def test_a_question_that_is_hard_or_unfair(label: str, code: str) -> None:
    assert code in codes(question("long_text", label))


@pytest.mark.parametrize(
    "label",
    [
        "Vilka behov ska insatsen möta?",
        "Hur nöjd eller missnöjd är du med mötet?",
        "Vad har inte gått som planerat?",
        "Organisationens namn",
        "Vad händer om ni inte får medel?",
        "Bifoga tidplanen som PDF",
        "Röda korsets roll i insatsen",
    ],
)
def test_a_good_question_is_left_alone(label: str) -> None:
    assert codes(question("long_text", label)) == []


def test_two_things_in_one_question_of_a_closed_kind() -> None:
    double = "Var lokalen och maten bra?"

    assert codes(question("yes_no", double)) == ["double"]
    assert codes(question("one_of", double, choices=CHOICES)) == ["double"]
    assert codes(question("long_text", double)) == [], "an open answer has room for both"
    assert codes(question("yes_no", "Gäller det till och med mars?")) == []


def test_a_row_of_a_scale_is_a_question_and_an_option_is_not() -> None:
    rows = [{"label": "Tid och pengar räcker", "key": "tid"}, {"label": "Målen är klara", "key": "mal"}]
    options = [{"label": "Tid och pengar", "key": "tid"}, {"label": "Annat", "key": "annat"}]

    assert codes(question("matrix", "Hur stämmer det?", choices=rows, smallest="1", largest=5)) == ["double"]
    assert codes(question("one_of", "Vad saknades?", choices=options)) == []


def test_a_long_text_is_measured_and_its_longest_sentence_named() -> None:
    hard = (
        "Samordningsförbundets verksamhetsberättelse innefattande resultatredovisning, finansieringsanalys och "
        "förvaltningsberättelse överlämnas till förbundsmedlemmarna efter slutbehandling, varvid respektive "
        "huvudmans ansvarsområden, uppföljningsrutiner och kvalitetssäkringsåtgärder särskilt kommenteras i "
        "förekommande fall med hänvisning till tillämpliga bestämmelser."
    )
    plain = "Vi läser din ansökan. Sedan hör vi av oss. Du får ett svar inom två veckor. " * 3

    form = make_form(page("Sida", question("short_text", "Namn")), intro=hard, privacy_text=plain)
    found = hints(form)

    assert [(hint.code, hint.setting) for hint in found] == [("hard", "intro")]
    assert str(lix(hard)) in str(found[0].sentence)
    assert lix(plain) < 30 < 60 < lix(hard)


def test_a_short_form_that_is_explained_is_no_riddle() -> None:
    told = question("short_text", "Gruppens namn", help="Till exempel lokal samverkansgrupp (LSG).")

    assert codes(told, question("whole_number", "Hur många möten har LSG haft?")) == []


def test_an_answer_of_a_certain_shape_needs_an_example() -> None:
    assert codes(question("short_text", "Postnummer", pattern="postcode")) == ["format"]
    assert codes(question("short_text", "Postnummer", pattern="postcode", help="Fem siffror, som 571 31.")) == []
    assert codes(question("email", "E-postadress")) == []


def test_english_forms_are_read_as_english() -> None:
    asked = [
        question("yes_no", "Don't you agree that it was good?"),
        question("yes_no", "Were the room and the food good?"),
        question("long_text", "What have you learnt?"),
    ]

    assert codes(*asked, language="en") == ["leading", "double"]


def test_a_hint_stops_nothing_and_stands_at_its_question() -> None:
    here = association()
    asked = question("yes_no", "Var lokalen och maten bra?")
    form = make_form(page("Sida", asked), collection=here)

    form.get_latest_revision().publish()
    found = by_block(hints(form))

    assert Form.objects.get().version.number == 1
    assert [hint.level for hint in found[asked["id"]]] == ["hint"]
    assert not any(hint.is_error for hints_ in found.values() for hint in hints_)
    assert form.describe(found[asked["id"]])[0].startswith("Sida › Var lokalen och maten bra?")
