"""The sentence for a board: what each strategy leaves people and what that costs, against no foundation.

A clause a strategy: people as the 95% interval with its verdict, then money as its interval.

    Against no foundation, 48 months on, people with secure tenancies: Catalytic philanthropy −22 to +41 (not known) for
    EUR 2.1 to 9.0 million, User-centred +12 to +131 (better, size open) for 4.0 to 28.0 million. Places: not known,
    more. Fit: practically the same.

Never more than MOST words, and no semicolon.  What does not fit goes, in the order of FORMS: places and fit; why
somebody was not carried out; the moment, or the ends of intervals; both; the long word for what people have.  Beside
the sentence stands what went (`left_out`) and where places rise and fit does not (`relabelled`).  More than IN_FULL
strategies, or clauses that do not fit at all, are ranked: who comes first, and how many cannot be told from it.  A
strategy that was not carried out has no clause and no rank.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.contrasts import BETTER, BETTER_OPEN, CLEAR, NOT_KNOWN, WORSE, WORSE_OPEN, Contrast
from analysis.units import Units
from analysis.words import (
    BRIEF,
    EVIDENCE,
    FIT,
    NOTHING_TO_COMPARE,
    PEOPLE,
    PLACES,
    SPENT,
    amount,
    beside,
    from_to,
    homes_instead,
    how_sure,
    interval,
    listed,
    number,
    shown_difference,
    units_said,
)
from model.measures import HEADLINE
from scenarios.domains import capital
from scenarios.language import N_, say
from scenarios.scenario import NOBODY

if TYPE_CHECKING:
    from analysis.comparison import Comparison

MOST = 40  # words of a sentence
IN_FULL = 4  # strategies that the sentence has a clause for; more are ranked
LONGEST_TITLE = 5  # words; a strategy with a longer title is called by its name
NO_VERDICT = N_("no verdict")

Found = Mapping[str, Mapping[str, Contrast]]  # by strategy and measure

# What a verdict says of places and of fit where there is room for one word; their sizes are in the table.
ONE_WORD = {
    PLACES: {BETTER: N_("more"), BETTER_OPEN: N_("more"), WORSE: N_("fewer"), WORSE_OPEN: N_("fewer")},
    FIT: {BETTER: BETTER, BETTER_OPEN: BETTER, WORSE: WORSE, WORSE_OPEN: WORSE},
}


@dataclass(frozen=True, slots=True)
class Form:
    """How much a sentence says.  failed: of those not carried out, why, only who, or only how many."""

    points: bool = True  # places and fit
    failed: str = "why"
    when: bool = True
    ends: bool = True  # of intervals
    outcome: str = "secure_outcomes"  # or "homes", the domain's shorter word


FULL = Form()
FORMS = (
    FULL,
    Form(points=False),
    Form(points=False, failed="who"),
    Form(points=False, failed="who", when=False),
    Form(points=False, failed="who", ends=False),
    Form(points=False, failed="who", when=False, ends=False),
    Form(points=False, failed="how many", when=False),
    Form(points=False, failed="how many", ends=False),
    Form(points=False, failed="how many", when=False, ends=False),
    Form(points=False, failed="how many", when=False, ends=False, outcome="homes"),
)
OF_MANY = tuple(dict.fromkeys(replace(form, failed="how many") for form in FORMS[1:]))  # the same in a ranking


def sentence(compared: Comparison) -> str:
    """What a board reads first."""
    return _told(compared)[0]


def left_out(compared: Comparison) -> str:
    """What the sentence has no room for: why somebody was not carried out, places and fit; "" if nothing."""
    _, form, found = _told(compared)
    said = []
    if form.failed != "why" and len(compared.not_carried_out) <= IN_FULL:
        said += _why_not(compared, compared.titles)
    if not form.points and 0 < len(found) <= IN_FULL:
        for measure in (PLACES, FIT):
            words = [f"{compared.titles[name]} {_one_word(each[measure])}" for name, each in found.items()]
            said.append(f"{capital(say(BRIEF[measure]))}: {', '.join(words)}.")
    return " ".join(said)


def relabelled(compared: Comparison) -> str:
    """Where places rise and how well they fit does not, as far as is known; "" if nowhere."""
    month, more = compared.when[-1], (BETTER, BETTER_OPEN)
    no_better, not_known = list[str](), list[str]()
    for name in (name for name in compared.names if name not in compared.not_carried_out):
        places, fit = (compared.contrast(name, NOBODY, measure, month).verdict for measure in (PLACES, FIT))
        if places in more and fit not in more:
            (not_known if fit in (None, NOT_KNOWN) else no_better).append(compared.titles[name])
    says, these = compared.domain.says, {"no_better": listed(no_better), "not_known": listed(not_known)}
    if no_better and not_known:
        return says("Places rise with {no_better} and fit does not; places rise with {not_known} and whether fit does "
                    "is not known: these may be {relabelled}.", **these)  # fmt: skip
    if no_better:
        return says("Places rise with {no_better} and fit does not: these may be {relabelled}.", **these)
    if not_known:
        return says(
            "Places rise with {not_known} and whether fit does is not known: these may be {relabelled}.", **these
        )
    return ""


def aside(compared: Comparison) -> str:
    """What stands beside the sentence: the rest, one strategy against the other, how sure, in what money, and that it
    is a model."""
    parts = [
        left_out(compared),
        relabelled(compared),
        homes_instead(compared),
        beside(compared),
        how_sure(compared),
        *units_said(compared),
        _no_forecast(compared),
    ]
    return " ".join(part for part in parts if part)


def _told(compared: Comparison) -> tuple[str, Form, Found]:
    """The sentence, its form, and the contrasts of those that were carried out."""
    if not compared.names:
        return say(NOTHING_TO_COMPARE), FULL, {}
    month, called = compared.when[-1], _called(compared)
    names = [name for name in compared.names if name not in compared.not_carried_out]
    found = {name: {m: compared.contrast(name, NOBODY, m, month) for m in HEADLINE} for name in names}
    text, form = "", FULL
    for form in FORMS if len(names) <= IN_FULL else ():
        text = _join(*_failed(compared, called, form), _clauses(compared, called, found, form))
        if len(text.split()) <= MOST:
            return text, form, found
    alike = _alike(compared, found)
    for form in OF_MANY:
        text = _join(_ranking(compared, called, found, alike, form), *_failed(compared, called, form))
        if len(text.split()) <= MOST:
            break
    return text, form, found


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _called(compared: Comparison) -> dict[str, str]:
    """What each strategy is called in few words: its title to the colon, or its name where that is long or shared."""
    short = {name: re.sub(r":\s[^(\]]*", " ", compared.titles[name]).strip() for name in compared.names}
    every = list(short.values())
    return {
        name: title
        if every.count(title) == 1 and len(title.split()) <= LONGEST_TITLE and ";" not in title
        else "_".join(name.replace(";", " ").split())
        for name, title in short.items()
    }


# --- clauses ----------------------------------------------------------------------------------------------------------


def _clauses(compared: Comparison, called: Mapping[str, str], found: Found, form: Form) -> str:
    """A clause for each strategy, and a word each on places and fit."""
    said, named = [], False
    for name, each in found.items():
        money = spending(each[SPENT], compared.units, not named, form.ends)
        named = named or compared.units.currency in money
        said.append(f"{called[name]} {_people(each[PEOPLE], compared.units, form)} {money}")
    if not said:
        return ""
    return f"{_against(compared, form)}: {', '.join(said)}." + (f" {_points(found)}" if form.points else "")


def _against(compared: Comparison, form: Form) -> str:
    """ "Against no foundation, 48 months on, people with secure tenancies"."""
    what = compared.domain.word(form.outcome)
    if form.when:
        return say("Against no foundation, {when}, people with {what}", when=_later(compared), what=what)
    return say("Against no foundation, people with {what}", what=what)


def _later(compared: Comparison) -> str:
    """ "48 months on": after the programme's end, which `units_said` says in full."""
    month = compared.when[-1]
    if compared.programme is None or month == compared.programme[1]:
        return compared.after(month)
    return say("{months} months on", months=month - compared.programme[1])


