"""Range controls made from the levers' own entries: label, range, step, explanation, source or the word assumption."""

from __future__ import annotations

from functools import cache
from typing import Any

from analysis.levers import grants_said
from analysis.units import Units
from dashboard.screen import Screen
from dashboard.steps import step
from engine.errors import BadInput
from engine.typed import rounded
from evidence.sources import load_sources
from scenarios.domains import capital
from scenarios.grants_here import grants_here
from scenarios.levers import GROUPS, WHOLES, Lever, load_levers
from scenarios.names import shipped
from scenarios.strategy import find_strategy

# The five practices in their own order, then the rest of what a foundation decides.
PRACTICES = ("learn the system's challenges", "set an example", "coalition of the willing", "start small, conditions",
             "credit")  # fmt: skip
MONEY = "money and timing"
SECTIONS = (("Money and time", (MONEY,)),
            ("More: inside the five practices", PRACTICES),
            ("More: the funder's machinery",
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
                    | {"label": capital(domain.own(lever.name.replace("_", " "))),
                       "meaning": domain.own(lever.meaning), "gain": domain.own(lever.gain),
                       "cost": domain.own(lever.cost), "note": _note(screen, lever, phases)}
                )  # fmt: skip
            title = group[0].upper() + group[1:]
            groups.append({"title": number + title, "section": section if i == 0 else "", "open": group == OPEN,
                           "controls": controls})  # fmt: skip
    return groups


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
                raise BadInput(
                    f"Only {rounded(100 * max(0.0, left))}% is left of the whole", do="Lower another share first"
                )
    return value


def factor(lever: Lever) -> float:
    """Shares are shown in per cent."""
    return 100.0 if lever.unit.startswith("share") else 1.0


def _control(lever: Lever, value: float, home: float, changed: bool) -> dict[str, Any]:
    by = factor(lever)
    unit = lever.unit.replace("share of", "% of").replace("share", "%") if by != 1 else lever.unit
    suffix = (
        "%"
        if by != 1
        else {"months": "months", "EUR": "EUR", "cycles a year": "a year", "grants a year": "a year"}.get(
            lever.unit, ""
        )
    )
    return {
        "name": lever.name, "kind": "switch" if lever.unit == "switch" else "range", "value": by * value,
        "rest": by * home, "home": f"{rounded(by * home)}{'%' if by != 1 else ''}", "low": by * lever.low,
        "high": by * lever.high, "step": _step(lever.name), "unit": unit, "suffix": suffix, "changed": changed,
        "source": source_text(lever.mark, lever.source),
    }  # fmt: skip


def source_text(mark: str, keys: str) -> str:
    """ "Assumption." or who says so."""
    titles = [load_sources()[key].title for key in keys.split() if key in load_sources()]
    who = "; ".join(title if len(title) < 60 else title[:57] + "..." for title in titles[:2])
    word = mark[0].upper() + mark[1:]
    return f"{word}{' (' + who + ')' if who and mark != 'assumption' else ''}."


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
        said.append(f"In {screen.where.title}: {found}." if found else "")
    return " ".join(text for text in said if text)


def _later(lever: Lever, phases: Any) -> str:
    """How the lever moves on in later phases."""
    said, before = [], phases[0][1][lever.name]
    for begins, levers in phases[1:]:
        if levers[lever.name] != before:
            before = levers[lever.name]
            said.append(f"{rounded(factor(lever) * before)}{'%' if factor(lever) != 1 else ''} from month {begins}")
    return f"The strategy goes on to {', '.join(said)}; moving it here holds all the time." if said else ""
