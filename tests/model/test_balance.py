"""The balance of a place's counts: against the same month written once more, plainly, and lived month by month."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from agents.service_user import KINDS
from evidence.quantities import inputs, load_quantities
from model.balance import Balance, balance
from model.balance_words import number, time, words
from model.city_equations import RESOLVE, SEEK, STREET
from model.mean_month import SITUATIONS
from model.mean_persons import persons_of
from model.start import groups_of
from tests.model.conftest import parameters, place_named

PLACES = ("dublin", "denver", "canada_trial")
HERE = {name: k for k, name in enumerate(SITUATIONS)}


class Months:
    """Months of a city in the mean, all types at once: nothing solved but what empties or fills each month.

    `home`: people without a place by months without a home (rows; the last row: long enough to be put forward) and how
    they live; `places` by age of the place (rows; the last: after the first year); `settled` by months.
    """

    WITHOUT = ("hidden new", "hidden", "street new", "street", "fast", "slow")
    WITH = ("bed fast", "bed slow", "no bed new", "no bed", "tenant", "between")

    def __init__(self, p: Any, groups: Any, found: Balance) -> None:
        self.p = p
        for name, value in found.values.items():
            setattr(p, name, value)
        self.found = found
        _, persons = persons_of(p, groups)
        kinds = np.arange(len(KINDS))[:, None, None] + np.zeros(persons.shape[:2], int)
        self.kind = kinds.ravel()
        (self.need, share, self.dies, self.dies_home, self.put, self.returns, self.first, self.later, self.changes,
         self.ends, self.moves_on, self.finds,
         ) = np.tile(persons.reshape(-1, persons.shape[-1]), (len(KINDS), 1)).T  # fmt: skip
        short = np.clip(p.short_share + p.kind_need * (p.need_reference - self.need), 0.0, 1.0)
        long = (1.0 - short) * p.long_of_rest
        self.arrive = share * np.choose(self.kind, [short, 1.0 - short - long, long])
        self.returns = self.returns * np.where(self.kind > 0, p.return_ratio, 1.0)
        self.fast = np.choose(self.kind, [1.0, p.fast_episodic, 0.0])
        n = len(self.kind)
        self.waits = max(int(np.ceil(p.refer_after)), 1)
        self.home = {name: np.zeros((self.waits + 1, n)) for name in self.WITHOUT}
        self.places = {name: np.zeros((14, n)) for name in self.WITH}
        self.settled = np.zeros((int(np.ceil(p.returns_months)), n))

    def standing(self) -> np.ndarray:
        """People by type and situation, in the order of SITUATIONS."""
        home, places = ({k: v.sum(0) for k, v in part.items()} for part in (self.home, self.places))
        tenants = self.places["tenant"]
        return np.stack([
            home["hidden"], home["hidden new"], home["street"], home["street new"], home["fast"], home["slow"],
            places["bed fast"] + places["bed slow"], places["no bed"] + places["no bed new"], places["between"],
            tenants[:-1].sum(0), tenants[-1], self.settled.sum(0)], -1)  # fmt: skip

    def stock(self, *names: str) -> float:
        return float(self.standing()[:, [HERE[name] for name in names]].sum())

    def begin(self) -> None:
        """A city with everybody new, hidden or in beds, from which months of living lead wherever they lead."""
        counts = self.found.counts
        weight = self.arrive / self.arrive.sum()
        self.home["hidden"][-1] = counts.hidden * weight
        self.home["slow"][-1] = counts.crisis * weight
        self.home["street"][-1] = counts.unserved * weight
        self.places["tenant"][-1] = counts.reform * weight

    def month(self) -> None:
        p, home = self.p, self.home
        new = self.arrive * self.found.arrivals
        home["hidden new"][0] += new * (1.0 - p.inflow_unserved)
        home["street new"][0] += new * p.inflow_unserved
        just = {"hidden new": new * (1.0 - p.inflow_unserved), "street new": new * p.inflow_unserved}
        self.offers()
        clock = self.lottery()
        for rows in (*home.values(),):
            rows *= 1.0 - self.dies
        just = {k: v * (1.0 - self.dies) for k, v in just.items()}
        settles = np.zeros_like(self.need)
        win = 1.0 - np.exp(-clock * p.home_weight_hidden * self.moves_on)
        for name in ("hidden new", "hidden"):
            settles += home[name].sum(0) * win
            home[name] *= 1.0 - win
        just["hidden new"] = just["hidden new"] * (1.0 - win)
        win = 1.0 - np.exp(-clock * np.where(self.kind == 2, p.home_weight_long, 1.0) * self.moves_on)
        settles += home["slow"].sum(0) * win
        home["slow"] *= 1.0 - win
        resolves = np.choose(self.kind, [p.resolve_short, p.resolve_episodic, p.resolve_long])
        down, up = {}, {}
        for new_, chance in ((" new", np.full_like(resolves, p.resolve_new)), ("", resolves)):
            hidden, street = home["hidden" + new_], home["street" + new_]
            down[new_], up[new_] = hidden * p.hidden_to_street, street * p.street_to_hidden
            hidden -= down[new_] + hidden * chance
            street -= up[new_] + street * chance * p.resolve_street
            if new_:
                hidden[0] += just["hidden new"] * chance
                street[0] += just["street new"] * chance * p.resolve_street
            hidden += up[new_]
            street += down[new_]
        leaves = home["fast"] * np.minimum(p.exit_fast * self.moves_on, 1.0)
        drifts = home["slow"] * np.minimum(p.drift_out * self.moves_on, 1.0)
        home["fast"] -= leaves
        home["slow"] -= drifts
        settles += leaves.sum(0) * p.home_after_fast
        street = leaves * p.crisis_to_street + drifts * p.crisis_to_street
        home["street"] += street
        home["hidden"] += leaves * (1.0 - p.home_after_fast) + drifts - street
        losers = self.programme(clock)
        back = self.settled_live(settles)
        self.beds_fill(losers + back)
        self.grow_older(losers + back)

    def offers(self) -> None:
        """Free places go to as many of those put forward as they last for."""
        home, places = self.home, self.places
        free = self.found.counts.reform - sum(rows.sum() for rows in places.values())
        put = {k: rows[-1] * self.put * (self.p.hidden_reached if "hidden" in k else 1.0) for k, rows in home.items()}
        self.offered = offered = min(max(free, 0.0) / max(sum(x.sum() for x in put.values()), 1e-12), 1.0)
        looks = {"hidden new": "no bed new", "street new": "no bed new", "hidden": "no bed", "street": "no bed",
                 "fast": "bed fast", "slow": "bed slow"}  # fmt: skip
        for name, people in put.items():
            home[name][-1] -= people * offered
            places[looks[name]][0] += people * offered

    def lottery(self) -> float:
        """The time on everybody's clock at which this month's homes are gone."""
        p = self.p
        people = [sum(self.places[k].sum() for k in self.WITH if k not in ("tenant", "between"))]
        weights: list[Any] = [p.reform_priority]
        slow = self.home["slow"].sum(0)
        people += [slow, self.home["hidden"].sum(0) + self.home["hidden new"].sum(0)]
        weights += [np.where(self.kind == 2, p.home_weight_long, 1.0) * self.moves_on,
                    p.home_weight_hidden * self.moves_on]  # fmt: skip
        low, high = 0.0, 50.0
        for _ in range(60):
            middle = (low + high) / 2.0
            won = sum(np.sum(n * (1.0 - np.exp(-middle * w))) for n, w in zip(people, weights, strict=True))
            low, high = (low, middle) if won > p.secure_supply else (middle, high)
        return low

    def programme(self, clock: float) -> np.ndarray:
        """A month of people with a place; who lost it."""
        p, places = self.p, self.places
        win = 1.0 - np.exp(-clock * p.reform_priority)
        moved = np.zeros_like(places["tenant"])
        lost = np.zeros_like(self.need)
        stops = {}
        for name in self.WITH:
            if name == "tenant":
                continue
            places[name] *= 1.0 - self.dies
            if name == "between":
                moved += places[name] * p.rehouse
                stops[name] = places[name].sum(0) * p.looking_ends
                places[name] *= 1.0 - p.rehouse - p.looking_ends
                continue
            moved += places[name] * win
            places[name] *= 1.0 - win
            stops[name] = places[name].sum(0) * p.looking_ends
            places[name] *= 1.0 - p.looking_ends
        tenants = places["tenant"] * (1.0 - self.dies_home)
        loses = np.vstack([np.tile(self.first, (13, 1)), self.later])
        lost += (tenants * loses).sum(0) + stops["between"]
        tenants *= 1.0 - loses
        self.support = (tenants * self.ends).sum(0)
        change = tenants * self.changes
        places["between"] += change
        places["tenant"] = tenants * (1.0 - self.ends) - change + moved
        self.home["fast"][-1] += stops["bed fast"]
        self.home["slow"][-1] += stops["bed slow"]
        for new in (" new", ""):
            self.home["street" + new][-1] += stops["no bed" + new] * p.crisis_to_street
            self.home["hidden" + new][-1] += stops["no bed" + new] * (1.0 - p.crisis_to_street)
        for rows in places.values():
            rows[-1] += rows[-2]
            rows[1:-1] = rows[:-2].copy()
            rows[0] = 0.0
        return lost

    def settled_live(self, settles: np.ndarray) -> np.ndarray:
        """A month of people in ordinary homes; who comes back."""
        alive = self.settled * (1.0 - self.dies)
        back = (alive * self.returns).sum(0)
        self.settled[1:] = (alive * (1.0 - self.returns))[:-1]
        self.settled[0] = settles + self.support
        return back

    def beds_fill(self, losers: np.ndarray) -> None:
        p, home = self.p, self.home
        used = sum(home[k].sum() for k in ("fast", "slow"))
        used += sum(self.places[k].sum() for k in ("bed fast", "bed slow"))
        seek = np.choose(self.kind, [p.seek_short, p.seek_episodic, p.seek_long])
        asks = {}
        for name, chance in (("hidden", seek), ("hidden new", np.full_like(seek, p.seek_new))):
            asks[name] = home[name] * np.minimum(chance * self.finds, 1.0)
            name = name.replace("hidden", "street")
            asks[name] = home[name] * np.minimum(np.minimum(chance * p.seek_street, 1.0) * self.finds, 1.0)
            asks[name] *= p.accept_bed
        free = max(self.found.counts.crisis - used - losers.sum(), 0.0)
        self.fill = min(free / sum(x.sum() for x in asks.values()), 1.0)
        for name, rows in asks.items():
            home[name] -= rows * self.fill
            home["fast"] += rows * self.fill * self.fast
            home["slow"] += rows * self.fill * (1.0 - self.fast)

    def grow_older(self, losers: np.ndarray) -> None:
        for rows in self.home.values():
            rows[-1] += rows[-2]
            rows[1:-1] = rows[:-2].copy()
            rows[0] = 0.0
        self.home["fast"][0] += losers * self.fast
        self.home["slow"][0] += losers * (1.0 - self.fast)


@cache
def of(place: str) -> tuple[Any, Balance]:
    p = parameters(place)[0]
    return p, balance(p)


@cache
def lived(place: str) -> Months:
    """From a city of strangers, 1,500 months of the plain text."""
    p, found = of(place)
    city = Months(p, None, found)
    city.begin()
    for _ in range(1500):
        city.month()
    return city


@pytest.mark.parametrize("place", PLACES)
def test_what_stands_still_is_where_months_of_living_lead(place: str) -> None:
    """The stocks of the closed form, type by type, and how many who ask get a bed, and an offer of a place."""
    _, found = of(place)
    city = lived(place)
    by_type = found.stocks.reshape(-1, len(SITUATIONS))
    stood = city.standing()
    np.testing.assert_allclose(stood.sum(0), by_type.sum(0), rtol=2e-3, atol=0.05)
    np.testing.assert_allclose(stood, by_type, rtol=1e-2, atol=0.02)
    assert city.fill == pytest.approx(found.fill, rel=2e-3)
    assert city.offered == pytest.approx(found.offered, rel=2e-3)


@pytest.mark.parametrize("place", PLACES)
def test_a_balanced_city_stands_for_two_years(place: str) -> None:
    """Begun at the balance's stocks, nothing moves by half a per cent in 24 months, newcomers those of the place."""
    _, found = of(place)
    assert found.error < 1e-4
    assert all(abs(people) < 1e-6 for people in found.imbalance.values())
    city = lived(place)
    before = city.standing()
    by_type = found.stocks.reshape(-1, len(SITUATIONS))
    ratio = by_type / np.maximum(before, 1e-12)
    for name, rows in city.home.items():
        column = {"hidden": 0, "hidden new": 1, "street": 2, "street new": 3, "fast": 4, "slow": 5}[name]
        rows *= ratio[:, column]
    start = city.standing()
    for _ in range(24):
        city.month()
        np.testing.assert_allclose(city.standing().sum(0), start.sum(0), rtol=5e-3)