def _people(one: Contrast, units: Units, form: Form) -> str:
    """ "−41 to +131 (not known)"; without ends a number only where it is known on which side it lies: "(not known)"."""
    verdict = one.verdict or NO_VERDICT
    word = say(verdict)
    if form.ends and one.low is not None:
        ends = interval(PEOPLE, one.low, one.high, units)
        return f"{shown_difference(PEOPLE, one.low, units) if one.low == one.high else ends} ({word})"
    known = verdict in CLEAR and one.difference is not None
    return f"{shown_difference(PEOPLE, one.difference, units)} ({word})" if known else f"({word})"


def spending(one: Contrast, units: Units, named: bool = True, ends: bool = True) -> str:
    """ "for EUR 2 to 28 million", "saving EUR 2 to 5 million", "for EUR −3 to +20 million" or "for nothing more".

    named: with the currency.  ends: the interval; else the mean, where it is known that more or less is spent.
    """
    given = [one.difference, one.difference] if one.low is None else [one.low, one.high]
    low, high = (None if end is None else units.amount(end) / 1e6 for end in given)
    if low is None or high is None:
        return say("for a sum not known")
    if low == high == 0:
        return say("for nothing more")
    if not ends:
        if low < 0 < high or one.difference is None:
            return say("for a sum not known")
        low = high = units.amount(one.difference) / 1e6
    digits = 0 if min(abs(low), abs(high)) >= 10 else 1 if max(abs(low), abs(high)) >= 1 else 2
    if low < 0 < high:
        text = _millions(number(low, digits, sign=True), number(high, digits, sign=True), units, named)
        return say("for {sum}", sum=text)
    small, large = (number(end, digits) for end in sorted((abs(low), abs(high))))
    text = _millions(small, large, units, named)
    return say("saving {sum}", sum=text) if high <= 0 else say("for {sum}", sum=text)


