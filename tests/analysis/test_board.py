"""The sentence for a board: true for whatever the contrasts say, short, and a clause for each strategy."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.board import IN_FULL, aside, left_out, relabelled, sentence, spending
from analysis.contrasts import BETTER, BETTER_OPEN, NOT_KNOWN, SAME, VERDICTS, WORSE, WORSE_OPEN, Contrast, verdict
from analysis.units import EUROS, Units
from analysis.words import beside, interval, number, units_said
from model.measures import HEADLINE
from scenarios.domains import Domain, find_domain
from scenarios.names import shipped
from scenarios.strategy import find_strategy

PEOPLE, SPENT, PLACES, FIT = HEADLINE
DOMAINS = [find_domain(name) for name in shipped("domain")]
TITLES = {"a": "Catalytic philanthropy", "b": "User-centred", "c": "Collective impact", "d": "Top-up"}
OPENING = "Against no foundation, 48 months on, people with secure tenancies: "
MARGINS = {PEOPLE: 90.0, SPENT: 25e6, PLACES: 50.0, FIT: 0.02}
RANGES = {BETTER: (2.0, 3.0), BETTER_OPEN: (0.5, 3.0), SAME: (-0.5, 0.5), NOT_KNOWN: (-2.0, 3.0)}
RANGES |= {WORSE: (-3.0, -2.0), WORSE_OPEN: (-3.0, -0.5)}
REASON = "only 47% of its money was spent or promised by its end (under 80% in 9 of 16 runs)"
SIGN = {PEOPLE: 1, SPENT: -1, PLACES: 1, FIT: 1}


def made(name: str, measure: str, low: float | None, high: float | None, margin: float | None = None) -> Contrast:
    """A contrast with this interval, and the verdict that belongs to it; without a margin there is none."""
    margin = MARGINS[measure] if margin is None else margin
    mean = None if low is None or high is None else (low + high) / 2
    word = verdict(low, high, margin, SIGN[measure])
    return Contrast(measure, 120, name, "status_quo", 1.0, 1.0, mean, low, high, 8, word, margin)


def contrast(name: str, measure: str, word: str) -> Contrast:
    """A contrast whose interval gives this verdict."""
    low, high = sorted(SIGN[measure] * end * MARGINS[measure] for end in RANGES[word])
    one = made(name, measure, low, high)
    assert one.verdict == word
    return one


@dataclasses.dataclass
class Told:
    """As much of a comparison as the sentence reads, with contrasts given by hand."""

    found: Mapping[tuple[str, str], Contrast]  # by strategy and measure
    not_carried_out: Mapping[str, str] = dataclasses.field(default_factory=dict)
    units: Units = EUROS
    titles: Mapping[str, str] = dataclasses.field(default_factory=lambda: TITLES)
    domain: Any = DOMAINS[shipped("domain").index("homelessness")]
    when: tuple[int, ...] = (96, 120)
    programme: tuple[int, int] | None = (13, 72)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in self.found))

    def after(self, month: int) -> str:
        return f"in month {month} of the run" if self.programme is None else "at the programme's end"

    def contrast(self, scenario: str, against: str, measure: str, month: int) -> Contrast:
        assert month == self.when[-1]
        assert {scenario, against}.isdisjoint(self.not_carried_out)
        if against == "status_quo":
            return self.found[scenario, measure]
        mine, other = self.found[scenario, measure], self.found[against, measure]
        if mine.difference is None or other.difference is None:
            return dataclasses.replace(mine, against=against, difference=None, low=None, high=None)
        gap = mine.difference - other.difference
        return dataclasses.replace(mine, against=against, difference=gap, low=gap - 50, high=gap + 50)


def told(verdicts: Mapping[str, tuple[str, ...]], **more: Any) -> Any:
    found = {(name, measure): contrast(name, measure, word)
             for name, words in verdicts.items() for measure, word in zip(HEADLINE, words, strict=True)}  # fmt: skip
    return Told(found, **more)


def test_one_strategy_and_two() -> None:
    alone = sentence(told({"a": (BETTER, SAME, BETTER, SAME)}))
    assert alone == (f"{OPENING}Catalytic philanthropy +180 to +270 (better) for EUR −12 to +12 million. Places: more. "
                     "Fit: practically the same.")  # fmt: skip
    both = told({"a": (NOT_KNOWN, WORSE_OPEN, NOT_KNOWN, SAME), "b": (WORSE, BETTER, BETTER_OPEN, SAME)})
    assert sentence(both) == (f"{OPENING}Catalytic philanthropy −180 to +270 (not known) for EUR 12 to 75 million, "
                              "User-centred −270 to −180 (worse) saving 50 to 75 million.")  # fmt: skip
    assert left_out(both) == ("Places: Catalytic philanthropy not known, User-centred more. Fit: Catalytic "
                              "philanthropy practically the same, User-centred practically the same.")  # fmt: skip
    assert left_out(told({"a": (BETTER, SAME, BETTER, SAME)})) == ""


def test_four_have_a_clause_each_and_five_are_ranked() -> None:
    better, unknown = (BETTER, WORSE, BETTER, SAME), (NOT_KNOWN, WORSE, SAME, SAME)
    four = sentence(told({"a": better, "b": unknown, "c": unknown, "d": (SAME,) * 4}))
    assert four == (f"{OPENING}Catalytic philanthropy +225 (better) for EUR 62 million, User-centred (not known) for "
                    "62 million, Collective impact (not known) for 62 million, Top-up (practically the same) for a sum "
                    "not known.")  # fmt: skip
    names = "abcdefgh"
    many = told({name: better if name in "cf" else (SAME,) * 4 for name in names})
    many.titles = {name: f"Plan {name}" for name in names}
    assert len(names) > IN_FULL
    assert sentence(many) == f"{OPENING}Plan c ranks first of 8, +180 to +270 (better) for EUR 50 to 75 million. " + (
        "1 cannot be told from it."  # f has as many; the six others differ by 225 +- 50
    )


def test_who_could_not_be_carried_out_comes_first_and_has_no_clause() -> None:
    reason = "no grant was awarded in any of 16 runs"
    both = {"a": (BETTER,) * 4, "b": (WORSE,) * 4}
    text = sentence(told(both, not_carried_out={"a": reason}))
    assert text.startswith(f"Catalytic philanthropy could not be carried out: {reason}. Against no foundation, ")
    assert "User-centred −270 to −180 (worse)" in text
    neither = sentence(told(both, not_carried_out={"a": reason, "b": reason}))
    assert neither == (f"Catalytic philanthropy could not be carried out: {reason}. User-centred could not be carried "
                       f"out: {reason}.")  # fmt: skip
    long = told(both, not_carried_out={"a": REASON})
    assert sentence(long).startswith("Catalytic philanthropy could not be carried out. Against no foundation, ")
    assert f"Catalytic philanthropy could not be carried out: {REASON}." in left_out(long)


def test_long_titles_give_way_to_names_and_colons_are_dropped() -> None:
    titles = {"a": "Practice 4: start small", "b": "A plan that nobody could say in one breath",
              "c": "Practice 1: learn (seats 1)", "d": "Practice 1: listen (seats 1)"}  # fmt: skip
    compared = told({"a": (SAME,) * 4, "b": (SAME,) * 4}, titles=titles)
    assert f"{OPENING}Practice 4 −45 to +45 (practically the same) for EUR −12 to +12 million, b −45" in sentence(
        compared
    )
    twins = sentence(told({"c": (NOT_KNOWN,) * 4, "d": (NOT_KNOWN,) * 4}, titles=titles))
    assert "c −180 to +270" in twins
    assert "Practice" not in twins
    assert "Practice 1 (seats 1) −180 to +270" in sentence(told({"c": (NOT_KNOWN,) * 4}, titles=titles))


# --- whatever the contrasts say ---------------------------------------------------------------------------------------

WORDS = "|".join(sorted(map(re.escape, VERDICTS), key=len, reverse=True))
AMOUNT = st.floats(-1e3, 1e3) | st.floats(-3e5, 3e5)


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_places_that_rise_where_fit_does_not_may_be_the_old_service_under_a_new_name(domain: Domain) -> None:
    called = domain.words["relabelled"]
    more, alike = (BETTER, SAME, BETTER_OPEN, SAME), (BETTER, SAME, BETTER, NOT_KNOWN)
    assert relabelled(told({"a": more}, domain=domain)) == (
        f"Places rise with Catalytic philanthropy and fit does not: these may be {called}."
    )
    assert relabelled(told({"a": more, "b": alike, "c": (WORSE, SAME, BETTER, WORSE)}, domain=domain)) == (
        "Places rise with Catalytic philanthropy and Collective impact and fit does not; places rise with User-centred "
        f"and whether fit does is not known: these may be {called}."
    )
    for places, fit in ((SAME, SAME), (NOT_KNOWN, WORSE), (BETTER, BETTER), (BETTER, BETTER_OPEN)):
        assert relabelled(told({"a": (BETTER, SAME, places, fit)}, domain=domain)) == ""
    assert relabelled(told({"a": more}, not_carried_out={"a": REASON}, domain=domain)) == ""


@st.composite
def comparisons(draw: st.DrawFn, titles: st.SearchStrategy[str] | None = None) -> Any:
    """One to twelve strategies with any intervals, margins, currency, scale, domain and moment."""
    names = [f"plan_{i}" for i in range(draw(st.integers(1, 12)))]
    found = {}
    for name in names:
        for measure in HEADLINE:
            by = 1e5 if measure == SPENT else 1.0
            ends = draw(st.just((None, None)) | st.tuples(AMOUNT, AMOUNT) | st.just((0.0, 0.0)))
            low, high = ends if ends[0] is None else sorted(by * end for end in ends)
            found[name, measure] = made(name, measure, low, high, by * draw(st.floats(0, 500)))
    failed = draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names)))
    reasons = st.sampled_from(["no grant was awarded in the one run", REASON])
    called = {name: f"Plan{i} {draw(st.sampled_from(['', 'in four more words', 'of many']))}".strip()
              for i, name in enumerate(names)}  # fmt: skip
    units = Units(
        draw(st.sampled_from(["EUR", "CAD", "GBP"])), draw(st.floats(0.1, 20)), 2020, draw(st.floats(0.01, 1))
    )
    return Told(
        found,
        {name: draw(reasons) for name in failed},
        units,
        called if titles is None else {name: draw(titles) for name in names},
        draw(st.sampled_from(DOMAINS)),
        draw(st.sampled_from([(96, 120), (72,)])),
        draw(st.sampled_from([(13, 72), None])),
    )


@given(comparisons())
def test_every_clause_has_the_verdict_and_the_money_of_its_contrasts(compared: Any) -> None:
    text = sentence(compared)
    assert len(text.split()) <= 40, text
    assert ";" not in text
    done = [name for name in compared.names if name not in compared.not_carried_out]
    ranking = "ranks first" in text or "not known for any" in text
    if len(done) > IN_FULL:
        assert ranking
    clauses = 0
    for name, title in compared.titles.items():
        assert len(re.findall(rf"{re.escape(title)}\b", text)) <= 1
        clause = re.search(
            rf"{re.escape(title)}(?: ranks first of \d+,)? (?:\S+(?: to \S+)? )?\((?P<said>{WORDS})\) "
            r"(?P<money>(?:for|saving) (?:nothing more|a sum not known|(?:[A-Z]{3} )?\S+(?: to \S+)? million))",
            text,
        )
        if name in compared.not_carried_out:
            assert clause is None
            assert ranking or title in text or "of" in text.split(" could not be carried out")[0]
            continue
        assert ranking or clause is not None, text
        if clause is not None:
            clauses += 1
            assert clause["said"] == compared.found[name, PEOPLE].verdict
            spent = compared.found[name, SPENT]
            allowed = {
                spending(spent, compared.units, named, ends) for named in (True, False) for ends in (True, False)
            }
            assert clause["money"] in allowed
    assert clauses == (min(len(done), 1) if "ranks first" in text else 0 if ranking else len(done))
    said = text.count(compared.units.currency)
    assert said == ("million" in re.sub(r"\(.*?\)", "", text))  # named once, with the first sum


@given(comparisons())
def test_who_ranks_first_has_the_most_people_and_nothing_is_lost(compared: Any) -> None:
    text = sentence(compared)
    done = [name for name in compared.names if name not in compared.not_carried_out]
    if "ranks first" in text:
        sizes = {compared.titles[name]: compared.found[name, PEOPLE].difference for name in done}
        first = text.split(" ranks first")[0].split(": ")[-1]
        assert sizes[first] == max(size for size in sizes.values() if size is not None)
    beside_it = f"{text} {left_out(compared)}"
    if 0 < len(done) <= IN_FULL:
        assert re.search(r"Places( and fit)?: ", beside_it)
    if len(compared.not_carried_out) <= IN_FULL:
        for name, why in compared.not_carried_out.items():
            assert f"{compared.titles[name]} could not be carried out: {why}." in beside_it


@given(
    comparisons(
        st.text("ab :;,()", min_size=1, max_size=80)
        | st.sampled_from([find_strategy(one).title for one in shipped("strategy")])
    )
)
def test_it_is_short_whatever_strategies_are_called(compared: Any) -> None:
    text = sentence(compared)
    assert len(text.split()) <= 40, text
    assert ";" not in text


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


def test_money_without_ends_is_its_mean_where_the_side_is_known() -> None:
    def spent(low: float, high: float) -> Contrast:
        return Contrast(SPENT, 120, "a", "status_quo", 1.0, 1.0, (low + high) / 2, low, high, 8, None)

    assert spending(spent(2e6, 28e6), EUROS, ends=False) == "for EUR 15 million"
    assert spending(spent(-28e6, -2e6), EUROS, ends=False) == "saving EUR 15 million"
    assert spending(spent(-3e6, 28e6), EUROS, ends=False) == "for a sum not known"
    units = Units("CAD", 1.5, 2014, 0.1)  # a tenth of the people simulated
    assert spending(spent(0.8e6, 1.2e6), units) == "for CAD 12 to 18 million"


def test_the_sentence_of_a_real_place(make) -> None:
    compared = make(place="canada_trial", people=2000, replicates=8)
    text = sentence(compared)
    assert "for CAD " in text
    one = compared.contrast("user_centred", "status_quo", PEOPLE, 120)
    assert one.low is not None
    real = one.low * compared.first.real_size / 2000
    assert f"User-centred {number(real, 0 if abs(real) >= 10 else 1, sign=True)} to " in text
    said = " ".join(units_said(compared))
    assert f"Money: CAD, {compared.place.price_year} prices" in said
    assert "undiscounted" in said
    assert f"scaled up from 2,000 simulated people to {compared.first.real_size:,}" in said
    assert "scaled up" not in " ".join(units_said(make(place="canada_trial")))


def test_the_aside_says_the_rest(make) -> None:
    compared = make(world="sceptic", people=2000)
    said = aside(compared)
    against = beside(compared)
    assert said.startswith(f"{left_out(compared)} {against}".strip())
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
