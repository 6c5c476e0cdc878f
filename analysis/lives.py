"""A life in words: one person's months under two strategies, what is new in each, and where the two part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.service_user import KINDS, REFORM, SITUATIONS
from analysis.words import number
from runs.lives import Life, Moment
from scenarios.domains import Domain
from scenarios.language import G_, N_, say

FELT = 0.05  # a change of trust or voice worth a line.  Assumption
FLAGS = {  # what is said when a flag goes up, and when it goes down
    "acute": (G_("an acute spell begins"), G_("the acute spell ends")),
    "involved": (G_("takes part in shaping the service"), ""),
}
STAYERS = {"short": N_("a short stayer"), "episodic": N_("comes and goes"), "long": N_("a long stayer")}
FEELS = {  # by what it is and whether it rises
    ("trust", True): N_("trust rises to {level}"), ("trust", False): N_("trust falls to {level}"),
    ("voice", True): N_("voice rises to {level}"), ("voice", False): N_("voice falls to {level}"),
}  # fmt: skip


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
    wants = ", ".join(f"{say(title)} {_level(me[f'wants_{name}'])}" for name, title in domain.wants.items())
    came = say("in the system at month 0") if moment.month == 0 else say("arrives in month {month}", month=moment.month)
    text = say("Need {need} of 1; {stays}; wants {wants}; {came}, trust in services {trust}, voice {voice}.",
               need=_level(me.need), stays=say(STAYERS[KINDS[me.kind]]), wants=wants, came=came, trust=_level(me.trust),
               voice=_level(me.voice))  # fmt: skip
    return f"{text} {domain.says('Has {a carer} who speaks up.')}" if me.carer else text


def _level(value: float) -> str:
    return number(float(value), 2)


def changes(before: Moment | None, now: Moment, domain: Domain) -> str:
    """What is new in this month, in words; "" if nothing is."""
    past, me = before.me if before else None, now.me
    if me is None:
        return say("gone: {fate}", fate=say(now.gone)) if now.gone and past is not None else ""
    now_in = where(me, domain)
    if past is None:
        return now_in if now.month == 0 else say("arrives: {where}", where=now_in)
    said = [now_in] if where(past, domain) != now_in else []
    for flag, (up, down) in FLAGS.items():
        word = up if me[flag] > past[flag] else down if me[flag] < past[flag] else ""
        said += [domain.own(word)] if word else []
    for name in ("trust", "voice"):
        if abs(me[name] - past[name]) >= FELT:
            said.append(say(FEELS[name, bool(me[name] > past[name])], level=_level(me[name])))
    return "; ".join(said)


def where(me: Any, domain: Domain) -> str:
    """The person's situation, and who serves them; of a tenant in a spell, that too."""
    situation = domain.word(SITUATIONS[me.situation])
    if me.situation == REFORM and me.bed_provider >= 0:
        situation = domain.says("{crisis} for a spell, the {home} kept")
    if me.provider < 0:
        return situation
    return say("{situation}, provider {number}", situation=situation, number=str(me.provider + 1))


def summary(life: Life, domain: Domain) -> str:
    """Months in each situation, and how the person ended up trusting and speaking."""
    counts: dict[str, int] = {}
    last = None
    for moment in life[1:]:
        if moment.me is not None:
            last = moment.me
            name = SITUATIONS[moment.me.situation]
            counts[name] = counts.get(name, 0) + 1
    if last is None:
        return say("not here.")
    one, many = N_("{months} month {situation}"), N_("{months} months {situation}")
    spent = [say(one if months == 1 else many, months=str(months), situation=domain.word(name))
             for name, months in counts.items()]  # fmt: skip
    return say("{months}; trust {trust}, voice {voice} at the end.", months=", ".join(spent), trust=_level(last.trust),
               voice=_level(last.voice))  # fmt: skip


def spells(life: Life, domain: Domain) -> list[tuple[int, int, str]]:
    """(first month, last month, situation) of each stay, in the domain's words; none where nobody is there."""
    found: list[tuple[int, int, str]] = []
    for moment in life:
        if moment.me is None:
            continue
        situation = domain.word(SITUATIONS[moment.me.situation])
        if found and found[-1][1:] == (moment.month - 1, situation):
            found[-1] = (found[-1][0], moment.month, situation)
        else:
            found.append((moment.month, moment.month, situation))
    return found


def _state(moment: Moment) -> Any:
    return None if moment.me is None else moment.me.tolist()