def _millions(low: str, high: str, units: Units, named: bool) -> str:
    """ "EUR 2.1 to 9.0 million", or without the currency."""
    text = low if low == high else from_to(low, high)
    return amount(text, units, million=True) if named else say("{number} million", number=text)


def _points(found: Found) -> str:
    """ "Places: not known, more. Fit: better.": a word for each strategy, in the order of the clauses."""
    said = []
    for measure in (PLACES, FIT):
        words = [_one_word(each[measure]) for each in found.values()]
        said.append(words[0] if len(set(words)) == 1 else ", ".join(words))
    mine, other = said
    if mine == other:
        return say("Places and fit: {words}.", words=mine)
    return say("Places: {places}. Fit: {fit}.", places=mine, fit=other)


def _one_word(one: Contrast) -> str:
    return say(ONE_WORD[one.measure].get(one.verdict or "", one.verdict or NO_VERDICT))


# --- a ranking --------------------------------------------------------------------------------------------------------


def ranked(found: Found) -> list[str]:
    """Strategies by people, the most first; those without a number last."""
    sizes = {name: each[PEOPLE].difference for name, each in found.items()}
    return sorted(sizes, key=lambda name: (sizes[name] is None, -(sizes[name] or 0.0), name))


def _alike(compared: Comparison, found: Found) -> int:
    """How many cannot be told from the first."""
    order, month = ranked(found), compared.when[-1]
    against = [compared.contrast(order[0], name, PEOPLE, month) for name in order[1:]]
    return sum(one.low is None or one.low <= 0 for one in against)


def _ranking(compared: Comparison, called: Mapping[str, str], found: Found, alike: int, form: Form) -> str:
    """Of many strategies the one with most people, and how many cannot be told from it."""
    if not found:
        return ""
    opening, first = _against(compared, form), ranked(found)[0]
    if found[first][PEOPLE].difference is None:
        return say("{opening}: not known for any of {count} strategies.", opening=opening, count=len(found))
    people = _people(found[first][PEOPLE], compared.units, form)
    money = spending(found[first][SPENT], compared.units, ends=form.ends)
    others = say("{alike} cannot be told from it", alike=alike) if alike else say("All others have fewer")
    return say("{opening}: {first} ranks first of {count}, {people} {money}. {others}.", opening=opening,
               first=called[first], count=len(found), people=people, money=money, others=others)  # fmt: skip


# --- who could not be carried out -------------------------------------------------------------------------------------


def _failed(compared: Comparison, called: Mapping[str, str], form: Form) -> Sequence[str]:
    """Who could not be carried out: why, only who, or only how many."""
    failed = [called[name] for name in compared.not_carried_out]
    if not failed:
        return []
    if form.failed == "why":
        return _why_not(compared, called)
    if form.failed == "who":
        return [say("{who} could not be carried out.", who=listed(failed))]
    return [say("{failed} of {all} could not be carried out.", failed=len(failed), all=len(compared.names))]


def _why_not(compared: Comparison, called: Mapping[str, str]) -> list[str]:
    return [say("{who} could not be carried out: {why}.", who=called[name], why=why)
            for name, why in compared.not_carried_out.items()]  # fmt: skip


def _no_forecast(compared: Comparison) -> str:
    """In whose world, and that it is no forecast."""
    place, world = compared.place.title, compared.worldview
    if world.name == EVIDENCE:
        return say("In a model of {place}, not a forecast.", place=place)
    return say("In a model of {place}, as the worldview '{world}' sees it, not a forecast.", place=place,
               world=world.title)  # fmt: skip
