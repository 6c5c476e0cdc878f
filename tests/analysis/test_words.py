"""Words: numbers read well, general terms become the domain's, and the sentence says what the verdicts say, no more."""

import re
from dataclasses import dataclass, field
from itertools import product
from types import SimpleNamespace

import polars as pl
import pytest

from analysis.contrasts import COLUMNS, NOT_KNOWN, SAME, VERDICTS
from analysis.words import (
    BRIEF,
    NAMED,
    SPOKEN,
    aside,
    headline,
    label,
    meaning,
    money,
    number,
    own,
    plain,
    sentence,
    shown,
    shown_difference,
)  # fmt: skip
from model.measures import HEADLINE, MEASURES, STRATA
from scenarios.domains import find_domain

DOMAIN = find_domain("homelessness")
TITLES = {"a": "Alpha", "b": "Beta", "c": "Gamma"}
COMBINATIONS = list(product(VERDICTS, repeat=len(HEADLINE)))
SAID = re.compile(
    rf"({'|'.join(VERDICTS)}) on (.+?)"
    rf"(?=(?:,| and) (?:{'|'.join(VERDICTS)}) on | \(these|, and Beta is|;|$)"
)


@dataclass
class Told:
    """As much of a comparison as the sentence reads, with verdicts given by hand."""

    names: tuple[str, ...]
    pairs: dict[tuple[str, str], tuple[str, ...]]
    spent: dict[str, float] = field(default_factory=lambda: {"a": 7.9e6, "b": 8.4e6, "c": 0.0})
    uncertain: bool = False
    worldview: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(name="evidence", title="Evidence"))
    domain = DOMAIN
    titles = TITLES
    when = (96, 120)
    scaled = False

    def after(self, month: int) -> str:
        return f"{month - 72} months after the programme's end"

    @property
    def headline(self) -> pl.DataFrame:
        rows = [
            {"measure": m, "month": month, "scenario": a, "against": b, "verdict": word if month == 120 else "other"}
            for (a, b), words in self.pairs.items() for m, word in zip(HEADLINE, words, strict=True)
            for month in self.when
        ]  # fmt: skip
        return pl.DataFrame(rows, schema={name: COLUMNS[name] for name in rows[0]})

    between = headline


def clauses(text: str, domain_names: dict[str, str]) -> dict[str, str]:
    """verdicts by measure, read back from what the sentence says of one pair."""
    found: dict[str, str] = {}
    for word, what in SAID.findall(text):
        named = [measure for measure, name in domain_names.items() if name in what]
        for measure in list(HEADLINE) if what == "all three" else named:
            assert measure not in found, text
            found[measure] = word
    return found


@pytest.mark.parametrize("words", COMBINATIONS)
def test_one_strategy_says_its_three_verdicts(words: tuple[str, ...]) -> None:
    text = sentence(Told(("a",), {("a", "status_quo"): words}))
    assert ". " not in text
    assert text.endswith("; the programme spends EUR 7.9 million.")
    spoken = {measure: DOMAIN.says(name) for measure, name in SPOKEN.items()}
    assert clauses(text.split(";")[0], spoken) == dict(zip(HEADLINE, words, strict=True))
    assert ("cannot tell" in text) == (NOT_KNOWN in words)


@pytest.mark.parametrize("apart", COMBINATIONS)
def test_two_strategies_say_all_nine_verdicts(apart: tuple[str, ...]) -> None:
    spoken = {measure: DOMAIN.says(name) for measure, name in SPOKEN.items()}
    brief = {measure: DOMAIN.says(name) for measure, name in BRIEF.items()}
    for a, b in product(COMBINATIONS[::5], COMBINATIONS[::3]):
        text = sentence(Told(("a", "b"), {("a", "b"): apart, ("a", "status_quo"): a, ("b", "status_quo"): b}))
        first, second, third = text.split("; ")
        assert first.startswith("In the model, 48 months after the programme's end, Alpha compared with Beta is ")
        assert clauses(first, spoken) == dict(zip(HEADLINE, apart, strict=True))
        assert second.startswith("compared with no foundation, ")
        if a == b:
            assert "both are" in second
            assert clauses(second, brief) == dict(zip(HEADLINE, a, strict=True))
        else:
            of_a, of_b = second.split(", and Beta is ")
            assert clauses(of_a, brief) == dict(zip(HEADLINE, a, strict=True))
            assert clauses(of_b, brief) == dict(zip(HEADLINE, b, strict=True))
        assert third == "the programmes spend EUR 7.9 million (Alpha) and EUR 8.4 million (Beta)."


@pytest.mark.parametrize("words", list(product(VERDICTS, repeat=3)))
def test_three_strategies_are_named_under_their_verdict(words: tuple[str, ...]) -> None:
    pairs = {(name, "status_quo"): (word, SAME, NOT_KNOWN) for name, word in zip("abc", words, strict=True)}
    text = sentence(Told(("a", "b", "c"), pairs))
    places = text.split(": ")[1].split("; ")[0]
    for name, word in zip("abc", words, strict=True):
        assert re.search(rf"{TITLES[name]}\b[^;]*? (?:is|are) {word}", places)
        before = re.search(rf"{TITLES[name]}\b.*? (?:is|are) ({'|'.join(VERDICTS)})", places)
        assert before is not None
        assert before[1] == word
    assert "on the share of people with secure tenancies, Alpha, Beta and Gamma are practically the same" in text
    assert "nothing (Gamma)" in text


