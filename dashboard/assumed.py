"""Every number of the model as parts/assumptions.vue shows it: value, range, unit, mark, source, note, and whose it is.

Numbers are in the quantity's own unit, as `--set` takes them (money in EUR).  What ships is made once for each place
and worldview; what somebody changed is a small table beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from analysis.decides import BLUEPRINT, CONVENTION, WIDTH
from analysis.importance import ranges
from analysis.words import from_to, plain
from dashboard.controls import lever_title
from dashboard.screen import Screen
from dashboard.steps import step
from engine.errors import OutOfRange
from evidence.quantities import Quantity, inputs
from evidence.sources import load_sources
from evidence.units import is_counted
from scenarios.domains import Domain, capital
from scenarios.language import N_, say
from scenarios.levers import load_levers
from scenarios.names import shipped
from scenarios.places import Figure, Place
from scenarios.worldviews import Worldview, find_worldview

DECIDES = {*CONVENTION, *BLUEPRINT, *WIDTH}
# What each file of evidence/quantities/ is about.
TOPICS = {
    "people": N_("{service_users}: who they are and how they move"),
    "services": N_("Services: design, fidelity, obstacles, survival"),
    "minds": N_("{professionals} and {managers}: what they believe and do"),
    "funders": N_("{foundation} and {commissioner}: money and decisions"),
    "place": N_("The place: its size, supply and prices"),
}


@dataclass(frozen=True)
class Catalogue:
    """All parameters of one place in one worldview.  `entries` and `sources` are plain data for the browser."""

    entries: list[dict[str, Any]]
    sources: dict[str, dict[str, str]]
    topics: list[dict[str, str]]
    homes: dict[str, float]


def catalogue(screen: Screen) -> Catalogue:
    """Every parameter's value in the screen's place and worldview before anybody touched it, and why we believe it."""
    return _catalogue(Screen(screen.place, screen.worldview, own=screen.own))


@lru_cache(maxsize=32)
def _catalogue(screen: Screen) -> Catalogue:
    where, domain, homes = screen.where, screen.domain, screen.homes
    worldview = domain.told(screen.outlook)
    worlds = [domain.told(find_worldview(name)) for name in shipped("worldview")]
    entries = [_entry(quantity, where, worldview, worlds, domain, homes[name]) for name, quantity in inputs().items()]
    entries.sort(key=lambda entry: (list(TOPICS).index(entry["topic"]), entry["title"].lower()))
    used = {key for entry in entries for key in entry["sources"]}
    sources = {
        key: {"title": one.title, "address": one.address, "note": one.note,
              "seen": say("the page was read") if one.seen else say("quoted from memory, not checked")}
        for key, one in load_sources().items() if key in used
    }  # fmt: skip
    topics = [{"name": name, "title": capital(domain.says(title))} for name, title in TOPICS.items()]
    return Catalogue(entries, sources, topics, homes)


def changed(screen: Screen) -> list[dict[str, Any]]:
    """Everything that is set for the whole world: what it was, what it is; levers of every strategy among it."""
    found, homes = [], catalogue(screen).homes
    entries = catalogue(screen).entries
    titles = {entry["name"]: (entry["title"], entry["unit"]) for entry in entries}
    for name, value in screen.settings:
        if name in homes:
            title, unit = titles[name]
            found.append({"name": name, "title": title, "value": value, "home": homes[name], "unit": unit})
        else:
            lever = load_levers()[name]
            title = say("{lever} (lever, in every strategy)", lever=lever_title(screen.domain, name))
            found.append({"name": name, "title": title, "value": value, "home": None, "unit": say(lever.unit)})
    return found


def check_plausible(screen: Screen, name: str, value: float) -> float:
    """`value` if it lies in the parameter's plausible range here, or is its off value, or what ships."""
    of, quantity = ranges(screen.where)[name], inputs()[name]
    home = catalogue(screen).homes[name]
    if not (of.low <= value <= of.high or value in (quantity.off, home)):
        also = "" if quantity.off is None else f"Or {plain(quantity.off)}, which switches it off"
        raise OutOfRange(name, value, of.low, of.high, unit=quantity.unit, do=also)
    return float(round(value)) if is_counted(quantity.unit) else value


def _entry(
    quantity: Quantity, place: Place, world: Worldview, worlds: list[Worldview], domain: Domain, home: float
) -> dict[str, Any]:
    figure, name = place.figures.get(quantity.name), quantity.name
    of, said_by = ranges(place)[name], []
    if quantity.value is not None and (figure or name in domain.values or name in world.values):
        said_by.append(say("Usually {value}.", value=plain(quantity.value)))
    if name in domain.values:
        said_by.append(say("In {field}: {value}.", field=say(domain.title), value=plain(domain.values[name])))
    if figure is not None:
        said_by.append(_of_place(figure, place))
    if name in world.values:
        said_by.append(
            say("The worldview '{world}' sets it to {value}.", world=world.title, value=plain(world.values[name]))
        )
    others = [f"{one.title} {plain(one.values[name])}" for one in worlds if name in one.values]
    if others:
        said_by.append(say("Worldviews that set it: {worlds}.", worlds=", ".join(others)))
    trust = figure or quantity
    supplied = home != (
        figure.in_model[0] if figure else quantity.value
    )  # by a domain or a worldview: nobody's finding
    whose = "worldview" if name in world.values else "place" if figure else "domain" if name in domain.values else ""
    keys = re.findall(r"\b[SR]\d+\b", trust.source)
    return {
        "name": name, "title": domain.own(quantity.meaning).rstrip("."), "topic": _topic(quantity),
        "unit": domain.own(quantity.unit), "home": home, "low": of.low, "high": of.high,
        "step": step(of.low, of.high, [home], is_counted(quantity.unit)), "off": quantity.off,
        "mark": "assumption" if supplied else trust.mark,
        "sources": keys, "of_usual": supplied,
        "words": "" if keys or not trust.source else trust.source, "note": domain.own(trust.note or quantity.note),
        "said_by": said_by, "whose": whose, "contested": bool(others), "decides": name in DECIDES,
        "file": f"{trust.where.file}:{trust.where.line}",
    }  # fmt: skip


def _of_place(figure: Figure, place: Place) -> str:
    gaps = {"place": place.title, "value": plain(figure.value), "unit": say(figure.unit),
            "range": from_to(plain(figure.low), plain(figure.high))}  # fmt: skip
    if figure.per_unit == 1:
        return say("From the file of {place}: {value} {unit} ({range}).", **gaps)
    return say("From the file of {place}: {value} {unit} ({range}); one euro buys {rate} {currency}.", **gaps,
               rate=plain(place.per_euro), currency=place.currency)  # fmt: skip


def _topic(quantity: Quantity) -> str:
    return PurePath(str(quantity.where.file)).stem
