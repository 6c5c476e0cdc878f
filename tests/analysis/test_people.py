"""Where people are: what is said agrees with the runs, and everybody has one spot."""

from functools import cache

import numpy as np
import pytest

from agents.service_user import GONE, SITUATIONS
from analysis.comparison import SoFar
from analysis.lives import spells, told
from analysis.people import (
    MEASURES,
    SHOWN,
    elsewhere,
    field,
    needs,
    runs_of,
    sentence,
    shift_said,
    shifts,
    spots,
    time_in,
    whereabouts,
    whereabouts_by_need,
)
from evidence.strata import THIRDS
from model.measures import HEADLINE
from runs.crowd import HERE, Crowd, crowd, third
from runs.ensemble import batches
from runs.lives import somebody, two_lives
from runs.running import burnt_in
from runs.summary import Summary
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview


@cache
def ones(*names: str, place: str = "dublin") -> tuple[Scenario, ...]:
    where, world = find_place(place), find_worldview("evidence")
    return tuple(with_twins([Scenario(find_strategy(name), where, world, 500, 84) for name in names]))


@cache
def so_far(*names: str, place: str = "dublin", replicates: int = 3) -> SoFar:
    summary = Summary()
    for batch in batches(ones(*names, place=place), replicates, measures=(*MEASURES, *HEADLINE)):
        summary.add(batch)
    return SoFar(ones(*names, place=place), summary=summary)


@cache
def everybody() -> Crowd:
    scenarios = ones("homes", "user_centred")
    return crowd(burnt_in(scenarios[0]), scenarios)


def test_the_sentence_says_what_the_runs_say() -> None:
    compared = so_far("homes", "user_centred")
    month = compared.when[-1]
    said = sentence(compared)
    assert said.startswith("Seven years in, ")
    for label in (NOBODY, "homes", "user_centred"):
        secure, without = (compared.summary.of(label, name)[:, month].mean() / compared.first.scale
                           for name in ("secure_people", "without_home"))  # fmt: skip
        assert f"{secure:,.0f} of {secure + without:,.0f}" in said
    assert "means of 3 runs" in said
    assert "95% interval" in said
    assert any(word in said for word in ("better", "worse", "practically the same", "not known"))


def test_the_sentence_speaks_the_domains_words_and_of_one_run_without_an_interval() -> None:
    said = sentence(so_far("user_centred", place="american_school_district", replicates=1))
    assert "thriving school lives" in said
    assert "tenanc" not in said
    assert "one run" in said
    assert "interval" not in said
    assert "against" not in sentence(so_far(NOBODY))


@pytest.mark.parametrize(
    ("month", "said"),
    [(120, "Ten years in"), (12, "One year in"), (7, "After 7 months"), (1, "After 1 month"), (480, "40 years in")],
)
def test_months_are_counted_as_people_do(month: int, said: str) -> None:
    assert time_in(month) == said


def test_areas_are_the_means_and_everybody_is_in_one_of_them() -> None:
    compared = so_far("homes", "user_centred")
    found = whereabouts(compared)
    assert (found.months, found.runs) == (84, 3)
    assert list(found.counts) == [NOBODY, "homes", "user_centred"]
    own = found.counts["user_centred"]
    simulated = compared.summary.of("user_centred", "crisis").mean(axis=0)
    assert own[SHOWN.index("crisis")] == pytest.approx(simulated / compared.first.scale)
    assert set(SHOWN) == set(SITUATIONS[:HERE])
    parts = [whereabouts_by_need(everybody(), need).counts["homes"] for need in THIRDS]
    codes = [SITUATIONS.index(situation) for situation in SHOWN]
    assert (np.sum(parts, axis=0)[:, 0] == everybody().counts[1, 0].sum(axis=0)[codes]).all()


def test_shifts_are_paired_differences_and_only_those_sure_of_their_sign_are_named() -> None:
    compared = so_far("homes", "user_centred")
    shift = shifts(compared)["user_centred"]
    assert shift.low is not None
    assert shift.high is not None
    assert not shift.middle[:, 0].any()
    gaps = compared.summary.difference("user_centred", NOBODY, "reform")
    assert shift.middle[SHOWN.index("reform")] == pytest.approx(gaps.mean(axis=0) / compared.first.scale)
    said = shift_said(shift, compared.domain)
    for i, place in enumerate(SHOWN):
        sure = shift.low[i, -1] > 0 or shift.high[i, -1] < 0
        assert (f"{compared.domain.words[place]} " in said) == sure


def test_the_table_by_need_has_a_row_for_each_third() -> None:
    head, rows = needs(so_far("homes", "user_centred"))
    assert [len(row) for row in rows] == [len(head)] * 3
    compared = so_far("homes", "user_centred")
    mean = compared.summary.of(NOBODY, "secure_people_high")[:, 84].mean() / compared.first.scale
    assert rows[2][1] == f"{mean:,.0f}"


def test_everybody_has_one_spot_for_a_whole_stay_and_shares_it_with_nobody() -> None:
    made = everybody()
    where = spots(made)
    there = (made.states != GONE).any(axis=0)
    for month in range(made.months + 1):
        here = where.spot[(where.came <= month) & (month <= where.went)]
        assert len(np.unique(here)) == len(here)
    assert there[where.came, np.arange(len(made.people))].all()
    assert there[where.went, np.arange(len(made.people))].all()
    assert where.ends[-1] < len(made.people)  # spots are used again
    starts = (0, *where.ends[:-1])
    for which, (first, end) in enumerate(zip(starts, where.ends, strict=True)):
        own = where.spot[third(made.need) == which]
        assert (own >= first).all()
        assert (own < end).all()


def test_the_field_shows_everybody_in_every_run() -> None:
    made = everybody()
    where = spots(made)
    for i in range(len(made.scenarios)):
        drawn = field(made, where, i)
        for code in range(HERE):
            assert ((drawn == code).sum(axis=0) == (made.states[i] == code).sum(axis=1)).all()


@pytest.mark.parametrize("codes", [[3], [0] * 255, [0] * 256, [1] * 600 + [2], [6, 0, 0, 5] * 90])
def test_runs_unpack_to_what_was_packed(codes: list[int]) -> None:
    pairs = np.frombuffer(runs_of(np.array([codes], np.uint8)), np.uint8).reshape(-1, 2)
    assert np.repeat(pairs[:, 0], pairs[:, 1]).tolist() == codes
    assert (pairs[:, 1] > 0).all()


def test_how_many_are_elsewhere() -> None:
    made = everybody()
    apart = int((made.states[0, -1] != made.states[2, -1]).sum())
    assert f"{apart:,} of" in elsewhere(made, NOBODY, "user_centred")
    assert " 0 of" in elsewhere(made, "homes", "homes")


def test_a_life_is_told_side_by_side_and_its_spells_cover_it() -> None:
    a, _, b = ones("homes", "user_centred")
    person = somebody(a, b)
    assert person is not None
    lives, domain = two_lives(a, b, person), so_far("homes", "user_centred").domain
    story = told(lives, domain)
    assert story.apart is not None
    assert all(one == other for month, one, other in story.rows if month < story.apart)
    assert any(one != other for _, one, other in story.rows)
    for life, summary in zip(lives, story.summaries, strict=True):
        stays = spells(life, domain)
        months = [month for first, last, _ in stays for month in range(first, last + 1)]
        assert months == [moment.month for moment in life if moment.me is not None]
        assert all(place in summary for first, _, place in stays if first > 0)
    same = told((lives[0], lives[0]), domain)
    assert same.apart is None
    assert all(one == other for _, one, other in same.rows)
