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
from analysis.words import NOTHING_TO_COMPARE, PEOPLE, SPENT, amount, from_to, listed, number
from scenarios.domains import capital
from scenarios.language import N_, said_before, say
from scenarios.names import parts
from scenarios.scenario import NOBODY
from scenarios.strategy import CAMPS

if TYPE_CHECKING:
    from analysis.comparison import Comparison

MOST = 30  # words
YEARS = (
    N_("no"), N_("one"), N_("two"), N_("three"), N_("four"), N_("five"), N_("six"), N_("seven"), N_("eight"),
    N_("nine"), N_("ten"),
)  # fmt: skip
SHORT = 4  # words that a strategy's title may have inside the sentence
PRACTICE = re.compile(r"practice_(\d)_")


def headline(compared: Comparison) -> str:
    """What a board reads first."""
    if not compared.names:
        return say(NOTHING_TO_COMPARE)
    if compared.not_carried_out:
        return f"{clause(compared)}."
    shorter = ((False, 0), (True, 0), (True, 1), (True, 2))  # the moment in fewer words goes before money does
    texts = [say("{when}, {clause}.", when=when_said(compared, brief), clause=clause(compared, short))
             for brief, short in shorter]  # fmt: skip
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
    return say("Against {other}, {one} leaves {people} people, and costs {money}.", other=called(compared, other),
               one=called(compared, one), people=persons_between(people, compared.units),
               money=money_between(money, compared.units))  # fmt: skip


IN_YEARS = {  # by whether there are several, and whether it is told in fewer words
    (True, False): N_("{many} years after the money ends"), (True, True): N_("{many} years on"),
    (False, False): N_("{many} year after the money ends"), (False, True): N_("{many} year on"),
}  # fmt: skip
IN_MONTHS = {
    (True, False): N_("{many} months after the money ends"), (True, True): N_("{many} months on"),
    (False, False): N_("{many} month after the money ends"), (False, True): N_("{many} month on"),
}  # fmt: skip


