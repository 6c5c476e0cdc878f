"""The report's tables: rows of text, ready to be shown."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import polars as pl

from analysis.comparison import Comparison
from analysis.contrasts import means
from analysis.costs import PROGRAMME, by_payer, costs
from analysis.decides import DECIDES
from analysis.levers import grants_meant, grants_said, lever_rows
from analysis.words import (
    digits,
    from_to,
    interval,
    label,
    number,
    own,
    per_cent,
    plain,
    scale,
    shown,
    shown_difference,
    unit,
)
from evidence.quantities import MARKS, Quantity, inputs, values
from evidence.sources import Source, load_sources
from evidence.strata import THIRDS
from model.measures import HEADLINE
from scenarios.grants_here import grants_here
from scenarios.language import N_, say
from scenarios.names import shipped
from scenarios.places import Figure, bind
from scenarios.scenario import NOBODY
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

Rows = list[dict[str, Any]]

BY_HAND, WORLDVIEW = N_("set by hand"), N_("worldview")  # marks of numbers that somebody changed
NEED = {"low": N_("low need"), "middle": N_("middle need"), "high": N_("high need")}  # by third of the scale
PAYERS = {
    "commissioner": N_("{commissioner}"),
    "foundation": N_("{foundation}"),
    "staff": N_("unpaid hours of {professionals} and {managers}"),
    "users": N_("unpaid hours of {service_users}"),
    "other services": N_("other services (health, justice)"),
}

NOT_DONE = N_("not carried out")
NOT_DEFINED = N_("not defined")  # where it is not clear that all payers spend more


def lasted(compared: Comparison) -> Rows:
    """Values: a row for each scenario, controls last, a cell for each measure and moment."""
    mean = {(m, month): means(compared.months, m, month) for m in HEADLINE for month in compared.when}
    return [
        {"title": compared.titles[name],
         "cells": [shown(m, found.get(name), compared.units) for (m, _), found in mean.items()]}
        for name in (NOBODY, *compared.names, *compared.controls)
    ]  # fmt: skip


def grouped(
    compared: Comparison, frame: pl.DataFrame, cells: Callable[[Comparison, dict[str, Any]], dict[str, Any]]
) -> Rows:
    """Contrasts as `cells` in groups of one pair and moment: the headline measures are never shown apart."""
    groups = []
    for (scenario, against, month), pair in frame.partition_by(
        "scenario", "against", "month", as_dict=True, maintain_order=True
    ).items():
        other = say("no foundation") if against == NOBODY else compared.titles[against]
        title = say("{who} against {other}, {when}", who=compared.titles[scenario], other=other,
                    when=compared.after(month))  # fmt: skip
        groups.append({"title": title, "rows": [cells(compared, row) for row in pair.iter_rows(named=True)]})
    return groups


def difference(compared: Comparison, row: dict[str, Any]) -> dict[str, Any]:
    """One contrast as text; where there is no verdict, why."""
    measure, units = row["measure"], compared.units
    within = None if row["margin"] is None else row["margin"] * scale(measure, units)
    return {
        "label": label(measure, compared.domain),
        "unit": unit(measure, True, units),
        "shown": shown_difference(measure, row["difference"], units),
        "interval": interval(measure, row["low"], row["high"], units),
        "margin": "–" if within is None else "±" + number(within, digits(measure, within)),
        "verdict": row["verdict"] or (NOT_DONE if row["scenario"] in compared.not_carried_out
                                      or row["against"] in compared.not_carried_out else "–"),
        "reason": say(row["reason"] or ""),
    }  # fmt: skip


def ranking(compared: Comparison) -> Rows:
    """Every strategy against no foundation at the last moment, the most people first; controls among them, marked.

    Whoever could not be carried out comes last, without a rank.
    """
    last = pl.concat([compared.headline, compared.held_beside]).filter(pl.col("month") == compared.when[-1])
    rows = {(row["scenario"], row["measure"]): row for row in last.iter_rows(named=True)}
    names = [*compared.names, *compared.controls]
    sizes = {name: rows[name, HEADLINE[0]]["difference"] for name in names}
    order = sorted(names, key=lambda name: (name in compared.not_carried_out, sizes[name] is None, -(sizes[name] or 0)))
    found, rank = [], 0
    for name in order:
        ranks = name in compared.strategies and name not in compared.not_carried_out
        rank += ranks
        cells = [difference(compared, rows[name, measure]) for measure in HEADLINE]
        found.append({"rank": str(rank) if ranks else "", "title": compared.titles[name], "cells": cells,
                      "control": name in compared.controls})  # fmt: skip
    return found


def carried(compared: Comparison) -> Rows:
    """Was it carried out: grants, sites and money of each programme; money in millions of the place's own."""
    rows = []
    for name, one in compared.carried_out.items():
        grants, none = number(one.grants, 1), say("none planned")
        if one.planned:
            none = say("{part} of {all}", part=str(one.none_in), all=str(one.runs))
            grants = say("{part} of {all}", part=grants, all=number(grants_meant(compared.scenario(name))))
        rows.append({
            "title": compared.titles[name], "grants": grants, "none_in": none,
            "sites": number(one.sites, 1), "had": number(compared.units.amount(one.income) / 1e6, 2),
            "spent": per_cent(one.spent_share), "used": per_cent(one.used_share),
            "left": number(compared.units.amount(one.left) / 1e6, 2),
            "verdict": say("declared to spend nothing") if one.declared else say("yes") if one.done else say("no"),
        })  # fmt: skip
    return rows


