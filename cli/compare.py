"""`unfreeze compare [STRATEGY ...]`: the same people under each, what lasts and what it cost; a folder of results."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.options import MONTHS, PLACE, SEED, WORLD, output_options, replicate_options, scenarios_of, world_options

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from analysis.comparison import Comparison
    from scenarios.plausible import Sample
    from scenarios.store import Results

DEFAULT = ("catalytic_philanthropy", "user_centred")
REPLICATES = 16
SETS, SEEDS = 60, 2  # with --uncertain: plausible parameter sets, and replicates in each
ABREAST = 3  # strategies in one table of costs
FEW = 3  # strategies of which every pair is shown; of more, each against the first (all pairs are in --json)


@click.command("compare")
@click.argument("strategies", nargs=-1, metavar="[STRATEGY]...")
@world_options()
@replicate_options(REPLICATES)
@click.option("--uncertain", is_flag=True, help="Draw the model's numbers too: intervals then hold simulation noise "
              f"and parameters, shown apart.  {SEEDS} replicates of each set unless you say more.")  # fmt: skip
@click.option("--plausible", "number", type=click.IntRange(2), metavar="N",
              help=f"With --uncertain: how many plausible sets of parameters.  [default: {SETS}]")  # fmt: skip
@click.option("--sample", metavar="DIR", help="With --uncertain: another sample than the shipped one, as "
              "'unfreeze calibrate' writes it.")  # fmt: skip
@output_options
def compare_command(
    strategies: tuple[str, ...],
    place: str,
    world: str,
    people: int | None,
    months: int,
    seed: int,
    assignments: tuple[str, ...],
    replicates: int,
    threads: int | None,
    uncertain: bool,
    number: int | None,
    sample: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Compare strategies on the same simulated people.

    STRATEGY is a shipped name (unfreeze list strategies) or a file; without any, catalytic_philanthropy and
    user_centred.  What happens without a foundation is always run too, and everything is measured against it: what
    lasts 24 and 48 months after the programme's end, with a 95% interval over replicates, which is simulation noise
    only.  Settings of levers hold for every strategy, settings of parameters for the whole world.

    With --uncertain the model's numbers are drawn as well, from what published figures and prior ranges leave open:
    the same people and strategies in some dozen plausible worlds.  What --set and the worldview name is not drawn.

    Writes months.parquet, events.parquet, runs.parquet, comparison.png and .svg, levers.png and .svg, and report.html.

    \b
    EXAMPLES
      unfreeze compare
      unfreeze compare homes top_up carrier --replicates 32
      unfreeze compare --people 2000 --set secure_supply=200 --json
      unfreeze compare user_centred mine.toml --place mycity.toml --out mycity
      unfreeze compare --uncertain
    """
    from analysis.comparison import Comparison
    from cli.screen import progress
    from scenarios.ensemble import check_replicates, ensemble
    from scenarios.plausible import plausible
    from scenarios.scenario import with_twins
    from scenarios.store import folder_name, results_folder

    replicates = _seeds(replicates) if uncertain else replicates
    drawn_from = _sample(uncertain, number, sample)
    asked = scenarios_of(strategies or DEFAULT, place, [world], people, months, seed, assignments)
    scenarios = with_twins(asked)
    sets = None if drawn_from is None else plausible(scenarios[0].place, number or SETS, seed, drawn_from)
    runs = replicates * len(sets or [()])
    check_replicates(runs)
    folder = out or folder_name(asked, "compare", len(sets or ()))
    with results_folder(folder) as part:
        with progress(f"{len(scenarios)} strategies x {runs}") as bar:
            results = ensemble(
                scenarios, replicates, threads=threads, on_progress=bar, sets=sets
            )  # the statistics take seeds to be nested in sets
        check_failures(results)
        again = command(strategies, place, world, people, months, seed, assignments, replicates,
                        number or SETS if uncertain else None, sample)  # fmt: skip
        compared = Comparison(results, scenarios, again, sets or (), drawn_from)
        written = write(compared, part) if part is not None else []
    if as_json:
        click.echo(_json(compared, folder, seed, replicates))
    else:
        _print(compared, folder, written)


