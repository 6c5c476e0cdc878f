"""The tables and the figure of docs/crossmodel.md: Alameda in two published models of other kinds, and in ours.

    python -m tools.crossmodel                 # write page and figure from what is stored
    python -m tools.crossmodel --run           # run what is missing or of other rules first
    python -m tools.crossmodel --run queue     # only this case
    python -m tools.crossmodel --check         # say whether page and cases are up to date; exit code 1 if not

What the other models are stands in analysis/crossmodel.py.  Here are the settings at which our rules reduce to theirs
(QUEUE_RULES, STOCKS_RULES), the rules that are then switched on one by one, and off one by one where the place is as it
ships (RULES), and the tolerances.  Each case is the place at its real size, without a foundation, for five years; a
finished one is stored (docs/crossmodel.csv), so that the work may be stopped and goes on.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy import stats  # type: ignore[import-untyped]

from analysis.crossmodel import Numbers, Queue, Stocks, Town
from analysis.words import number
from engine.whole_file import whole_file
from evidence.quantities import find_quantity
from runs.running import digits, live
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview
from tools.crossmodel_picture import PICTURE, draw
from tools.slots import StoredPage, markdown_table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "crossmodel.md"
STORED = PAGE.with_suffix(".csv")
PLACE, MONTHS = "alameda", 60
LOOKS = (12, 24, 36, 48, 60)  # months at which a limit is compared with its theory
QUEUE_RUNS, STOCKS_RUNS, SHIPPED_RUNS, RULE_RUNS = 20, 100, 4, 2
# A limit agrees if the smallest p-value of its looks (means, variances), times their number, is above ALPHA, and if
# each mean with two standard errors lies within MARGIN of theirs.
ALPHA, MARGIN = 1e-4, 0.01
AHEAD = 1e3  # weight of those who look for a home with support: they come first in every lottery for homes

# Whose published `off` is what is wanted: organisations stand still; minds and quality reach no decision; nobody dies;
# nobody is out of sight; nobody finds an answer alone.
OFF = ("open_rate", "convert_rate", "emergency_response", "programme_death", "restart", "accept_trust", "refer_belief",
       "refer_ready", "rivalry_referral", "dropout_fit", "dropout_fidelity", "lose_home_strain", "entries_respond",
       "kind_need", "hidden_to_street", "street_to_hidden", "resolve_new", "changes_home", "slow_need", "mortality_low",
       "mortality_high")  # fmt: skip
# People: all alike (short stayers), all on the street or in a bed.  A bed is a place to wait: everybody wants one and
# nobody leaves it.  A place of the reformed service is a server: free places are offered in the next month, taken, and
# moved into at once.
NOBODY_HIDDEN = {"hidden_ratio": 0, "inflow_unserved": 1, "crisis_to_street": 1}
ALL_ASK = {"seek_new": 1, "seek_short": 1, "seek_episodic": 1, "seek_long": 1, "seek_street": 1, "accept_bed": 1}
NO_ANSWER = {"resolve_short": 0, "resolve_episodic": 0, "resolve_long": 0}
ALL_WAIT = {"short_share": 1, "exit_fast": 0, "home_after_fast": 0, "reform_priority": AHEAD}
ALL_OFFERED = {"refer_base": 0.5, "refer_after": 0, "accept_home": 1, "looking_ends": 0}
KEEP = {"lose_home_first_year": 0, "lose_home_later": 0, "return_settled": 0}


def until_filled(leaves: float) -> float:
    """The chance a month of leaving a place at which a share `leaves` of all places becomes free in a month: who moved
    in this month does not leave in it, and the place was empty for the month's end before."""
    return leaves / (1.0 - leaves)


def queue_rules(queue: Queue = Queue()) -> dict[str, float]:  # noqa: B008 - immutable
    """Settings at which our rules are the queue for housing."""
    off = {name: float(find_quantity(name).off or 0.0) for name in OFF}
    leaves = {"support_ends": until_filled(queue.leaves)}
    return off | NOBODY_HIDDEN | ALL_ASK | NO_ANSWER | ALL_WAIT | ALL_OFFERED | KEEP | leaves


