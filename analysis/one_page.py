"""The briefing's one page: headline, one chart, three numbers, how sure, and what it does not say."""

from __future__ import annotations

import base64
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawing

from analysis import tables
from analysis.answer import called, headline, ranges, told
from analysis.comparison import Comparison
from analysis.contrasts import BASES
from analysis.figures import FANS_AT_MOST, differences, line_key, picture, styled
from analysis.words import PEOPLE, PLACES, SPENT, interval, label, listed, same_money, shown_difference, small, unit
from scenarios.domains import capital
from scenarios.language import N_, say
from scenarios.scenario import NOBODY

# How many numbers of the model carry a mark.
COUNTED = {
    "verified": N_("{count} verified"), "recalled": N_("{count} recalled"), "derived": N_("{count} derived"),
    "assumption": N_("{count} assumption"), "calibrated": N_("{count} calibrated"),
}  # fmt: skip


def one_page(compared: Comparison) -> dict[str, Any]:
    """What the template's first page shows; the rest of the briefing is its appendix."""
    drawn = picture(change_figure(compared, PEOPLE)) if compared.names else b""
    return {
        "headline": headline(compared),
        "numbers": numbers(compared),
        "chart": "data:image/svg+xml;base64," + base64.b64encode(drawn).decode() if drawn else "",
        "chart_says": chart_says(compared, PEOPLE),
        "sure": sure(compared),
        "not_said": not_said(compared),
    }  # fmt: skip


def chart_says(compared: Comparison, measure: str) -> str:
    """What `change_figure` shows."""
    text = say("{measure}: change from no foundation, with 95% intervals. Between the dashed lines a change is too "
               "small to matter.", measure=label(measure, compared.domain))  # fmt: skip
    return f"{text} {say('Dotted: {what}.', what=small(same_money(compared)))}" if compared.controls else text


def numbers(compared: Comparison) -> list[dict[str, str]]:
    """People, money and places of the strategies that the headline is about, each with its range."""
    if not compared.names or compared.not_carried_out:
        return []
    found = []
    for measure in (PEOPLE, SPENT, PLACES):
        said = []
        for name in told(compared):
            one = compared.contrast(name, NOBODY, measure, compared.when[-1])
            gap = shown_difference(measure, one.difference, compared.units)
            ends = "" if one.low is None else f" ({interval(measure, one.low, one.high, compared.units)})"
            said.append(f"{called(compared, name)} {gap}{ends}")
        found.append({"title": f"{label(measure, compared.domain)}, {unit(measure, True, compared.units)}",
                      "says": "; ".join(said)})  # fmt: skip
    return found


def sure(compared: Comparison) -> str:
    """How far it can be relied on, in a sentence."""
    if not compared.names or compared.not_carried_out or not ranges(compared):
        return say("One run of each strategy says nothing about luck.")
    names = told(compared)
    one = compared.contrast(names[0], names[1] if len(names) > 1 else NOBODY, PEOPLE, compared.when[-1])
    first = called(compared, names[0])
    opening = ranges(compared)
    if one.sets and one.better_in is not None:
        many = round(one.better_in * one.sets)
        held = say("{who} has more people in {many} of {sets} plausible worlds.", who=first, many=many, sets=one.sets)
    else:
        held = say("That holds luck alone; numbers that nobody measured are left out.")
    return f"{opening} {held} {say('Ranges hold 19 times in 20.')}"


def not_said(compared: Comparison) -> list[str]:
    """Limits, as a board should read them."""
    marks = tables.marks()
    counts = listed([say(COUNTED[mark], count=str(count)) for mark, count in marks])
    return [
        say("This is a model of {place}, in the world of {world}. It is not a forecast.", place=compared.place.title,
            world=compared.worldview.title),
        say("Of the numbers in it, these are the marks: {marks}. Another value may give another answer.", marks=counts),
        say("Strategies are illustrations of ideas; an idea carried out otherwise may do otherwise."),
        say("It does not say what is right to do, nor what people would say if they were asked."),
    ]  # fmt: skip


@styled
def change_figure(compared: Comparison, measure: str, size: tuple[float, float] = (7.4, 3.1)) -> Drawing:
    """The change in one quantity, month by month.  size: in inches; type stays as it is."""
    figure = Drawing(figsize=size)
    FigureCanvasAgg(figure)
    left, below, above = 0.67 / size[0], 0.434 / size[1], 0.434 / size[1]
    axes = figure.add_axes((left, below, 0.98 - left, 1 - below - above))
    with_base = [measure, BASES[measure][1]] if measure in BASES else [measure]
    months = compared.months.filter(compared.months["measure"].is_in(with_base))
    differences(axes, compared, months, measure)
    axes.set_title("")
    names = compared.names[:FANS_AT_MOST]
    line_key(axes, compared, names)
    figure.text(0.01, 0.97, capital(label(measure, compared.domain)), va="top", fontsize=9, weight="bold")
    return figure
