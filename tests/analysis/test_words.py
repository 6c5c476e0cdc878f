"""Words: numbers read well, general terms become the domain's, the sentence says what the contrasts say, no more."""

import dataclasses
import re
from collections.abc import Mapping
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from analysis.contrasts import BETTER, BETTER_OPEN, CLEAR, NOT_KNOWN, SAME, VERDICTS, WORSE, Contrast, verdict
from analysis.units import EUROS, Units
from analysis.words import (
    IN_FULL,
    aside,
    beside,
    explained,
    homes_instead,
    how_sure,
    interval,
    label,
    margins_said,
    meaning,
    money,
    number,
    own,
    plain,
    scale,
    sentence,
    shown,
    shown_difference,
    spending,
    unit,
    units_said,
)
from model.measures import HEADLINE, MEASURES, STRATA
from scenarios.controls import EqualCost
from scenarios.domains import find_domain

PEOPLE, SPENT, PLACES, FIT = HEADLINE
DOMAIN = find_domain("homelessness")
TITLES = {"a": "Catalytic philanthropy", "b": "User-centred", "c": "Gamma", "status_quo": "No foundation"}
MARGINS = {PEOPLE: 90.0, SPENT: 25e6, PLACES: 50.0, FIT: 0.02}
RANGES = {BETTER: (2.0, 3.0), BETTER_OPEN: (0.5, 3.0), SAME: (-0.5, 0.5), NOT_KNOWN: (-2.0, 3.0)}
RANGES |= {"worse": (-3.0, -2.0), "worse, size open": (-3.0, -0.5)}


def contrast(name: str, measure: str, word: str, units: float = 1.0) -> Contrast:
    """A contrast whose interval gives this verdict."""
    sign = -1 if measure == SPENT else 1
    low, high = sorted(sign * end * MARGINS[measure] for end in RANGES[word])
    assert verdict(low, high, MARGINS[measure], sign) == word
    return Contrast(measure, 120, name, "status_quo", 1.0, 1.0, (low + high) / 2 * units, low * units, high * units, 8,
                    word, MARGINS[measure])  # fmt: skip


@dataclasses.dataclass
class Told:
    """As much of a comparison as the sentence reads, with contrasts given by hand."""

    found: Mapping[tuple[str, str], Contrast]  # by strategy and measure
    not_carried_out: Mapping[str, str] = dataclasses.field(default_factory=dict)
    units: Units = EUROS
    titles: Mapping[str, str] = dataclasses.field(default_factory=lambda: TITLES)
    domain = DOMAIN
    when = (96, 120)
    programme = (13, 72)
    place = SimpleNamespace(title="Anytown")
    worldview = SimpleNamespace(name="evidence", title="Evidence")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in self.found))

    def contrast(self, scenario: str, against: str, measure: str, month: int) -> Contrast:
        assert month == 120
        if against == "status_quo":
            return self.found[scenario, measure]
        mine, other = self.found[scenario, measure], self.found[against, measure]
        gap = mine.difference - other.difference
        return dataclasses.replace(mine, against=against, difference=gap, low=gap - 50, high=gap + 50)


def told(verdicts: Mapping[str, tuple[str, ...]], **more: Any) -> Any:
    found = {(name, measure): contrast(name, measure, word)
             for name, words in verdicts.items() for measure, word in zip(HEADLINE, words, strict=True)}  # fmt: skip
    return Told(found, **more)


WORDS = {PLACES: {1: "more", -1: "fewer"}, FIT: {1: "better", -1: "worse"}}
COMBINATIONS = list(product(VERDICTS, repeat=2))


def said_of(measure: str, word: str) -> str:
    return {SAME: "same", NOT_KNOWN: "unknown"}.get(word) or WORDS[measure][CLEAR[word]]


@pytest.mark.parametrize("people", VERDICTS)
@pytest.mark.parametrize("spent", VERDICTS)
def test_two_strategies_in_forty_words_people_and_money_first(people: str, spent: str) -> None:
    """A clause each, with the numbers of the contrasts; then a word each for places and for fit, in the same order."""
    for a, b in product(COMBINATIONS[::5], COMBINATIONS[::3]):
        one = told({"a": (people, spent, *a), "b": (WORSE, SAME, *b)})
        text = sentence(one)
        assert len(text.split()) <= 40, text
        assert text.count(";") == 1
        clauses, _, rest = text.partition(". ")
        first, second = clauses.removeprefix("Against no foundation, 48 months on, ").split("; ")
        for name, clause in (("a", first), ("b", second)):
            here = one.found[name, PEOPLE]
            ends = re.escape(interval(PEOPLE, here.low, here.high))
            gap = re.escape(shown_difference(PEOPLE, here.difference))
            assert re.match(rf"{TITLES[name]}: {gap}( people with secure tenancies)? \({ends}\) (for|saving) ", clause)
            assert clause.endswith(spending(one.found[name, SPENT], EUROS, name == "a"))
        pairs = dict(zip((PLACES, FIT), zip(a, b, strict=True), strict=True))
        want = [[said_of(measure, word) for word in pair] for measure, pair in pairs.items()]
        for measure, words in zip(("Places", "Fit"), want, strict=True):
            spoken = words[0] if words[0] == words[1] else ", ".join(words)
            if want[0] == want[1]:
                assert rest == f"Places and fit: {spoken}."
            else:
                assert f"{measure}: {spoken}." in rest


