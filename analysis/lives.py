"""A life in words: one person's months under two strategies, what is new in each, and where the two part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.service_user import KINDS, REFORM, SITUATIONS
from runs.lives import Life, Moment
from scenarios.domains import Domain

FELT = 0.05  # a change of trust or voice worth a line.  Assumption
FLAGS = {  # what is said when a flag goes up, and when it goes down
    "acute": ("an acute spell begins", "the acute spell ends"),
    "involved": ("takes part in shaping the service", ""),
}
STAYERS = {"short": "a short stayer", "episodic": "comes and goes", "long": "a long stayer"}


@dataclass(frozen=True)
class Told:
    """Two lives of one person.  `rows` (month, what is new in the one, in the other) where anything is new; `apart` is
    the first month in which anything about the person differs, `seen` the first in which that is told; `summaries` say
    months by situation, for each life."""

    portrait: str
    rows: list[tuple[int, str, str]]
    apart: int | None
    seen: int | None
    summaries: tuple[str, str]


def told(lives: tuple[Life, Life], domain: Domain) -> Told:
    """What is said of two lives, in the domain's words."""
    one, other = lives
    first = next(moment for moments in zip(one, other, strict=True) for moment in moments if moment.me is not None)
    said = [[changes(before, now, domain) for before, now in zip([None, *life], life, strict=False)] for life in lives]
    rows = [(month, a, b) for month, (a, b) in enumerate(zip(*said, strict=True)) if a or b]
    apart = next((m for m, (a, b) in enumerate(zip(one, other, strict=True)) if _state(a) != _state(b)), None)
    seen = next((month for month, a, b in rows if a != b), None)
    return Told(portrait(first, domain), rows, apart, seen, (summary(one, domain), summary(other, domain)))


def portrait(moment: Moment, domain: Domain) -> str:
    """Who this is, in words that do not change."""
    me = moment.me
    assert me is not None
    came = "in the system at month 0" if moment.month == 0 else f"arrives in month {moment.month}"
    wants = ", ".join(f"{domain.wants[name]} {me[f'wants_{name}']:.2f}" for name in domain.wants)
    carer = domain.says(" Has {a carer} who speaks up.") if me.carer else ""
    mind = f"trust in services {me.trust:.2f}, voice {me.voice:.2f}"
    return f"Need {me.need:.2f} of 1; {STAYERS[KINDS[me.kind]]}; wants {wants}; {came}, {mind}.{carer}"


def changes(before: Moment | None, now: Moment, domain: Domain) -> str:
    """What is new in this month, in words; "" if nothing is."""
    past, me = before.me if before else None, now.me
    if me is None:
        return f"gone: {now.gone}" if now.gone and past is not None else ""
    now_in = where(me, domain)
    if past is None:
        return now_in if now.month == 0 else f"arrives: {now_in}"
    said = [now_in] if where(past, domain) != now_in else []
    for flag, (up, down) in FLAGS.items():
        word = up if me[flag] > past[flag] else down if me[flag] < past[flag] else ""
        said += [domain.own(word)] if word else []
    for name in ("trust", "voice"):
        if abs(me[name] - past[name]) >= FELT:
            said.append(f"{name} {'rises' if me[name] > past[name] else 'falls'} to {me[name]:.2f}")
    return "; ".join(said)


def where(me: Any, domain: Domain) -> str:
    """The person's situation, and who serves them; of a tenant in a spell, that too."""
    situation = domain.words[SITUATIONS[me.situation]]
    if me.situation == REFORM and me.bed_provider >= 0:
        situation = domain.says("{crisis} for a spell, the {home} kept")
    return f"{situation}, provider {me.provider + 1}" if me.provider >= 0 else situation


def summary(life: Life, domain: Domain) -> str:
    """Months in each situation, and how the person ended up trusting and speaking."""
    counts: dict[str, int] = {}
    last = None
    for moment in life[1:]:
        if moment.me is not None:
            last = moment.me
            name = SITUATIONS[moment.me.situation]
            counts[name] = counts.get(name, 0) + 1
    spent = ", ".join(f"{months} months {domain.words[name]}" for name, months in counts.items())
    mind = f"; trust {last.trust:.2f}, voice {last.voice:.2f} at the end" if last is not None else ""
    return f"{spent or 'not here'}{mind}."


def spells(life: Life, domain: Domain) -> list[tuple[int, int, str]]:
    """(first month, last month, situation) of each stay, in the domain's words; none where nobody is there."""
    found: list[tuple[int, int, str]] = []
    for moment in life:
        if moment.me is None:
            continue
        situation = domain.words[SITUATIONS[moment.me.situation]]
        if found and found[-1][1:] == (moment.month - 1, situation):
            found[-1] = (found[-1][0], moment.month, situation)
        else:
            found.append((moment.month, moment.month, situation))
    return found


def _state(moment: Moment) -> Any:
    return None if moment.me is None else moment.me.tolist()
