"""How much each number of the model matters: one after another from the low to the high end of its plausible range.

What is read is the difference between two strategies at the last moment at which what lasts is read, and how far it
moves when one parameter goes from its low end to its high end while all others stay (a screening: what two numbers do
only together is not seen).  Both ends run on the same seeds, so that the movement is paired twice: between strategies
and between ends.  Every parameter gets FEW replicates; the CANDIDATES that seem to move it most get MANY.

The 95% interval of a movement would be wide with FEW replicates and one's own variance alone, so that the parameters
lend each other strength: a moderated t (Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3, article 3), in which the variance
of each is drawn towards that of all, as far as they are alike; what varies far more than others stands alone.  A word
says what may be concluded:

    matters               the interval lies beyond the practical margin of the measure
    practically the same  it lies within the margin
    not known             neither: these runs cannot tell
    changes nothing       not one digit of the headline measures differed in any run
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, polygamma, stdtrit  # type: ignore[import-untyped]

from analysis.contrasts import BASES, NEEDED, NOT_KNOWN, SAME, margin, values_of
from analysis.spread import CONFIDENCE
from engine.errors import UnfreezeError
from evidence.quantities import inputs
from model.measures import HEADLINE
from runs.ensemble import Cancel, batches
from scenarios.language import N_
from scenarios.names import shipped
from scenarios.places import Place, domain_of
from scenarios.scenario import Scenario, lasting_months
from scenarios.settings import Settings
from scenarios.worldviews import find_worldview

Numbers = npt.NDArray[np.float64]

FEW, MANY, CANDIDATES = 4, 16, 24  # replicates of all, replicates of the most promising, how many those are
MATTERS, NOTHING = N_("matters"), N_("changes nothing")
WORDS = (MATTERS, NOT_KNOWN, SAME, NOTHING)
FAR_OUT = 3.0  # quartile ranges beyond which a variance is unlike the others (Tukey 1977, Exploratory Data Analysis)
ENDLESS = 1e6  # degrees of freedom that stand for infinitely many
PATIENCE = 1e-9  # how exactly the trigamma function is inverted


@dataclass(frozen=True, slots=True)
class Range:
    """The ends of a parameter's plausible range, in its own unit (money in EUR)."""

    name: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Movement:
    """How far a difference moves when `name` goes from `low` to `high`; in the measure's unit.

    `at_low`, `at_high`: the mean difference there.  `change` = at_high - at_low; `ends` its 95% interval, None where
    it cannot be had.  `surely`: the least that the interval leaves of its size, 0 where it contains 0; lists are
    sorted by it, so that noise does not pass for importance.  `n` replicates.  `word`: one of WORDS.
    """

    name: str
    low: float
    high: float
    at_low: float | None
    at_high: float | None
    change: float | None
    ends: tuple[float, float] | None
    surely: float
    n: int
    word: str


def ranges(place: Place) -> dict[str, Range]:
    """Every parameter's plausible range: the place's own where its file has the figure, else its field's."""
    found, usual = {}, domain_of(place).plausible
    for name, quantity in inputs().items():
        low, high = usual.get(name, (quantity.low, quantity.high))
        if name in place.figures:
            _, low, high = place.figures[name].in_model
        found[name] = Range(name, low, high)
    return found


def in_order(names: Collection[str]) -> list[str]:
    """Those first on which the shipped worldviews disagree: somebody thinks that they matter."""
    contested = {name for world in shipped("worldview") for name in find_worldview(world).values}
    return sorted(names, key=lambda name: (name not in contested, name))


def work_in_all(parameters: int) -> int:
    """Replicates (of both ends) that a whole screening runs."""
    return parameters * FEW + min(parameters, CANDIDATES) * (MANY - FEW)


