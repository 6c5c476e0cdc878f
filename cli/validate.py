"""`unfreeze validate [PATTERN ...]`: what is known of the world, computed in the model and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from cli.options import SEED, WHOLE, Drawn, Output, output_options, replicate_options

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from analysis.patterns.experiment import Sets
    from analysis.patterns.validation import Replicates, Row
    from evidence.patterns import Pattern

REPLICATES = 100
FILES = ("patterns.parquet", "replicates.parquet", "runs.parquet", "patterns.png", "patterns.svg")
NUMBERS, LEAST = 62, 18  # columns that the numbers take, and that the words take at least
ROLES = {  # in the order of the screen: heading, and what is counted
    "fitted": "Fitted: seen when values were chosen",
    "checked": "Checked: nobody tunes to these",
    "guard": "Guards: they warn of effects too good to be true",
    "arithmetic": "Arithmetic on inputs",
}


@click.command("validate")
@click.argument("names", nargs=-1, metavar="[PATTERN]...")
@replicate_options(REPLICATES)
@click.option("--fast", is_flag=True, help="Only the patterns that every change of the model is checked against.")
@click.option("--uncertain", is_flag=True, help="A plausible parameter set for each replicate, not the defaults.")
@click.option("--variants", is_flag=True, help="Wrong models, and likely reasons for misses; goes on where it stopped.")
@click.option("--seed", type=WHOLE, default=SEED, show_default=True, metavar="N", help="Other seed, other luck.")
@output_options
def validate_command(
    names: tuple[str, ...], fast: bool, uncertain: bool, variants: bool, seed: int, drawn: Drawn, output: Output
) -> None:
    """Compare the model with what is known of the world.

    PATTERN is P1, P2, P5 ... or Little (evidence/patterns.toml); without any, all of them.  Each is computed at the
    original study's own size and in its own place, again and again, and compared with what was observed: the number
    must lie in the central 90% of runs, the median in what is allowed, or a sign must hold in 90% of runs.

    The calibrated sample has seen the fitted patterns, and so has whoever chose a place's values by hand.  Nobody
    tunes to the checked ones.  Guards hold by default and warn of assumptions too good to be true; arithmetic only
    tests bookkeeping.  What is missed is shown as missed.

    Writes patterns.parquet (the table), replicates.parquet (every number of every run), runs.parquet (which runs
    failed), patterns.png and patterns.svg.  --json prints a list, an entry for each number.

    --variants runs the model as it is and each variant of evidence/variants.toml: wrong models, which a met number
    should reject, and likely reasons for what is missed.  Writes a file for each, and variants.parquet.

    \b
    EXAMPLES
      unfreeze validate --replicates 20
      unfreeze validate P1 P2 P13
      unfreeze validate --fast --json
      unfreeze validate --uncertain
      unfreeze validate --variants --replicates 16
    """
    from analysis.patterns.registry import EXPERIMENTS
    from analysis.patterns.validation import chosen, compared, plausible_sets, replicated
    from cli.screen import progress
    from engine.errors import BadInput
    from evidence.patterns import load_patterns
    from runs.store import results_folder

    patterns, replicates = chosen(names, load_patterns()), REPLICATES if drawn.replicates is None else drawn.replicates
    if fast:
        patterns = {name: pattern for name, pattern in patterns.items() if pattern.fast}
        if not patterns:
            raise BadInput(f"None of {', '.join(names)} is in the fast subset", where="--fast",
                           allowed=", ".join(name for name, one in load_patterns().items() if one.fast))  # fmt: skip
    if variants:
        if uncertain:
            raise BadInput("--variants are compared at the default parameters", do="Leave out --uncertain")
        where = output.out or f"{_folder(names, fast, uncertain, replicates, seed)}-variants"
        _variants(patterns, replicates, seed, drawn.threads, where, output.as_json)
        return
    folder = output.out or (None if output.as_json else _folder(names, fast, uncertain, replicates, seed))
    with results_folder(folder) as part, progress("validation") as bar:
        sets_of: Callable[[int], Sets] = plausible_sets(replicates, seed) if uncertain else lambda replicate: {}
        found = replicated(patterns, EXPERIMENTS, replicates, seed, sets_of, bar, drawn.threads)
        table = compared(patterns, found.values)
        _say_failures(found)
        if part is not None:
            _write(table, found, part, setting(replicates, seed, uncertain))
    if output.as_json:
        click.echo(_json(table))
    else:
        _print(table, patterns, setting(replicates, seed, uncertain), folder)


def _variants(
    patterns: Mapping[str, Pattern], replicates: int, seed: int, threads: int | None, out: str, as_json: bool
) -> None:
    """Run every variant that is not in the folder yet, and say what is weak, what mends and what that breaks."""
    from pathlib import Path

    from analysis.patterns.hashes import experiments_hash, figures_hash
    from analysis.patterns.page import rejects_words
    from analysis.patterns.registry import EXPERIMENTS
    from analysis.patterns.variants import judged, load_variants, mends, powers, run_variants
    from cli.screen import progress, says, shows
    from cli.screen import table as empty
    from cli.stopped import kept
    from runs.running import digits
    from runs.store import write_table

    folder, every = Path(out), load_variants()
    with kept(lambda: "finished variants", out), progress("variants") as bar:
        began = list(every)
        found = run_variants(
            patterns, EXPERIMENTS, every.values(), replicates, seed, folder,
            lambda name, done, total: bar(began.index(name) + 1 if name in every else 0, len(every) + 1), threads,
            " ".join([digits(), figures_hash(), experiments_hash(EXPERIMENTS)]),
        )  # fmt: skip
    table = judged(patterns, found)
    write_table(table, folder / "variants.parquet", {"setting": setting(replicates, seed, False)})
    if as_json:
        click.echo(table.write_json())
        return
    power, mended = powers(table), mends(table)
    says(rejects_words(power, replicates))
    made = empty(
        "missed", "likely reason", "with it", "breaks", title="What would mend it, and what that breaks", fold=True
    )
    for one in mended.iter_rows(named=True):
        made.add_row(f"{one['pattern']}.{one['part']}", one["meaning"] or "none tested", one["verdict"], one["breaks"])
    shows(made)
    says(f"\nWritten to {out}: variants.parquet and a file for each of {len(every) + 1}")


def setting(replicates: int, seed: int, uncertain: bool) -> str:
    """What was run, in a line."""
    from analysis.words import drawn_from
    from scenarios.plausible import shipped_sample

    sets = f"each with another plausible parameter set, {drawn_from(shipped_sample(None))}"
    where = sets if uncertain else "at the default parameters"
    from engine.typed import several

    return f"{several(replicates, 'run')} of every experiment {where}, from seed {seed}."


def _folder(names: Sequence[str], fast: bool, uncertain: bool, replicates: int, seed: int) -> str:
    """Where results go unless somebody says otherwise."""
    from pathlib import Path

    from runs.store import FOLDER

    words = ["validation", *(sorted(name.lower() for name in names) if len(names) <= 3 else [f"{len(names)}patterns"])]
    words += ["fast"] if fast else []
    words += ["uncertain"] if uncertain else []
    return (Path(FOLDER) / "-".join([*words, f"{replicates}runs", f"seed{seed}"])).as_posix()


def _say_failures(found: Replicates) -> None:
    """Say which runs failed; UnfreezeError if nothing is left."""
    from analysis.patterns.validation import failures
    from engine.errors import UnfreezeError

    lines = failures(found.runs)
    if not found.runs.is_empty() and (found.runs["status"] == "failed").all():
        raise UnfreezeError(f"Every run failed: {lines[0]}")
    for line in lines:
        click.echo(line, err=True)


def _write(table: pl.DataFrame, found: Replicates, folder: Path, said: str) -> None:
    import json

    from analysis.figures import save
    from analysis.patterns.figure import validation_figure
    from runs.store import versions, write_table
    from scenarios.edition import rules_hash

    about = {"setting": said, "rules": rules_hash(), "versions": json.dumps(versions())}
    for name, frame in (("patterns", table), ("replicates", found.values), ("runs", found.runs)):
        write_table(frame, folder / f"{name}.parquet", about)
    save(validation_figure(table, said), folder / "patterns")


def _print(table: pl.DataFrame, patterns: Mapping[str, Pattern], said: str, folder: str | None) -> None:
    from analysis.patterns.validation import by_test_words, pull, tally
    from cli.screen import console, says, shows
    from cli.screen import table as empty

    says(f"Observed and simulated: {said}")
    for role, heading in ROLES.items():
        rows = [row for row in table.iter_rows(named=True) if row["role"] == role]
        if not rows:
            continue
        made = empty("", "observed", "runs", "90% of runs", "distance", "verdict", title=heading, fold=True)
        made.columns[0].min_width = max(LEAST, console().width - NUMBERS)
        for name in dict.fromkeys(row["pattern"] for row in rows):
            made.add_row(f"{name}  {patterns[name].title}", style="bold")
            own = [row for row in rows if row["pattern"] == name]
            for row in own:
                made.add_row(*_cells(row), end_section=row is own[-1])
        shows(made)
    says("Runs: the median, and the central 90%, or in how many of them an order holds.  Distance: from what was "
         "observed, in its standard errors, if an interval is known.  In brackets: what is compared.")  # fmt: skip
    says("")
    for role, met, of, parts, numbers in tally(table):
        says(f"{role}: {met} of {of} met in every part ({parts} of {numbers} numbers)")
    says(f"numbers: {by_test_words(table)}")
    if pulled := pull(table):
        says(f"\n{pulled}")
    if folder:
        says(f"\nWritten to {folder}: {', '.join(FILES)}")


def _cells(row: Row) -> list[str]:
    import math

    from analysis.patterns.validation import band_words, observed_words, simulated_words, verdict_words

    apart = "" if math.isnan(row["distance"]) else f"{row['distance']:+.1f}".replace("-", "−")
    said = f"  {row['meaning']}" + (f"\n    {row['by']}" if row["by"] else "")
    band = band_words(row).removesuffix(" of runs")
    verdict = verdict_words(row).replace("sign only", "sign")  # what it means stands below the table
    return [said, observed_words(row).split(" (")[0], simulated_words(row), band, apart, verdict]


def _json(table: pl.DataFrame) -> str:
    from cli.about import json_text

    rows = [{k: None if isinstance(v, float) and v != v else v for k, v in row.items()} for row in table.to_dicts()]
    return json_text(rows)