def test_one_strategy_three_and_many() -> None:
    better = (BETTER, SAME, BETTER, SAME)
    alone = sentence(told({"a": better}))
    assert alone == ("Against no foundation, 48 months on, Catalytic philanthropy: +225 people with secure tenancies "
                     "(+180 to +270) for EUR −12 to +12 million. Places: more. Fit: same.")  # fmt: skip
    three = sentence(told({"a": better, "b": (SAME, SAME, SAME, SAME), "c": (WORSE, WORSE, WORSE, WORSE)}))
    assert ";" not in three
    assert three.endswith("Places: more, same, fewer. Fit: same, same, worse.")
    for title in ("Catalytic philanthropy: +225", "User-centred: 0.0", "Gamma: −225"):
        assert title in three
    names = "abcdefgh"
    many = told({name: better if name in "cf" else (SAME, SAME, SAME, SAME) for name in names})
    many.titles = {name: name.upper() for name in names} | {"status_quo": "No foundation"}
    assert len(names) > IN_FULL
    text = sentence(many)
    assert "the most people of 8 strategies come with C: +225 people" in text
    assert "1 cannot be told from it" in text  # F has as many; the six others differ by 225 +- 50
    assert text.count(";") == 1


def test_who_could_not_be_carried_out_comes_first_and_has_no_clause() -> None:
    reason = "no grant was awarded in any of 16 runs"
    both = {"a": (BETTER,) * 4, "b": (WORSE,) * 4}
    text = sentence(told(both, not_carried_out={"a": reason}))
    assert text.startswith(f"In Anytown, Catalytic philanthropy could not be carried out: {reason}. Against no")
    assert text.count("Catalytic philanthropy") == 1
    assert "User-centred: −225" in text
    neither = sentence(told(both, not_carried_out={"a": reason, "b": reason}))
    assert neither == (f"In Anytown, Catalytic philanthropy could not be carried out: {reason}. User-centred could not "
                       f"be carried out: {reason}.")  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (2e6, 28e6, "for EUR 2.0 to 28.0 million"),
        (12e6, 28e6, "for EUR 12 to 28 million"),
        (-28e6, -12e6, "saving EUR 12 to 28 million"),
        (-3e6, 20e6, "for EUR −3.0 to +20.0 million"),
        (0.21e6, 0.55e6, "for EUR 0.21 to 0.55 million"),
        (0.0, 0.0, "for nothing more"),
        (None, None, "for EUR 5.0 million"),
    ],
)
def test_money_is_told_by_its_interval(low: float | None, high: float | None, said: str) -> None:
    one = Contrast(SPENT, 120, "a", "status_quo", 1.0, 1.0, 5e6, low, high, 8, None)
    assert spending(one, EUROS) == said
    assert spending(one, EUROS, named=False) == said.replace("EUR ", "")


def test_everything_is_told_in_the_places_money_and_at_its_real_size() -> None:
    """CAD 1.5 to the euro, a tenth of the people simulated: 4.5 people and EUR 1 million are 45 and CAD 15 million."""
    units = Units("CAD", 1.5, 2014, 0.1)
    one = Contrast(SPENT, 120, "a", "status_quo", 1.0, 1.0, 1e6, 0.8e6, 1.2e6, 8, None)
    assert spending(one, units) == "for CAD 12 to 18 million"
    assert (shown(PEOPLE, 4.5, units), shown_difference(PEOPLE, 4.5, units)) == ("45", "+45")
    assert shown(SPENT, 1e6, units) == "CAD 15.0 million"
    assert (unit(SPENT, True, units), unit(PEOPLE, True, units), unit("secure_share", True, units)) == (
        "CAD million", "people", "points"
    )  # fmt: skip
    assert money(1e5, units) == "CAD 1.5 million"
    assert shown("cost_per_secure_month", 1000.0, units) == "CAD 1,500"  # a price is the same at any size
    assert shown("secure_share", 0.5, units) == "50.00%"
    assert shown(FIT, 0.5, units) == "0.500"
    assert scale("months_to_home", units) == 1.0
    growing = {name for name in MEASURES.fields if scale(name, Units(scale=0.5)) == 2 * scale(name)}
    assert {PEOPLE, SPENT, PLACES, "crisis_beds", "died", "offers", "spend_all"} <= growing
    assert growing.isdisjoint({FIT, "secure_share", "cost_per_secure_month", "months_to_home", "belief", "leverage"})


