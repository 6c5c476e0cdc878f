"""What a presenter says, one message at a time: the verdict, each headline measure, people, money."""

from __future__ import annotations

from analysis.answer import headline
from analysis.comparison import Comparison
from analysis.contrasts import CLEAR, NOT_KNOWN, Contrast
from analysis.words import PEOPLE, RUNS, SPENT, in_words, label, listed, money, number, shown_difference, unit
from model.measures import HEADLINE
from scenarios.language import N_, say
from scenarios.scenario import NOBODY

ORDER = ("verdict", *HEADLINE, "people", "money")
NOTHING = N_("This is what happens without a foundation.")
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
    said, unknown = [], []
    for name in compared.names:
        one, who = compared.contrast(name, NOBODY, measure, month), compared.titles[name]
        if one.verdict is None:
            said.append(say("{who} could not be carried out", who=who))
        elif one.verdict == NOT_KNOWN:
            unknown.append(who)
        else:
            size = _size(compared, one) if len(compared.names) <= IN_FULL else ""
            said.append(say("{who} is {verdict}", who=who, verdict=f"{in_words(one)}{size}"))
    about = {"measure": label(measure, compared.domain), "when": compared.after(month)}
    if said and unknown:
        text = N_("{measure}, {when}: {strategies} against no foundation; of {who} it is not known ({why}).")
    elif said:
        text = N_("{measure}, {when}: {strategies} against no foundation.")
    elif len(unknown) > 1:
        text = N_("{measure}, {when}: what {who} change against no foundation is not known ({why}).")
    elif unknown:
        text = N_("{measure}, {when}: what {who} changes against no foundation is not known ({why}).")
    else:
        return say(NOTHING)
    return say(text, **about, strategies=listed(said) if said else "", who=listed(unknown) if unknown else "",
               why=say(RUNS))  # fmt: skip


def _size(compared: Comparison, one: Contrast) -> str:
    """(+42 people); nothing where a message must not suggest that it is known."""
    if one.verdict not in CLEAR or one.difference is None:
        return ""
    gap = shown_difference(one.measure, one.difference, compared.units)
    return f" ({gap} {unit(one.measure, True, compared.units)})"


def _people(compared: Comparison) -> str:
    """How many people have what they need in the end, and how many have not."""
    month, units = compared.when[-1], compared.units
    without, secure = (units.people(compared.mean(NOBODY, name, month)) for name in ("without_home", PEOPLE))
    said = [say("{who}: {secure} with and {without} without.", who=compared.titles[name],
                secure=_than(compared, name, PEOPLE), without=_than(compared, name, "without_home"))
            for name in compared.names]  # fmt: skip
    opening = compared.domain.says(
        "{When} and without a foundation, {secure} people have {secure_outcomes} and {without} have none.",
        when=compared.after(month), secure=number(secure), without=number(without),
    )  # fmt: skip
    return " ".join([opening, *said])


def _than(compared: Comparison, name: str, measure: str) -> str:
    """22 more, 11 fewer, the same, or that nobody can tell."""
    one, money_ = compared.contrast(name, NOBODY, measure, compared.when[-1]), measure == SPENT
    if one.low is None or one.high is None or one.difference is None:
        return say(NOT_KNOWN)
    if one.low == one.high == 0:
        return say("the same")
    if one.low <= 0 <= one.high:
        return say("no difference that these runs can tell") if len(compared.names) <= IN_FULL else say(NOT_KNOWN)
    if money_:
        n = money(abs(one.difference), compared.units)
        return say("{n} more", n=n) if one.low > 0 else say("{n} less", n=n)
    n = number(compared.units.people(abs(one.difference)))
    return say("{n} more", n=n) if one.low > 0 else say("{n} fewer", n=n)


def _money(compared: Comparison) -> str:
    """What strategies cost more, all payers together, and how many people more have what they need."""
    said = [f"{compared.titles[name]}: {_than(compared, name, SPENT)}, {_than(compared, name, PEOPLE)}"
            for name in compared.names]  # fmt: skip
    if not said:
        return say(NOTHING)
    opening = compared.domain.says(
        "{When}, all spending so far and people with {secure_outcomes}, against no foundation.",
        when=compared.after(compared.when[-1]),
    )  # fmt: skip
    return f"{opening} {'. '.join(said)}."
