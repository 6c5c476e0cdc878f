"""Who uses crisis beds: every count by hand on months made up, so that a wrong definition gives a wrong number."""

from __future__ import annotations

import math
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.service_user import CRISIS, GONE, HIDDEN, HOUSED, LOOKING, NEVER, REFORM, SETTLED, USER
from analysis.patterns.shelters import (
    ADMITTED,
    EXPERIMENTS,
    FOLLOWED,
    Seen,
    clusters_of,
    flows_of,
    followed,
    housed_of,
    in_beds,
    months_until_back,
    nights_of_all,
    parts_of_nights,
    returns_of,
    seen_in,
    seen_of,
    share_of_top_tenth,
    stays_of,
    stock_and_flow,
    total_stays,
    typology,
)
from evidence.patterns import load_patterns
from runs.trial import NIGHTS

BY_NAME = {one.name: one for one in EXPERIMENTS}


@cache
def once(name: str) -> dict[str, float]:
    return BY_NAME[name].run(1, {})


Month = tuple[list[int], list[int], list[int]]  # in beds, new, to a tenancy


def month(beds: list[int], new: list[int] | None = None, tenancies: list[int] | None = None) -> Month:
    return beds, new or [], tenancies or []


def city_of(months: list[Month]) -> Seen:
    return seen_of(*([np.array(one, np.int64) for one in column] for column in zip(*months, strict=True)))


def told(flags: np.ndarray, seen: Seen) -> list[list[int]]:
    """The people of each month."""
    return [seen.ids[one].tolist() for one in flags]


def person(id: int, situation: int, bed: int = -1, bed_from: int = NEVER, bed_until: int = NEVER) -> dict[str, int]:
    return {"id": id, "situation": situation, "bed_provider": bed, "bed_from": bed_from, "bed_until": bed_until}


def world_of(now: int, *people: dict[str, int], housed: tuple[int, ...] = ()) -> Any:
    """A world whose last month was `now`; people as of `person`, and the numbers of the housed."""
    users, home = USER.empty(len(people)), USER.empty(len(housed) + 1)
    for i, fields in enumerate(people):
        for name, value in fields.items():
            users[name][i] = value
    home["id"][: len(housed)], home["situation"] = housed, HOUSED
    system = [SimpleNamespace(month=now + 1, housed=len(housed))]
    return SimpleNamespace(users=users, housed=home, system=system)


# --- what is seen -----------------------------------------------------------------------------------------------------


def test_who_is_in_a_bed_is_new_or_has_moved_into_a_home() -> None:
    before = world_of(96, person(1, CRISIS, 0, 90), person(2, CRISIS, 0, 90), person(3, LOOKING, 1, 80),
                      person(4, CRISIS, 0, 96), person(9, CRISIS, 1, 90))  # fmt: skip
    after = world_of(
        97,
        person(1, SETTLED, -1, 90, 97),  # a home, out of a bed
        person(2, HIDDEN, -1, 90, 97),  # gone to friends
        person(3, REFORM, -1, 80, 97),  # a home of the programme
        person(4, CRISIS, 0, 96),  # new a month ago
        person(5, CRISIS, 0, 97),  # new now
        person(6, CRISIS, 0, 97, 50),  # begins a stay, and has had one before
        person(7, SETTLED, -1, 40, 60),  # a home, but was in no bed a month ago
        person(8, GONE, 0, 97),  # an empty row
        person(10, LOOKING, 1, 97),  # new, and waits in the bed
        housed=(9,),
    )
    assert in_beds(after).tolist() == [4, 5, 6, 10]
    found = seen_in(iter([(0, before), (1, after)]))
    assert told(found.beds, found) == [[4, 5, 6, 10]]
    assert told(found.new, found) == [[5, 10]]
    assert told(found.tenancies, found) == [[1, 3, 9]]
    assert housed_of(after, np.array([2, 7, 9, 77])).tolist() == [False, True, True, False]


# --- nights and stays -------------------------------------------------------------------------------------------------


def test_the_top_tenth_on_a_known_vector() -> None:
    assert share_of_top_tenth(np.array([1] * 9 + [9])) == pytest.approx(0.5)
    assert share_of_top_tenth(np.array([3] * 40)) == pytest.approx(0.1)
    assert share_of_top_tenth(np.array([10, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])) == pytest.approx(12 / 27)
    assert share_of_top_tenth(np.array([5, 5])) == pytest.approx(0.1)


def test_all_users_are_those_of_any_month_and_new_ones_are_followed_from_their_own_first() -> None:
    months = city_of([month([1, 2]), month([1, 3], [3]), month([1]), month([1, 3, 4], [4]), month([4]),
                      month([4, 5], [5])])  # fmt: skip
    assert sorted(nights_of_all(months).tolist()) == [1, 1, 2, 3, 4]
    there = followed(months, 4, 3)  # 3 and 4; 5 came too late, 1 and 2 were there before
    assert there.tolist() == [[True, False, True], [True, True, True]]