# --- what is moved, and how far ---


def test_rates_are_moved_within_their_ranges_and_what_is_fixed_is_not() -> None:
    p = parameters("dublin")[0]
    known = load_quantities()
    free = balance(p)
    assert set(free.values) == {*SEEK, *RESOLVE, *STREET}
    for name, value in free.values.items():
        assert known[name].low - 1e-9 <= value <= known[name].high + 1e-9, name
    assert any(value != pytest.approx(getattr(p, name)) for name, value in free.values.items())
    tied = balance(p, fixed=("resolve_short", "resolve_episodic", "resolve_long"))
    assert set(tied.values) == {*SEEK, *STREET}
    assert tied.imbalance["hidden"] > 1.0  # too few find an answer at the default rates
    assert tied.counts == free.counts


def test_a_published_share_of_short_stays_is_met_by_how_many_drift_out() -> None:
    p = parameters("southwest_ireland")[0]
    found = balance(p, under_six=0.45)
    assert found.predicted["under_six"] == pytest.approx(0.45, abs=1e-4)
    assert found.bins[0] == pytest.approx(0.45, abs=1e-4)
    assert sum(found.bins) == pytest.approx(1.0)
    assert 0.02 < found.values["drift_out"] < 0.06


def test_a_published_count_of_a_year_is_met_by_the_share_of_short_stayers() -> None:
    p = parameters("dublin")[0]
    usual = balance(p)
    wanted = usual.predicted["year_count"] * 1.02
    found = balance(p, year_count=wanted)
    assert found.predicted["year_count"] == pytest.approx(wanted, rel=1e-3)
    assert found.values["short_share"] != pytest.approx(p.short_share)


