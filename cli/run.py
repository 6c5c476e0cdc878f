"""`unfreeze run STRATEGY`: one run, month by month; if asked, what happened in it and everybody's life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.options import Asked, Output, more_words, output_options, scenario_options

if TYPE_CHECKING:
    from runs.running import Run
    from scenarios.domains import Domain
    from scenarios.scenario import Scenario

# What the table shows, under which heading; `--json` and `--out` have everything that is measured.
SHOWN = {
    "secure_people": "secure", "spend_to_date": "spent by\nall", "reform_mainstream": "places", "fit": "fit",
    "without_home": "without", "hidden": "hidden", "unserved": "un-\nserved", "crisis": "crisis", "reform": "reform",
    "crisis_beds": "beds", "reform_grant": "grant\nplaces", "on_side": "on\nside", "spend_programme": "programme",
}  # fmt: skip
LEFT_OUT = ("hidden", "reform", "crisis_beds", "on_side")  # on a narrow screen
NARROW = 96  # columns
EVERY = 12


@click.command("run")
@click.argument("strategies", nargs=-1, required=True, metavar="STRATEGY")
@scenario_options(size=("--size",))
@click.option("--every", type=click.IntRange(1), default=EVERY, show_default=True, metavar="N",
              help="Show every N-th month.")  # fmt: skip
@click.option("--events", "with_events", is_flag=True, help="Print what happened: awards, closures, take-overs ...")
@click.option("--people", "with_people", is_flag=True,
              help="Write people.parquet: everybody's situation, provider, need, trust ... each month.")  # fmt: skip
@click.option("--year-to", type=int, metavar="MONTH",
              help="Last month of the year that planners' numbers are of; by default the run's last.")  # fmt: skip
@output_options
def run_command(
    strategies: tuple[str, ...],
    every: int,
    with_events: bool,
    with_people: bool,
    year_to: int | None,
    asked: Asked,
    output: Output,
) -> None:
    """Run STRATEGY once and print a table of months, what planners report of a year, and who moved where in it.

    STRATEGY is a shipped name or a file.  With --out (or --people) everything that was measured is written to a folder:
    months.parquet, events.parquet, flows.parquet, runs.parquet and, with --people, people.parquet.

    \b
    EXAMPLES
      unfreeze run status_quo
      unfreeze run user_centred --events --every 6
      unfreeze run catalytic_philanthropy --size 2000 --people --out mine
    """
    from cli.about import own_files
    from cli.planners import check_year
    from cli.screen import progress, warns
    from runs.lives import check_histories, everybody
    from runs.running import live
    from runs.store import Results, results_folder, write_table, write_tables

    request = asked.request([_only(strategies)])
    _only([one.typed for one in request.choices])  # a scenario file may name several
    scenario = request.asked[0]
    check_year(scenario, year_to)
    warns(scenario.warnings)
    if with_people:
        check_histories(scenario)
    folder = output.out or (default_folder(scenario) if with_people else None)
    with progress(scenario.strategy.title) as bar, results_folder(folder) as part:
        run, people_table = everybody(scenario, bar) if with_people else (live(scenario, bar), None)
        if part is not None:
            write_tables(Results.of([run], flows=True), part)
            if people_table is not None:
                write_table(people_table, part / "people.parquet")
    if output.as_json:
        again = request.command_line("run", more_words([
            ("--every", every, EVERY), ("--events", with_events, False), ("--people", with_people, False),
            ("--year-to", year_to, None),
        ]), size="--size")  # fmt: skip
        click.echo(_json(run, every, with_events, folder, again, own_files(request.names), year_to))
    else:
        _print(scenario, run, every, with_events, folder, year_to)


def default_folder(scenario: Scenario) -> str:
    """Where results of one run go unless somebody says otherwise."""
    from runs.store import folder_name

    return folder_name([scenario], "run")


def _only(strategies: Sequence[str]) -> str:
    """The one strategy of a run."""
    from engine.errors import BadInput

    if len(strategies) == 1:
        return strategies[0]
    number = next((word for word in strategies if word.isdigit()), None)
    if number:
        raise BadInput(f"'{number}' is not a strategy", do=f"To simulate {number} people: --size {number}")
    raise BadInput(f"{len(strategies)} strategies were given; 'run' runs one",
                   do=f"To compare them: unfreeze compare {' '.join(strategies)}")  # fmt: skip


def _print(
    scenario: Scenario, run: Run, every: int, with_events: bool, folder: str | None, year_to: int | None
) -> None:
    from analysis.carried_out import from_run
    from analysis.units import Units
    from analysis.words import digits, is_share, meaning, number, scale, unit
    from cli.planners import prints
    from cli.screen import console, says, shows, size_of, table
    from scenarios.places import domain_of

    measured = run.measured
    assert measured is not None
    units, place = Units.of(scenario), scenario.place
    reason = from_run(run).reason
    if reason:
        says(f"In {place.title}, {scenario.strategy.title} could not be carried out: {reason}.")
    says(f"{scenario.strategy.title} in {place.title}, worldview {scenario.worldview.name}, "
         f"seed {scenario.seed}; {size_of(scenario)}; {place.currency}, {place.prices}.")  # fmt: skip
    by_hand = {**scenario.settings.levers, **scenario.settings.parameters}
    if by_hand:
        says(f"Set by hand: {', '.join(f'{name}={value:.10g}' for name, value in by_hand.items())}.")
    if scenario.programme:
        says(f"The programme runs from month {scenario.programme[0]} to {scenario.programme[1]} (marked *).")
    names = [name for name in SHOWN if console().width >= NARROW or name not in LEFT_OUT]
    domain = domain_of(scenario.place)
    headings = {name: SHOWN[name] if name != "crisis_beds" else domain.own(SHOWN[name]) for name in names}
    shown = table("month", *(heading.replace(" ", "\n") for heading in headings.values()), gap=1)
    begins, ends = scenario.programme or (0, -1)
    for month in months_shown(scenario.months, every):
        amounts = {name: float(measured[name][month]) * scale(name, units) for name in names}
        row = [number(amount, 1 if is_share(name) else 2 if name == "fit" else digits(name, 10))
               for name, amount in amounts.items()]  # fmt: skip
        shown.add_row(f"{month}{'*' if begins <= month <= ends else ''}", *row)
    shows(shown)
    for name in names:
        heading = headings[name].replace("-\n", "").replace("\n", " ")
        of = unit(name, units=units) if "EUR" in unit(name) else "%" if is_share(name) else ""
        says(f"{heading}: {domain.words.get(name) or meaning(name, domain)}{f', {of}' if of else ''}")
    prints(run, year_to)
    if with_events:
        _print_events(run, domain)
    if folder:
        says(f"Written to {folder}")


def months_shown(months: int, every: int) -> list[int]:
    """0, every, 2 every ... and always the last."""
    return sorted({*range(0, months + 1, every), months})


def _print_events(run: Run, domain: Domain) -> None:
    from cli.screen import says, shows, table
    from runs.store import events_of

    events = events_of(run)
    if events.is_empty():
        says("Nothing happened that is worth a line.")
        return
    shown = table("month", "event", "provider", "amount", left=2)
    for month, event, provider, amount, unit in events.select("month", "event", "provider", "amount", "unit").rows():
        about = (domain.own(event), domain.own(_amount(event, amount, unit)))
        shown.add_row(str(month), about[0], "" if provider < 0 else str(provider + 1), about[1])
    shows(shown)


def _amount(event: str, amount: float, unit: str) -> str:
    if event == "obstacle found":
        return unit
    return f"{amount:,.0f} {unit.removesuffix('s') if amount == 1 else unit}" if unit else ""


def _json(
    run: Run, every: int, with_events: bool, folder: str | None, command: str, files: Sequence[str], year_to: int | None
) -> str:
    from analysis.carried_out import from_run
    from cli.about import about, carried_out, json_text, plain_unit, real
    from cli.planners import told_of_one
    from runs.store import events_of, manifest, measures, months_of

    one = run.scenario
    wanted = months_shown(one.months, every)
    table = months_of(run).filter(stratum="all").pivot("measure", index="month", values="value")
    rows = [{name: value if name == "month" else real(one, name, value) for name, value in row.items()}
            for row in table.to_dicts() if row["month"] in wanted]  # fmt: skip
    found: dict[str, Any] = {
        **about(one, command, files),
        "strategy": one.strategy.name,
        "title": one.strategy.title,
        "hash": manifest(run)["hash"],
        "carried_out": carried_out(one, from_run(run)),
        "measures": {name: {"meaning": meaning, "unit": plain_unit(one, name)}
                     for name, (meaning, _) in measures().items()},
        "by_month": rows,
        "planners": told_of_one(run, year_to),
        **({"events": events_of(run).drop("scenario", "seed").to_dicts()} if with_events else {}),
        "out": folder,
    }  # fmt: skip
    return json_text(found)