def test_a_stay_ends_with_a_month_without_a_bed_or_after_as_many_as_are_joined() -> None:
    there = np.array(
        [[c == "x" for c in life] for life in ("xxxx....", "x.x.x.x.", "x..x..x.", "xx...x.x", "........")]
    )
    assert stays_of(there).tolist() == [1, 4, 3, 3, 0]  # 30.4 days are no gap of less than 30
    assert stays_of(there, joined=1).tolist() == [1, 1, 3, 2, 0]
    assert stays_of(there, joined=2).tolist() == [1, 1, 1, 2, 0]


def three_kinds() -> tuple[np.ndarray, np.ndarray]:
    """80 who come once and briefly, 10 who come and go, 10 who stay."""
    days = np.array([20, 30] * 40 + [70, 100] * 5 + [600, 700] * 5)
    stays = np.array([1] * 80 + [4, 5] * 5 + [1, 2] * 5)
    return days, stays


def test_the_typology_finds_three_kinds_in_whatever_order_they_stand() -> None:
    days, stays = three_kinds()
    order = np.random.default_rng(3).permutation(100)
    for one, other in ((days, stays), (days[order], stays[order])):
        found = typology(one, other)
        assert found["transitional"] == pytest.approx((0.8, 25, 1))
        assert found["episodic"] == pytest.approx((0.1, 85, 4.5))
        assert found["chronic"] == pytest.approx((0.1, 650, 1.5))


def test_days_and_stays_weigh_alike_in_the_typology() -> None:
    """Without standardised columns days, a hundred times larger, would decide alone and nobody would be episodic."""
    days, stays = three_kinds()
    assert typology(100 * days, stays)["episodic"] == pytest.approx((0.1, 8500, 4.5))


def test_people_who_do_not_differ_have_no_typology() -> None:
    assert all(math.isnan(value) for one in typology(np.full(9, 30), np.ones(9)).values() for value in one)
    few = typology(np.array([1, 1, 2]), np.array([1, 1, 2]))
    assert all(math.isnan(value) for one in few.values() for value in one)


def test_parts_of_nights_by_hand() -> None:
    """Ten new people: eight stay for a month, one comes four times, one stays; and somebody who was always there."""
    city = []
    for k in range(ADMITTED + FOLLOWED - 1):
        beds = [99]
        beds += list(range(1, 9)) if k == 0 else []
        beds += [9] if k % 6 == 0 and k < 24 else []
        beds += [10] if k < 30 else []
        city.append(month(beds, list(range(1, 11)) if k == 0 else []))
    parts = parts_of_nights(city_of([month([1, 2])] * 2 + [month([1])] * 3), city_of(city))
    assert parts["P8.all_users"] == pytest.approx(0.2 * 5 / 7)  # two people: of a tenth of both, a fifth of the first
    assert parts["P8.new_admissions"] == pytest.approx(30 / 42)  # without who was there before
    assert parts["P8.all_users_philadelphia"] == pytest.approx((36 + 0.1 * 30) / (36 + 30 + 4 + 8))
    kinds = ("transitional", "episodic", "chronic")
    assert [parts[f"P8.share_{kind}"] for kind in kinds] == pytest.approx([0.8, 0.1, 0.1])
    assert [parts[f"P8.stays_{kind}"] for kind in kinds] == pytest.approx([1, 4, 1])
    assert [parts[f"P8.days_{kind}"] for kind in kinds] == pytest.approx([NIGHTS, 4 * NIGHTS, 30 * NIGHTS])
    assert (parts["P8.ratio_episodic"], parts["P8.ratio_chronic"]) == pytest.approx((4, 30))


# --- Little's law and flows -------------------------------------------------------------------------------------------


