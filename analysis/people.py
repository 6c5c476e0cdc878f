"""Where people are: month by month in the mean of the runs, by need, and one spot for each person of a crowd."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agents.service_user import GONE, SITUATIONS
from analysis.answer import YEARS
from analysis.comparison import NEEDED, Comparison, SoFar
from analysis.words import EVIDENCE, PEOPLE, from_to, in_words, listed, number, shown, shown_difference, small
from analysis.words import interval as ends_said
from evidence.strata import THIRDS
from runs.crowd import Crowd, third
from runs.summary import mean
from scenarios.domains import Domain, capital
from scenarios.language import N_, say
from scenarios.scenario import NOBODY

Numbers = npt.NDArray[np.float64]

SHOWN = ("housed", "settled", "reform", "looking", "crisis", "hidden", "unserved")  # from the most secure to the least
BY_NEED = tuple(f"{PEOPLE}_{name}" for name in THIRDS)
MEASURES = (*SHOWN, *BY_NEED, *NEEDED)  # of which the runs' summary is needed
MANY = 3  # times as many people moved as numbers did: worth a remark.  Assumption
NEEDS = {"low": N_("need below a third of the scale"), "middle": N_("need in the middle third"),
         "high": N_("need above two thirds of the scale")}  # fmt: skip


@dataclass(frozen=True)
class Whereabouts:
    """How many people are where: `counts` by scenario, (place as in SHOWN, month), people at the place's real size."""

    counts: dict[str, Numbers]
    runs: int  # of which it is the mean

    @property
    def months(self) -> int:
        """The last month."""
        return int(next(iter(self.counts.values())).shape[1]) - 1

    @property
    def most(self) -> float:
        """The largest total of any scenario and month."""
        return max(float(np.nanmax(own.sum(axis=0), initial=0.0)) for own in self.counts.values())


def whereabouts(compared: Comparison) -> Whereabouts:
    """Of everybody, the mean of the runs."""
    labels = (NOBODY, *compared.names)
    real = 1 / compared.units.scale
    found = {label: real * np.stack([mean(compared.summary.of(label, place)) for place in SHOWN]) for label in labels}
    return Whereabouts(found, compared.replicates)


def whereabouts_by_need(crowd: Crowd, need: str) -> Whereabouts:
    """Of the simulated people of one third of need (THIRDS), in the one run that was recorded."""
    codes = [SITUATIONS.index(place) for place in SHOWN]
    own = crowd.counts[:, :, THIRDS.index(need)][:, :, codes].astype(np.float64)
    return Whereabouts({label: own[i].T for i, label in enumerate(crowd.scenarios)}, 1)


@dataclass(frozen=True)
class Shift:
    """How many more or fewer are where than with no foundation: (place as in SHOWN, month), people at the place's real
    size, the mean of the twins' differences and its 95% interval; `low` and `high` are None without one."""

    middle: Numbers
    low: Numbers | None
    high: Numbers | None


def shifts(compared: SoFar) -> dict[str, Shift]:
    """Of each strategy."""
    found = {}
    for label in compared.names:
        gaps = [compared.courses[place].difference(label, NOBODY) for place in SHOWN]
        lows, highs = [low for _, low, _ in gaps if low is not None], [high for _, _, high in gaps if high is not None]
        known, real = len(lows) == len(SHOWN), 1 / compared.units.scale
        found[label] = Shift(
            real * np.stack([middle for middle, _, _ in gaps]), real * np.stack(lows) if known else None,
            real * np.stack(highs) if known else None,
        )  # fmt: skip
    return found


def shift_said(shift: Shift, domain: Domain) -> str:
    """Where there are more people or fewer in the last month, as far as the runs can tell."""
    last = shift.middle.shape[1] - 1
    if shift.low is None or shift.high is None:
        return say("One run says nothing about how sure a difference is.")
    parts = []
    for i in np.argsort(-np.abs(shift.middle[:, last])).tolist():
        low, high = float(shift.low[i, last]), float(shift.high[i, last])
        if low > 0 or high < 0:
            value = number(float(shift.middle[i, last]), 1, sign=True)
            ends = from_to(number(low, 1, sign=True), number(high, 1, sign=True))
            parts.append(say("{place} {value} ({ends})", place=domain.word(SHOWN[i]), value=value, ends=ends))
    if not parts:
        return say("Month {month}: no difference from no foundation that these runs can tell from chance.", month=last)
    return say("Month {month}, with 95% interval: {differences}.", month=last, differences="; ".join(parts))