def test_two_groups_alike_stand_like_one_group() -> None:
    p = parameters("us_city")[0]
    alike = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    one = balance(p, groups_of([(1.0, *alike), (0.0, *alike)]))
    two = balance(p, groups_of([(0.3, *alike), (0.7, *alike)]))
    np.testing.assert_allclose(one.stocks.sum(2), two.stocks.sum(2), rtol=1e-4)
    assert two.stocks[:, :, 0].sum() == pytest.approx(0.3 * two.stocks.sum(), rel=1e-6)
    slow = balance(p, groups_of([(0.3, 0.5, *alike[1:]), (0.7, *alike)]))
    in_beds = slow.stocks[..., HERE["crisis slow"]].sum((0, 1))
    assert in_beds[0] / in_beds.sum() > 0.35  # who moves on more slowly has more of the beds


@pytest.mark.parametrize("place", ["dublin", "us_city", "canada_trial"])
def test_it_is_solved_for_nearly_every_plausible_set(place: str) -> None:
    """40 sets drawn evenly from every range at once, which is more than any plausible set goes."""
    rng = np.random.default_rng(7)
    figures = place_named(place).figures
    failed = 0
    for _ in range(40):
        drawn = {}
        for name, q in inputs().items():
            if not q.choices and (q.value is not None or name in figures):
                drawn[name] = rng.uniform(*(figures[name].in_model[1:] if name in figures else (q.low, q.high)))
        found = balance(parameters(place, **drawn)[0])
        failed += found.error > 1e-3
        assert 0.0 < found.fill <= 1.0
        assert 0.0 <= found.offered <= 1.0
        assert np.isfinite(found.stocks).all()
        assert found.stocks.min() >= 0.0
    assert failed <= 1