def command(
    strategies: Sequence[str], place: str, world: str, people: int | None, months: int, seed: int,
    assignments: Sequence[str], replicates: int, sets: int | None = None, sample: str | None = None,
) -> str:  # fmt: skip
    """What somebody would type to get the same results again.  sets: None without --uncertain."""
    words = ["unfreeze", "compare", *strategies]
    options: list[tuple[str, Any, Any]] = [
        ("--place", place, PLACE), ("--world", world, WORLD), ("--people", people, None), ("--months", months, MONTHS),
        ("--replicates", replicates, REPLICATES if sets is None else SEEDS), ("--seed", seed, SEED),
        ("--plausible", sets, None if sets is None else SETS), ("--sample", sample, None),
    ]  # fmt: skip
    words += [] if sets is None else ["--uncertain"]
    for name, value, usual in options:
        words += [] if value == usual else [name, str(value)]
    for assignment in assignments:
        words += ["--set", assignment]
    return shlex.join(words)


def _seeds(replicates: int) -> int:
    """How many replicates each parameter set gets: what somebody said, or SEEDS."""
    from engine.errors import OutOfRange
    from scenarios.ensemble import MOST_REPLICATES

    if click.get_current_context().get_parameter_source("replicates") is click.core.ParameterSource.DEFAULT:
        return SEEDS
    if replicates < SEEDS:
        raise OutOfRange("replicates", replicates, SEEDS, MOST_REPLICATES,
                         do="With --uncertain each set of parameters needs two: their difference is luck")  # fmt: skip
    return replicates


def _sample(uncertain: bool, number: int | None, folder: str | None) -> Sample | None:
    """What to draw parameters from; None without --uncertain."""
    from engine.errors import BadInput
    from scenarios.plausible import FOLDER, read_sample

    if uncertain:
        return read_sample(folder or FOLDER)
    for option, value in (("--plausible", number), ("--sample", folder)):
        if value is not None:
            raise BadInput(f"{option} is about drawn parameters, and none are drawn", do="Add --uncertain")
    return None


def check_failures(results: Results) -> None:
    """Say which runs failed; UnfreezeError if nothing is left."""
    from engine.errors import UnfreezeError

    failed = results.runs.filter(results.runs["status"] != "done")
    if failed.is_empty():
        return
    first = f"{failed['scenario'][0]}, seed {failed['seed'][0]}: {failed['error'][0]}"
    if failed.height == results.runs.height:
        raise UnfreezeError(f"Every run failed; the first one said: {first}")
    click.echo(f"{failed.height} of {results.runs.height} runs failed (see runs.parquet); the first: {first}", err=True)


def write(compared: Comparison, folder: Path) -> list[str]:
    """Tables, figures and the report; returns the names of the files."""
    from analysis import report
    from scenarios.store import write_tables

    return sorted([*write_tables(compared.results, folder), *report.write(compared, folder)])


def _print(compared: Comparison, folder: str, written: Sequence[str]) -> None:
    from analysis import uncertainty
    from analysis.words import sentence
    from cli.screen import says, size_of

    one = compared.first
    says(sentence(compared))
    if compared.uncertain and uncertainty.sentence(compared):
        says(uncertainty.sentence(compared))
    says()
    says(f"{compared.place.title}; worldview: {compared.worldview.title}; {size_of(one)}; "
         f"{compared.replicates} replicates from seed {one.seed}.")  # fmt: skip
    for month in compared.when:
        _print_month(compared, month)
    noise = "The interval is simulation noise only: it does not say whether the model and its figures are right."
    says("Better and worse: the 95% interval lies beyond what matters in practice (1 point, or 2% of the cost; lower "
         "cost is better).  Practically the same: it lies inside.  Not known: neither.  "
         + (uncertainty.BOTH if compared.uncertain else noise))  # fmt: skip
    for note in notes(compared):
        says(note)
    if compared.uncertain:
        _print_uncertainty(compared)
    if compared.names:
        _print_costs(compared)
    says(f"Written to {folder}: {', '.join(written)}.")


def notes(compared: Comparison) -> list[str]:
    """What a reader must know about this comparison in particular."""
    from scenarios.scenario import LASTS

    found = []
    end = compared.programme[1] if compared.programme else None
    if end is not None and compared.first.months < end + LASTS[-1]:
        found.append(f"The run ends {compared.first.months - end} months after the programme, too early to see what is "
                     f"left {LASTS[-1]} months after it: --months {end + LASTS[-1]} shows that.")  # fmt: skip
    if compared.replicates < 2:
        found.append("One replicate has no interval and gives no verdict: --replicates 16 gives both.")
    if len(compared.names) > FEW:
        first = compared.titles[compared.names[0]]
        found.append(f"Strategies are shown against {first}, the first one; --json has every pair.")
    return found