def shift_table(shift: Shift, domain: Domain) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table behind it, a row a year."""
    last = shift.middle.shape[1] - 1
    head = [say("Month")]
    for place in SHOWN:
        head += [domain.word(place), say("95% interval")]
    rows = []
    for month in sorted({*range(0, last + 1, 12), last}):
        row = [str(month)]
        for i in range(len(SHOWN)):
            row.append(number(float(shift.middle[i, month]), 1, sign=True))
            ends = () if shift.low is None or shift.high is None else (shift.low[i, month], shift.high[i, month])
            row.append(from_to(*(number(float(end), 1, sign=True) for end in ends)) if ends else "–")
        rows.append(row)
    return head, rows


# --- what is said -----------------------------------------------------------------------------------------------------


HAVE = {  # by whether it comes first, and whether there is no foundation
    (True, False): N_("{some} of {all} people have {secure_outcomes} under {who}"),
    (True, True): N_("{some} of {all} people have {secure_outcomes} with no foundation"),
    (False, False): N_("{some} of {all} under {who}"),
    (False, True): N_("{some} of {all} with no foundation"),
}


def sentence(compared: Comparison) -> str:
    """How many people have what they need in the end under each strategy, and whether the difference matters."""
    month, domain = compared.when[-1], compared.domain
    parts = []
    for i, label in enumerate((*compared.names, NOBODY)):
        here, without = (compared.units.people(float(mean(compared.summary.of(label, name)[:, month])))
                         for name in (PEOPLE, "without_home"))  # fmt: skip
        text = HAVE[i == 0, label == NOBODY]
        parts.append(domain.says(text, some=number(here), all=number(here + without), who=compared.titles[label]))
    said = say("{when}, {parts}", when=time_in(month), parts=listed(parts))
    if compared.worldview.name != EVIDENCE:
        said = say("As the worldview '{world}' sees it, {said}", world=compared.worldview.title, said=small(said))
    runs = say("means of {runs} runs", runs=compared.replicates) if compared.replicates > 1 else say("one run")
    names = compared.names
    whole = {"said": said, "runs": runs}
    if len(names) > 2:
        return say("{said} ({runs}).", **whole)
    pairs = [(names[0], names[1])] if len(names) == 2 else [(name, NOBODY) for name in names]
    gaps = "; ".join(_gap(compared, a, b, month) for a, b in pairs)
    text = N_("{said} ({runs}); {differences}.") if gaps else N_("{said} ({runs}).")
    return say(text, **whole, differences=gaps)


def time_in(month: int) -> str:
    """'Ten years in' for 120, 'After 7 months' where the years are not whole."""
    years, rest = divmod(month, 12)
    if rest or not years:
        return say("After 1 month") if month == 1 else say("After {months} months", months=month)
    many = say(YEARS[years]) if years < len(YEARS) else str(years)
    return capital(say("{many} years in", many=many) if years > 1 else say("{many} year in", many=many))


def needs(compared: Comparison) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table: people with a secure outcome by need under each strategy, and the difference from no
    foundation."""
    month, names, units = compared.when[-1], compared.names, compared.units
    head = [say("Need"), compared.titles[NOBODY]]
    for name in names:
        head += [compared.titles[name], say("difference, people"), say("95% interval")]
    rows = []
    for stratum, measure in zip(THIRDS, BY_NEED, strict=True):
        row = [say(NEEDS[stratum]), shown(measure, float(mean(compared.summary.of(NOBODY, measure)[:, month])), units)]
        for name in names:
            one = compared.contrast(name, NOBODY, measure, month)
            ends = "–" if one.low is None else ends_said(measure, one.low, one.high, units)
            row += [shown(measure, one.value, units), shown_difference(measure, one.difference, units), ends]
        rows.append(row)
    return head, rows


def areas_said(found: Whereabouts, label: str, domain: Domain) -> str:
    """One scenario's picture in a sentence: where people are at first and at last."""
    own = found.counts[label]
    first, last = own[:, 0], own[:, -1]
    parts = [
        say("{people} {place} ({change})", people=number(last[i]), place=domain.word(place),
            change=number(last[i] - first[i], sign=True))
        for i, place in enumerate(SHOWN)
        if first[i] or last[i]
    ]  # fmt: skip
    if not parts:
        return say("Nobody is there.")
    return say("Month {month}, and change since month 0: {places}.", month=found.months, places="; ".join(parts))


