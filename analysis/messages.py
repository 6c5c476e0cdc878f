"""What a presenter says, one message at a time: the verdict, each headline measure, people, money."""

from __future__ import annotations

from analysis.comparison import Comparison
from analysis.contrasts import NOT_KNOWN, Contrast, so_far
from analysis.money import ALL, SECURE, Line, Period, gap_of, monthly, more
from analysis.money_words import span
from analysis.words import RUNS, capital, headline, label, listed, money, number, shown_difference, unit
from model.measures import HEADLINE
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
        one = so_far(compared.summary, name, NOBODY, measure, month)
        said.append(f"{compared.titles[name]} is {_word(one)}{_size(one) if len(compared.names) <= IN_FULL else ''}")
    if not said:
        return "This is what happens without a foundation."
    return f"{label(measure, compared.domain)}, {compared.after(month)}: {listed(said)} against no foundation."


def _word(one: Contrast) -> str:
    return f"{one.verdict} ({RUNS})" if one.verdict == NOT_KNOWN else str(one.verdict)


def _size(one: Contrast) -> str:
    """(+0.42 points); nothing where a message must not suggest that it is known."""
    if one.verdict == NOT_KNOWN or one.difference is None:
        return ""
    return f" ({shown_difference(one.measure, one.difference)} {unit(one.measure, difference=True)})"


def _people(compared: Comparison) -> str:
    """How many people have what they need in the end, and how many are in the crisis service."""
    month, words = compared.when[-1], compared.domain.words
    crisis = Line("crisis", "people in the crisis service", ("crisis",))
    secure, beds = (
        float(monthly(compared.summary, NOBODY, line)[:, month].mean()) for line in (SECURE, crisis)
    )  # without a foundation
    said = [f"{compared.titles[name]}: {_than(compared, name, SECURE, (month, month))} and "
            f"{_than(compared, name, crisis, (month, month))}" for name in compared.names]  # fmt: skip
    opening = (f"{capital(compared.after(month))} and without a foundation, {number(secure)} people have "
               f"{words['secure_outcomes']} and {number(beds)} are {words['crisis']}")  # fmt: skip
    return f"{opening}. {'; '.join(said)}." if said else f"{opening}."


def _than(compared: Comparison, name: str, line: Line, period: Period, euros: bool = False) -> str:
    """22 more, 11 fewer, the same, or that nobody can tell."""
    gap = gap_of(more(compared.summary, name, line, period))
    if gap.low == gap.high == 0:
        return "the same"
    if gap.clear == 0:
        return "no difference that these runs can tell" if len(compared.names) <= IN_FULL else NOT_KNOWN
    if euros:
        return f"{money(abs(gap.mean))} {'more' if gap.clear > 0 else 'less'}"
    return f"{number(abs(gap.mean))} {'more' if gap.clear > 0 else 'fewer'}"


def _money(compared: Comparison) -> str:
    """What strategies cost more, all payers together, and how many secure months more that buys."""
    whole = (1, compared.summary.months - 1)
    what = compared.domain.words["secure_outcome"]
    said = [f"{compared.titles[name]}: {_than(compared, name, ALL, whole, euros=True)}, "
            f"{_than(compared, name, SECURE, whole)}" for name in compared.names]  # fmt: skip
    if not said:
        return "This is what happens without a foundation."
    return f"Over {span(whole[1])}, spending and months of {what} against no foundation – {'; '.join(said)}."
