"""What a presenter says, one message at a time: the verdict, each headline measure, people, money."""

from __future__ import annotations

from analysis.comparison import Comparison
from analysis.contrasts import Contrast, so_far
from analysis.money import ALL, SECURE, gap_of, more
from analysis.money_words import millions, span
from analysis.people import SECURE as SECURE_PLACES
from analysis.words import RUNS, headline, label, listed, number, shown_difference, unit
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
    return f"{one.verdict} ({RUNS})" if one.verdict == "not known" else str(one.verdict)


def _size(one: Contrast) -> str:
    """(+0.42 points); nothing where a message must not suggest that it is known."""
    if one.verdict == "not known" or one.difference is None:
        return ""
    return f" ({shown_difference(one.measure, one.difference)} {unit(one.measure, difference=True)})"


def _people(compared: Comparison) -> str:
    """How many people have what they need in the end, and how many are in the crisis service."""
    month, words = compared.when[-1], compared.domain.words
    from_here = {name: _counted(compared, name, month) for name in (NOBODY, *compared.names)}
    secure, crisis = from_here[NOBODY]
    opening = (f"{_cap(compared.after(month))}, {number(secure)} people have {words['secure_outcomes']} and "
               f"{number(crisis)} are {words['crisis']} without a foundation")  # fmt: skip
    said = [f"{compared.titles[name]} {number(own[0] - secure, sign=True)} and {number(own[1] - crisis, sign=True)}"
            for name, own in from_here.items() if name != NOBODY]  # fmt: skip
    return f"{opening}; {listed(said)}." if said else f"{opening}."


def _counted(compared: Comparison, name: str, month: int) -> tuple[float, float]:
    return (
        sum(float(compared.summary.of(name, place)[:, month].mean()) for place in SECURE_PLACES),
        float(compared.summary.of(name, "crisis")[:, month].mean()),
    )


def _money(compared: Comparison) -> str:
    """What strategies cost more, all payers together, and how many secure months more that buys."""
    months = compared.summary.months - 1
    what = compared.domain.words["secure_outcome"]
    said = []
    for name in compared.names:
        euros, secure = (gap_of(more(compared.summary, name, line, (1, months))) for line in (ALL, SECURE))
        money = f"EUR {millions(euros.mean, True)} million" if euros.clear else "no cost that these runs can tell"
        bought = number(secure.mean, sign=True) if secure.clear else "no change that these runs can tell"
        said.append(f"{compared.titles[name]} {money} and {bought}")
    if not said:
        return "This is what happens without a foundation."
    return f"Over {span(months)}, all spending and months of {what} against no foundation: {'; '.join(said)}."


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]
