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
from markupsafe import Markup

from analysis import figures, planners_words, tables, uncertainty
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
    plain,
    same_money,
    sets_said,
    unit,
    units_said,
)
from engine.whole_file import whole_file
from model.measures import HEADLINE
from scenarios.language import ENGLISH, N_, say, spoken, who_translated
from scenarios.strategy import ILLUSTRATIONS, is_illustration

LEVER_IN_EVERY, LEVERS_IN_EVERY = N_("{count} lever in every strategy"), N_("{count} levers in every strategy")
LEVER_OF_SINGLE, LEVERS_OF_SINGLE = N_("{count} lever of single strategies"), N_("{count} levers of single strategies")
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
        compared=compared, lang=_lang(), heading=_heading(compared), slides=slides(compared),
        provenance=provenance(compared),
    )  # fmt: skip


def page(compared: Comparison, figure: bytes) -> str:
    """The report as HTML; `figure` is the comparison as SVG."""
    one, domain = compared.first, compared.domain
    changed, contested, place = tables.changed(compared), tables.contested(compared), tables.place(compared)
    beside = (left_out(compared), relabelled(compared), homes_instead(compared), how_sure(compared))
    pairs, planners = compared.headline, planners_words.section_of(compared)
    if len(compared.names) <= PAIRS_AT_MOST:
        pairs = pl.concat([pairs, compared.between])
    return _template("report.html").render(
        compared=compared,
        lang=_lang(),
        currency=compared.place.currency,
        one=one,
        heading=_heading(compared),
        board=one_page(compared),
        today=date.today().isoformat(),
        translated=who_translated(),
        version=version(compared),
        sentence=sentence(compared),
        said=[text for text in beside if text],
        units_said=units_said(compared),
        carried=tables.carried(compared),
        controls=tables.controls(compared),
        same_money=same_money(compared),
        equal_cost=[found.sentence for found in compared.equal_cost],
        ranking=tables.ranking(compared) if len(compared.names) > PAIRS_AT_MOST else [],
        explained={say(word): say(text) for word, text in EXPLAINED.items()},
        margins=margins_said(compared),
        differ={measure: unit(measure, True, compared.units) for measure in HEADLINE},
        million={measure: label(measure, domain) for measure in MILLION},
        finding=figures.finding(compared),
        figure="data:image/svg+xml;base64," + base64.b64encode(figure).decode(),
        noise=say(uncertainty.BOTH if compared.uncertain else figures.NOISE),
        uncertain=_uncertain(compared, pairs),
        labels={measure: label(measure, domain) for measure in HEADLINE},
        meanings={m: f"{meaning(m, domain)}; {better_when(m)}" for m in HEADLINE},
        lasted=tables.lasted(compared),
        differences=tables.grouped(compared, pairs, tables.difference),
        pairs_at_most=PAIRS_AT_MOST,
        money=tables.money(compared),
        per_million=tables.per_million(compared),
        prices=prices(compared),
        for_whom=tables.for_whom(compared),
        planners=planners,
        levers=tables.levers(compared) if compared.names else [],
        illustrations=say(ILLUSTRATIONS) if any(map(is_illustration, compared.strategies.values())) else "",
        grants=tables.grants(compared),
        changed=changed,
        edited=tables.edited(compared),
        differs=_differs(compared, len(changed), len(tables.edited(compared))),
        runs_said=_runs_said(compared),
        planners_said=_planners_said(compared, planners),
        seeds_said=_seeds_said(compared),
        rate_said=f"{compared.place.per_euro}" if spoken().locale == ENGLISH else plain(compared.place.per_euro),
        contested=contested,
        marks=tables.marks(),
        marks_said=", ".join(f"{say(word)} {count}" for word, count in tables.marks()),
        place=place,
        sources=tables.sources(changed, contested, place),
        hashes=_hashes(compared),
    )


def _hashes(compared: Comparison) -> list[tuple[Any, ...]]:
    """The hash of each scenario's first run."""
    first = compared.results.runs.unique("scenario", keep="first", maintain_order=True)
    return first.select("scenario", "hash").rows()


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
        "no_sum": say(uncertainty.NO_SUM),
    }


def _lang() -> str:
    """The language of a page, for its head."""
    return "en-GB" if spoken().locale == ENGLISH else spoken().locale


def _differs(compared: Comparison, numbers: int, edited: int) -> list[str]:
    """What differs from what ships with this place: a sentence each."""
    every = len(compared.settings.levers)
    parts = [say("{count} number of the model", count=1) if numbers == 1
             else say("{count} numbers of the model", count=numbers)]  # fmt: skip
    for count, one, more in ((every, LEVER_IN_EVERY, LEVERS_IN_EVERY), (edited, LEVER_OF_SINGLE, LEVERS_OF_SINGLE)):
        parts += [say(one if count == 1 else more, count=count)] if count else []
    what = parts[0] if len(parts) == 1 else parts[0] + "".join(say(" and {more}", more=part) for part in parts[1:])
    found = [say("Settings differ from what ships with this place: {differences}.", differences=what),
             say("They are listed under “What was changed”.")]  # fmt: skip
    by_hand = figures.changes(compared)
    return [*found, say("By hand: {changes}.", changes=by_hand)] if by_hand else found


def _runs_said(compared: Comparison) -> str:
    """How many runs, and in how many parameter sets."""
    runs = compared.replicates
    text = say("{runs} paired runs", runs=str(runs)) if runs > 1 else say("{runs} paired run", runs=str(runs))
    if not compared.uncertain:
        return text
    return say("{runs} in {sets}", runs=text, sets=sets_said(len(compared.sets), compared.sample))


def _planners_said(compared: Comparison, planners: dict[str, Any] | None) -> str:
    """What the planners' table shows."""
    if planners is None:
        return ""
    says = compared.domain.says
    if not compared.names:
        return says(
            "People without {secure_outcomes}, how they came and how it ended, from month's end to month's end. First "
            "no foundation; in brackets 95% intervals. docs/planners.md says what each number is; flows.parquet has "
            "who moved where in every month."
        )
    return says(
        "People without {secure_outcomes}, how they came and how it ended, from month's end to month's end. First no "
        "foundation, then the difference that each strategy makes in {year}; in brackets 95% intervals. "
        "docs/planners.md says what each number is; flows.parquet has who moved where in every month.",
        year=planners["heads"][-1],
    )


def _seeds_said(compared: Comparison) -> str:
    """Which seeds were run."""
    seeds = [str(seed) for seed in compared.results.runs["seed"].unique().sort().to_list()]
    text = say("Seeds {first} to {last}", first=seeds[0], last=seeds[-1]) if len(seeds) > 1 else say(
        "Seeds {first}", first=seeds[0])  # fmt: skip
    return say("{seeds} in each parameter set.", seeds=text) if compared.uncertain else f"{text}."


def _heading(compared: Comparison) -> str:
    titles = [compared.titles[name] for name in compared.names]
    if len(titles) > PAIRS_AT_MOST:
        return say("{count} strategies", count=len(titles))
    return listed(titles) if titles else say("No foundation")


@cache
def _template(name: str) -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    tidy = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    tidy.globals.update(t=say, m=_with_tags)
    return tidy.get_template(name)


def _with_tags(text: str, **values: object) -> Markup:
    """A text of ours with tags in it, said; values are escaped."""
    return Markup(say(text)).format(**values)
