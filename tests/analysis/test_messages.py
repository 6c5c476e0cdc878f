"""What a presenter says: the sentence, each measure, people and money, in the units of the place."""

import re
from dataclasses import replace
from functools import cache

import pytest

from analysis.answer import headline
from analysis.comparison import NEEDED, SoFar
from analysis.contrasts import NOT_KNOWN
from analysis.messages import ORDER, message
from analysis.words import RUNS, label, number
from model.measures import HEADLINE
from runs.ensemble import batches
from runs.summary import Summary
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview


@cache
def so_far(*names: str, place: str = "canada_trial", **levers: float) -> SoFar:
    where, world, settings = find_place(place), find_worldview("evidence"), Settings(levers, {})
    scenarios = with_twins([Scenario(find_strategy(name), where, world, 600, 84, settings=settings) for name in names])
    summary = Summary()
    for batch in batches(scenarios, 3, measures=NEEDED):
        summary.add(batch)
    return SoFar(scenarios, summary=summary)


def test_there_is_a_message_for_each_headline_measure() -> None:
    assert ("verdict", *HEADLINE, "people", "money") == ORDER
    assert message(so_far("homes", "top_up"), "verdict") == headline(so_far("homes", "top_up"))


@pytest.mark.parametrize("measure", HEADLINE)
def test_a_measure_is_told_with_its_verdicts(measure: str) -> None:
    compared = so_far("homes", "top_up")
    said = message(compared, measure)
    assert said.startswith(label(measure, compared.domain))
    for name in compared.names:
        one = compared.contrast(name, NOBODY, measure, compared.when[-1])
        if one.verdict == NOT_KNOWN:
            known, _, unknown = said.rpartition("; of ")
            assert compared.titles[name] in unknown
            assert unknown.count(NOT_KNOWN) == 1  # of all together
            assert compared.titles[name] not in known
        else:
            assert f"{compared.titles[name]} is {one.verdict}" in said


@pytest.mark.parametrize(
    ("verdicts", "says"),
    [
        ((NOT_KNOWN, NOT_KNOWN), "what Homes and Top-up change against no foundation is not known (WHY)."),
        ((NOT_KNOWN,), "what Homes changes against no foundation is not known (WHY)."),
        (("better", NOT_KNOWN), "Homes is better against no foundation; of Top-up it is not known (WHY)."),
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_once(verdicts: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = so_far(*("homes", "top_up")[: len(verdicts)])
    found = dict(zip(compared.names, verdicts, strict=True))
    real = type(compared).contrast

    def contrast(self: object, one: str, *rest: object) -> object:
        return replace(real(compared, one, *rest), verdict=found[one], difference=None)

    monkeypatch.setattr(type(compared), "contrast", contrast)
    titles = [compared.titles[name] for name in compared.names]
    said = message(compared, HEADLINE[0])
    for short, title in zip(("Homes", "Top-up"), titles, strict=False):
        says = says.replace(short, title)
    assert said.endswith(says.replace("WHY", RUNS))


def test_who_could_not_be_carried_out_has_no_verdict() -> None:
    compared = so_far("catalytic_philanthropy", budget=0.0002)  # overheads use it up
    assert list(compared.not_carried_out) == ["catalytic_philanthropy"]
    said = message(compared, "fit")
    assert "Catalytic philanthropy could not be carried out" in said
    assert " is " not in said


def test_people_and_money_are_those_of_the_real_place() -> None:
    compared = so_far("homes", "top_up")
    month = compared.when[-1]
    for name in ("secure_people", "without_home"):
        real = compared.summary.of(NOBODY, name)[:, month].mean() / compared.first.scale
        assert number(real) in message(compared, "people")
    said = message(compared, "money")
    for amount in re.findall(r"[A-Z]{3} [\d,.]+", said):
        assert amount.startswith("CAD ")
    assert "EUR" not in said


def test_nobody_is_compared_with_nobody() -> None:
    for which in ORDER[1:]:
        if which != "people":
            assert message(so_far(NOBODY), which) == "This is what happens without a foundation."
