"""The answer in one sentence: at most thirty words whatever was found, and it says what was found."""

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest

from analysis.answer import MOST, called, headline, ranges, told
from analysis.contrasts import NOT_KNOWN, VERDICTS, Contrast
from analysis.units import Units
from analysis.words import PEOPLE, SPENT
from scenarios.domains import Domain
from scenarios.names import shipped
from scenarios.places import domain_of, find_place
from scenarios.scenario import NOBODY
from scenarios.strategy import CAMPS, Strategy, find_strategy

ENDS = {"better": (120.0, 180.0), "better, size open": (5.0, 180.0), "practically the same": (-4.0, 6.0),
        "not known": (-141.0, 231.0), "worse, size open": (-180.0, -5.0), "worse": (-180.0, -120.0)}  # fmt: skip


@dataclass
class Found:
    """What a comparison knows, as far as the sentence asks."""

    strategies: dict[str, Strategy]
    verdicts: dict[tuple[str, str, str], str]  # by strategy, against, measure
    when: tuple[int, ...] = (96, 120)
    programme: tuple[int, int] | None = (13, 72)
    not_carried_out: dict[str, str] = field(default_factory=dict)
    units: Units = field(default_factory=Units)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.strategies)

    @property
    def titles(self) -> dict[str, str]:
        return {NOBODY: "No foundation"} | {name: one.title for name, one in self.strategies.items()}

    @property
    def domain(self) -> Domain:
        return domain_of(find_place("dublin"))

    def contrast(self, one: str, other: str, measure: str, month: int) -> Contrast:
        word = self.verdicts.get((one, other, measure), NOT_KNOWN)
        low, high = ENDS[word]
        if measure == SPENT:
            low, high = (-high * 1e5, -low * 1e5)  # less is better
        rank = list(self.names).index(one)
        return Contrast(measure, month, one, other, 0.0, 0.0, (low + high) / 2 - rank * 1e-6, low, high, 24, word)


def found(*names: str, **verdicts: str) -> Any:
    return Found({name: find_strategy(name) for name in names}, {}, **verdicts)  # type: ignore[arg-type]


FOUR = "carrier+practice_1_learn+practice_2_example+practice_3_willing+practice_4_start_small"
LONG = ("implementation_support", FOUR)


@pytest.mark.parametrize(("people", "money"), list(product(VERDICTS, VERDICTS)))
def test_never_more_than_thirty_words(people: str, money: str) -> None:
    for names in (("catalytic_philanthropy", "user_centred"), LONG, ("user_centred",)):
        for helps in (people, "better"):
            compared = found(*names)
            for one in names:
                compared.verdicts[one, NOBODY, PEOPLE] = helps
                compared.verdicts[one, NOBODY, SPENT] = money
            if len(names) == 2:
                for a, b in (names, names[::-1]):
                    compared.verdicts[a, b, PEOPLE], compared.verdicts[a, b, SPENT] = people, money
            text = headline(compared)
            assert len(text.split()) <= MOST, text
            assert text.endswith(".")
            assert text.startswith("Four years ")


def test_who_is_better_by_how_many_people_and_at_what_cost() -> None:
    compared = found("collective_impact", "user_centred")
    a, b = "user_centred", "collective_impact"
    compared.verdicts = {(a, NOBODY, PEOPLE): "better", (b, NOBODY, PEOPLE): "better, size open",
                         (a, b, PEOPLE): "better", (a, b, SPENT): "worse"}  # fmt: skip
    assert headline(compared) == ("Four years after the money ends, User-centred leaves 150 more people with secure "
                                  "tenancies than Collective impact, and costs EUR 15.0 million more.")  # fmt: skip
    assert "120 to 180 more" in ranges(compared)
    compared.verdicts[a, b, SPENT] = "better"
    assert headline(compared).endswith("costs EUR 15.0 million less.")


def test_what_makes_no_difference_that_matters_says_so() -> None:
    compared = found("user_centred")
    compared.verdicts = {("user_centred", NOBODY, PEOPLE): "practically the same"}
    assert "makes no difference that matters" in headline(compared)
    two = found("collective_impact", "user_centred")
    for a, b in (("user_centred", "collective_impact"), ("collective_impact", "user_centred")):
        two.verdicts |= {(a, NOBODY, PEOPLE): "better", (a, b, PEOPLE): "practically the same"}
    assert "makes no difference that matters" in headline(two)


def test_what_is_not_known_has_no_number_but_its_range() -> None:
    compared = found("collective_impact", "user_centred")
    assert "neither" in headline(compared)
    assert "−141 to +231" in headline(compared)
    assert headline(compared).endswith("; cost: not known.")  # money is said where it fits
    for name in compared.names:
        compared.verdicts[name, NOBODY, PEOPLE] = "better"
    assert "nobody can tell whether" in headline(compared)
    assert "141 fewer to 231 more" in headline(compared)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("worse", "worse, size open", "both cost more"),
        ("better", "better", "both cost less"),
        ("practically the same", "practically the same", "costs hardly differ"),
        ("practically the same", "not known", "cost: not known"),
        ("not known", "worse", "User-centred costs more"),
        ("better", "practically the same", "Collective impact costs less"),
        ("better", "worse", "one costs more"),
    ],
)
def test_where_neither_helps_the_money_that_is_known_is_said(one: str, other: str, said: str) -> None:
    compared = found("collective_impact", "user_centred")
    compared.verdicts = {("collective_impact", NOBODY, SPENT): one, ("user_centred", NOBODY, SPENT): other}
    assert headline(compared).endswith(f"; {said}.")


def test_what_could_not_be_carried_out_is_said_and_nothing_else() -> None:
    compared = found("collective_impact", "user_centred", not_carried_out={"user_centred": "no grant was awarded"})
    assert headline(compared) == "User-centred could not be carried out here: no grant was awarded."
    assert ranges(compared) == ""


def test_of_many_the_best_of_each_camp_are_told() -> None:
    names = [name for name in shipped("strategy") if find_strategy(name).kind in CAMPS[:2]]
    compared = found(*names)
    chosen = told(compared)
    assert {compared.strategies[name].kind for name in chosen} == set(CAMPS[:2])
    assert len({called(compared, name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("months", "said"), [((72,), "When the money ends"), ((80,), "8 months after"), ((84,), "One year")]
)
def test_when(months: tuple[int, ...], said: str) -> None:
    assert headline(found("user_centred", when=months)).startswith(said)
