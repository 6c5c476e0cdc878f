"""`unfreeze show NAME`: one thing in full - what it is, how far it can be trusted, and where it acts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.catalogue import KINDS, entries, names, shipped_things, short, span
from cli.options import PLACE, place_option, words_of

if TYPE_CHECKING:
    from analysis.where import Rule
    from evidence.quantities import Quantity
    from scenarios.places import Place

MY_CITY = "my-own-city"
MY_DOMAIN = "my-own-domain"
NEAREST = 5  # names to suggest
FEW = 3  # rules that are quoted in full; of more, the first paragraph
WIDE = 160  # columns, when nobody looks
SOURCES = "Sources"  # whose titles are others' words
AS_TYPED = (
    "command",
    "set by hand",
    "figure",
    "use",
    "written in",
    "source",
    "note",
    "word",
    "address",
    "in step",
    "acts in",
    "headline",
    "how",
    "a figure",
)
TRUST = {
    "verified": "read in a passage of the source",
    "recalled": "quoted from memory; check before quoting it",
    "derived": "arithmetic from verified figures",
    "assumption": "nobody has measured it here",
    "calibrated": "set so that the model meets a target",
}


@dataclass
class Section:
    """A table below the facts."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    right: tuple[str, ...] = ()  # columns of numbers


@dataclass
class Page:
    """What is shown of one thing: facts line by line, then tables."""

    kind: str
    name: str
    title: str
    facts: dict[str, str] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)


@click.command("show")
@click.argument("name", metavar="NAME")
@place_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def show_command(name: str, place: str | None, as_json: bool) -> None:
    """Show a strategy, worldview, place, domain, lever, parameter or measure in full.

    NAME is what `unfreeze list` calls it, or a file of your own, which is checked on the way; of a strategy with
    practices it is carrier+practice_1_learn.
    `unfreeze show my-own-city` explains how to describe your own city, `unfreeze show my-own-domain` a field of
    service.
    """
    own = words_of(place)
    pages = find_pages(name)
    for page in pages:
        if page.kind == "strategy":
            page.facts |= _grants(name, place or PLACE)
    pages = [_told(page, own) for page in pages]
    if as_json:
        from cli.about import json_text

        click.echo(json_text([asdict(page) for page in pages]))
        return
    for page in pages:
        _print(page)
    if any(page.kind == "place" for page in pages):
        from cli.screen import warns
        from scenarios.places import find_place

        warns(find_place(name).warnings, of_a_file=True)


def _told(page: Page, own: Callable[[str], str]) -> Page:
    """The page in the words of a place's domain; names and titles of sources stay as they are, and so do published
    figures of homelessness (targets, context)."""
    if page.kind in ("target", "context"):
        return page
    facts = {label: own(text) if label not in AS_TYPED else text for label, text in page.facts.items()}
    sections = [
        replace(s, rows=[
            tuple(cell if i == 0 or column in AS_TYPED else own(cell)
                  for i, (column, cell) in enumerate(zip(s.columns, row, strict=True)))
            for row in s.rows
        ])
        if s.title != SOURCES else s
        for s in page.sections
    ]  # fmt: skip
    return replace(page, title=page.title if page.title == page.name else own(page.title), facts=facts,
                   sections=sections)  # fmt: skip


def find_pages(name: str) -> list[Page]:
    """Everything of that name (a measure may share it with a parameter); UnknownName suggests the nearest."""
    from scenarios.names import parts

    if len(parts(name)) > 1:
        return [_strategy(name)]
    if name.lower().endswith(".toml"):
        return [_file_page(name)]
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    if plain == MY_CITY.replace("-", "_"):
        return [_my_city()]
    if plain == MY_DOMAIN.replace("-", "_"):
        return [_my_domain()]
    found = [PAGES[kind](plain) for kind in KINDS if plain in names(kind)]
    if not found and Path(name).is_file():
        return [_file_page(name)]
    if not found:
        from difflib import get_close_matches

        from engine.errors import BadInput, UnknownName

        near = get_close_matches(plain, {n for kind in KINDS for n in names(kind)}, n=NEAREST, cutoff=0.5)
        if near:
            raise UnknownName("entry", plain, near, where="unfreeze show")
        raise BadInput(f"There is nothing called '{plain}'", where="unfreeze show",
                       do="'unfreeze list' and 'unfreeze list parameters' name everything there is")  # fmt: skip
    return found


