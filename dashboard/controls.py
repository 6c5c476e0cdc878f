"""Range controls made from the levers' own entries: label, range, step, explanation, source or the word assumption."""

from __future__ import annotations

from functools import cache
from typing import Any

from analysis.levers import grants_said
from analysis.units import Units
from dashboard.screen import Screen
from dashboard.steps import step
from dashboard.texts import rounded as shown
from engine.errors import BadInput
from engine.typed import rounded
from evidence.sources import load_sources
from scenarios.domains import Domain, capital
from scenarios.grants_here import grants_here
from scenarios.language import N_, say
from scenarios.levers import GROUPS, WHOLES, Lever, load_levers
from scenarios.names import shipped
from scenarios.strategy import find_strategy

# The five practices in their own order, then the rest of what a foundation decides.
PRACTICES = ("learn the system's challenges", "set an example", "coalition of the willing", "start small, conditions",
             "credit")  # fmt: skip
MONEY = "money and timing"
SECTIONS = ((N_("Money and time"), (MONEY,)),
            (N_("More: inside the five practices"), PRACTICES),
            (N_("More: the funder's machinery"),
             tuple(group for group in GROUPS if group not in (*PRACTICES, MONEY))))  # fmt: skip
OPEN = MONEY


def lever_groups(screen: Screen, which: int) -> list[dict[str, Any]]:
    """What `parts.Ranges` shows of one strategy's levers, in the domain's words."""
    choice, domain = screen.choices[which], screen.domain
    everybody = {name: value for name, value in screen.settings if name in load_levers()}
    phases = choice.strategy().settings(everybody)
    usual = type(choice)(choice.name).strategy().settings()
    groups = []
    for section, names in SECTIONS:
        for i, group in enumerate(names):
            number = f"{i + 1}  " if names is PRACTICES else ""
            controls = []
            for lever in (one for one in load_levers().values() if one.group == group):
                values = [levers[lever.name] for _, levers in phases]
                home = [levers[lever.name] for _, levers in usual]
                controls.append(
                    _control(lever, values[0], home[0], lever.name in choice.levers or lever.name in everybody)
                    | {"label": lever_title(domain, lever.name),
                       "meaning": domain.own(lever.meaning), "gain": domain.own(lever.gain),
                       "cost": domain.own(lever.cost), "note": _note(screen, lever, phases)}
                )  # fmt: skip
            title = capital(say(group))
            groups.append({"title": number + title, "section": say(section) if i == 0 else "", "open": group == OPEN,
                           "controls": controls})  # fmt: skip
    return groups


def lever_title(domain: Domain, name: str) -> str:
    """What a lever is called on a screen: its name as words."""
    return capital(domain.own(name.replace("_", " ")))


def from_screen(name: str, value: float) -> float:
    """What a control shows as the lever's own number."""
    return float(rounded(value / factor(load_levers()[name])))


def check_room(screen: Screen, which: int, name: str, value: float) -> float:
    """`value`, or the most that its whole has left; shares of one whole cannot exceed it in any phase."""
    for names in WHOLES:
        if name in names:
            everybody = {lever: v for lever, v in screen.settings if lever in load_levers()}
            phases = screen.choices[which].strategy().settings(everybody)
            left = min(1 - sum(levers[other] for other in names if other != name) for _, levers in phases)
            if value > left + 1e-9:
                raise BadInput(say("Only {share}% is left of the whole", share=shown(100 * max(0.0, left))),
                               do=say("Lower another share first"))  # fmt: skip
    return value


def factor(lever: Lever) -> float:
    """Shares are shown in per cent."""
    return 100.0 if lever.unit.startswith("share") else 1.0


def in_per_cent(unit: str) -> str:
    """What stands after a share in per cent: "% of spending" of "share of spending"."""
    return unit.replace("share of", "% of").replace("share", "%")


SUFFIXES = {"months": N_("months"), "EUR": "EUR", "cycles a year": N_("a year"), "grants a year": N_("a year")}


def _control(lever: Lever, value: float, home_value: float, changed: bool) -> dict[str, Any]:
    by = factor(lever)
    unit = say(in_per_cent(lever.unit) if by != 1 else lever.unit)
    suffix = "%" if by != 1 else say(SUFFIXES.get(lever.unit, ""))
    home = say("{number}%", number=shown(by * home_value)) if by != 1 else shown(by * home_value)
    return {
        "name": lever.name, "kind": "switch" if lever.unit == "switch" else "range", "value": by * value,
        "rest": by * home_value, "home": home, "low": by * lever.low,
        "high": by * lever.high, "step": _step(lever.name), "unit": unit, "suffix": suffix, "changed": changed,
        "source": source_text(lever.mark, lever.source),
    }  # fmt: skip


def source_text(mark: str, keys: str) -> str:
    """ "Assumption." or who says so."""
    titles = [load_sources()[key].title for key in keys.split() if key in load_sources()]
    who = "; ".join(title if len(title) < 60 else title[:57] + "..." for title in titles[:2])
    word = capital(say(mark))
    return say("{mark} ({who}).", mark=word, who=who) if who and mark != "assumption" else f"{word}."


@cache
def _step(name: str) -> float:
    """Every value that ships is on a step."""
    lever = load_levers()[name]
    by, ships = factor(lever), [lever.rest, lever.high]
    ships += [levers[name] for one in shipped("strategy") for _, levers in find_strategy(one).settings()]
    return step(by * lever.low, by * lever.high, [by * value for value in ships], lever.unit == "months")


def _note(screen: Screen, lever: Lever, phases: Any) -> str:
    """How the lever moves on in later phases; of grants, how many there are here and of how much."""
    said = [_later(lever, phases)]
    if lever.name == "grants_per_provider":
        here = screen.scenarios[0]
        found = grants_said(grants_here(phases, here.parameters()[0]), Units.of(here))
        said.append(say("In {place}: {grants}.", place=screen.where.title, grants=found) if found else "")
    return " ".join(text for text in said if text)


def _later(lever: Lever, phases: Any) -> str:
    """How the lever moves on in later phases."""
    said, before = [], phases[0][1][lever.name]
    for begins, levers in phases[1:]:
        if levers[lever.name] != before:
            before = levers[lever.name]
            text = N_("{value}% from month {month}") if factor(lever) != 1 else N_("{value} from month {month}")
            said.append(say(text, value=shown(factor(lever) * before), month=begins))
    return say("The strategy goes on to {phases}; moving it here holds all the time.",
               phases=", ".join(said)) if said else ""  # fmt: skip
