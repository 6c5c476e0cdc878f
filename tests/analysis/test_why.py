"""Why: a mechanism off is what --set makes of it, practices add up, words claim what intervals allow."""

import numpy as np
import pytest

from analysis import why
from analysis.contrasts import (
    BETTER,
    NEEDED,
    NOT_KNOWN,
    SAME,
    WORSE,
    contrast,
    headline,
    paired,
    pairs_of,
)
from analysis.why import (
    ADDED,
    BARE,
    FULL,
    OFF,
    PRACTICES,
    TAKEN,
    Effect,
    apart,
    mechanisms,
    one_after_another,
    practice_scenarios,
    practices,
    practices_sentence,
    ranked,
    ranking_sentence,
    switched_off,
    taken_away,
    without,
    without_sentence,
)
from evidence.quantities import inputs
from model.measures import HEADLINE
from runs.ensemble import ensemble
from scenarios.domains import Domain
from scenarios.places import domain_of, find_place
from scenarios.scenario import NOBODY, Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

WHERE, MONTHS, REPLICATES = find_place("dublin"), 80, 3
EVIDENCE = find_worldview("evidence")


def scenario(name: str, **settings: float) -> Scenario:
    return Scenario(find_strategy(name), WHERE, EVIDENCE, 500, MONTHS, settings=Settings(parameters=settings))


@pytest.fixture
def domain() -> Domain:
    return domain_of(WHERE)


def made(before: float, after: float, spread: float = 0.0, measure: str = "fit") -> Effect:
    """A mechanism that moves the difference from `before` to `after`, give or take."""
    luck = spread * np.array([-1.0, 1.0, -0.5, 0.5])
    other = np.full(4, 0.1)
    as_it_is, gone = np.array([other + before, other, other]), np.array([other + after + luck, other])
    both = [np.stack([one] * len(NEEDED), axis=-1) for one in (as_it_is, gone)]
    return why._effects("faking", MONTHS, both[0], both[1])[measure]


def test_a_mechanism_off_gives_the_digits_of_set() -> None:
    pair = (scenario("user_centred"), scenario(NOBODY))
    *_, last = switched_off(pair, "faking", MONTHS, REPLICATES)
    for which, settings in (("before", {}), ("after", {"faking": 0.0})):
        table = ensemble([scenario("user_centred", **settings), scenario(NOBODY, **settings)], REPLICATES).months
        for measure in HEADLINE:
            found, told = getattr(last[measure], which), paired(table, "user_centred", NOBODY, measure, MONTHS)
            assert (found.difference, found.low, found.high) == pytest.approx((told.difference, told.low, told.high))
            if which == "before":
                assert (found.verdict, found.margin) == (told.verdict, pytest.approx(told.margin))
            else:  # the margin that matters is the one as things are
                assert found.margin == pytest.approx(last[measure].before.margin)
    effect = last["secure_people"]
    assert effect.before is not None
    assert effect.after is not None
    assert effect.change.difference == pytest.approx((effect.after.difference or 0) - (effect.before.difference or 0))


def test_one_after_another_finds_the_same_as_each_alone() -> None:
    pair = (scenario("user_centred"), scenario("carrier"))
    every = list(one_after_another(pair, ["faking", "turnover"], MONTHS, 2))
    *_, alone = switched_off(pair, "turnover", MONTHS, 2)
    assert [one["secure_people"].name for one in every] == ["faking", "turnover"]
    assert every[1]["secure_people"].changes.tolist() == alone["secure_people"].changes.tolist()


def test_only_what_is_at_work_can_be_switched_off() -> None:
    here = {one.name: one for one in mechanisms(scenario("user_centred"))}
    assert here["faking"].off == 0
    assert here["faking"].value == inputs()["faking"].value
    assert all(one.value != one.off for one in here.values())
    assert "faking" not in {one.name for one in mechanisms(without(scenario("user_centred"), "faking"))}


def test_the_full_strategy_is_the_bare_one_and_five_practices() -> None:
    """What `taken_away` rests on; fails when a strategy file goes its own way."""
    assert find_strategy("+".join([BARE, *PRACTICES])).settings() == find_strategy(FULL).settings()


def test_one_practice_is_taken_away_and_no_other() -> None:
    small = taken_away("practice_4_start_small")
    assert [phase.begins for phase in small.phases] == [0, 24]
    first, later = (levers for _, levers in small.settings())
    assert (first["grants_per_provider"], first["design_users"], first["condition_partnership"]) == (1, 0, 0)
    assert (first["share_places"], later["share_places"], later["share_spotlight"]) == (0.6, 0.52, 0.08)
    assert (first["listening"], first["user_seats"], first["branding"]) == (2, 0.5, 0)


