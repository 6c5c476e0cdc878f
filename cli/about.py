"""What every result in JSON says about itself, so that a file found years later needs nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.carried_out import CarriedOut
    from scenarios.scenario import Scenario

SCHEMA = 2  # of the JSON: raised whenever a name or a meaning in it changes


def json_text(whole: Any) -> str:
    """JSON as every command prints it; a number that is none stops it."""
    import json

    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)


def made_with(command: str, files: Sequence[str] = ()) -> dict[str, Any]:
    """Program, versions, rules, data and command; `files` as below."""
    from runs.store import versions
    from scenarios.edition import data_hash, rules_hash

    found = versions()
    return {
        "schema_version": SCHEMA,
        "program": {"name": "unfreeze", "version": found["unfreeze"]},
        "versions": found,
        "rules_hash": rules_hash(),
        "data_hash": data_hash(tuple(files)),
        "command": command,
    }


def about(one: Scenario, command: str, files: Sequence[str] = ()) -> dict[str, Any]:
    """Program, rules, data, command, place, worldview, settings, size, length and units of `one` or of all like it.

    files: of somebody's own (strategies, a place), whose text is part of the data.
    """
    from analysis.units import Units
    from scenarios.places import domain_of

    place, units = one.place, Units.of(one)
    return {
        **made_with(command, files),
        "place": place.name,
        "place_title": place.title,
        "domain": domain_of(place).name,
        "worldview": one.worldview.name,
        "worldview_title": one.worldview.title,
        "settings": {"levers": dict(one.settings.levers), "parameters": dict(one.settings.parameters)},
        "people": {"simulated": one.people or one.real_size, "real": one.real_size, "scale": one.scale},
        "months": one.months,
        "seed": one.seed,
        "warnings": [{"text": w.text, "names": list(w.names), "where": w.where} for w in one.warnings],
        "money": {
            "currency": units.currency, "per_euro": units.per_euro, "price_year": units.price_year,
            "prices": place.prices,
        },
        "numbers": "People, places and money are those of the real place, in its own currency; shares are from 0 to 1. "
                   "Tables on file (*.parquet) hold the simulated system, in EUR.",
    }  # fmt: skip


def measures_told(one: Scenario, measures: Sequence[str]) -> dict[str, Any]:
    """Label, meaning, unit, what is better, and the rule of the margin of each measure."""
    from analysis.contrasts import BASES, DIRECTION
    from analysis.words import better_when, label, meaning
    from model.measures import MARGIN
    from scenarios.places import domain_of

    domain, found = domain_of(one.place), {}
    for name in measures:
        rule: dict[str, Any] | None = None
        if name in BASES:
            share, base, at_start = BASES[name]
            rule = {"share": share, "of": base, "without": "a foundation",
                    "read": "in month 0" if at_start else "in the same month"}  # fmt: skip
        elif name in MARGIN:
            rule = {"value": MARGIN[name]}
        found[name] = {"label": label(name, domain), "meaning": meaning(name, domain), "unit": plain_unit(one, name),
                       "direction": DIRECTION.get(name, 0), "better": better_when(name), "margin": rule}  # fmt: skip
    return found


def plain_unit(one: Scenario, measure: str) -> str:
    """The unit of a number in JSON: money in whole units of the currency, shares from 0 to 1."""
    from analysis.units import kind_of

    return kind_of(measure).replace("EUR", one.place.currency)


def real(one: Scenario, measure: str, value: float | None) -> float | None:
    """A number of the model as JSON has it; None where there is none."""
    from analysis.units import MILLIONS, Units, kind_of

    if value is None or value != value:
        return None
    factor = Units.of(one).factor(measure) * (1e6 if measure in MILLIONS else 1.0)
    return value * factor / (100.0 if kind_of(measure) == "share" else 1.0)


def carried_out(one: Scenario, found: CarriedOut) -> dict[str, Any]:
    """What became of a programme; money of the place."""
    from dataclasses import asdict

    from analysis.units import Units

    units, told = Units.of(one), asdict(found)
    amounts = {name: units.amount(told[name]) for name in ("income", "spent", "promised", "left")}
    told["strategy"] = told.pop("scenario")
    return {**told, **amounts, "done": found.done, "reason": found.reason, "spent_share": found.spent_share,
            "used_share": found.used_share}  # fmt: skip


def own_files(names: Sequence[str]) -> list[str]:
    """Those of these names of strategies and places that are somebody's own files."""
    from pathlib import Path

    return [name for name in names if Path(name).suffix.lower() == ".toml" and Path(name).is_file()]