def _file_page(path: str) -> Page:
    """Somebody's own file: what kind it is shows in the fields that only this kind has."""
    from evidence.data_file import DataFile
    from scenarios.request import is_scenario_file

    data = DataFile(Path(path)).data
    if is_scenario_file(path):
        return _scenario(path)
    for only, kind in (("phase", "strategies"), ("believes", "worldviews"), ("words", "domains")):
        if only in data:
            return PAGES[kind](path)
    return _place(path)


# --- one page for each kind -------------------------------------------------------------------------------------------


def _scenario(path: str) -> Page:
    """What a saved scenario asks for, and the command that answers it."""
    from analysis.words import listed
    from scenarios.request import from_file

    request = from_file(path)
    own = {one.strategy.name: one.strategy.title for one in request.asked}
    facts = {"strategies": listed(list(own.values())), "place": request.where.title,
             "worldview": request.outlook.title, "set by hand": ", ".join(request.assignments) or "nothing",
             "people": short(request.people) if request.people else "as many as the place has",
             "months": str(request.months), "seed": str(request.seed),
             "intervals": "chance only" if request.point else "what nobody has measured, and chance",
             "command": request.command_line("compare", ["--point"] if request.point else [])}  # fmt: skip
    return Page("scenario", Path(path).stem, Path(path).stem, facts)


def _strategy(name: str) -> Page:
    from scenarios.levers import load_levers
    from scenarios.strategy import ILLUSTRATION, find_strategy, is_illustration

    strategy = find_strategy(name)
    facts = {"meaning": strategy.meaning, "kind": strategy.kind}
    facts |= {"read it as": ILLUSTRATION} if is_illustration(strategy) else {}
    phases = strategy.settings()
    rows = []
    for lever in load_levers().values():
        here = [levers[lever.name] for _, levers in phases]
        if any(value != lever.rest for value in here):
            rows.append((lever.name, *map(short, here), short(lever.rest), lever.unit, lever.meaning))
    begins = [f"from month {month}" for month, _ in phases]
    begins = begins if len(begins) > 1 else ["value"]
    levers = Section("Levers that are not at rest", ("lever", *begins, "at rest", "unit", "meaning"), rows,
                     right=(*begins, "at rest"))  # fmt: skip
    return Page("strategy", strategy.name, strategy.title, facts, [levers])


def _grants(name: str, where: str) -> dict[str, str]:
    """What a strategy's grants come to in a place, and what they are too small for."""
    from analysis.levers import grants_said
    from analysis.units import Units
    from evidence.quantities import values
    from scenarios.grants_here import grants_here, too_small
    from scenarios.places import bind, find_place
    from scenarios.strategy import find_strategy

    place, strategy = find_place(where), find_strategy(name)
    phases, p = strategy.settings(), values(*bind(place))[0]
    units = Units(place.currency, place.per_euro, place.price_year)
    said = {f"grants in {place.title}": grants_said(grants_here(phases, p), units)}
    small = too_small(strategy.title, phases, p, place.currency, place.per_euro)
    said["check"] = " ".join(one.text for one in small)
    return {label: text for label, text in said.items() if text}


def _worldview(name: str) -> Page:
    from evidence.quantities import load_quantities
    from scenarios.worldviews import find_worldview

    view = find_worldview(name)
    rows = [
        (n, short(value), short(load_quantities()[n].value), load_quantities()[n].unit, load_quantities()[n].meaning)
        for n, value in view.values.items()
    ]
    facts = {"meaning": view.meaning, "its holders say": f"“{view.believes}”"}
    if not rows:
        facts["sets"] = "nothing: every parameter has its own value"
    table = Section("What it takes to be so", ("parameter", "here", "else", "unit", "meaning"), rows,
                    right=("here", "else"))  # fmt: skip
    return Page("worldview", view.name, view.title, facts, [table] if rows else [])


