"""The answer in one sentence: when, who, how many people, what it costs; at most MOST words.

    Four years after the money ends, User-centred leaves 131 more people with secure tenancies than Collective impact,
    and costs EUR 2.1 million more.

Of more than two strategies the best of each camp are told: of the funder-led and of the user-centred the one with the
most people, else the two with the most.  One strategy is told against no foundation, and so are two of which neither is
better than that.  What the runs cannot tell has no number but its range; what could not be carried out is said, and
nothing else.  The ranges stand beside the sentence (`ranges`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.contrasts import CLEAR, SAME, Contrast
from analysis.units import Units
from analysis.words import PEOPLE, SPENT, listed, number
from scenarios.names import parts
from scenarios.scenario import NOBODY
from scenarios.strategy import CAMPS

if TYPE_CHECKING:
    from analysis.comparison import Comparison

MOST = 30  # words
YEARS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SHORT = 4  # words that a strategy's title may have inside the sentence
PRACTICE = re.compile(r"practice_(\d)_")


def headline(compared: Comparison) -> str:
    """What a board reads first."""
    if not compared.names:
        return "This is what happens without a foundation. There is nothing to compare it with."
    if compared.not_carried_out:
        return f"{clause(compared)}."
    shorter = ((False, 0), (True, 0), (True, 1), (True, 2))  # the moment in fewer words goes before money does
    texts = [f"{when_said(compared, brief)}, {clause(compared, short)}." for brief, short in shorter]
    return next((text for text in texts if len(text.split()) <= MOST), texts[-1])


def clause(compared: Comparison, short: int = 0) -> str:
    """What the sentence says, without the moment and the full stop.  short: how much is left out, 0 to 2."""
    if compared.not_carried_out:
        return _failed(compared)
    names = told(compared)
    people = {name: compared.contrast(name, NOBODY, PEOPLE, compared.when[-1]) for name in names}
    if len(names) == 1:
        return _against_nobody(compared, names[0], people[names[0]])
    if not any(CLEAR.get(one.verdict or "") == 1 for one in people.values()):
        return _neither(compared, [name for name in compared.names if name in names], people, short)
    return _between(compared, names[0], names[1], short)


def told(compared: Comparison) -> tuple[str, ...]:
    """The one or two strategies that the sentence is about, the most people first."""
    month = compared.when[-1]
    sizes = {name: compared.contrast(name, NOBODY, PEOPLE, month).difference or 0.0 for name in compared.names}
    order = sorted(sizes, key=lambda name: -sizes[name])
    kinds = {name: compared.strategies[name].kind for name in order}
    best = [next((name for name in order if kinds[name] == camp), None) for camp in CAMPS[:2]]
    camps = [name for name in best if name is not None]
    chosen = camps if len(camps) == len(best) else order[:2]
    return tuple(sorted(chosen, key=order.index))


def ranges(compared: Comparison) -> str:
    """How far apart the two may really be: the 95% intervals of what the sentence says."""
    if not compared.names or compared.not_carried_out:
        return ""
    names = told(compared)
    one, other = (names[0], names[1] if len(names) > 1 else NOBODY)
    people, money = (compared.contrast(one, other, measure, compared.when[-1]) for measure in (PEOPLE, SPENT))
    if people.low is None or money.low is None:
        return ""
    against = called(compared, other)
    return (f"Against {against}, {called(compared, one)} leaves {persons_between(people, compared.units)} people, and "
            f"costs {money_between(money, compared.units)}.")  # fmt: skip


def when_said(compared: Comparison, brief: bool = False) -> str:
    """ "Four years after the money ends", or in which month of the run."""
    month = compared.when[-1]
    if compared.programme is None:
        return f"In month {month}"
    past = month - compared.programme[1]
    if past == 0:
        return "When the money ends"
    whole = past % 12 == 0 and past // 12 < len(YEARS)
    span = f"{YEARS[past // 12]} year{'s' if past > 12 else ''}" if whole else f"{past} month{'s' if past > 1 else ''}"
    return f"{span[0].upper()}{span[1:]} {'on' if brief else 'after the money ends'}"


def called(compared: Comparison, name: str) -> str:
    """A strategy in few words, told apart from every other one here."""
    if name == NOBODY:
        return "no foundation"
    short = {one: _short(one, compared.titles[one]) for one in compared.names}
    mine = short[name]
    if list(short.values()).count(mine) == 1:
        return mine
    return f"{mine} ({'ABCDEFGHIJ'[compared.names.index(name) % 10]})"


def _short(name: str, title: str) -> str:
    """Its title to the colon and without what is changed; practices on a carrier by their numbers."""
    _, *more = parts(name.partition(",")[0])
    numbers = [found.group(1) for part in more if (found := PRACTICE.match(part))]
    changed = " (changed)" if "," in name else ""
    if numbers and len(numbers) == len(more):
        first = title.split(" + ")[0]
        which = f"practice {numbers[0]}" if len(numbers) == 1 else f"practices {listed(numbers)}"
        return f"{first} with {which}{changed}"
    text = re.sub(r"\s*\([^)]*\)$", "", title.split(":")[0]) if "," in name else title.split(":")[0]
    return (text if len(text.split()) <= SHORT else "_".join(name.partition(",")[0].split())) + changed


# --- the clauses ------------------------------------------------------------------------------------------------------


def _failed(compared: Comparison) -> str:
    """Who could not be carried out, and, where there is room, why."""
    names = list(compared.not_carried_out)
    text = f"{listed([called(compared, name) for name in names])} could not be carried out here"
    if len(names) == 1:
        why = f"{text}: {compared.not_carried_out[names[0]]}"
        text = why if len(why.split()) <= MOST else text
    return text


def _against_nobody(compared: Comparison, name: str, people: Contrast) -> str:
    who, what, units = called(compared, name), compared.domain.words["secure_outcomes"], compared.units
    money = _cost(compared.contrast(name, NOBODY, SPENT, compared.when[-1]), units)
    side = CLEAR.get(people.verdict or "")
    if side is not None:
        return f"{who} leaves {persons(people, units)} people with {what} than no foundation, and {money}"
    if people.verdict == SAME:
        return f"{who} makes no difference that matters to people with {what}, and {money}"
    return f"nobody can tell whether {who} leaves more people with {what}: {persons_between(people, units)}; it {money}"


def _neither(compared: Comparison, names: Sequence[str], people: dict[str, Contrast], short: int) -> str:
    """Neither is known to leave more people; money, and where there is room the ranges before it."""
    what = compared.domain.words["secure_outcomes"]
    who = " nor ".join(called(compared, name) for name in names)
    ends = [units_range(people[name], compared.units) for name in names]
    text = f"neither {who} is known to leave more people with {what} than no foundation"
    text = f"{text}: {', '.join(ends)}" if all(ends) and short == 0 else text
    return text if short == 2 else f"{text}; {_cost_of_both(compared, names)}"


def _cost_of_both(compared: Comparison, names: Sequence[str]) -> str:
    """What is known of what they cost against no foundation, in few words."""
    verdicts = {name: compared.contrast(name, NOBODY, SPENT, compared.when[-1]).verdict or "" for name in names}
    known = {name: "more" if CLEAR[word] == -1 else "less" for name, word in verdicts.items() if word in CLEAR}
    if not known:
        return "costs hardly differ" if set(verdicts.values()) == {SAME} else "cost: not known"
    said = sorted(set(known.values()))
    if len(said) > 1:
        return "one costs more"
    return f"both cost {said[0]}" if len(known) > 1 else f"{called(compared, *known)} costs {said[0]}"


def _between(compared: Comparison, one: str, other: str, short: int) -> str:
    """The first against the second."""
    units, what, month = compared.units, compared.domain.words["secure_outcomes"], compared.when[-1]
    people = compared.contrast(one, other, PEOPLE, month)
    money = _cost(compared.contrast(one, other, SPENT, month), units)
    a, b = called(compared, one), called(compared, other)
    if CLEAR.get(people.verdict or "") is not None:
        return f"{a} leaves {persons(people, units)} people with {what} than {b}, and {money}"
    if people.verdict == SAME:
        text = f"{a} or {b} makes no difference that matters to people with {what}"
        return text if short == 2 else f"{text}; {a} {money}"
    ends = "" if people.low is None or short == 2 else f": {persons_between(people, units)}"
    text = f"nobody can tell whether {a} or {b} leaves more people with {what}{ends}"
    return text if short else f"{text}; {a} {money}"


def _cost(one: Contrast, units: Units) -> str:
    """ "costs EUR 2.1 million more"; where it is not known which costs more, that."""
    side = CLEAR.get(one.verdict or "")
    if one.verdict == SAME or one.difference == 0:
        return "costs practically the same"
    if side is None or one.difference is None:
        return "may cost more or less"
    return f"costs {money_said(one.difference, units)} {'more' if one.difference > 0 else 'less'}"


# --- people and money -------------------------------------------------------------------------------------------------


def persons(one: Contrast, units: Units) -> str:
    """ "131 more" or "22 fewer"."""
    return _count(units.people(one.difference or 0.0))


def persons_between(one: Contrast, units: Units) -> str:
    """ "41 fewer to 131 more"."""
    if one.low is None or one.high is None:
        return "not known"
    low, high = units.people(one.low), units.people(one.high)
    if low * high > 0:  # on one side: the smaller first
        ends = sorted((abs(low), abs(high)))
        return f"{number(ends[0])} to {number(ends[1])} {'more' if low > 0 else 'fewer'}"
    return f"{_count(low)} to {_count(high)}"


def units_range(one: Contrast, units: Units) -> str:
    """ "−41 to +131"."""
    if one.low is None or one.high is None:
        return ""
    return f"{number(units.people(one.low), sign=True)} to {number(units.people(one.high), sign=True)}"


def money_said(euros: float, units: Units) -> str:
    """ "EUR 2.1 million", without a sign."""
    amount = abs(units.amount(euros)) / 1e6
    return f"{units.currency} {number(amount, 0 if amount >= 100 else 1 if amount >= 1 else 2)} million"


def money_between(one: Contrast, units: Units) -> str:
    """ "EUR 3.0 million less to EUR 20 million more"."""
    if one.low is None or one.high is None:
        return "money not known"
    low, high = one.low, one.high
    if low * high > 0:
        ends = sorted((abs(low), abs(high)))
        first = money_said(ends[0], units).removesuffix(" million")
        last = money_said(ends[1], units).removeprefix(f"{units.currency} ")
        return f"{first} to {last} {'more' if low > 0 else 'less'}"
    side = ["more" if end > 0 else "less" for end in (low, high)]
    last = money_said(high, units).removeprefix(f"{units.currency} ")
    return f"{money_said(low, units)} {side[0]} to {last} {side[1]}"


def _count(people: float) -> str:
    return f"{number(abs(people))} {'fewer' if round(people) < 0 else 'more'}"