def stocks_rules(flows: Stocks = Stocks()) -> dict[str, float]:  # noqa: B008 - immutable
    """Settings at which our rules are the stock-and-flow model: the queue's, with an end of stays on the street and in
    beds, and tenancies of which a part ends in the loss of the home."""
    leaves = until_filled(flows.leaves_places)
    lost = leaves * (1.0 - flows.other_places)
    return queue_rules() | {
        "resolve_new": flows.leaves_street, "resolve_short": flows.leaves_street, "resolve_street": 1,
        "home_after_hidden": 1, "exit_fast": flows.leaves_beds, "home_after_fast": flows.other_beds,
        "lose_home_first_year": lost, "lose_home_later": lost, "lose_home_need": 0,
        "support_ends": (leaves - lost) / (1.0 - lost),
    }  # fmt: skip


class Rule(NamedTuple):
    """A rule of ours that the queue does not have: words, and what switches it on from the limit (() and `instead`)."""

    words: str
    names: tuple[str, ...]
    instead: Mapping[str, float] | None = None  # where the shipped values mean nothing among people who are all alike


RULES = {
    "answers": Rule("people find an answer of their own", ("resolve_new", *NO_ANSWER)),
    "homes": Rule("ordinary homes go to people who wait in a bed", (),
                  {"short_share": 0, "long_of_rest": 0, "fast_episodic": 0, "drift_out": 0, "reform_priority": 2}),
    "stays": Rule("three kinds of people; stays end by themselves, some in a home; homes as above",
                  ("kind_need", *ALL_WAIT)),
    "friends": Rule("people stay with friends, unseen", ("hidden_to_street", "street_to_hidden", *NOBODY_HIDDEN)),
    "tenancies": Rule("places are kept and lost at our rates",
                      ("support_ends", "slow_need", "changes_home", "lose_home_first_year", "lose_home_later",
                       "dropout_fit", "dropout_fidelity", "lose_home_strain")),
    "returns": Rule("people come back from an ordinary home", ("return_settled",)),
    "asking": Rule("not everybody asks for a bed, or accepts one", tuple(ALL_ASK)),
    "offers": Rule("professionals gate the reformed service", ("accept_trust", "refer_belief", "refer_ready",
                                                              "rivalry_referral", *ALL_OFFERED)),
    "deaths": Rule("people die", ("mortality_low", "mortality_high")),
    "entries": Rule("more come when more homes are given", ("entries_respond",)),
    "organisations": Rule("organisations open, convert and stop places", ("open_rate", "convert_rate",
                          "emergency_response", "programme_death", "restart")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """The place under these settings, so many runs."""

    settings: Mapping[str, float] = field(default_factory=dict)
    runs: int = RULE_RUNS


def scenario(settings: Mapping[str, float], seed: int = 1) -> Scenario:
    """The place without a foundation."""
    return Scenario(find_strategy(NOBODY), find_place(PLACE), find_worldview("evidence"), None, MONTHS, seed,
                    Settings(parameters=dict(settings)))  # fmt: skip


@cache
def shipped() -> Mapping[str, float]:
    """The place's parameters as it ships, rates that are balanced with its counts included."""
    row = scenario({}).parameters()[0]
    return {name: float(row[name]) for name in row.dtype.names or ()}


@cache
def town() -> Town:
    """What the other models take from the place."""
    p = shipped()
    return Town(p["rough_stock"], round(p["crisis_beds"] * p["crisis_stock_share"]), p["reform_places"], p["inflow"])


@cache
def cases() -> Mapping[str, Case]:
    """Every case by name: the limits, the place as it ships, each rule alone on in the queue and off as it ships."""
    limit, here = queue_rules(), shipped()
    held = {name: here[name] for name in limit}  # so that nothing is balanced again
    found = {"queue": Case(limit, QUEUE_RUNS), "stocks": Case(stocks_rules(), STOCKS_RUNS),
             "shipped": Case(runs=SHIPPED_RUNS)}  # fmt: skip
    for name, rule in RULES.items():
        on = {one: here[one] for one in rule.names} if rule.instead is None else rule.instead
        found[f"{name}-on"] = Case({**limit, **on})
    for name, rule in RULES.items():
        if rule.instead is None:
            found[f"{name}-off"] = Case(held | {one: limit[one] for one in rule.names})
    return found


def lived(settings: Mapping[str, float], runs: int, first_seed: int = 1) -> dict[str, Numbers]:
    """People on the street and hidden, (runs, month 0 ... MONTHS)."""
    one = scenario(settings)
    rows = [live(one.with_seed(first_seed + k)).measured for k in range(runs)]
    return {name: np.array([row[name] for row in rows if row is not None], float) for name in ("unserved", "hidden")}


def stored() -> pl.DataFrame:
    """What has been run."""
    return pl.read_csv(STORED) if STORED.exists() else pl.DataFrame(schema={"case": pl.String, "digits": pl.String})


def stale() -> list[str]:
    """Cases that are missing or of other rules."""
    now = set(stored().filter(digits=digits())["case"])
    return [name for name in cases() if name not in now]


def run(name: str) -> None:
    """Run a case and store it in place of the earlier one: mean and variance over runs, month by month."""
    case = cases()[name]
    found = lived(case.settings, case.runs)
    rows = pl.DataFrame({
        "case": name, "digits": digits(), "runs": case.runs, "month": np.arange(MONTHS + 1),
        "street": found["unserved"].mean(0), "variance": found["unserved"].var(0, ddof=1),
        "hidden": found["hidden"].mean(0),
    })  # fmt: skip
    others = stored().filter(pl.col("case") != name)
    every = pl.concat([others, rows], how="vertical_relaxed") if others.height else rows
    with whole_file(STORED) as file:
        file.write(every.write_csv(float_precision=2))


def months_of(name: str) -> pl.DataFrame:
    """A stored case, a row a month; no rows if it has not been run."""
    found = stored().filter(case=name)
    return found.sort("month") if found.height else found


def law(model: Queue | Stocks) -> tuple[Numbers, Numbers]:
    """Mean and variance of people on the street in this place by another model, month 0 ... MONTHS."""
    if isinstance(model, Queue):
        return model.street(town(), np.arange(MONTHS + 1, dtype=float))
    return model.street(town(), MONTHS)


def in_our_order(flows: Stocks = Stocks()) -> tuple[Numbers, Numbers]:  # noqa: B008 - immutable
    """The stock-and-flow model with the month in our order: free places are offered first, so that whoever moves into
    one cannot leave street or bed for other housing in that month.  Found after the first runs (docs/crossmodel.md).
    Variance as theirs."""
    here = town()
    free = flows.leaves_places * here.places
    leave = flows.other_beds * flows.leaves_beds
    street = [here.street]
    for _ in range(MONTHS):
        taken = free / (street[-1] + here.arrivals + here.beds)  # of everybody there, newcomers too
        ends = flows.leaves_street * street[-1] * (1.0 - taken) + leave * here.beds * (1.0 - taken)
        street.append(street[-1] + here.arrivals - ends - flows.other_places * free)
    return np.array(street), law(flows)[1]


def p_value(mean: Numbers, variance: Numbers, runs: int, expected: tuple[Numbers, Numbers]) -> float:
    """Chance of means and variances as far from the expected ones at LOOKS, if the other model's law holds: normal and
    chi-square tests, the smallest times their number."""
    looks = list(LOOKS)
    wanted, spread = expected[0][looks], expected[1][looks]
    of_means = 2.0 * stats.norm.sf(np.abs(mean[looks] - wanted) / np.sqrt(spread / runs))
    ratio = (runs - 1) * variance[looks] / spread
    of_spreads = 2.0 * np.minimum(stats.chi2.cdf(ratio, runs - 1), stats.chi2.sf(ratio, runs - 1))
    every = np.concatenate([of_means, of_spreads])
    return float(min(1.0, every.min() * every.size))


def within(mean: Numbers, variance: Numbers, runs: int, expected: Numbers) -> float:
    """The largest distance from theirs at LOOKS, two standard errors added, as a share of theirs."""
    looks = list(LOOKS)
    far = np.abs(mean[looks] - expected[looks]) + 2.0 * np.sqrt(variance[looks] / runs)
    return float((far / expected[looks]).max())


def reduces() -> str:
    """Where the rules reduce: theirs, ours, and whether they agree by the tolerances."""
    rows = []
    for name, words, (expected, spread) in (
        ("queue", "queue for housing", law(Queue())),
        ("stocks", "stock and flow", law(Stocks())),
        ("stocks", "stock and flow, in our order of the month", in_our_order()),
    ):
        ours = months_of(name)
        if not ours.height:
            return f"`{name}` has not been run."
        mean, variance, runs = ours["street"].to_numpy(), ours["variance"].to_numpy(), int(ours["runs"][0])
        p, far = p_value(mean, variance, runs, (expected, spread)), within(mean, variance, runs, expected)
        verdict = f"{'agree' if p > ALPHA and far < MARGIN else 'disagree'}: p {p:.2g}, within {far:.1%}, {runs} runs"
        for month in LOOKS:
            first = month == LOOKS[0]
            rows.append([
                words if first else "", str(month), number(expected[month]), number(mean[month]),
                number(math.sqrt(spread[month])), number(math.sqrt(variance[month])), verdict if first else "",
            ])  # fmt: skip
    heads = ("model", "month", "street, theirs", "street, ours", "spread, theirs", "spread, ours", "")
    return markdown_table(heads, rows)


def switched() -> str:
    """Each rule alone on in the queue, and alone off in the place as it ships: people on the street after five years,
    against the queue and against the place as it ships."""
    ends = {name: months_of(name).filter(month=MONTHS).to_dicts() for name in cases() if months_of(name).height}
    if not {"queue", "shipped"} <= set(ends):
        return "Not all cases have been run."
    rows = [["none of them, and all", *(number(ends[name][0]["street"]) for name in ("queue", "shipped"))]]
    rows += [[rule.words, _against(ends, f"{name}-on", "queue"), _against(ends, f"{name}-off", "shipped")]
             for name, rule in RULES.items()]  # fmt: skip
    return markdown_table(("our rule", "alone on, in the queue", "alone off, as shipped"), rows)


def _against(ends: Mapping[str, Sequence[Mapping[str, float]]], name: str, base: str) -> str:
    """The difference with its 95% half width, by the spread of the base's runs: a rule has few of its own."""
    if name not in cases():
        return "–"
    if name not in ends:
        return "not run"
    one, other = ends[name][0], ends[base][0]
    half = 1.96 * math.sqrt(other["variance"] * (1.0 / one["runs"] + 1.0 / other["runs"]))
    return f"{number(one['street'] - other['street'], sign=True)} ± {number(half)}"


def doors() -> str:
    """People a month who come and go, at the place's counts."""
    here, queue, flows, found = town(), Queue(), Stocks(), scenario({}).balance
    ours, moved = found.flows, flows.leaves_places * here.places
    come = {
        "in: new people": (here.arrivals, here.arrivals, found.arrivals),
        "in: back from a home": (0.0, (1.0 - flows.other_places) * moved, ours["returned"] + ours["places lost"]),
    }
    go = {
        "out: to supportive housing": (queue.leaves * here.places, moved, ours["moved in"]),
        "out: to an ordinary home, from a bed or from friends": (
            0.0, flows.other_beds * flows.leaves_beds * here.beds, ours["ordinary homes"]),
        "out: an answer of their own": (0.0, flows.leaves_street * here.street, ours["resolved"]),
        "out: death": (0.0, 0.0, ours["died"]),
    }  # fmt: skip
    more = [sum(row[k] for row in come.values()) - sum(row[k] for row in go.values()) for k in range(3)]
    rows = [[name, *map(number, numbers)] for name, numbers in (come | go).items()]
    rows.append(["more each month", *(number(one, sign=True) for one in more)])
    return markdown_table(("people a month", "queue", "stock and flow", "ours, as shipped"), rows)


def given() -> str:
    """What each model is told, and from where."""
    here, queue, flows, p = town(), Queue(), Stocks(), shipped()
    rows = [
        ["both", "people on the street", number(here.street), "the place's file"],
        ["both", "beds in use", number(here.beds), "the place's file"],
        ["both", "places in supportive housing", number(here.places), "the place's file"],
        ["both", "new people a month", number(here.arrivals), "the place's file"],
        ["queue", "years in a home, mean", number(queue.service, 2), "S18, verified"],
        ["stock and flow", "days: street, bed, supportive housing",
         f"{flows.days_street:g}, {flows.days_beds:g}, {flows.days_places:g}", "S392, an example town"],
        ["stock and flow", "of those who leave, to other housing",
         f"{flows.other_street:.0%}, {flows.other_beds:.0%}, {flows.other_places:.0%}", "S392, an example town"],
        ["ours", "ordinary homes a month", number(p["secure_supply"]), "the place's file"],
    ]  # fmt: skip
    return markdown_table(("model", "what", "value", "source"), rows)


TABLES = {"reduces": reduces, "switched": switched, "doors": doors, "given": given}


def main(arguments: Sequence[str]) -> int:
    """Write, run or check; the figure is drawn anew with the page."""
    page = StoredPage(PAGE, tuple(cases()), stale, run, lambda name: TABLES[name](), "python -m tools.crossmodel")
    code = page.main(arguments)
    if code == 0 and "--check" not in arguments and stored().height:
        lines = {name: months_of(name)["street"].to_numpy() for name in ("queue", "stocks", "shipped")}
        draw(PICTURE, lines, {"queue": law(Queue()), "stocks": law(Stocks())})
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
