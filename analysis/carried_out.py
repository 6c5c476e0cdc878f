"""Was it carried out?  What a strategy could award and spend where it was tried, before anybody asks what it achieved.

A strategy that could not be carried out is no evidence about the strategy: it gets no verdict anywhere, and the first
sentence says so.  It was not carried out if

    nothing awarded    grants are planned (some of its money is for them in some phase), and in more than half of the
                       runs not one was awarded; or
    money left         of the money that the programme had, less than ENOUGH was spent or promised by its end, in the
                       mean of the runs.

Promised counts beside spent: a grant that is signed in the programme's last year is paid after its end (grants run for
years), so that what is paid by then says how grants are timed and not whether anybody could use the money.  A strategy
that declares that it spends nothing (the status quo, the placebo) is measured as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from runs.running import Run
from runs.summary import Summary
from scenarios.language import say, spoken
from scenarios.levers import GRANT_SHARES
from scenarios.scenario import Scenario

Numbers = npt.NDArray[np.float64]

ENOUGH = 0.8  # of the programme's money.  Assumption
MEASURES = ("grants_to_date", "sites_to_date", "income_to_date", "programme_to_date", "unspent")


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What became of one strategy's programme: means over `runs`, EUR in the simulated system.

    planned: some of the money is for grants.  declared: it spends nothing on purpose, or there is no money at all.
    none_in: runs in which no grant was awarded; under_in: runs in which less than ENOUGH was spent or promised.
    `spent` and `promised` (in grants that are signed) at the programme's end, `left` neither, at the run's end.
    """

    scenario: str
    declared: bool
    planned: bool
    runs: int
    grants: float
    none_in: int
    sites: float
    income: float
    spent: float
    promised: float
    under_in: int
    left: float

    @property
    def spent_share(self) -> float:
        """Of the programme's money, by its end; 0 where it had none."""
        return self.spent / self.income if self.income > 0 else 0.0

    @property
    def used_share(self) -> float:
        """The same, spent or promised."""
        return (self.spent + self.promised) / self.income if self.income > 0 else 0.0

    @property
    def done(self) -> bool:
        """It was carried out, or declares that there is nothing to carry out."""
        return self.reason is None

    @property
    def reason(self) -> str | None:
        """Why it was not carried out, to follow a comma or a colon; None if it was."""
        if self.declared or self.runs == 0:
            return None
        if self.planned and 2 * self.none_in > self.runs:
            return say("no grant was awarded {where}", where=_runs(self.none_in, self.runs))
        if self.used_share < ENOUGH:
            return say("only {used}% of its money was spent or promised by its end (under {enough}% {where})",
                       used=spoken().number(100 * self.used_share), enough=f"{100 * ENOUGH:.0f}",
                       where=_runs(self.under_in, self.runs))  # fmt: skip
        return None


def _runs(count: int, of: int) -> str:
    """ "in any of 16 runs", "in 9 of 16 runs" or "in the one run"."""
    if of == 1:
        return say("in the one run")
    return say("in any of {of} runs", of=of) if count == of else say("in {count} of {of} runs", count=count, of=of)


def carried_out(scenario: Scenario, of: Callable[[str], Numbers]) -> CarriedOut:
    """Of one scenario; `of` gives one of MEASURES in all its runs that are done, (run, month)."""
    phases = [levers for _, levers in scenario.phases]
    planned = any(levers["budget"] > 0 and sum(levers[name] for name in GRANT_SHARES) > 0 for levers in phases)
    declared = not scenario.spends
    if scenario.programme is None:
        return CarriedOut(scenario.label, declared, planned, len(of("unspent")), 0.0, 0, 0.0, 0.0, 0.0, 0.0, 0, 0.0)
    end = min(scenario.programme[1], scenario.months)
    income, spent, unspent = (of(name)[:, end] for name in ("income_to_date", "programme_to_date", "unspent"))
    grants, sites, left = (of(name)[:, scenario.months] for name in ("grants_to_date", "sites_to_date", "unspent"))
    promised = np.clip(income - spent - unspent, 0.0, np.maximum(income - spent, 0.0))  # not more than there is
    share = np.divide(spent + promised, income, out=np.zeros_like(income), where=income > 0)

    def mean(numbers: Numbers) -> float:
        return float(numbers.mean()) if len(numbers) else 0.0

    return CarriedOut(
        scenario.label, declared, planned, len(grants), mean(grants), int((grants == 0).sum()), mean(sites),
        mean(income), mean(spent), mean(promised), int((share < ENOUGH).sum()), mean(np.maximum(left, 0.0)),
    )  # fmt: skip


def from_table(scenario: Scenario, months: pl.DataFrame) -> CarriedOut:
    """The same from tidy results."""
    rows = months.filter(pl.col("scenario") == scenario.label, pl.col("measure").is_in(MEASURES))
    rows = rows.filter(pl.col("stratum") == "all").sort("set", "seed", "month", nulls_last=True)

    def of(name: str) -> Numbers:
        return rows.filter(pl.col("measure") == name)["value"].to_numpy().reshape(-1, scenario.months + 1)

    return carried_out(scenario, of)


def so_far(scenario: Scenario, summary: Summary) -> CarriedOut:
    """The same of the replicates that have come so far."""
    return carried_out(scenario, lambda name: summary.of(scenario.label, name))


def from_run(run: Run) -> CarriedOut:
    """The same of one run that is done."""
    measured = run.measured
    assert measured is not None
    return carried_out(run.scenario, lambda name: np.asarray(measured[name], np.float64)[None, :])