def when_said(compared: Comparison, brief: bool = False) -> str:
    """ "Four years after the money ends", or in which month of the run."""
    month = compared.when[-1]
    if compared.programme is None:
        return say("In month {month}", month=month)
    past = month - compared.programme[1]
    if past == 0:
        return say("When the money ends")
    if past % 12 or past // 12 >= len(YEARS):
        many, text = str(past), IN_MONTHS[past > 1, brief]
    else:
        many, text = capital(say(YEARS[past // 12])), IN_YEARS[past > 12, brief]
    return say(text, many=many)


def called(compared: Comparison, name: str) -> str:
    """A strategy in few words, told apart from every other one here."""
    if name == NOBODY:
        return say("no foundation")
    short = {one: _short(one, compared.titles[one]) for one in compared.names}
    mine = short[name]
    if list(short.values()).count(mine) == 1:
        return mine
    return f"{mine} ({'ABCDEFGHIJ'[compared.names.index(name) % 10]})"


def _short(name: str, title: str) -> str:
    """Its title to the colon and without what is changed; practices on a carrier by their numbers."""
    _, *more = parts(name.partition(",")[0])
    numbers = [found.group(1) for part in more if (found := PRACTICE.match(part))]
    if numbers and len(numbers) == len(more):
        first = said_before(title, " + ")
        text = (say("{title} with practice {number}", title=first, number=numbers[0]) if len(numbers) == 1
                else say("{title} with practices {numbers}", title=first, numbers=listed(numbers)))  # fmt: skip
    else:
        text = said_before(title, ":")
        text = re.sub(r"\s*\([^)]*\)$", "", text) if "," in name else text
        text = text if len(text.split()) <= SHORT else "_".join(name.partition(",")[0].split())
    return say("{title} (changed)", title=text) if "," in name else text


# --- the clauses ------------------------------------------------------------------------------------------------------


def _failed(compared: Comparison) -> str:
    """Who could not be carried out, and, where there is room, why."""
    names = list(compared.not_carried_out)
    who = listed([called(compared, name) for name in names])
    if len(names) == 1:
        why = say("{who} could not be carried out here: {why}", who=who, why=compared.not_carried_out[names[0]])
        if len(why.split()) <= MOST:
            return why
        return say("{who} could not be carried out here", who=who)
    return say("{several} could not be carried out here", several=who)


def _against_nobody(compared: Comparison, name: str, people: Contrast) -> str:
    who, says, units = called(compared, name), compared.domain.says, compared.units
    money = _cost(compared.contrast(name, NOBODY, SPENT, compared.when[-1]), units)
    if people.verdict in CLEAR:
        n = number(abs(units.people(people.difference or 0.0)))
        if _fewer(people, units):
            return says("{who} leaves {n} fewer people with {secure_outcomes} than no foundation, and {costs}",
                        who=who, n=n, costs=money)  # fmt: skip
        return says("{who} leaves {n} more people with {secure_outcomes} than no foundation, and {costs}",
                    who=who, n=n, costs=money)  # fmt: skip
    if people.verdict == SAME:
        return says("{who} makes no difference that matters to people with {secure_outcomes}, and {costs}",
                    who=who, costs=money)  # fmt: skip
    return says("nobody can tell whether {who} leaves more people with {secure_outcomes}: {range}; it {costs}",
                who=who, range=persons_between(people, units), costs=money)  # fmt: skip


def _neither(compared: Comparison, names: Sequence[str], people: dict[str, Contrast], short: int) -> str:
    """Neither is known to leave more people; money, and where there is room the ranges before it."""
    first, second = (called(compared, name) for name in names)
    ends = [units_range(people[name], compared.units) for name in names]
    text = compared.domain.says(
        "neither {first} nor {second} is known to leave more people with {secure_outcomes} than no foundation",
        first=first, second=second,
    )  # fmt: skip
    text = f"{text}: {', '.join(ends)}" if all(ends) and short == 0 else text
    return text if short == 2 else f"{text}; {_cost_of_both(compared, names)}"


def _cost_of_both(compared: Comparison, names: Sequence[str]) -> str:
    """What is known of what they cost against no foundation, in few words."""
    verdicts = {name: compared.contrast(name, NOBODY, SPENT, compared.when[-1]).verdict or "" for name in names}
    known = {name: CLEAR[word] == -1 for name, word in verdicts.items() if word in CLEAR}  # whether it costs more
    if not known:
        return say("costs hardly differ") if set(verdicts.values()) == {SAME} else say("cost: not known")
    if len(set(known.values())) > 1:
        return say("one costs more")
    more = all(known.values())
    if len(known) > 1:
        return say("both cost more") if more else say("both cost less")
    who = called(compared, *known)
    return say("{who} costs more", who=who) if more else say("{who} costs less", who=who)


def _between(compared: Comparison, one: str, other: str, short: int) -> str:
    """The first against the second."""
    units, says, month = compared.units, compared.domain.says, compared.when[-1]
    people = compared.contrast(one, other, PEOPLE, month)
    money = _cost(compared.contrast(one, other, SPENT, month), units)
    who = {"one": called(compared, one), "other": called(compared, other)}
    if people.verdict in CLEAR:
        n = number(abs(units.people(people.difference or 0.0)))
        if _fewer(people, units):
            return says("{one} leaves {n} fewer people with {secure_outcomes} than {other}, and {costs}", **who, n=n,
                        costs=money)  # fmt: skip
        return says("{one} leaves {n} more people with {secure_outcomes} than {other}, and {costs}", **who, n=n,
                    costs=money)  # fmt: skip
    costs = say("{who} {costs}", who=who["one"], costs=money)
    if people.verdict == SAME:
        text = says("{one} or {other} makes no difference that matters to people with {secure_outcomes}", **who)
        return text if short == 2 else f"{text}; {costs}"
    text = says("nobody can tell whether {one} or {other} leaves more people with {secure_outcomes}", **who)
    text = text if people.low is None or short == 2 else f"{text}: {persons_between(people, units)}"
    return text if short else f"{text}; {costs}"


def _cost(one: Contrast, units: Units) -> str:
    """ "costs EUR 2.1 million more"; where it is not known which costs more, that."""
    side = CLEAR.get(one.verdict or "")
    if one.verdict == SAME or one.difference == 0:
        return say("costs practically the same")
    if side is None or one.difference is None:
        return say("may cost more or less")
    money = money_said(one.difference, units)
    return say("costs {money} more", money=money) if one.difference > 0 else say("costs {money} less", money=money)


# --- people and money -------------------------------------------------------------------------------------------------


def persons(one: Contrast, units: Units) -> str:
    """ "131 more" or "22 fewer"."""
    n = number(abs(units.people(one.difference or 0.0)))
    return say("{n} fewer", n=n) if _fewer(one, units) else say("{n} more", n=n)


def _fewer(one: Contrast, units: Units) -> bool:
    """Whether it is fewer people rather than more."""
    return round(units.people(one.difference or 0.0)) < 0


def persons_between(one: Contrast, units: Units) -> str:
    """ "41 fewer to 131 more"."""
    if one.low is None or one.high is None:
        return say("not known")
    low, high = units.people(one.low), units.people(one.high)
    small, large = number(abs(low)), number(abs(high))
    if low * high > 0:  # on one side: the smaller first
        if low > 0:
            return say("{low} to {high} more", low=small, high=large)
        return say("{low} to {high} fewer", low=large, high=small)
    if round(low) < 0:
        return say("{low} fewer to {high} more", low=small, high=large)
    return say("{low} more to {high} more", low=small, high=large)


def units_range(one: Contrast, units: Units) -> str:
    """ "−41 to +131"."""
    if one.low is None or one.high is None:
        return ""
    return from_to(number(units.people(one.low), sign=True), number(units.people(one.high), sign=True))


def money_said(euros: float, units: Units) -> str:
    """ "EUR 2.1 million", without a sign."""
    return amount(_millions(euros, units), units, million=True)


def _millions(euros: float, units: Units) -> str:
    """ "2.1": with as many decimals as its size needs, without a sign."""
    size = abs(units.amount(euros)) / 1e6
    return number(size, 0 if size >= 100 else 1 if size >= 1 else 2)


def money_between(one: Contrast, units: Units) -> str:
    """ "EUR 3.0 million less to EUR 20 million more"."""
    if one.low is None or one.high is None:
        return say("money not known")
    low, high = _millions(one.low, units), _millions(one.high, units)
    if one.low > 0:
        return say("{currency} {low} to {high} million more", currency=units.currency, low=low, high=high)
    if one.high < 0:
        return say("{currency} {low} to {high} million less", currency=units.currency, low=high, high=low)
    if one.high > 0:
        return say("{currency} {low} million less to {high} million more", currency=units.currency, low=low, high=high)
    return say("{currency} {low} million less to {high} million less", currency=units.currency, low=low, high=high)