def controls(compared: Comparison) -> Rows:
    """What the same money would do in homes: a row for each control, against no foundation at the last moment."""
    last = compared.held_beside.filter(pl.col("month") == compared.when[-1])
    return [
        {"title": compared.titles[name],
         "of": [compared.titles[arm] for arm in one.control_of],
         "cells": [difference(compared, row) for row in last.filter(pl.col("scenario") == name).iter_rows(named=True)]}
        for name, one in compared.controls.items()
    ]  # fmt: skip


def for_whom(compared: Comparison) -> dict[str, Any]:
    """People with a secure outcome by need and by the groups that the place tells apart, at the last moment: without a
    foundation, and what changes."""
    secure, month, units = "secure_people", compared.when[-1], compared.units
    strata = {f"need {third}": say(NEED[third]) for third in THIRDS}
    strata |= {group.title: group.title for group in compared.first.groups}  # as runs/store.py names them
    rows, nobody = [], []
    for name in compared.names:
        found = [compared.contrast(name, NOBODY, secure, month, stratum) for stratum in strata]
        nobody = [shown(secure, c.other, units) for c in found]
        cells = [{"difference": shown_difference(secure, c.difference, units),
                  "interval": interval(secure, c.low, c.high, units)} for c in found]  # fmt: skip
        rows.append({"title": compared.titles[name], "cells": cells})
    return {"heads": list(strata.values()), "nobody": nobody, "rows": rows}


def per_million(compared: Comparison) -> Rows:
    """People and places for each million more of all payers, at the last moment, or that it is not defined."""
    last = compared.per_million.filter(pl.col("month") == compared.when[-1])
    rows = []
    for name in compared.names:
        cells = []
        for row in last.filter(pl.col("scenario") == name).iter_rows(named=True):
            by = 1 / compared.units.per_euro  # of a count for money: both grow with the place alike
            low, middle, high = (None if row[k] is None else number(row[k] * by, 2, sign=True)
                                 for k in ("low", "difference", "high"))  # fmt: skip
            cells.append(say(NOT_DEFINED) if middle is None else f"{middle} ({from_to(str(low), str(high))})")
        rows.append({"title": compared.titles[name], "cells": cells})
    return rows


def money(compared: Comparison) -> dict[str, Any]:
    """What it cost, thousands of the place's money over the run: the programmes by purpose, and everybody by payer."""
    units = compared.units
    names = {payer: compared.domain.says(text) for payer, text in PAYERS.items()}

    def thousands(euros: float, sign: bool = False) -> str:
        return number(units.amount(euros) / 1e3, sign=sign)

    purposes: dict[str, list[str]] = {}
    programme = costs(compared.months, compared.names, payers=PROGRAMME)
    for row in programme.filter(pl.col("scenario") != NOBODY).iter_rows(named=True):
        purposes.setdefault(own(row["meaning"], compared.domain), []).append(thousands(row["euros"]))
    payers: dict[str, list[str]] = {}
    total: dict[str, float] = {}
    for payer, scenario, euros, gap in by_payer(costs(compared.months, compared.names)).iter_rows():
        amount = euros if scenario == NOBODY else gap
        payers.setdefault(names[payer], []).append(thousands(amount, scenario != NOBODY))
        total[scenario] = total.get(scenario, 0.0) + amount
    unspent = compared.at_the_end("unspent")
    return {
        "purposes": purposes,
        "spent": [thousands(compared.spent.get(name, 0.0)) for name in compared.names],
        "unspent": [thousands(unspent.get(name, 0.0)) for name in compared.names],
        "payers": payers,
        "total": [thousands(amount, scenario != NOBODY) for scenario, amount in total.items()],
    }


