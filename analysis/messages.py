"""What a presenter says, one message at a time: the verdict, each headline measure, people, money."""

from __future__ import annotations

from analysis.answer import headline
from analysis.comparison import Comparison
from analysis.contrasts import CLEAR, NOT_KNOWN, Contrast
from analysis.words import PEOPLE, RUNS, SPENT, label, listed, money, number, shown_difference, unit
from model.measures import HEADLINE
from scenarios.domains import capital
from scenarios.scenario import NOBODY

ORDER = ("verdict", *HEADLINE, "people", "money")
IN_FULL = 2  # strategies of which a message has room for numbers


def message(compared: Comparison, which: str) -> str:
    """One of ORDER, in some thirty words."""
    if which == "verdict":
        return headline(compared)
    if which == "people":
        return _people(compared)
    return _money(compared) if which == "money" else _measure(compared, which)


def _measure(compared: Comparison, measure: str) -> str:
    """How each strategy compares with no foundation, at the last moment."""
    month = compared.when[-1]
    said = []
    for name in compared.names:
        one = compared.contrast(name, NOBODY, measure, month)
        if one.verdict is None:
            said.append(f"{compared.titles[name]} could not be carried out")
            continue
        size = _size(compared, one) if len(compared.names) <= IN_FULL else ""
        said.append(f"{compared.titles[name]} is {_word(one)}{size}")
    if not said:
        return "This is what happens without a foundation."
    return f"{label(measure, compared.domain)}, {compared.after(month)}: {listed(said)} against no foundation."


def _word(one: Contrast) -> str:
    return f"{one.verdict} ({RUNS})" if one.verdict == NOT_KNOWN else str(one.verdict)


def _size(compared: Comparison, one: Contrast) -> str:
    """(+42 people); nothing where a message must not suggest that it is known."""
    if one.verdict not in CLEAR or one.difference is None:
        return ""
    gap = shown_difference(one.measure, one.difference, compared.units)
    return f" ({gap} {unit(one.measure, True, compared.units)})"


def _people(compared: Comparison) -> str:
    """How many people have what they need in the end, and how many have not."""
    month, words, units = compared.when[-1], compared.domain.words, compared.units
    without, secure = (units.people(compared.mean(NOBODY, name, month)) for name in ("without_home", PEOPLE))
    said = [f"{compared.titles[name]}: {_than(compared, name, PEOPLE)} with and "
            f"{_than(compared, name, 'without_home')} without" for name in compared.names]  # fmt: skip
    opening = (f"{capital(compared.after(month))} and without a foundation, {number(secure)} people have "
               f"{words['secure_outcomes']} and {number(without)} have none")  # fmt: skip
    return f"{opening}. {'. '.join(said)}." if said else f"{opening}."


def _than(compared: Comparison, name: str, measure: str) -> str:
    """22 more, 11 fewer, the same, or that nobody can tell."""
    one, money_ = compared.contrast(name, NOBODY, measure, compared.when[-1]), measure == SPENT
    if one.low is None or one.high is None or one.difference is None:
        return NOT_KNOWN
    if one.low == one.high == 0:
        return "the same"
    if one.low <= 0 <= one.high:
        return "no difference that these runs can tell" if len(compared.names) <= IN_FULL else NOT_KNOWN
    if money_:
        return f"{money(abs(one.difference), compared.units)} {'more' if one.low > 0 else 'less'}"
    return f"{number(compared.units.people(abs(one.difference)))} {'more' if one.low > 0 else 'fewer'}"


def _money(compared: Comparison) -> str:
    """What strategies cost more, all payers together, and how many people more have what they need."""
    what = compared.domain.words["secure_outcomes"]
    said = [f"{compared.titles[name]}: {_than(compared, name, SPENT)}, {_than(compared, name, PEOPLE)}"
            for name in compared.names]  # fmt: skip
    if not said:
        return "This is what happens without a foundation."
    return (f"{capital(compared.after(compared.when[-1]))}, all spending so far and people with {what}, against no "
            f"foundation. {'. '.join(said)}.")  # fmt: skip