def screening(
    scenarios: Sequence[Scenario],
    of: Mapping[str, Range],
    known: dict[str, Numbers],
    cancel: Cancel | None = None,
    threads: int | None = None,
) -> Iterator[int]:
    """Fill `known` parameter by parameter; yields the replicates done so far out of `work_in_all`.

    scenarios: as `with_twins` gives them.  known: outcomes by parameter, (replicate, end, scenario, measure) with ends
    low and high and columns NEEDED, as `values_of` reads them; what is there already is not run again.  Nan where runs
    failed.
    """
    done, names = 0, in_order(of)

    def advance(name: str, number: int) -> Iterator[int]:
        nonlocal done
        before = known.get(name)
        have = 0 if before is None else len(before)
        if have < number:
            more = outcomes(scenarios, of[name], number - have, have, cancel, threads)
            if more is None:
                return
            known[name] = more if before is None else np.concatenate([before, more])
        done += number - (FEW if number == MANY else 0)
        yield done

    for name in names:
        yield from advance(name, FEW)
        if cancel is not None and cancel.is_set():
            return
    for name in candidates({name: known[name] for name in names}, scenarios):
        yield from advance(name, MANY)
        if cancel is not None and cancel.is_set():
            return


def outcomes(
    scenarios: Sequence[Scenario], of: Range, replicates: int, first: int = 0, cancel: Cancel | None = None,
    threads: int | None = None,
) -> Numbers | None:  # fmt: skip
    """(replicate, end, scenario, NEEDED) at the last moment at which what lasts is read; None if it was cancelled.

    Replicates `first`, `first` + 1, ... of the scenarios' own seeds.
    """
    month, shape = lasting_months(scenarios)[-1], (2, len(scenarios), len(NEEDED))
    try:
        both = [_at(one, of.name, value, f"{one.label} {end}", month)
                for end, value in (("low", of.low), ("high", of.high)) for one in scenarios]  # fmt: skip
    except UnfreezeError:  # there is no such world
        return np.full((replicates, *shape), np.nan)
    parts = list(batches(both, replicates, seed=scenarios[0].seed + first, threads=threads, cancel=cancel,
                         measures=NEEDED))  # fmt: skip
    if len(parts) < replicates:
        return None
    return np.array([values_of(part, month).reshape(shape) for part in parts])


def candidates(known: Mapping[str, Numbers], scenarios: Sequence[Scenario]) -> list[str]:
    """The CANDIDATES that seem to move any of the headline measures most, in practical margins, for any two strategies.

    Judged by the first FEW replicates, so that they are the same ones again when a screening goes on.
    """
    size = {}
    for name, every in known.items():
        most, found = 0.0, every[:FEW]
        for a, b in pairs(len(scenarios)):
            for measure in HEADLINE:
                i = NEEDED.index(measure)
                gaps = found[..., a, i] - found[..., b, i]
                change, within = float(np.mean(gaps[:, 1] - gaps[:, 0])), _margin(measure, found)
                if np.isfinite(change) and within:
                    most = max(most, abs(change) / within)
        size[name] = most
    return sorted((name for name in size if size[name] > 0), key=lambda name: (-size[name], name))[:CANDIDATES]


def pairs(scenarios: int) -> list[tuple[int, int]]:
    """Which differences there are to read: strategy against strategy first, then each against nobody (scenario 0)."""
    rest = range(1, scenarios)
    return [(a, b) for a in rest for b in rest if a < b] + [(a, 0) for a in rest]


def movements(
    known: Mapping[str, Numbers], of: Mapping[str, Range], pair: tuple[int, int], measure: str
) -> list[Movement]:
    """What the screening says of one difference, the surest and largest movement first."""
    i, (a, b) = NEEDED.index(measure), pair
    gaps = {name: found[..., a, i] - found[..., b, i] for name, found in known.items()}  # (replicate, end)
    moves = {name: gap[:, 1] - gap[:, 0] for name, gap in gaps.items() if np.isfinite(gap).all()}
    still = {name for name, found in known.items() if np.array_equal(found[:, 0], found[:, 1], equal_nan=True)}
    halves = half_widths({name: move for name, move in moves.items() if name not in still})
    rows = []
    for name, found in known.items():
        low, high, n = of[name].low, of[name].high, len(found)
        if name not in moves:
            rows.append(Movement(name, low, high, None, None, None, None, 0.0, n, NOT_KNOWN))
            continue
        at_low, at_high = (float(mean) for mean in gaps[name].mean(axis=0))
        change = float(np.mean(moves[name]))
        if name in still:
            rows.append(Movement(name, low, high, at_low, at_high, 0.0, (0.0, 0.0), 0.0, n, NOTHING))
            continue
        half = halves.get(name)
        ends = None if half is None else (change - half, change + half)
        surely = 0.0 if half is None else max(0.0, abs(change) - half)
        within = _margin(measure, found)
        rows.append(Movement(name, low, high, at_low, at_high, change, ends, surely, n, _word(ends, surely, within)))
    return sorted(rows, key=lambda row: (-row.surely, row.word == NOTHING, -abs(row.change or 0.0), row.name))