def _place(name: str) -> Page:
    from evidence.quantities import load_quantities
    from scenarios.places import PATHS, RATES, domain_of, find_place

    place = find_place(name)
    own = domain_of(place).own
    rows = [
        (
            f.name,
            short(f.value),
            span(f.low, f.high),
            own(f.unit),
            f.mark,
            f.source,
            own(load_quantities()[f.name].meaning),
        )
        for f in place.figures.values()
    ]
    facts = {
        "meaning": place.meaning,
        "domain": place.domain,
        "currency": place.currency
        + ("" if place.currency == "EUR" else f"; one euro buys {short(place.per_euro)}, and results are in EUR")
        + f"; {place.prices}",
        "people at the start": _size(place),
        "all else": "is the general value of each parameter: unfreeze list parameters",
    }
    table = Section("Its figures", ("field", "value", "range", "unit", "mark", "source", "meaning"), rows,
                    right=("value",))  # fmt: skip
    relative = Section("Groups of people; rates are relative, and all assumptions", ("group", "title", "share", *RATES),
                       [(g.name, g.title, *(short(number) for number in g.numbers)) for g in place.groups],
                       right=("share", *RATES))  # fmt: skip
    paths = Section("Given by year", ("field", "month 0", "month 12, 24 ...; the last one holds", "unit", "moves"),
                    [(f.name, short(f.value), ", ".join(map(short, f.by_year)), own(f.unit), PATHS[f.name])
                     for f in place.figures.values() if f.by_year], right=("month 0",))  # fmt: skip
    notes = [(f.name, f.note) for f in place.figures.values() if f.note]
    named = [*(f.source for f in place.figures.values()), *(one.source for one in place.published.values())]
    sources = _sources(" ".join(named))
    notes += [(f"published.{one.name}", one.note) for one in place.published.values() if one.note]
    starts, not_agreeing = _starts(place)
    sections = [table, paths, relative, starts, _published(place), not_agreeing,
                Section("How they were come by", ("field", "note"), notes), sources]  # fmt: skip
    return Page("place", place.name, place.title, facts, [s for s in sections if s.rows])


def _starts(place: Place) -> tuple[Section, Section]:
    """Where a run of the place starts, beside what is declared and published; and what to check, in words."""
    from analysis.starts import NUMBERS, TITLE, rows, to_check
    from runs.where_it_starts import where_it_starts

    lines = where_it_starts(place)
    starts = Section(TITLE, ("figure", *NUMBERS, "unit", "use"), rows(lines), right=NUMBERS)
    return starts, Section(
        "To check", ("", "what"), [(f"{i}", text) for i, text in enumerate(to_check(place, lines), 1)]
    )


def _published(place: Place) -> Section:
    """What the city publishes, how far it can be trusted and what may be done with it."""
    rows = [
        (one.name, short(one.value), "" if one.low == one.high else span(one.low, one.high), one.unit, one.use,
         one.mark, one.source, one.meaning)
        for one in place.published.values()
    ]  # fmt: skip
    title = "What is published and no rule reads: given, fitted to, or kept back as a check (docs/places.md)"
    return Section(title, ("figure", "value", "range", "unit", "use", "mark", "source", "meaning"), rows,
                   right=("value",))  # fmt: skip


def _size(place: Place) -> str:
    from scenarios.places import domain_of

    figures = {**{e["name"]: e["value"] for e in entries("parameters")}, **place.values}
    words = domain_of(place).words
    crisis = figures["crisis_beds"] * figures["crisis_stock_share"]
    parts = {words["crisis"]: crisis, words["hidden"]: crisis * figures["hidden_ratio"],
             words["unserved"]: figures["rough_stock"], words["reform"]: figures["reform_places"]}  # fmt: skip
    return f"{sum(parts.values()):,.0f}: " + ", ".join(f"{n:,.0f} {where}" for where, n in parts.items())


def _domain(name: str) -> Page:
    from scenarios.domain_words import WORD_FOR, WORDS
    from scenarios.domains import WANTS, find_domain

    domain = find_domain(name)
    words = Section("Its words", ("term", "word", "for"),
                    [(term, domain.words[term], f.meaning.removeprefix(WORD_FOR))
                     for term, f in WORDS.items()])  # fmt: skip
    wants = Section("What a good service is, in three dimensions", ("dimension", "word", "meaning"),
                    [(n, domain.wants[n], f.meaning) for n, f in WANTS.items()])  # fmt: skip
    sets = Section("What it supplies", ("parameter", "value"), [(n, short(v)) for n, v in domain.values.items()])
    return Page(
        "domain", domain.name, domain.title, {"meaning": domain.meaning}, [words, wants, *([sets] if sets.rows else [])]
    )


def _lever(name: str) -> Page:
    from analysis.where import LEVERS, readers, step_name
    from scenarios.levers import load_levers

    lever = load_levers()[name]
    facts = {
        "meaning": lever.meaning,
        "gain": lever.gain,
        "cost": lever.cost,
        "at rest": short(lever.rest),
        "range": span(lever.low, lever.high),
        "unit": lever.unit,
        "acts in": ", ".join(step_name(step) for step in lever.acts),
        "practice": lever.group,
        "mark": _mark(lever.mark),
        **({"jump": lever.jump} if lever.jump else {}),
    }
    used = []
    for strategy in shipped_things("strategies"):
        here = [levers[name] for _, levers in strategy.settings()]
        if any(value != lever.rest for value in here):
            used.append(
                (strategy.name, ", then ".join(short(v) for i, v in enumerate(here) if i == 0 or v != here[i - 1]))
            )
    sections = [_rules(readers(name, LEVERS)), Section("Strategies that move it", ("strategy", "value"), used)]
    return Page("lever", name, name, facts, [s for s in [*sections, _sources(lever.source)] if s.rows])


