"""Was it carried out: what counts as that, in how many runs, and that whoever could not gets no verdict anywhere."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from analysis.carried_out import ENOUGH, MEASURES, CarriedOut, carried_out
from analysis.comparison import NEEDED, Comparison, SoFar
from runs.ensemble import batches, ensemble
from runs.summary import Summary
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview


def one(name: str, months: int = 120) -> Scenario:
    return Scenario(find_strategy(name), find_place("dublin"), find_worldview("evidence"), months=months)


def told(**last: list[float]) -> Callable[[str], np.ndarray]:
    """Runs that stand still: each measure's value in every month, by run."""
    return lambda name: np.repeat(np.array(last[name], np.float64)[:, None], 121, axis=1)


USUAL = {"grants_to_date": [5.0, 7.0], "sites_to_date": [3.0, 4.0], "income_to_date": [100.0, 100.0],
         "programme_to_date": [60.0, 70.0], "unspent": [10.0, 5.0]}  # fmt: skip


def test_what_is_promised_counts_beside_what_is_spent() -> None:
    found = carried_out(one("user_centred"), told(**USUAL))
    assert (found.planned, found.declared, found.runs, found.grants, found.sites) == (True, False, 2, 6.0, 3.5)
    assert (found.income, found.spent, found.promised, found.left) == (100.0, 65.0, 27.5, 7.5)
    assert (found.spent_share, found.used_share) == pytest.approx((0.65, 0.925))
    assert (found.done, found.none_in, found.under_in) == (True, 0, 0)


@pytest.mark.parametrize(
    ("grants", "reason"),
    [
        ([0, 0, 0, 0], "no grant was awarded in any of 4 runs"),
        ([0, 0, 0, 1], "no grant was awarded in 3 of 4 runs"),
        ([0, 0, 1, 1], None),
        ([0], "no grant was awarded in the one run"),
    ],
)
def test_grants_that_were_planned_and_not_awarded(grants: list[float], reason: str | None) -> None:
    n = len(grants)
    runs = {"grants_to_date": grants, "sites_to_date": grants, "income_to_date": [100.0] * n,
            "programme_to_date": [95.0] * n, "unspent": [5.0] * n}  # fmt: skip
    found = carried_out(one("collective_impact"), told(**runs))
    assert found.reason == reason
    assert carried_out(one("homes"), told(**runs)).done  # plans none


def test_money_that_is_left() -> None:
    left = USUAL | {"programme_to_date": [50.0, 90.0], "unspent": [45.0, 5.0]}
    found = carried_out(one("user_centred"), told(**left))
    assert found.used_share == pytest.approx(0.75)
    assert found.used_share < ENOUGH
    assert found.reason == "only 75% of its money was spent or promised by its end (under 80% in 1 of 2 runs)"
    exactly = USUAL | {"programme_to_date": [80.0, 80.0], "unspent": [20.0, 20.0]}
    assert carried_out(one("user_centred"), told(**exactly)).done
    ahead = USUAL | {"programme_to_date": [90.0, 90.0], "unspent": [-40.0, -40.0]}  # promised ahead of income
    assert carried_out(one("user_centred"), told(**ahead)).used_share == 1.0


def test_who_declares_to_spend_nothing_is_measured_as_it_is() -> None:
    nothing = {name: [0.0, 0.0] for name in MEASURES} | {"income_to_date": [100.0, 100.0], "unspent": [100.0, 100.0]}
    found = carried_out(one("placebo"), told(**nothing))
    assert (found.declared, found.done, found.used_share, found.left) == (True, True, 0.0, 100.0)
    assert carried_out(one(NOBODY), told(**nothing)).done
    assert not carried_out(one("top_up"), told(**nothing)).done


def test_without_runs_nothing_is_said() -> None:
    found = carried_out(one("user_centred"), told(**{name: [] for name in MEASURES}))
    assert (found.runs, found.done) == (0, True)


@pytest.fixture(scope="module")
def my_city() -> tuple[Comparison, SoFar]:
    """A programme of grants so small that its overheads use it up, beside two that award none on purpose."""
    place, world = find_place(Path(__file__).parents[2] / "examples" / "my_city.toml"), find_worldview("evidence")
    strategies = [find_strategy(name) for name in ("catalytic_philanthropy", "homes", "placebo")]
    small = {"catalytic_philanthropy": Settings({"budget": 0.0002}, {})}
    scenarios = with_twins(
        [Scenario(each, place, world, settings=small.get(each.name, Settings())) for each in strategies]
    )
    summary = Summary()
    for batch in batches(scenarios, 2, measures=NEEDED):
        summary.add(batch)
    results = ensemble(scenarios, 2, keep=NEEDED)
    return Comparison(results, scenarios), SoFar(scenarios, summary=summary)


def test_tables_and_arrays_say_the_same(my_city) -> None:
    tables, arrays = my_city
    assert tables.carried_out == arrays.carried_out
    assert set(tables.carried_out) == {"catalytic_philanthropy", "homes", "placebo"}
    assert isinstance(tables.carried_out["homes"], CarriedOut)


def test_who_could_not_gets_no_verdict_and_a_reason_and_the_others_keep_theirs(my_city) -> None:
    for compared in my_city:
        assert list(compared.not_carried_out) == ["catalytic_philanthropy"]
        assert compared.not_carried_out["catalytic_philanthropy"] == "no grant was awarded in any of 2 runs"
        for frame in (compared.headline, compared.between):
            concerned = frame.filter(
                (frame["scenario"] == "catalytic_philanthropy") | (frame["against"] == "catalytic_philanthropy")
            )
            assert concerned.height > 0
            assert concerned["verdict"].null_count() == concerned.height
            assert concerned["difference"].null_count() == 0  # the numbers stand
            assert set(concerned["reason"]) == {
                "Catalytic philanthropy could not be carried out: no grant was awarded in any of 2 runs"
            }
            others = frame.filter(
                (frame["scenario"] != "catalytic_philanthropy") & (frame["against"] != "catalytic_philanthropy")
            )
            assert others.height > 0
            assert others["verdict"].null_count() == 0
        one = compared.contrast("catalytic_philanthropy", NOBODY, "fit", 120)
        assert (one.verdict, one.reason is None) == (None, False)
        assert compared.contrast("homes", NOBODY, "fit", 120).verdict is not None