def headline_values(compared: Comparison, when: Sequence[int]) -> list[dict[str, Any]]:
    """Means of the headline measures: measure, month, strategy, value (None where there is none)."""
    import polars as pl

    from model.measures import HEADLINE

    rows = compared.months.filter(pl.col("stratum") == "all", pl.col("month").is_in(when))
    means = rows.group_by("measure", "month", "scenario").agg(pl.col("value").mean())
    found = {(measure, month, name): value for measure, month, name, value in means.iter_rows()}
    return [
        {"measure": measure, "month": month, "strategy": name, "value": found.get((measure, month, name))}
        for month in when
        for measure in HEADLINE
        for name in compared.titles
    ]


def _print_month(compared: Comparison, month: int) -> None:
    """Every strategy's headline measures in one month, and the paired differences: one strategy or pair a row."""
    from analysis.words import label, shown, shown_difference, unit
    from cli.screen import shows, table
    from model.measures import HEADLINE

    values = {(row["measure"], row["strategy"]): row["value"] for row in headline_values(compared, [month])}
    title = f"What lasts, {compared.after(month)}"
    made = table("", *(label(measure, compared.domain) for measure in HEADLINE), title=title)
    for name, title in compared.titles.items():
        made.add_row(title, *(shown(measure, values[measure, name]) for measure in HEADLINE))
    pairs = pairs_shown(compared)
    if pairs:
        made.add_section()
        made.add_row("Paired difference", *(unit(measure, difference=True) for measure in HEADLINE), style="bold")
    found = [row for row in differences(compared) if row["month"] == month]
    rows = {(row["scenario"], row["against"], row["measure"]): row for row in found}
    for scenario, against in pairs:
        if compared.uncertain:
            _add_apart(made, compared, [rows[scenario, against, measure] for measure in HEADLINE])
            continue
        cells = []
        for measure in HEADLINE:
            row = rows[scenario, against, measure]
            low, high = (shown_difference(measure, row[end]) for end in ("low", "high"))
            between = "" if row["low"] is None else f"\n{low} to {high}"
            cells.append(f"{shown_difference(measure, row['difference'])}{between}\n{row['verdict']}")
        made.add_row(f"{compared.titles[scenario]}\n  against {compared.titles[against]}", *cells)
    shows(made)


def _add_apart(made: Table, compared: Comparison, rows: Sequence[dict[str, Any]]) -> None:
    """One pair under --uncertain: its difference in each measure, and how both kinds of uncertainty spread it."""
    from analysis.uncertainty import apart

    cells = [apart(compared, row) for row in rows]
    title = f"{compared.titles[rows[0]['scenario']]}\n  against {compared.titles[rows[0]['against']]}"
    made.add_row(title, *(f"{cell['difference']}\n{cell['verdict']}" for cell in cells))
    for name, what in (("both", "95%, both kinds"), ("noise", "simulation noise"), ("parameters", "parameters")):
        made.add_row(f"    {what}", *(cell[name] for cell in cells))
    for name, what in (("better", "better in"), ("clearly_better", "by what matters in"),
                       ("clearly_worse", "worse by that in")):  # fmt: skip
        made.add_row(f"    {what}", *(f"{cell[name]} of worlds" for cell in cells))


def _print_uncertainty(compared: Comparison) -> None:
    """What was drawn, and which of it goes most with the difference."""
    from analysis.uncertainty import about, chance_alone, drawn, strongest, strongest_of
    from analysis.words import label
    from cli.screen import says, shows, table
    from model.measures import HEADLINE

    for text in about(compared):
        says(text)
    found = strongest(compared)
    if not found:
        return
    made = table("", "parameter", "rank correlation", "95% interval", "p", "stands out", left=2, fold=True,
                 title=f"Parameters that go most with the difference: {strongest_of(compared)}")  # fmt: skip
    for measure in (label(measure, compared.domain) for measure in HEADLINE):
        for i, row in enumerate(row for row in found if row["measure"] == measure):
            made.add_row("" if i else measure, row["name"], row["rho"], row["interval"], row["p"],
                         "yes" if row["stands_out"] else "no")  # fmt: skip
    shows(made)
    many = len(drawn(compared))
    says(f"Over {found[0]['n']} sets; with so few only strong relations show.  Of {many} parameters about "
         f"{chance_alone(many)} would have p below .05 by chance; one that stands out is beyond that.")  # fmt: skip


