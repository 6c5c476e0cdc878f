"""The report: one self-contained page that a board can print, from the sentence to how to get the same digits again;
and the slides (analysis/slides.py) beside it.

Everything on it is text of ours, numbers of the comparison, or words of data files and command lines; the template
escapes them all.
"""

import base64
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from analysis import decides, figures, planners_words, tables, uncertainty
from analysis.board import IN_FULL, left_out, relabelled, sentence
from analysis.comparison import Comparison
from analysis.contrasts import EXPLAINED, MILLION
from analysis.money_words import prices
from analysis.one_page import one_page
from analysis.slides import provenance, slides, version
from analysis.words import (
    better_when,
    homes_instead,
    how_sure,
    label,
    listed,
    margins_said,
    meaning,
    same_money,
    sets_said,
    unit,
    units_said,
)
from engine.whole_file import whole_file
from model.measures import HEADLINE
from scenarios.strategy import ILLUSTRATIONS, is_illustration

PAIRS_AT_MOST = IN_FULL  # strategies that are held against one another as well; more are ranked


def write(compared: Comparison, folder: Path) -> list[str]:
    """Write figures and report into an existing folder; returns the names of the files."""
    files = figures.save(figures.comparison(compared), folder / "comparison")
    figure = files[-1].read_bytes()
    if compared.names:
        files += figures.save(
            figures.levers(compared.strategies, compared.settings.levers, compared.domain), folder / "levers"
        )
    made = {"report.html": page(compared, figure), "slides.html": deck(compared)}
    for name, text in made.items():
        with whole_file(folder / name) as stream:
            stream.write(text)
    return [*(file.name for file in files), *made]


def deck(compared: Comparison) -> str:
    """The slides as HTML."""
    return _template("slides.html").render(
        compared=compared, heading=_heading(compared), slides=slides(compared), provenance=provenance(compared),
    )  # fmt: skip


def page(compared: Comparison, figure: bytes) -> str:
    """The report as HTML; `figure` is the comparison as SVG."""
    one, domain = compared.first, compared.domain
    changed, contested, place = tables.changed(compared), tables.contested(compared), tables.place(compared)
    beside = (left_out(compared), relabelled(compared), homes_instead(compared), how_sure(compared))
    pairs = compared.headline
    if len(compared.names) <= PAIRS_AT_MOST:
        pairs = pl.concat([pairs, compared.between])
    return _template("report.html").render(
        compared=compared,
        one=one,
        heading=_heading(compared),
        board=one_page(compared),
        today=date.today().isoformat(),
        version=version(compared),
        sentence=sentence(compared),
        said=[text for text in beside if text],
        units_said=units_said(compared),
        carried=tables.carried(compared),
        controls=tables.controls(compared),
        same_money=same_money(compared),
        equal_cost=[found.sentence for found in compared.equal_cost],
        ranking=tables.ranking(compared) if len(compared.names) > PAIRS_AT_MOST else [],
        explained=EXPLAINED,
        margins=margins_said(compared),
        differ={measure: unit(measure, True, compared.units) for measure in HEADLINE},
        million={measure: label(measure, domain) for measure in MILLION},
        finding=figures.finding(compared),
        figure="data:image/svg+xml;base64," + base64.b64encode(figure).decode(),
        noise=uncertainty.BOTH if compared.uncertain else figures.NOISE,
        uncertain=_uncertain(compared, pairs),
        sets_said=sets_said(len(compared.sets), compared.sample),
        labels={measure: label(measure, domain) for measure in HEADLINE},
        meanings={m: f"{meaning(m, domain)}; {better_when(m)}" for m in HEADLINE},
        lasted=tables.lasted(compared),
        differences=tables.grouped(compared, pairs, tables.difference),
        pairs_at_most=PAIRS_AT_MOST,
        money=tables.money(compared),
        per_million=tables.per_million(compared),
        prices=prices(compared),
        for_whom=tables.for_whom(compared),
        planners=planners_words.section_of(compared),
        levers=tables.levers(compared) if compared.names else [],
        illustrations=ILLUSTRATIONS if any(map(is_illustration, compared.strategies.values())) else "",
        grants=tables.grants(compared),
        changed=changed,
        edited=tables.edited(compared),
        by_hand=figures.changes(compared),
        contested=contested,
        decides=decides.TITLE,
        marks=tables.marks(),
        place=place,
        sources=tables.sources(changed, contested, place),
        seeds=compared.results.runs["seed"].unique().sort().to_list(),
        hashes=compared.results.runs.unique("scenario", keep="first", maintain_order=True)
        .select("scenario", "hash")
        .rows(),
    )


def _uncertain(compared: Comparison, pairs: pl.DataFrame) -> dict[str, Any] | None:
    """What the section on plausible worlds says; None where there was only one world."""
    if not compared.uncertain or not compared.names:
        return None
    many = len(uncertainty.drawn(compared))
    return {
        "sentence": uncertainty.sentence(compared),
        "about": uncertainty.about(compared),
        "groups": tables.grouped(compared, pairs, uncertainty.apart),
        "strongest": uncertainty.strongest(compared),
        "strongest_of": uncertainty.strongest_of(compared),
        "drawn": many,
        "chance_alone": uncertainty.chance_alone(many),
        "no_sum": uncertainty.NO_SUM,
    }


def _heading(compared: Comparison) -> str:
    titles = [compared.titles[name] for name in compared.names]
    return f"{len(titles)} strategies" if len(titles) > PAIRS_AT_MOST else listed(titles) if titles else "No foundation"


@cache
def _template(name: str) -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    tidy = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return tidy.get_template(name)
