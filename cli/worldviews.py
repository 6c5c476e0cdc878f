"""`unfreeze worldviews`: every strategy under every belief about the world, against no foundation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.options import output_options, replicate_options, scenarios_of, world_options

if TYPE_CHECKING:
    import polars as pl

    from scenarios.scenario import Scenario

REPLICATES = 8
SIGNS = {"better": "+", "worse": "-", "practically the same": "=", "not known": "?"}


@click.command("worldviews")
@click.argument("strategies", nargs=-1, metavar="[STRATEGY]...")
@world_options(one_world=False)
@replicate_options(REPLICATES)
@output_options
def worldviews_command(
    strategies: tuple[str, ...],
    place: str,
    people: int | None,
    months: int,
    seed: int,
    assignments: tuple[str, ...],
    replicates: int,
    threads: int | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Run every shipped strategy in every shipped worldview and show who wins where.

    A worldview is what one party believes about how the system works.  A strategy that wins only in its own author's
    worldview is a bet on that worldview; one that holds up in the others is worth more.  Takes some minutes.

    STRATEGY limits it to some (names or files).  Writes worldviews.png and .svg (a heat map), verdicts.parquet,
    months.parquet (headline measures only), events.parquet and runs.parquet.

    \b
    EXAMPLES
      unfreeze worldviews
      unfreeze worldviews user_centred catalytic_philanthropy mine.toml --replicates 24
      unfreeze worldviews --people 2000 --place mycity.toml
    """
    from analysis import figures
    from analysis.contrasts import worldviews
    from cli.compare import check_failures
    from cli.screen import progress
    from model.measures import HEADLINE
    from scenarios.ensemble import check_replicates, ensemble
    from scenarios.names import shipped
    from scenarios.places import domain_of
    from scenarios.scenario import NOBODY, lasting_months, with_twins
    from scenarios.store import folder_name, results_folder, write_table, write_tables

    chosen = strategies or [name for name in shipped("strategy") if name != NOBODY]
    asked = scenarios_of(chosen, place, shipped("worldview"), people, months, seed, assignments)
    scenarios = with_twins(asked)
    check_replicates(replicates)
    month = lasting_months(scenarios)[-1]
    folder = out or folder_name(asked, "worldviews")
    with results_folder(folder) as part:
        with progress(f"{len(scenarios)} scenarios x {replicates}") as bar:
            results = ensemble(scenarios, replicates, threads=threads, on_progress=bar,
                               keep=[*HEADLINE, "programme_to_date"])  # fmt: skip
        check_failures(results)
        verdicts = worldviews(results.months, month)
        if part is not None:
            write_tables(results, part)
            write_table(verdicts, part / "verdicts.parquet")
            figure = figures.worldviews_heatmap(verdicts, _titles(scenarios), domain_of(asked[0].place),
                                                _note(asked[0], month, replicates))  # fmt: skip
            figures.save(figure, part / "worldviews")
    if as_json:
        click.echo(_json(asked, verdicts, month, seed, replicates, folder))
    else:
        _print(asked, verdicts, month, replicates, folder)


def _titles(scenarios: Sequence[Scenario]) -> dict[str, str]:
    """What strategies and worldviews are called on screen, by name."""
    return {one.strategy.name: one.strategy.title for one in scenarios} | {
        one.worldview.name: one.worldview.title for one in scenarios
    }


def _note(one: Scenario, month: int, replicates: int) -> str:
    from cli.screen import size_of

    return f"{one.place.title}; month {month} of the run; {replicates} replicates from seed {one.seed}; {size_of(one)}."


def _print(asked: Sequence[Scenario], verdicts: pl.DataFrame, month: int, replicates: int, folder: str) -> None:
    from analysis.words import BRIEF
    from cli.screen import says, shows, table
    from model.measures import HEADLINE
    from scenarios.places import domain_of

    titles = _titles(asked)
    worlds = list(dict.fromkeys(one.worldview.name for one in asked))
    signs = {(row["strategy"], row["world"], row["measure"]): SIGNS[row["verdict"]] for row in verdicts.to_dicts()}
    domain = domain_of(asked[0].place)
    made = table("", *(titles[world].replace(" ", "\n") for world in worlds), title="Against no foundation", fold=True)
    for name in dict.fromkeys(one.strategy.name for one in asked):
        cells = [" ".join(signs.get((name, world, measure), "?") for measure in HEADLINE) for world in worlds]
        made.add_row(titles[name], *cells)
    shows(made)
    says("Each cell: " + ", ".join(domain.says(BRIEF[measure]) for measure in HEADLINE) + ".")
    says("   ".join(f"{sign} {word}" for word, sign in SIGNS.items()))
    says("A verdict needs the whole 95% interval beyond (or inside) what matters: 1 point, or 2% of the cost.  The "
         "interval is simulation noise only.")  # fmt: skip
    says(_note(asked[0], month, replicates))
    says(f"Written to {folder}: worldviews.png and .svg show the differences as well.")


def _json(
    asked: Sequence[Scenario], verdicts: pl.DataFrame, month: int, seed: int, replicates: int, folder: str
) -> str:
    import json

    fields = ("strategy", "world", "measure", "value", "other", "difference", "low", "high", "verdict")
    found: dict[str, Any] = {
        "strategies": list(dict.fromkeys(one.strategy.name for one in asked)),
        "worlds": list(dict.fromkeys(one.worldview.name for one in asked)),
        "place": asked[0].place.name,
        "seed": seed,
        "replicates": replicates,
        "month": month,
        "verdicts": verdicts.select(fields).to_dicts(),
        "out": folder,
    }
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