def test_practices_are_measured_both_ways() -> None:
    scenarios = practice_scenarios(scenario("user_centred"))
    assert scenarios[-1].label == NOBODY
    *_, last = practices(scenarios, MONTHS, REPLICATES)
    table = ensemble(scenarios, REPLICATES, keep=NEEDED).months
    for measure in HEADLINE:
        assert [(one.name, one.way) for one in last[measure]] == [(n, w) for n in PRACTICES for w in (ADDED, TAKEN)]
    first, second = last["secure_people"][:2]
    added = headline(table, [PRACTICES[0]], [MONTHS], BARE, ["secure_people"])
    assert first.change.difference == pytest.approx(added["difference"][0])
    assert first.change.margin == pytest.approx(added["margin"][0])
    taken = headline(table, [FULL], [MONTHS], "without_" + PRACTICES[0], ["secure_people"])
    assert second.change.difference == pytest.approx(taken["difference"][0])


def test_a_cancelled_study_ends_early() -> None:
    pair = (scenario("user_centred"), scenario(NOBODY))
    assert list(one_after_another(pair, ["faking"], MONTHS, 2, lambda scenarios, n: [])) == []


@pytest.mark.parametrize(
    ("before", "after", "opening"),
    [
        (0.062, 0.004, "Nearly all of the difference goes when X is switched off: from +0.062 to +0.004 fit"),
        (0.062, 0.016, "Most of the difference goes"),
        (0.10, 0.06, "Part of the difference goes"),
        (0.20, 0.16, "A little of the difference goes"),
        (0.06, 0.12, "The difference grows"),
        (0.06, -0.06, "The difference turns round"),
        (0.06, 0.062, "The difference stays practically the same"),
        (0.002, 0.06, "A and B are practically the same on how well Housing First places fit to begin with"),
    ],
)
def test_the_sentence_says_what_becomes_of_the_difference(
    before: float, after: float, opening: str, domain: Domain
) -> None:
    assert without_sentence(made(before, after), "X", "A", "B", domain).startswith(opening)


def test_what_luck_may_explain_is_not_known(domain: Domain) -> None:
    effect = made(0.10, 0.06, spread=0.1)
    assert effect.change.verdict == NOT_KNOWN
    assert without_sentence(effect, "X", "A", "B", domain).startswith("Whether X makes the difference is not known")


def test_the_verdict_is_how_the_first_fares_without_it() -> None:
    assert made(0.10, 0.02).change.verdict == WORSE
    assert made(0.10, 0.18).change.verdict == BETTER
    assert made(0.10, 0.102).change.verdict == SAME


def test_a_change_that_is_clear_but_may_be_small_is_told_as_such(domain: Domain) -> None:
    effect = made(0.10, 0.075, spread=0.01)
    assert effect.change.verdict == "worse, size open"
    assert effect.clear
    assert without_sentence(effect, "X", "A", "B", domain).startswith("Part of the difference goes")


def test_who_could_not_be_carried_out_has_no_verdict(domain: Domain) -> None:
    effect = why._effects(
        "faking", MONTHS, np.full((3, 4, len(NEEDED)), 0.1), np.full((2, 4, len(NEEDED)), 0.1), "because"
    )
    for one in (effect["fit"].change, effect["fit"].before, effect["fit"].after):
        assert one is not None
        assert (one.verdict, one.reason) == (None, "because")
    assert "no verdict. because." in without_sentence(effect["fit"], "X", "A", "B", domain)


def test_a_ranking_names_the_largest_and_admits_what_overlaps() -> None:
    names = {"faking": "X"}
    small, large, shaky = made(0.10, 0.06), made(0.10, 0.02), made(0.10, 0.0, spread=0.16)
    assert ranked([small, shaky, large]) == [shaky, large, small]
    assert apart(large, small)
    assert not apart(shaky, large)
    assert "X matters most (−0.080 fit); 2 change it clearly" in ranking_sentence([small, large], names, "things", 2)
    close = [made(0.10, 0.02, spread=0.02), made(0.10, 0.024, spread=0.04)]
    assert "not known" in ranking_sentence(close, names, "things", len(close))
    assert "Of the first 1 of 9 things, not one is known" in ranking_sentence([made(0.10, 0.102)], names, "things", 9)


def test_practices_in_a_sentence(domain: Domain) -> None:
    def step(name: str, way: str, gain: float, luck: float = 0.0) -> Effect:
        other = np.full(4, 0.1)
        value = other + gain + luck * np.array([-1.0, 1.0, -0.5, 0.5])
        twins = pairs_of("fit", *(np.stack([one] * len(NEEDED), axis=-1) for one in (value, other, other)))
        return Effect(name, way, contrast("fit", MONTHS, name, BARE, twins), value - other)

    names = {name: name[:10] for name in PRACTICES}
    steps = [step(name, way, 0.10 if name == PRACTICES[3] else 0.0) for name in PRACTICES for way in (ADDED, TAKEN)]
    said = practices_sentence(steps, names, domain)
    assert said.count("'practice_4' changes most (+0.100 fit, better)") == 2
    unsure = [step(name, way, 0.02, 0.06) for name in PRACTICES for way in (ADDED, TAKEN)]
    assert practices_sentence(unsure, names, domain).count("which practice does most is not known") == 2
    nothing = [step(name, way, 0.0) for name in PRACTICES for way in (ADDED, TAKEN)]
    assert "each is practically the same as without" in practices_sentence(nothing, names, domain)
    assert all(one.way != OFF for one in nothing)