def half_widths(moves: Mapping[str, Numbers]) -> dict[str, float]:
    """Half the 95% interval of each mean, from the moderated variance; those without two numbers have none.

    With the variance s2 of each over d = n - 1 degrees of freedom, and (d0, s02) what all of them together say:
    half = t(d0 + d) * sqrt((d0 s02 + d s2) / (d0 + d) / n).  A parameter whose log s2 lies FAR_OUT quartile ranges
    above the upper quartile is not like the others and stands alone: t(d) * sqrt(s2 / n).
    """
    names = [name for name, move in moves.items() if len(move) > 1]
    if not names:
        return {}
    n = np.array([len(moves[name]) for name in names], np.float64)
    own, d = np.array([float(np.var(moves[name], ddof=1)) for name in names]), n - 1
    low, high = np.quantile(np.log(own[own > 0]), (0.25, 0.75)) if (own > 0).any() else (0.0, 0.0)
    alike = own <= np.exp(high + FAR_OUT * (high - low))
    d0, s02 = shared_variance(own[alike], d[alike])
    variance, df = own.copy(), d.copy()
    if d0 > 0:
        d0 = min(d0, ENDLESS)
        variance[alike] = ((d0 * s02 + d * own) / (d0 + d))[alike]
        df[alike] += d0
    half = stdtrit(df, (1 + CONFIDENCE) / 2) * np.sqrt(variance / n)
    return dict(zip(names, half.tolist(), strict=True))


def shared_variance(own: Numbers, df: Numbers) -> tuple[float, float]:
    """Degrees of freedom and size of the variance that all share: Smyth 2004, section 6.2.

    No degrees of freedom where fewer than three differ from 0; infinitely many where they are no less alike than
    chance would have it.
    """
    own, df = own[own > 0], df[own > 0]
    if len(own) < 3:
        return 0.0, 0.0
    e = np.log(own) - digamma(df / 2) + np.log(df / 2)
    middle = float(np.mean(e))
    beyond = float(np.mean((e - middle) ** 2 * len(e) / (len(e) - 1) - polygamma(1, df / 2)))
    if beyond <= 0:
        return float("inf"), float(np.exp(middle))
    d0 = 2 * _trigamma_is(beyond)
    return d0, float(np.exp(middle + digamma(d0 / 2) - np.log(d0 / 2)))


def _trigamma_is(value: float) -> float:
    """The x > 0 at which the trigamma function is `value` > 0: Newton's method on its reciprocal (Smyth's appendix)."""
    x = 0.5 + 1 / value
    for _ in range(60):
        here = float(polygamma(1, x))
        step = here * (1 - here / value) / float(polygamma(2, x))
        x += step
        if -step / x < PATIENCE:
            break
    return x


def _word(ends: tuple[float, float] | None, surely: float, within: float | None) -> str:
    if ends is None or within is None:
        return NOT_KNOWN
    if surely > within:
        return MATTERS
    return SAME if -within <= ends[0] and ends[1] <= within else NOT_KNOWN


def _margin(measure: str, found: Numbers) -> float | None:
    """The measure's practical margin, taken from the runs without a foundation (scenario 0) at both ends."""
    if measure not in BASES:
        return margin(measure, None)
    base = found[..., 0, NEEDED.index(BASES[measure][1])]
    finite = base[np.isfinite(base)]
    return margin(measure, float(np.mean(finite))) if len(finite) else None


def _at(scenario: Scenario, name: str, value: float, label: str, months: int) -> Scenario:
    """The scenario with one parameter at `value`, over whatever place and worldview say; no longer than needed."""
    settings = Settings(scenario.settings.levers, {**scenario.settings.parameters, name: value})
    return replace(scenario, settings=settings, label=label, months=months)