def levers(compared: Comparison) -> Rows:
    """Levers in which the strategies differ, by group."""
    rows = lever_rows(compared.strategies, compared.settings.levers)
    return [
        {
            "group": say(row.lever.group),
            "name": row.lever.name,
            "meaning": own(row.lever.meaning, compared.domain),
            "mark": row.lever.mark,
            "cells": [{"text": row.text(name), "rests": row.rests(name)} for name in compared.names],
        }
        for row in rows
    ]


def grants(compared: Comparison) -> dict[str, str]:
    """How many grants each strategy has in this place and of how much, by scenario; "" where none are meant."""
    p, levers_of_all = compared.first.parameters()[0], compared.settings.levers
    return {
        name: grants_said(grants_here(strategy.settings(levers_of_all), p), compared.units)
        for name, strategy in compared.strategies.items()
    }


def _about(compared: Comparison, quantity: Quantity | Figure, value: float) -> dict[str, Any]:
    text, unit = (own(said, compared.domain) for said in (inputs()[quantity.name].meaning, quantity.unit))
    note, low, high = quantity.note, quantity.low, quantity.high
    if isinstance(quantity, Quantity):
        note, (low, high) = own(note, compared.domain), compared.domain.plausible.get(quantity.name, (low, high))
    return {"name": quantity.name, "meaning": text, "unit": unit, "value": plain(value), "note": note,
            "range": from_to(plain(low), plain(high)), "mark": quantity.mark,
            "source": quantity.source}  # fmt: skip


def changed(compared: Comparison) -> Rows:
    """Every number that somebody changed from how it ships for this place, and who did.  Rates that follow from the
    place's counts (model/balance.py) move with them, and are nobody's change.

    Its range is the place's own if the place binds it.  How far it could be trusted before (`was`) says nothing of the
    number that somebody put there.
    """
    usual, here = values(*bind(compared.place))[0], compared.first.parameters()[0]
    by_hand, rows = compared.settings.parameters, []
    for name, quantity in inputs().items():
        said = name in compared.worldview.values and float(here[name]) != float(usual[name])
        if name in by_hand or said:
            hand, figure = name in by_hand, compared.place.figures.get(name)
            known = _about(compared, quantity, float(here[name]))
            if figure is not None:  # in the quantity's own unit, as all numbers of this table
                low, high = (plain(float(f"{end:.6g}")) for end in figure.in_model[1:])
                known |= {"range": from_to(low, high), "mark": figure.mark, "source": figure.source}
            rows.append({**known, "usual": plain(float(usual[name])), "was": known["mark"],
                         "mark": BY_HAND if hand else WORLDVIEW, "by": "--set" if hand
                         else say("worldview {world}", world=compared.worldview.title)})  # fmt: skip
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
                rows.append({"strategy": compared.domain.told(usual).title, "name": row.lever.name,
                "meaning": meaning, "value": here,
                             "usual": home, "mark": row.lever.mark})  # fmt: skip
    return rows


def contested(compared: Comparison) -> Rows:
    """The numbers that decide whose places fit better (analysis/decides.py), then those on which the shipped worldviews
    disagree: what each says, and what holds here."""
    here = compared.first.parameters()[0]
    worlds = [find_worldview(name) for name in shipped("worldview")]
    rows = []
    for name in dict.fromkeys([*DECIDES, *inputs()]):
        quantity = inputs()[name]
        said = [
            f"{compared.domain.told(world).title} {plain(world.values[name])}"
            for world in worlds
            if name in world.values
        ]
        if said or name in DECIDES:
            known = _about(compared, quantity, float(here[name])) | {"said": "; ".join(said) or say("all the same")}
            if name in compared.settings.parameters:
                known |= {"mark": BY_HAND, "source": ""}  # what was shipped says nothing of this number
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