# --- what cannot agree ---


def test_too_many_arrivals_are_said_in_words() -> None:
    p = parameters("dublin", inflow=1200.0, secure_supply=45.0)[0]
    found = balance(p)
    assert found.arrivals < 800.0
    total = found.imbalance["hidden"] + found.imbalance["unserved"]
    assert total == pytest.approx(1200.0 - found.arrivals)
    said = words(found, p)
    assert said[0].startswith("With these figures hidden homelessness grows by ")
    assert "doubles in " in said[0]
    assert "check the 1,200 new people a month against 45 homes a month" in said[0]


def test_a_street_that_cannot_stay_as_counted_is_said_in_words() -> None:
    p = parameters("dublin", rough_stock=6100.0)[0]
    found = balance(p)
    assert found.imbalance["unserved"] < -10.0
    assert found.imbalance["unserved"] == pytest.approx(-found.imbalance["hidden"])
    assert found.street_settles < 6000.0
    assert any("people on the street do not stay 6,100 but become about" in one for one in words(found, p))


def test_homes_and_places_that_nobody_takes_and_beds_that_stay_empty_are_said() -> None:
    usual = parameters("dublin")[0]
    found = replace(balance(usual), homes_untaken=83.0, places_empty=60.0, beds_empty=300.0)
    said = " ".join(words(found, usual))
    assert "83 of 130 homes a month are taken by nobody" in said
    assert "60 of 575 reformed places stay empty" in said
    assert "300 of 4,485 crisis beds stay empty" in said
    assert "against 4,485 people in crisis beds" in said
    nobody = parameters("dublin", home_weight_long=0.0)[0]
    assert "the assumption that nobody who stays long moves" in " ".join(words(found, nobody))
    assert words(replace(balance(usual), error=0.5), usual)[0].startswith("No rates were found under which all counts")
    p = parameters("dublin", refer_base=0.02, refer_after=12.0, hidden_reached=0.0, reform_places=60000.0)[0]
    assert balance(p).places_empty > 100.0


def test_where_shelter_is_a_right_everybody_who_asks_is_to_get_a_bed() -> None:
    p = parameters("greater_manchester", shelter_by_right=1.0)[0]
    found = balance(p)
    assert found.fill == pytest.approx(1.0)
    assert found.imbalance["crisis"] == pytest.approx(0.0, abs=1e-6)
    crowded = parameters("finland", shelter_by_right=1.0)[0]
    found = balance(crowded)
    assert found.fill < 0.5
    assert found.imbalance["crisis"] > 100.0
    assert any(one.startswith("Beds follow need by right") for one in words(found, crowded))


def test_what_does_nothing_in_a_place_is_said() -> None:
    p = parameters("dublin", reform_places=0.0)[0]
    found = balance(p)
    assert found.offered == 0.0
    assert found.stocks[..., HERE["looking with bed"] : HERE["reform later"] + 1].sum() == 0.0
    assert words(found, p) == [
        "There are no reformed places: nothing that is assumed of them matters here until some are opened."
    ]
    assert words(balance(parameters("dublin")[0]), parameters("dublin")[0]) == []
    assert (number(1250.4), number(4.46), number(45.0), time(3.2), time(40.0)) == (
        "1,250", "4.5", "45", "three months", "three years")  # fmt: skip
