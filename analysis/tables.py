"""The report's tables: rows of text, ready to be shown."""

from collections import Counter
from typing import Any

import polars as pl

from analysis.comparison import Comparison
from analysis.contrasts import means, paired
from analysis.costs import by_payer, costs
from analysis.levers import lever_rows
from analysis.words import digits, label, number, own, plain, scale, shown, shown_difference, unit
from evidence.quantities import MARKS, Quantity, inputs, values
from evidence.sources import Source, load_sources
from model.measures import HEADLINE, THIRDS
from scenarios.names import shipped
from scenarios.places import Figure, bind
from scenarios.scenario import NOBODY
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

Rows = list[dict[str, Any]]


def lasted(compared: Comparison) -> Rows:
    """Values: a row for each scenario, a cell for each measure and moment."""
    mean = {(m, month): means(compared.months, m, month) for m in HEADLINE for month in compared.when}
    return [
        {"title": compared.titles[name],
         "cells": [shown(m, found.get(name)) for (m, _), found in mean.items()]}
        for name in (NOBODY, *compared.names)
    ]  # fmt: skip


def differences(compared: Comparison, frame: pl.DataFrame) -> Rows:
    """Contrasts in groups of one pair and moment: the three headline measures are never shown apart."""
    groups = []
    for (scenario, against, month), pair in frame.partition_by(
        "scenario", "against", "month", as_dict=True, maintain_order=True
    ).items():
        other = "no foundation" if against == NOBODY else compared.titles[against]
        title = f"{compared.titles[scenario]} against {other}, {compared.after(month)}"
        groups.append({"title": title, "rows": [_difference(compared, row) for row in pair.iter_rows(named=True)]})
    return groups


def _difference(compared: Comparison, row: dict[str, Any]) -> dict[str, Any]:
    measure, within = row["measure"], row["margin"]
    return {
        "label": label(measure, compared.domain),
        "unit": unit(measure, difference=True),
        "shown": shown_difference(measure, row["difference"]),
        "interval": interval(measure, row["low"], row["high"]),
        "margin": "–" if within is None else "±" + number(within * scale(measure)),
        "verdict": row["verdict"],
    }


def interval(measure: str, low: float | None, high: float | None) -> str:
    """+0.21 to +0.57, or why there is none."""
    if low is None:
        return "none"
    return f"{shown_difference(measure, low)} to {shown_difference(measure, high)}"


def for_whom(compared: Comparison) -> dict[str, Any]:
    """People with a secure outcome by need, at the last moment: without a foundation, and what strategies change."""
    secure, month = "secure_share", compared.when[-1]
    rows, nobody = [], []
    for name in compared.names:
        found = [paired(compared.months, name, NOBODY, secure, month, f"need {third}") for third in THIRDS]
        nobody = [shown(secure, c.other) for c in found]
        cells = [{"difference": shown_difference(secure, c.difference), "verdict": c.verdict,
                  "interval": interval(secure, c.low, c.high)} for c in found]  # fmt: skip
        rows.append({"title": compared.titles[name], "cells": cells})
    return {"nobody": nobody, "rows": rows}


def per_million(compared: Comparison) -> Rows:
    """Differences for each million euro that the programme spent, at the last moment."""
    last = compared.per_million.filter(pl.col("month") == compared.when[-1])
    rows = []
    for name in compared.names:
        cells = []
        for row in last.filter(pl.col("scenario") == name).iter_rows(named=True):
            measure = row["measure"]
            low, middle, high = (
                number(None if row[k] is None else row[k] * scale(measure), digits(measure) + 1, sign=True)
                for k in ("low", "difference", "high")
            )
            cells.append(middle if row["low"] is None else f"{middle} ({low} to {high})")
        rows.append({"title": compared.titles[name], "cells": cells})
    return rows


def money(compared: Comparison) -> dict[str, Any]:
    """What it cost, EUR thousand over the whole run: the programmes by purpose, and everybody by payer."""
    words = compared.domain.words
    names = {
        "commissioner": words["commissioner"],
        "foundation": words["foundation"],
        "staff": f"unpaid hours of {words['professionals']} and {words['managers']}",
        "users": f"unpaid hours of {words['service_users']}",
        "other services": "other services (health, justice)",
    }
    table = costs(compared.months, compared.names)
    purposes: dict[str, list[str]] = {}
    for row in table.filter(pl.col("payer") == "foundation", pl.col("scenario") != NOBODY).iter_rows(named=True):
        purposes.setdefault(own(row["meaning"], compared.domain), []).append(_thousands(row["euros"]))
    payers: dict[str, list[str]] = {}
    total: dict[str, float] = {}
    for payer, scenario, euros, difference in by_payer(table).iter_rows():
        amount = euros if scenario == NOBODY else difference
        payers.setdefault(names[payer], []).append(_thousands(amount, scenario != NOBODY))
        total[scenario] = total.get(scenario, 0.0) + amount
    unspent = compared.at_the_end("unspent")
    return {
        "purposes": purposes,
        "spent": [_thousands(compared.spent.get(name, 0.0)) for name in compared.names],
        "unspent": [_thousands(unspent.get(name, 0.0)) for name in compared.names],
        "payers": payers,
        "total": [_thousands(amount, scenario != NOBODY) for scenario, amount in total.items()],
    }