def _parameter(name: str) -> Page:
    from analysis.where import readers, step_name
    from evidence.quantities import in_words, load_quantities

    q = load_quantities()[name]
    acting = readers(name)
    steps = sorted({step for rule in acting for step in rule.steps})
    facts = {
        "meaning": q.meaning,
        "value": "given by each place" if q.value is None else short(q.value),
        "range": span(q.low, q.high),
        "unit": q.unit,
        "distribution": q.distribution,
        "choices": in_words(q.choices) if q.choices else "",
        "mark": _mark(q.mark),
        "note": q.note,
        "jump": q.jump,
        "switched off at": short(q.off),
        "role": {"input": "", "target": "target: must come out by itself; no rule reads it",
                 "context": "context: for the reader; no rule reads it"}[q.role],
        "acts in": ", ".join(step_name(step) for step in steps),
        "written in": f"{q.where.file}:{q.where.line}",
    }  # fmt: skip
    kind = q.role if q.role != "input" else "parameter"
    sections = [_rules(acting), _bound(q), _sources(q.source)]
    return Page(kind, name, name, {k: v for k, v in facts.items() if v}, [s for s in sections if s.rows])


def _bound(q: Quantity) -> Section:
    """Who else says something about this quantity."""
    rows = []
    for kind in ("domains", "worldviews"):
        sets = [thing for thing in shipped_things(kind) if q.name in thing.values]
        rows += [(thing.name, short(thing.values[q.name]), KINDS[kind]) for thing in sets]
    for place in shipped_things("places"):
        if figure := place.figures.get(q.name):
            value = f"{short(figure.value)} ({span(figure.low, figure.high)})"
            rows.append((place.name, value, f"place; {figure.unit}, {figure.mark}"))
    return Section("Set otherwise by", ("name", "value", "as"), rows)


def _measure(name: str) -> Page:
    from analysis.contrasts import BASES
    from model.measures import HEADLINE, MARGIN, MEASURES, STRATA

    it = MEASURES.fields[name]
    strata = [stratum for measure, stratum in STRATA.values() if measure == name]
    facts = {"meaning": it.meaning, "unit": it.unit, "filled in": "step 11, at the end of every month"}
    if strata:
        facts["also by"] = ", ".join(strata)
    if name in HEADLINE:
        facts["headline"] = "one of four that are never shown apart: " + ", ".join(HEADLINE)
    if name in BASES:
        share, base, at_start = BASES[name]
        when = "in month 0" if at_start else "in the same month"
        facts["practically the same"] = f"within {100 * share:g}% of {base} without a foundation, {when}"
    elif name in MARGIN:
        facts["practically the same"] = f"within {MARGIN[name]:g}"
    return Page("measure", name, name, facts)


def _my_city() -> Page:
    from evidence.quantities import inputs
    from scenarios.places import ENTRY, FIELDS, GROUP, GROUPS

    needed = [q for q in inputs().values() if q.value is None]
    usual = [q for q in inputs().values() if q.scope == "place" and q.value is not None]
    facts = {
        "how": "Copy examples/my_city.toml (or begin with ours: unfreeze new place my_city.toml), put in your own "
        "figures, and give the file's name wherever a place is "
        "asked for: unfreeze compare --place my_city.toml. `unfreeze show my_city.toml` checks it and shows it back.",
        "a figure": "`crisis_beds = 900` is your own estimate, taken to be between half and double. Better: a table "
        "[crisis_beds] with value, low, high, mark and source.",
        "order": "Single lines come before the first [table].",
        "money": "All amounts are in the file's `currency`, at the prices of its `price_year`.",
        "groups": "Results also by group of people, if the file says which: [groups.women] with title, share and "
        "whatever rates differ.  examples/my_city_groups.toml is one.",
    }
    columns = ("field", "what it says", "unit", "allowed")
    head = [(n, f.meaning + ("" if f.required else " (may be left out)"), "", f.allowed()) for n, f in FIELDS.items()]
    entry, rest, group = (
        [(n, f.meaning + ("" if f.required else " (may be left out)"), "", f.allowed()) for n, f in fields.items()]
        for fields in (ENTRY, GROUPS, GROUP)
    )
    sections = [
        Section("At the top", columns, head),
        Section("Figures that only you can know", columns, [_asked(q) for q in needed]),
        Section("Figures that usually differ between places; without them, ours", (*columns[:3], "ours"),
                [(*_asked(q)[:3], short(q.value)) for q in usual], right=("ours",)),
        Section("In the long form of a figure", columns, entry),
        Section("Under [groups], if there are any", columns, rest),
        Section("Under [groups.your_name]; a rate is 1 unless given", columns, group),
    ]  # fmt: skip
    return Page("how-to", MY_CITY, "Describe your own city in one file", facts, sections)