def test_littles_law_counts_new_people_and_distinct_ones() -> None:
    """Two years of ten beds: five people stay, and each half-year five others, of whom every other is back again."""
    months = []
    for k in range(24):
        others = [[11, 12, 13, 14, 15], [21, 22, 23, 24, 25]][k // 6 % 2]
        months.append(month([1, 2, 3, 4, 5, *others], others if k in (0, 6) else []))
    found = total_stays(city_of(months))
    assert found["Little.new_people"] == pytest.approx(10 / (10 / 2))
    assert found["Little.distinct"] == pytest.approx(10 / (15 / 2))


def test_a_year_over_a_night_and_shares_of_a_quarter_by_hand() -> None:
    """Twelve quarters: two people stay; each quarter one comes for two months, in all but the first quarter for the
    first time, and leaves for a home in the third - in the odd quarters, to come back three quarters later."""
    months = []
    for k in range(36):
        quarter, part = divmod(k, 3)
        comes = 100 + quarter
        beds = [1, 2] + ([comes] if part < 2 else []) + ([comes - 3] if quarter % 2 == 0 and quarter > 3 else [])
        months.append(month(beds, [comes] if part == 0 and quarter else [], [comes] if part == 2 else []))
    found = flows_of(city_of(months))
    quarters = [len({person for one in months[3 * q : 3 * q + 3] for person in one[0]}) for q in range(12)]
    assert quarters == [3, 3, 3, 3, 4, 3, 4, 3, 4, 3, 4, 3]
    assert found["Flows.new_of_quarter"] == pytest.approx(11 / sum(quarters))
    assert found["Flows.tenancies_of_quarter"] == pytest.approx(12 / sum(quarters))
    years = [len({p for one in months[12 * y : 12 * y + 12] for p in one[0]}) for y in range(3)]
    nights = [np.mean([len(one[0]) for one in months[12 * y : 12 * y + 12]]) for y in range(3)]
    assert found["Flows.year_over_night"] == pytest.approx(np.mean([u / n for u, n in zip(years, nights, strict=True)]))
    # exits that can be followed for 24 months: of quarters 0 to 3; of them 1 and 3 come back
    assert found["Flows.returns_24"] == pytest.approx(2 / 4)
    assert found["Quarters.year_over_quarter"] == pytest.approx(np.mean(years) / np.mean(quarters))
    stock = sum(len(one[0]) for one in months)
    assert found["Quarters.quarter_over_night"] == pytest.approx(sum(quarters) / (stock / 3))
    assert found["Quarters.tenancies_of_stock"] == pytest.approx(12 / stock)


def test_a_return_after_24_months_is_none() -> None:
    def lived(back: int) -> Seen:
        months = [month([1, 2]) for _ in range(60)]
        months[5] = month([1, 2], tenancies=[7])
        months[back] = month([1, 2, 7])
        return city_of(months)

    assert flows_of(lived(5 + 24))["Flows.returns_24"] == 1.0
    assert flows_of(lived(5 + 25))["Flows.returns_24"] == 0.0


def test_returns_by_hand() -> None:
    """Ten exits in month 0: back after 2, 5, 9, 12, 13 and 24 months, one after 25, three never; one exit too late."""
    months = [month([1]) for _ in range(40)]
    months[0] = month([1], tenancies=list(range(11, 21)))
    for person, back in zip(range(11, 18), (2, 5, 9, 12, 13, 24, 25), strict=True):
        months[back][0].append(person)
    months[30][2].append(99)
    seen = city_of(months)
    assert sorted(months_until_back(seen).tolist()) == [2, 5, 9, 12, 13, 24, 25, 25, 25, 25]
    found = returns_of(seen)
    assert [found[f"Returns.within_{k}"] for k in (6, 12, 24)] == pytest.approx([0.2, 0.4, 0.6])
    assert found["Returns.of_them_first_year"] == pytest.approx(4 / 6)
    assert found["Returns.front_loaded"] == pytest.approx(0.2 / 6 - 0.4 / 18 / 0.8)
    nobody = returns_of(city_of([month([1]) for _ in range(40)]))
    assert all(math.isnan(value) for value in nobody.values())


def test_clusters_by_hand() -> None:
    """Eight people stay for a month, one comes four times for one, one stays for thirty; all users count."""
    months = [month([*(range(1, 9) if k == 3 else []), *([9] if k % 6 == 0 and k < 24 else []),
                     *([10] if k < 30 else [])]) for k in range(60)]  # fmt: skip
    found = clusters_of(city_of(months))
    kinds = ("transitional", "episodic", "chronic")
    assert [found[f"Clusters.share_{kind}"] for kind in kinds] == pytest.approx([0.8, 0.1, 0.1])
    assert [found[f"Clusters.stays_{kind}"] for kind in kinds] == pytest.approx([1, 4, 1])
    assert [found[f"Clusters.days_{kind}"] for kind in kinds] == pytest.approx([NIGHTS, 4 * NIGHTS, 30 * NIGHTS])
    assert found["Clusters.ratio_chronic"] == pytest.approx(30 / 4)
    assert found["Clusters.nights_chronic"] == pytest.approx(30 / 42)


# --- in the model -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BY_NAME)
def test_an_experiment_gives_every_part_of_its_patterns_and_the_same_digits_again(name: str) -> None:
    patterns = load_patterns()
    wanted = {f"{one}.{part}" for one in BY_NAME[name].patterns for part in patterns[one].parts}
    assert set(once(name)) == wanted
    assert all(np.isfinite(value) for value in once(name).values())
    assert BY_NAME[name].run(1, {}) == once(name)
    assert BY_NAME[name].run(2, {}) != once(name)


def test_more_short_stayers_concentrate_nights() -> None:
    usual, more = once("nights of shelter users"), BY_NAME["nights of shelter users"].run(1, {"short_share": 0.7})
    assert more["P8.all_users"] > usual["P8.all_users"] + 0.03
    assert more["P8.new_admissions"] > usual["P8.new_admissions"] + 0.01


def test_scarcer_homes_lengthen_the_total_stay() -> None:
    """From month 0 on, or the other rates would be fitted to the place with fewer homes."""
    usual, scarce = once("stock and flow in Dublin"), stock_and_flow(1, {"supply_growth@dublin": -0.2})
    assert scarce["Little.distinct"] > usual["Little.distinct"] + 0.02
    assert scarce["Flows.tenancies_of_quarter"] < usual["Flows.tenancies_of_quarter"]