def test_many_strategies_are_counted() -> None:
    names = tuple("abcdefgh")
    told = Told(
        names, {(n, "status_quo"): (SAME, SAME, SAME) for n in names}, {n: 1e6 * i for i, n in enumerate(names)}
    )
    told.titles = {n: n.upper() for n in names}
    text = sentence(told)
    assert text.count("8 are practically the same") == 3
    assert "between nothing and EUR 7.0 million" in text


def short(text: str) -> dict[str, str]:
    """Verdicts by measure, read back from the headline of one pair."""
    brief = {measure: DOMAIN.says(name) for measure, name in NAMED.items()}
    found: dict[str, str] = {}
    known, _, doubt = text.removesuffix(".").partition("not known")
    for word, what in re.findall(
        r"(better|worse|practically the same)(?: than \w+| as \w+)?(?: foundation)? on (.+?)"
        r"(?=(?:,| and) (?:better|worse|practically)|;|$)", known
    ):  # fmt: skip
        found |= {measure: word for measure, name in brief.items() if name in what}
    return found | {measure: NOT_KNOWN for measure, name in brief.items() if name in doubt}


@pytest.mark.parametrize("words", COMBINATIONS)
def test_the_headline_is_short_and_says_all_three_verdicts(words: tuple[str, ...]) -> None:
    for names, pair in ((("a",), ("a", "status_quo")), (("a", "b"), ("a", "b"))):
        told = Told(names, {pair: words, ("a", "status_quo"): words, ("b", "status_quo"): words})
        text = headline(told)
        assert len(text.split()) <= 30, text
        assert text.startswith("48 months after the programme's end, ")
        assert short(text) == dict(zip(HEADLINE, words, strict=True)), text
        assert ("Beta" in text) == (len(names) == 2)


def test_of_many_strategies_the_headline_counts_and_the_aside_names() -> None:
    pairs = {
        ("a", "status_quo"): ("better", SAME, NOT_KNOWN),
        ("b", "status_quo"): ("better", SAME, "worse"),
        ("c", "status_quo"): ("worse", SAME, NOT_KNOWN),
    }
    told = Told(("a", "b", "c"), pairs)
    assert headline(told) == (
        "3 strategies against no foundation, 48 months after the programme's end – "
        "lasting Housing First places: 2 better, 1 worse; "
        "secure tenancies: all practically the same; cost: 1 worse, 2 not known."
    )
    said = aside(told)
    assert "Alpha and Beta are better and Gamma is worse" in said
    assert "nothing (Gamma)" in said


def test_the_aside_says_the_rest(make) -> None:
    said = aside(make(world="sceptic", people=2000))
    assert said.startswith("Compared with no foundation, ")
    assert "The programmes spend" in said
    assert said.endswith("In the model, scaled to 2,000 people, as the worldview 'Sceptic' sees it, not a forecast.")
    assert aside(make(("status_quo",))) == "In the model, not a forecast."
    assert headline(make(("status_quo",))) == "This is what happens without a foundation."
    schools = headline(make(place="american_school_district"))
    assert "reformed teaching places" in schools
    assert "thriving school lives" in schools
    assert "tenanc" not in schools


def test_the_sentence_says_whose_world_and_that_it_is_a_copy(make) -> None:
    text = sentence(make(world="sceptic", people=2000))
    assert text.startswith("In the model, scaled to 2,000 people, as the worldview 'Sceptic' sees it, 48 months after")
    assert "nothing to compare" in sentence(make(("status_quo",)))


def test_numbers_read_well() -> None:
    assert number(1234.56, 1) == "1,234.6"
    assert number(-0.004, 2, sign=True) == "0.00"
    assert number(-3.0) == "−3"
    assert number(2.0, 1, sign=True) == "+2.0"
    assert number(None) == number(float("nan")) == "–"
    assert shown("secure_share", 0.3257) == "32.57%"
    assert shown("cost_per_secure_month", 4590.8) == "EUR 4,591"
    assert shown("crisis", 4100.2) == "4,100"
    assert shown("crisis", None) == "–"
    assert shown_difference("secure_share", 0.0062) == "+0.62"
    assert (money(0), money(12345), money(7.94e6)) == ("nothing", "EUR 12,345", "EUR 7.9 million")
    assert (plain(0.05), plain(4530.0), plain(1e-7), plain(-0.05)) == ("0.05", "4,530", "0.0000001", "−0.05")


def test_general_terms_become_the_domains() -> None:
    assert own("crisis beds in use", DOMAIN) == "hostel beds in use"
    assert own("places in the reformed service", DOMAIN) == "places in Housing First"
    assert own("reformed services, not crisis services", DOMAIN) == "Housing First services, not emergency hostels"
    for name in MEASURES.fields:
        if name not in STRATA:
            assert "{" not in label(name, DOMAIN) + meaning(name, DOMAIN)
            assert "crisis bed" not in meaning(name, DOMAIN)
