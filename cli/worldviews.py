"""`unfreeze worldviews`: every strategy under every belief about the world, against no foundation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.options import Asked, Drawn, Output, drawn_options, more_words, output_options, scenario_options

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from runs.store import Results
    from scenarios.request import Request
    from scenarios.scenario import Scenario

SETS, SEEDS = 5, 3  # parameter sets in each worldview, and replicates in each of them
POINT = 8  # replicates with --point
SIGNS = {"better": "++", "better, size open": "+", "practically the same": "=", "not known": "?",
         "worse, size open": "-", "worse": "--", "not carried out": "x"}  # fmt: skip


@click.command("worldviews")
@click.argument("strategies", nargs=-1, metavar="[STRATEGY]...")
@scenario_options(one_worldview=False)
@drawn_options(SETS, SEEDS, POINT)
@output_options
def worldviews_command(strategies: tuple[str, ...], asked: Asked, drawn: Drawn, output: Output) -> None:
    """Run every shipped strategy in every shipped worldview and show who wins where.

    A worldview is what one party believes about how the system works.  A strategy that wins only in its own author's
    worldview is a bet on that worldview; one that holds up in the others is worth more.  What no worldview says is
    drawn: from the calibrated sample where it has a number, else from the ranges of the evidence, balanced with the
    place's counts (--point: the default values).  Takes some minutes.

    STRATEGY limits it to some (names or files).  Writes worldviews.png and .svg (a heat map), verdicts.parquet,
    months.parquet (measures of the verdicts only), events.parquet and runs.parquet.

    \b
    EXAMPLES
      unfreeze worldviews
      unfreeze worldviews user_centred catalytic_philanthropy mine.toml --sets 10
      unfreeze worldviews --people 2000 --place mycity.toml --point
    """
    from analysis.comparison import NEEDED
    from analysis.contrasts import worldviews
    from analysis.uncertainty import calibration
    from analysis.words import sets_said
    from cli.compare import check_failures, replicates_of, sample_of
    from cli.screen import progress
    from runs.ensemble import check_replicates, ensemble
    from runs.store import folder_name, results_folder
    from scenarios.names import shipped
    from scenarios.plausible import plausible
    from scenarios.request import scenarios_of
    from scenarios.scenario import NOBODY, lasting_months, with_twins
    from scenarios.worldviews import find_worldview

    replicates, point = replicates_of(drawn, SEEDS, POINT), drawn.point
    chosen = strategies or [name for name in shipped("strategy") if name != NOBODY]
    request = asked.request(chosen)
    calibrated = sample_of(drawn, request.where)
    views = scenarios_of(request, map(find_worldview, shipped("worldview")))
    scenarios = with_twins(views)
    sets = None if point else plausible(request.where, drawn.sets or SETS, request.seed, calibrated)
    runs = replicates * len(sets or [()])
    check_replicates(replicates, len(sets or [()]))
    month = lasting_months(scenarios)[-1]
    folder = output.out or folder_name(views, "worldviews", len(sets or ()))
    with results_folder(folder) as part:
        with progress(f"{len(scenarios)} scenarios x {runs}") as bar:
            results = ensemble(scenarios, replicates, threads=drawn.threads, on_progress=bar, keep=NEEDED, sets=sets,
                               seeds=drawn.seeds)  # fmt: skip
        check_failures(results)
        verdicts = _carried_out(worldviews(results.months, month), scenarios, results.months)
        note = _note(views[0], month, replicates, sets_said(len(sets), calibrated) if sets else "")
        if part is not None:
            _write(part, results, verdicts, scenarios, note)
    if output.as_json:
        found = _made(request, drawn, replicates, bool(strategies)) | {
            "sets": len(sets or ()) or None, "calibration": calibration(calibrated), "note": note, "out": folder,
        }  # fmt: skip
        click.echo(_json(views, verdicts, month, found))
    else:
        _print(views, verdicts, note, folder, point)


def _made(request: Request, drawn: Drawn, replicates: int, named: bool) -> dict[str, Any]:
    """How the verdicts were made; `named`: whether somebody chose the strategies."""
    from cli.about import own_files

    again = request.command_line("worldviews", more_words([
        ("--replicates", replicates, POINT if drawn.point else SEEDS), ("--sets", drawn.sets, None),
        ("--seeds", drawn.seeds, "common"), ("--point", drawn.point, False),
    ]), strategies=named)  # fmt: skip
    seeds = None if drawn.point else drawn.seeds
    return {"command": again, "files": own_files(request.names), "replicates": replicates, "seeds": seeds}


def _write(folder: Path, results: Results, verdicts: pl.DataFrame, ran: Sequence[Scenario], note: str) -> None:
    """Tables and the heat map."""
    from analysis import figures
    from analysis.units import Units
    from runs.store import write_table, write_tables
    from scenarios.places import domain_of

    write_tables(results, folder)
    write_table(verdicts, folder / "verdicts.parquet")
    one = ran[0]
    figure = figures.worldviews_heatmap(verdicts, _titles(ran), domain_of(one.place), note, Units.of(one))
    figures.save(figure, folder / "worldviews")


def _carried_out(verdicts: pl.DataFrame, scenarios: Sequence[Scenario], months: pl.DataFrame) -> pl.DataFrame:
    """No verdict, and a reason, where a strategy could not be carried out in a worldview."""
    import polars as pl

    from analysis.carried_out import from_table

    reasons = {one.label: from_table(one, months).reason for one in scenarios if one.spends}
    why = pl.Series("why", [reasons.get(name) for name in verdicts["scenario"]], dtype=pl.String)
    return verdicts.with_columns(
        verdict=pl.when(why.is_null()).then(pl.col("verdict")),
        reason=pl.when(why.is_null()).then(pl.col("reason")).otherwise("could not be carried out: " + why),
    )


def _titles(scenarios: Sequence[Scenario]) -> dict[str, str]:
    """What strategies and worldviews are called on screen, by name."""
    return {one.strategy.name: one.strategy.title for one in scenarios} | {
        one.worldview.name: one.worldview.title for one in scenarios
    }


def _note(one: Scenario, month: int, replicates: int, sets: str) -> str:
    """What was run, where; sets: how many parameter sets and where they come from, "" if none."""
    from cli.screen import size_of
    from engine.typed import several

    runs = f"{several(replicates, 'replicate')} from seed {one.seed}" + (f" in each of {sets}" if sets else "")
    by_hand = {**one.settings.levers, **one.settings.parameters}
    hand = f"; set by hand: {', '.join(f'{name}={value:.10g}' for name, value in by_hand.items())}" if by_hand else ""
    return (f"{one.place.title}; month {month} of the run; {runs}; {size_of(one)}; {one.place.currency}, "
            f"{one.place.prices}{hand}.")  # fmt: skip


def _print(asked: Sequence[Scenario], verdicts: pl.DataFrame, note: str, folder: str, point: bool) -> None:
    from analysis.figures import verdict_of
    from analysis.uncertainty import BOTH
    from analysis.words import BRIEF, explained
    from cli.compare import NOISE_ONLY
    from cli.screen import says, shows, table
    from model.measures import HEADLINE
    from scenarios.places import domain_of

    titles = _titles(asked)
    worlds = list(dict.fromkeys(one.worldview.name for one in asked))
    signs = {(row["strategy"], row["worldview"], row["measure"]): SIGNS[verdict_of(row)] for row in verdicts.to_dicts()}
    domain = domain_of(asked[0].place)
    failed = verdicts.filter(verdicts["verdict"].is_null(), verdicts["difference"].is_not_null())
    for name in failed["strategy"].unique(maintain_order=True):
        where = failed.filter(failed["strategy"] == name)["worldview"].unique(maintain_order=True)
        says(f"{titles[name]} could not be carried out in {len(where)} of {len(worlds)} worldviews.")
    made = table("", *(titles[world].replace(" ", "\n") for world in worlds), title="Against no foundation", fold=True)
    for name in dict.fromkeys(one.strategy.name for one in asked):
        cells = [" ".join(signs.get((name, world, measure), "?") for measure in HEADLINE) for world in worlds]
        made.add_row(titles[name], *cells)
    shows(made)
    says("Each cell: " + ", ".join(domain.says(BRIEF[measure]) for measure in HEADLINE) + ".")
    says("   ".join(f"{sign} {word}" for word, sign in SIGNS.items()))
    says(f"{explained()}  {NOISE_ONLY if point else BOTH}")
    says(note)
    says(f"Written to {folder}: worldviews.png and .svg show the differences as well.")


def _json(asked: Sequence[Scenario], verdicts: pl.DataFrame, month: int, found: dict[str, Any]) -> str:
    """All verdicts, with all that is needed to read them; `found`: how they were made."""
    from analysis.words import explained
    from cli.about import about, json_text, measures_told, real
    from model.measures import HEADLINE

    one = asked[0]
    fields = ("strategy", "worldview", "measure", "value", "other", "difference", "low", "high", "margin", "verdict",
              "reason")  # fmt: skip
    money = {"value", "other", "difference", "low", "high", "margin"}
    told = about(one, found["command"], found["files"])
    whole: dict[str, Any] = {
        **{name: value for name, value in told.items() if not name.startswith("worldview")},
        "strategies": list(dict.fromkeys(each.strategy.name for each in asked)),
        "worldviews": list(dict.fromkeys(each.worldview.name for each in asked)),
        **{name: found[name] for name in ("replicates", "sets", "seeds", "calibration", "note")},
        "month": month,
        "measures": measures_told(one, HEADLINE),
        "explained": explained(),
        "verdicts": [
            {name: real(one, row["measure"], row[name]) if name in money else row[name] for name in fields}
            for row in verdicts.to_dicts()
        ],
        "out": found["out"],
    }
    return json_text(whole)