def _my_domain() -> Page:
    from scenarios.domain_words import MUST, WORD_FOR, WORDS
    from scenarios.domains import FIELDS, PLAUSIBLE, WANTS

    facts = {
        "how": "Copy examples/my_domain.toml (or begin with more: unfreeze new domain my_domain.toml), put in your "
        "field's own words, and name the file in a place's: domain = \"my_domain.toml\". "
        "`unfreeze list measures --place mycity.toml` shows how it sounds.",
        "its place": "Figures that only you can know, such as places, people who arrive and prices: unfreeze show "
        "my-own-city. Without [set] all else is as in homelessness services, which may be wrong for your field.",
        "a phrase that sounds wrong": "First a short word for home and homes (a job, a diploma), which texts use most; "
        "then a line in [phrases], with the phrase in general texts and what to say instead.",
        "numbers": "[set] holds what is another number in your field, such as short_share = 0.1; "
        "[plausible.short_share] its plausible range, which sliders, sweeps, warnings and balances keep to.",
        "review": "Have the words read by people who use these services.",
    }
    columns = ("field", "what it says", "allowed")
    asked = [(n, WORDS[n].meaning.removeprefix(WORD_FOR), WORDS[n].allowed()) for n in MUST]
    usual = [(n, w.meaning.removeprefix(WORD_FOR), str(w.default)) for n, w in WORDS.items() if n not in MUST]
    head, wants, plausible = (
        [(n, f.meaning + ("" if f.required else " (may be left out)"), f.allowed()) for n, f in fields.items()]
        for fields in (FIELDS, WANTS, PLAUSIBLE)
    )
    sections = [
        Section("At the top", columns, head),
        Section("Under [words], which only you can know", ("field", "the word for", "allowed"), asked),
        Section("Under [words]; without them, ours, from the words before", ("field", "the word for", "ours"), usual),
        Section("Under [wants]", columns, wants),
        Section("Under [plausible.NAME]", columns, plausible),
    ]
    return Page("how-to", MY_DOMAIN, "Describe your own field of service in one file", facts, sections)


def _asked(q: Quantity) -> tuple[str, str, str, str]:
    return (q.name, q.meaning, q.unit, span(q.low, q.high))


PAGES: Mapping[str, Callable[[str], Page]] = {
    "strategies": _strategy, "worldviews": _worldview, "places": _place, "domains": _domain,
    "levers": _lever, "parameters": _parameter, "measures": _measure,
}  # fmt: skip


# --- parts ------------------------------------------------------------------------------------------------------------


def _mark(mark: str) -> str:
    return f"{mark} ({TRUST[mark]})"


def _rules(found: Collection[Rule]) -> Section:
    from analysis.where import step_name

    few = len(found) <= FEW
    rows = [(r.shown, ", ".join(step_name(s) for s in r.steps), "\n".join(r.says[: None if few else 1])) for r in found]
    return Section("Rules that read it", ("rule", "in step", "what the rule says"), rows)


def _sources(text: str) -> Section:
    """Every key in `text` with title and address."""
    from evidence.sources import check_source_keys, load_sources

    keys = dict.fromkeys(check_source_keys(text, free_text=True))
    rows = [(key, load_sources()[key].title, load_sources()[key].address) for key in keys]
    return Section(SOURCES, ("key", "title", "address"), rows)


def _print(page: Page) -> None:
    from rich.table import Table
    from rich.text import Text

    from cli.screen import console as screen

    console = screen(WIDE)
    kind = page.kind if page.name == page.title else f"{page.kind} {page.name}"
    console.print(Text.assemble((page.title, "bold"), (f"  {kind}", "dim")))
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for label, value in page.facts.items():
        facts.add_row(label, Text(value))
    console.print(facts)
    for section in page.sections:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for i, column in enumerate(section.columns):
            table.add_column(
                column, overflow="fold", no_wrap=i == 0, justify="right" if column in section.right else "left"
            )
        for row in section.rows:
            table.add_row(*map(Text, row))
        console.print(Text(f"\n{section.title}", "bold"))
        console.print(table)
    console.print()