def pairs_shown(compared: Comparison) -> list[tuple[str, str]]:
    """Every strategy against the status quo; then each pair, or each against the first where there are many."""
    from itertools import combinations

    from scenarios.scenario import NOBODY

    names = compared.names
    pairs = combinations(names, 2) if len(names) <= FEW else ((names[0], name) for name in names[1:])
    return [*((name, NOBODY) for name in names), *pairs]


def differences(compared: Comparison) -> list[dict[str, Any]]:
    """Every paired difference of the headline measures, as plain rows."""
    import polars as pl

    return pl.concat([compared.headline, compared.between]).to_dicts()


def _print_costs(compared: Comparison) -> None:
    """Programme spending by purpose, what stayed unspent, what everybody pays, and what a million of it does."""
    from analysis.tables import money, per_million
    from analysis.words import label, unit
    from cli.screen import shows, table
    from model.measures import HEADLINE

    found, titles = money(compared), [compared.titles[name] for name in compared.names]
    for first in range(0, len(titles), ABREAST):
        here = slice(first, first + ABREAST)
        made = table("", *titles[here], title="What the programmes cost, EUR thousand over the whole run", fold=True)
        for purpose, cells in found["purposes"].items():
            made.add_row(f"  {purpose}", *cells[here])
        made.add_row("Programme", *found["spent"][here], style="bold")
        made.add_row("Left unspent", *found["unspent"][here])
        shows(made)
        after = slice(first + 1, first + 1 + ABREAST)
        title = "Who pays, EUR thousand: without a foundation, and what changes"
        made = table("", "No foundation", *titles[here], title=title, fold=True)
        for payer, cells in found["payers"].items():
            made.add_row(f"  {payer}", cells[0], *cells[after])
        made.add_row("All", found["total"][0], *found["total"][after], style="bold")
        shows(made)
    what = [f"{label(measure, compared.domain)}, {unit(measure, difference=True)}" for measure in HEADLINE]
    title = f"For each million euro of the programme, {compared.after(compared.when[-1])}"
    made = table("", *what, title=title, fold=True)
    for row in per_million(compared):
        made.add_row(row["title"], *(cell.replace(" (", "\n(") for cell in row["cells"]))
    shows(made)


def _uncertainty(compared: Comparison) -> dict[str, Any]:
    """What --json says about drawn parameters."""
    from dataclasses import asdict

    from analysis.uncertainty import drawn, main_pairs, matters
    from model.measures import HEADLINE
    from scenarios.plausible import held

    assert compared.sample is not None
    month = compared.when[-1]
    return {
        "sets": len(compared.sets),
        "sample": {name: compared.sample.manifest.get(name) for name in ("command", "date", "hash")},
        "drawn": drawn(compared),
        "held": held(compared.place, compared.sample),
        "goes_with": [
            {"strategy": scenario, "against": against, "measure": measure, "month": month, **asdict(one)}
            for scenario, against in main_pairs(compared)
            for measure in HEADLINE
            for one in matters(compared, scenario, against, measure, month)
        ],
    }


def _json(compared: Comparison, folder: str, seed: int, replicates: int) -> str:
    import json

    import polars as pl

    rows = pl.DataFrame(differences(compared), schema=compared.headline.schema)
    fields = ["measure", "month", "strategy", "against", "difference", "low", "high", "verdict"]
    if compared.uncertain:
        fields += ["noise_low", "noise_high", "parameters_low", "parameters_high", "better_in", "clearly_better_in",
                   "clearly_worse_in"]  # fmt: skip
    return json.dumps(
        {
            "strategies": list(compared.names),
            "place": compared.place.name,
            "seed": seed,
            "replicates": replicates,
            "headline": headline_values(compared, compared.when),
            "differences": rows.rename({"scenario": "strategy"}).select(fields).to_dicts(),
            **({"uncertainty": _uncertainty(compared)} if compared.uncertain else {}),
            "out": folder,
        },
        indent=2,
        ensure_ascii=False,
        allow_nan=False,
    )