def _thousands(euros: float, sign: bool = False) -> str:
    return number(euros / 1e3, sign=sign)


def levers(compared: Comparison) -> Rows:
    """Levers in which the strategies differ, by group."""
    rows = lever_rows(compared.strategies, compared.settings.levers)
    return [
        {
            "group": row.lever.group,
            "name": row.lever.name,
            "meaning": own(row.lever.meaning, compared.domain),
            "mark": row.lever.mark,
            "cells": [{"text": row.text(name), "rests": row.rests(name)} for name in compared.names],
        }
        for row in rows
    ]


def _about(compared: Comparison, quantity: Quantity | Figure, value: float) -> dict[str, Any]:
    text, unit = (own(said, compared.domain) for said in (inputs()[quantity.name].meaning, quantity.unit))
    note = quantity.note if isinstance(quantity, Figure) else own(quantity.note, compared.domain)
    return {"name": quantity.name, "meaning": text, "unit": unit, "value": plain(value), "note": note,
            "range": f"{plain(quantity.low)} to {plain(quantity.high)}", "mark": quantity.mark,
            "source": quantity.source}  # fmt: skip


def changed(compared: Comparison) -> Rows:
    """Every number that is not as it ships for this place, and who changed it.

    Its range is the place's own if the place binds it.  How far it could be trusted before (`was`) says nothing of the
    number that somebody put there.
    """
    usual, here = values(*bind(compared.place))[0], compared.first.parameters()[0]
    by_hand, rows = compared.settings.parameters, []
    for name, quantity in inputs().items():
        if name in by_hand or float(here[name]) != float(usual[name]):
            hand, figure = name in by_hand, compared.place.figures.get(name)
            known = _about(compared, quantity, float(here[name]))
            if figure is not None:  # in the quantity's own unit, as all numbers of this table
                low, high = (plain(float(f"{end:.6g}")) for end in figure.in_model[1:])
                known |= {"range": f"{low} to {high}", "mark": figure.mark, "source": figure.source}
            rows.append({**known, "usual": plain(float(usual[name])), "was": known["mark"],
                         "mark": "set by hand" if hand else "worldview",
                         "by": "--set" if hand else f"worldview {compared.worldview.title}"})  # fmt: skip
    return rows


def edited(compared: Comparison) -> Rows:
    """Levers that somebody set otherwise in one strategy (`user_centred,listening=4`), and as its file has them."""
    rows = []
    for strategy in compared.strategies.values():
        name, comma, _ = strategy.name.partition(",")
        if comma and name in shipped("strategy"):
            usual = find_strategy(name)
            for row in lever_rows({"usual": usual, "here": strategy}):
                here, home, meaning = row.text("here"), row.text("usual"), own(row.lever.meaning, compared.domain)
                rows.append({"strategy": usual.title, "name": row.lever.name, "meaning": meaning, "value": here,
                             "usual": home, "mark": row.lever.mark})  # fmt: skip
    return rows


def contested(compared: Comparison) -> Rows:
    """The numbers on which the shipped worldviews disagree, what each says, and what holds here."""
    here = compared.first.parameters()[0]
    worlds = [find_worldview(name) for name in shipped("worldview")]
    rows = []
    for name, quantity in inputs().items():
        said = [f"{world.title} {plain(world.values[name])}" for world in worlds if name in world.values]
        if said:
            known = _about(compared, quantity, float(here[name])) | {"said": "; ".join(said)}
            if name in compared.settings.parameters:
                known |= {"mark": "set by hand", "source": ""}  # what was shipped says nothing of this number
            rows.append(known)
    return rows


def place(compared: Comparison) -> Rows:
    """The place's figures in its own currency, as its file gives them."""
    return [_about(compared, figure, figure.value) for figure in compared.place.figures.values()]


def marks() -> list[tuple[str, int]]:
    """How many inputs carry each mark."""
    count = Counter(quantity.mark for quantity in inputs().values())
    return [(mark, count[mark]) for mark in MARKS if count[mark]]


def sources(*tables: Rows) -> list[Source]:
    """The sources that these tables name."""
    named = {word for table in tables for row in table for word in row["source"].replace(",", " ").split()}
    return [source for key, source in load_sources().items() if key in named]
