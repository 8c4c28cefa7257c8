"""The words that plain-language hints look for, per language of the form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """What one language has that makes questions hard, leading or double."""

    hardest: int
    """The readability index (LIX) above which a text is called hard to read."""
    negations: frozenset[str]
    hidden_negations: re.Pattern[str]
    and_words: frozenset[str]
    pairs: tuple[str, ...]
    """Fixed expressions with *and* in them, which ask one thing."""
    leading: re.Pattern[str]
    abbreviations: re.Pattern[str]
    plainer: Mapping[str, str]
    colours: re.Pattern[str]
    here: re.Pattern[str]
    known: frozenset[str] = field(default_factory=frozenset)
    """Abbreviations in capitals that everybody knows."""


KNOWN = frozenset({"PDF", "EU", "ID", "IT", "SMS", "AB", "DVD", "USB", "TV", "FN", "CV", "BMI", "HTML", "XLSX", "DOCX"})

SWEDISH = Words(
    hardest=50,
    negations=frozenset({"inte", "ej", "icke", "aldrig", "ingen", "inget", "inga", "ingenting", "saknar", "saknas"}),
    hidden_negations=re.compile(
        r"\b(?:utan att|o(?:lämplig|klar|möjlig|vanlig|tillräcklig|fullständig|nöjd|enig|tydlig|viktig|rimlig|giltig"
        r"|känd|säker|skälig|tillåt|önska|användbar|nödvändig)\w*)\b"
    ),
    and_words=frozenset({"och", "samt"}),
    pairs=("till och med", "då och då", "mer och mer", "i och med", "i stort och smått", "från och med"),
    leading=re.compile(
        r"^(?:visst|nog|förstås|naturligtvis)\b|\bhåller du (?:inte )?med om\b"
        r"|\b(?:tycker|anser|tror|vill) (?:du|ni) inte\b"
        r"|\b(?:är|var|vore) det inte\b|\bborde (?:man |vi |ni )?inte\b|\binstämmer du i\b|\beller hur\b"
        r"|^hur (?:bra|nöjd|nöjda|mycket bättre|uppskattad|värdefull)\b(?!.*\b(?:eller|dålig|missnöjd))"
    ),
    abbreviations=re.compile(
        r"(?<!\w)(?:t\.? ?ex\.?|bl\.? ?a\.?|d\.? ?v\.? ?s\.?|e\.? ?d\.|etc\.?|ev\."
        r"|f\.? ?n\.|fr\.? ?o\.? ?m\.?|m\.? ?fl\.?"
        r"|m\.? ?m\.?|o\.? ?d\.?|o\.? ?s\.? ?v\.?|p\.? ?g\.? ?a\.?|resp\.|s\.? ?k\."
        r"|t\.? ?o\.? ?m\.?|vs\.|ang\.|avs\.)(?!\w)"
    ),
    plainer={
        "avseende": "om",
        "beträffande": "om",
        "angående": "om",
        "erhålla": "få",
        "erhåller": "får",
        "erhållit": "fått",
        "erfordras": "behövs",
        "erfordrar": "behöver",
        "föreligger": "finns",
        "ifrågavarande": "den här",
        "inkomma": "skicka in",
        "inkommer": "skickar in",
        "ombesörja": "ordna",
        "ombesörjer": "ordnar",
        "tillhandahålla": "ge",
        "tillse": "se till",
        "tillser": "ser till",
        "undertecknad": "jag",
        "vederbörande": "personen",
        "vidtaga": "göra",
        "åligger": "ska",
        "härmed": "",
        "medelst": "med",
        "huruvida": "om",
        "därest": "om",
        "implementera": "införa",
        "implementerar": "inför",
        "facilitera": "underlätta",
        "adressera": "ta itu med",
        "verksamhetsutövare": "den som driver verksamheten",
    },
    colours=re.compile(
        r"\b(?:röd|grön|gul|blå)(?:markera\w+|färgad\w*)\b"
        r"|\b(?:de|det|den|klicka på|tryck på|välj) (?:röda?|gröna?|gula?|blåa?)\b"
    ),
    here=re.compile(r"\b(?:klicka|tryck|läs mer) här\b"),
    known=KNOWN,
)

ENGLISH = Words(
    hardest=45,
    negations=frozenset(
        {"not", "never", "no", "none", "nobody", "nothing", "cannot", "can't", "don't", "doesn't", "isn't"}
    ),
    hidden_negations=re.compile(
        r"\b(?:without \w+ing|un(?:likely|able|necessary|usual|clear|happy|satisfied|important)|im(?:possible|proper)"
        r"|in(?:complete|sufficient|correct|eligible)|dis(?:agree|satisfied|approve))\b"
    ),
    and_words=frozenset({"and"}),
    pairs=("more and more", "now and then", "up and running", "terms and conditions"),
    leading=re.compile(
        r"^(?:surely|of course|obviously)\b|\b(?:don't|wouldn't|shouldn't|do) you (?:not )?(?:agree|think)\b"
        r"|\b(?:isn't|wasn't) it\b|^how (?:good|satisfied|happy|much better|valuable)\b(?!.*\b(?:or|bad|dissatisfied))"
    ),
    abbreviations=re.compile(r"(?<!\w)(?:e\.g\.?|i\.e\.?|etc\.?|viz\.?|asap|incl\.|resp\.|approx\.)(?!\w)"),
    plainer={
        "regarding": "about",
        "concerning": "about",
        "utilise": "use",
        "utilize": "use",
        "commence": "begin",
        "prior to": "before",
        "endeavour": "try",
        "facilitate": "help",
        "hereby": "",
        "pursuant": "under",
        "remuneration": "pay",
    },
    colours=re.compile(r"\b(?:marked|shown|the) (?:in )?(?:red|green|yellow|blue)\b"),
    here=re.compile(r"\bclick here\b"),
    known=KNOWN | {"UK", "US", "OK", "I"},
)

WORDS = {"sv": SWEDISH, "en": ENGLISH}