def areas_table(found: Whereabouts, label: str, domain: Domain) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table behind it, a row a year."""
    own = found.counts[label]
    months = sorted({*range(0, found.months + 1, 12), found.months})
    head = [say("Month"), *(domain.word(place) for place in SHOWN), say("all")]
    return head, [[str(m), *(number(n) for n in own[:, m]), number(own[:, m].sum())] for m in months]


# --- a spot for each person -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Spots:
    """Where each person of a crowd is drawn: the same `spot` (person,) in every run, for as long as they are there in
    any of them, `came` to `went` (person,) months.  A spot is free again once its person has gone from every run; the
    next newcomer takes the lowest free one.  `ends` (third of need,): where the spots of low, middle, high need end.
    """

    spot: npt.NDArray[np.int64]
    came: npt.NDArray[np.int64]
    went: npt.NDArray[np.int64]
    ends: tuple[int, ...]


def spots(crowd: Crowd) -> Spots:
    """By month of arrival, then by permanent number; people of like need stand together."""
    there = (crowd.states != GONE).any(axis=0)  # (month, person)
    came, went = there.argmax(axis=0), crowd.months - there[::-1].argmax(axis=0)
    needs, spot = third(crowd.need), np.zeros(len(crowd.people), np.int64)
    ends, first = [], 0
    for which in range(len(THIRDS)):
        own = np.flatnonzero(needs == which)
        free: list[int] = []
        taken: list[tuple[int, int]] = []  # last month, spot
        used = first
        for person in own[np.lexsort((crowd.people[own], came[own]))].tolist():
            while taken and taken[0][0] < came[person]:
                heapq.heappush(free, heapq.heappop(taken)[1])
            if free:
                spot[person] = heapq.heappop(free)
            else:
                spot[person], used = used, used + 1
            heapq.heappush(taken, (int(went[person]), int(spot[person])))
        ends.append(used)
        first = used
    return Spots(spot, came, went, tuple(ends))


def field(crowd: Crowd, where: Spots, scenario: int) -> npt.NDArray[np.uint8]:
    """(spot, month): the code of SITUATIONS of whoever has the spot, GONE for nobody or who is not there in this run.

    For a whole stay in all runs the spot is its person's alone, so nobody is written over.
    """
    made = np.full((where.ends[-1], crowd.months + 1), GONE, np.uint8)
    for month, states in enumerate(crowd.states[scenario]):
        here = np.flatnonzero((where.came <= month) & (month <= where.went))
        made[where.spot[here], month] = states[here]
    return made


def runs_of(codes: npt.NDArray[np.uint8]) -> bytes:
    """Run lengths of codes in order: a byte for the code, a byte for how often (1 to 255) it comes."""
    flat = codes.reshape(-1)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(flat)) + 1])
    lengths = np.diff(np.concatenate([starts, [len(flat)]]))
    pieces = (lengths + 254) // 255
    values = np.repeat(flat[starts], pieces)
    sizes = np.full(len(values), 255, np.int64)
    sizes[np.cumsum(pieces) - 1] = lengths - (pieces - 1) * 255
    return np.stack([values, sizes.astype(np.uint8)], axis=1).tobytes()


def elsewhere(crowd: Crowd, a: str, b: str) -> str:
    """How many of the people are elsewhere under the one than under the other in the last month, in this run."""
    one, other = (crowd.scenarios.index(label) for label in (a, b))
    where = crowd.states[one, -1], crowd.states[other, -1]
    present = int(((where[0] != GONE) | (where[1] != GONE)).sum())
    moved = int((where[0] != where[1]).sum())
    shift = np.abs(np.bincount(where[0], minlength=GONE + 1) - np.bincount(where[1], minlength=GONE + 1)).max()
    gaps = {"moved": moved, "present": present, "month": crowd.months}
    if moved <= MANY * shift or not moved:
        return say("In this one run, {moved} of {present} people are somewhere else in month {month}.", **gaps)
    return say("In this one run, {moved} of {present} people are somewhere else in month {month}, yet no place holds "
               "more than {shift} people more or fewer: lives differ more than numbers do, because what one person "
               "gets somebody else does not.", **gaps, shift=int(shift))  # fmt: skip


# --- pieces -----------------------------------------------------------------------------------------------------------


def _gap(compared: Comparison, a: str, b: str, month: int) -> str:
    """`a` minus `b` in people, with its interval and the verdict."""
    one, units = compared.contrast(a, b, PEOPLE, month), compared.units
    gaps = {"one": compared.titles[a], "other": say("no foundation") if b == NOBODY else compared.titles[b],
            "gap": shown_difference(PEOPLE, one.difference, units), "verdict": in_words(one)}  # fmt: skip
    if one.low is None:
        return say("{one} against {other}: {gap}; {verdict}", **gaps)
    ends = ends_said(PEOPLE, one.low, one.high, units)
    return say("{one} against {other}: {gap}, 95% interval {ends}; {verdict}", **gaps, ends=ends)