def test_the_sentence_of_a_real_place(make) -> None:
    compared = make(place="canada_trial", people=2000, replicates=8)
    text = sentence(compared)
    assert "for CAD " in text
    one = compared.contrast("user_centred", "status_quo", PEOPLE, 120)
    real = one.difference * compared.first.real_size / 2000
    assert f"User-centred: {number(real, 0 if abs(real) >= 10 else 1, sign=True)} (" in text
    said = " ".join(units_said(compared))
    assert f"Money: CAD, {compared.place.price_year} prices" in said
    assert "undiscounted" in said
    assert f"scaled up from 2,000 simulated people to {compared.first.real_size:,}" in said
    assert "scaled up" not in " ".join(units_said(make(place="canada_trial")))


def test_what_nobody_has_measured_comes_before_luck(make, sample) -> None:
    uncertain = how_sure(make(replicates=8, sample=sample))
    assert uncertain.startswith("In brackets, 95%: what nobody has measured (4 plausible parameter sets, drawn from a ")
    assert "counts), and luck (" in uncertain
    one = make(replicates=8, sample=sample).contrast("catalytic_philanthropy", "status_quo", PEOPLE, 120)
    assert interval(PEOPLE, one.noise_low, one.noise_high) in uncertain
    point = how_sure(make())
    assert "by luck alone" in point
    assert "left out" in point
    assert how_sure(make(replicates=1)) == ""


def test_the_aside_says_the_rest(make) -> None:
    compared = make(world="sceptic", people=2000)
    said = aside(compared)
    against = beside(compared)
    assert said.startswith(against)
    assert against.startswith("Catalytic philanthropy against User-centred: people ")
    for measure in HEADLINE:
        one = compared.contrast(*compared.names, measure, 120)
        assert str(one.verdict) in against
        assert interval(measure, one.low, one.high, compared.units) in against
    assert said.endswith("In a model of Dublin, single adults, as the worldview 'Sceptic' sees it, not a forecast.")
    assert beside(make(("homes",))) == ""
    assert "nothing to compare" in sentence(make(("status_quo",)))
    schools = sentence(make(place="american_school_district"))
    assert "thriving school lives" in schools
    assert "tenanc" not in schools + aside(make(place="american_school_district"))


def test_controls_are_a_clause_each_or_why_there_is_none(make) -> None:
    compared = make(("user_centred",))
    assert homes_instead(compared) == ""
    beside_it = dataclasses.replace(
        compared, equal_cost=(EqualCost("user_centred", None, "Homes cost all payers nothing on balance."),)
    )
    assert homes_instead(beside_it) == "Beside it: homes cost all payers nothing on balance."


def test_two_strategies_of_one_title_are_told_apart(make) -> None:
    compared = make(("user_centred",))
    scenario = compared.scenarios[1]
    again = dataclasses.replace(scenario, strategy=dataclasses.replace(scenario.strategy, name="mine"), label="mine")
    both = dataclasses.replace(compared, scenarios=[*compared.scenarios, again])
    assert both.titles["user_centred"] == "User-centred (user_centred)"
    assert both.titles["mine"] == "User-centred (mine)"
    assert make().titles["user_centred"] == "User-centred"


def test_verdicts_and_margins_are_explained(make) -> None:
    text = explained()
    for word in VERDICTS:
        assert f"{word[0].upper()}{word[1:]}: " in text
    said = margins_said(make())
    for part in ("people 1% of people without secure tenancies at the start", "spending 1% of what all payers spend",
                 "places 1% of hostel beds and Housing First places", "fit 0.02"):  # fmt: skip
        assert part in said


def test_numbers_read_well() -> None:
    assert number(1234.56, 1) == "1,234.6"
    assert number(-0.004, 2, sign=True) == "0.00"
    assert number(-3.0) == "−3"
    assert number(2.0, 1, sign=True) == "+2.0"
    assert number(None) == number(float("nan")) == "–"
    assert shown("secure_share", 0.3257) == "32.57%"
    assert shown("cost_per_secure_month", 4590.8) == "EUR 4,591"
    assert shown("crisis", 4100.2) == "4,100"
    assert shown("crisis", 4.2) == "4.2"
    assert shown("crisis", None) == "–"
    assert shown(SPENT, 2.5025e9) == "EUR 2,502.5 million"
    assert shown_difference("secure_share", 0.0062) == "+0.62"
    assert shown_difference(FIT, 0.0543) == "+0.054"
    assert interval(PEOPLE, -40.4, 5.0) == "−40 to +5.0"
    assert interval(PEOPLE, None, None) == "none"
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
