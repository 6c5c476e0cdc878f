"""`unfreeze compare [STRATEGY ...]`: the same people under each, what lasts and what it cost; a folder of results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from cli.options import Asked, Drawn, Output, drawn_options, output_options, scenario_options

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from analysis.comparison import Comparison
    from runs.controls import EqualCost
    from runs.store import Results
    from scenarios.places import Place
    from scenarios.plausible import Sample

SETS, SEEDS, POINT = 8, 3, 16  # as in analysis/ask.py, which takes time to import
ABREAST = 3  # strategies in one table of costs
FEW = 3  # strategies of which every pair is shown; of more, each against the first (all pairs are in --json)


def _replaced(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    """What --uncertain did is done without it."""
    if asked:
        from engine.errors import BadInput

        raise BadInput("--uncertain is no option any more: parameter sets are drawn unless you say otherwise",
                       do="Leave it out.  The model's default values and luck alone: --point")  # fmt: skip


@click.command("compare")
@click.argument("strategies", nargs=-1, metavar="[STRATEGY]...")
@scenario_options()
@drawn_options(SETS, SEEDS, POINT, sample=True)
@click.option("--uncertain", is_flag=True, hidden=True, expose_value=False, callback=_replaced)
@output_options
def compare_command(strategies: tuple[str, ...], asked: Asked, drawn: Drawn, output: Output) -> None:
    """Compare strategies on the same simulated people.

    STRATEGY is a shipped name (unfreeze list strategies) or a file; without any, catalytic_philanthropy and
    user_centred.  One scenario file, as the dashboard saves it, says everything.  What happens without a foundation is
    always run too, and everything is measured against it: first whether a strategy could be carried out at all, then
    people with what they need, what all payers spend, places and their fit, 24 and 48 months after the programme's end.
    Beside it stands what the same money would have done if it had bought homes: the programme's money, and what all
    payers paid.

    The model's numbers are drawn from the calibrated sample where it has one, else from the ranges of the evidence,
    and balanced with the place's counts.  The same people and strategies run under some such plausible parameter
    sets.  Intervals hold what nobody has measured first and luck second.  What --set and the worldview name is not
    drawn; --point draws nothing.

    Writes months.parquet, events.parquet, flows.parquet (who moved where), runs.parquet, comparison.png and .svg,
    levers.png and .svg, report.html, with what planners report of a year, and slides.html, to show or print.

    \b
    EXAMPLES
      unfreeze compare
      unfreeze compare homes top_up carrier --sets 20
      unfreeze compare --people 2000 --set secure_supply=200 --json
      unfreeze compare user_centred mine.toml --place mycity.toml --out mycity
      unfreeze compare --point --replicates 32
    """
    from analysis.ask import command_of, compared
    from cli.first_answer import meanwhile
    from cli.screen import progress, warns
    from runs.ensemble import check_replicates
    from runs.store import folder_name, results_folder
    from scenarios.plausible import plausible
    from scenarios.scenario import with_twins

    meanwhile(click.get_current_context())
    request = asked.request(strategies)
    drawn = replace(drawn, point=drawn.point or request.point)
    calibrated, replicates = sample_of(drawn, request.where), replicates_of(drawn)
    scenarios = with_twins(request.asked)
    warns(dict.fromkeys(warned for one in scenarios for warned in one.warnings))
    sets = None if drawn.point else plausible(request.where, drawn.sets or SETS, request.seed, calibrated)
    runs = replicates * len(sets or [()])
    check_replicates(replicates, len(sets or [()]))
    folder = output.out or folder_name(request.asked, "compare", len(sets or ()))
    with results_folder(folder) as part:
        again = command_of(request, replicates, sets, drawn.seeds, drawn.sample, strategies=bool(strategies))
        with progress(f"{len(scenarios)} strategies x {runs}, and controls") as bar:
            found = compared(scenarios, replicates, sets, calibrated, drawn.seeds, drawn.threads, bar, again,
                             (request.heading, request.notes))  # fmt: skip
        check_failures(found.results)
        written = write(found, part) if part is not None else []
    if output.as_json:
        click.echo(_json(found, folder, replicates, drawn.seeds, request.names))
    else:
        _print(found, folder, written)


def replicates_of(drawn: Drawn, usual: int = SEEDS, usual_point: int = POINT) -> int:
    """How many replicates there are, of each parameter set: what somebody said, or the usual number."""
    from analysis.ask import replicates_of

    return replicates_of(drawn.replicates, drawn.point, usual, usual_point, "--point")


def sample_of(drawn: Drawn, place: Place) -> Sample | None:
    """The calibrated sample in a folder, or the shipped one; None if there is none for this place, and with --point."""
    from engine.errors import BadInput
    from scenarios.plausible import read_sample, shipped_sample

    if not drawn.point:
        return read_sample(drawn.sample) if drawn.sample else shipped_sample(place)
    for option, value in (("--sets", drawn.sets), ("--sample", drawn.sample)):
        if value is not None:
            raise BadInput(f"{option} is about drawn parameters, and --point draws none", do="Leave one of the two out")
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
    from runs.store import write_tables

    return sorted([*write_tables(compared.results, folder), *report.write(compared, folder)])


def _print(compared: Comparison, folder: str, written: Sequence[str]) -> None:
    from analysis import uncertainty
    from analysis.board import IN_FULL, left_out, relabelled, sentence
    from analysis.words import beside, explained, homes_instead, how_sure, margins_said, units_said
    from cli.screen import says, size_of
    from engine.typed import several

    one = compared.first
    says(sentence(compared))
    for text in (
        left_out(compared),
        relabelled(compared),
        homes_instead(compared),
        beside(compared),
        how_sure(compared),
    ):
        if text:
            says(text)
    says()
    says(f"{compared.place.title}; worldview: {compared.worldview.title}; {size_of(one)}; "
         f"{several(compared.replicates, "paired run")} from seed {one.seed}.")  # fmt: skip
    by_hand = {**compared.settings.levers, **compared.settings.parameters}
    if by_hand:
        says(f"Set by hand: {', '.join(f'{name}={value:.10g}' for name, value in by_hand.items())}.")
    for text in units_said(compared):
        says(text)
    _print_carried_out(compared)
    if len(compared.names) > IN_FULL:
        _print_ranking(compared)
    for month in compared.when:
        _print_month(compared, month)
    _print_controls(compared)
    says(f"Verdicts.  {explained()}")
    says(margins_said(compared))
    says(uncertainty.BOTH if compared.uncertain else NOISE_ONLY)
    for note in notes(compared):
        says(note)
    if compared.uncertain:
        _print_uncertainty(compared)
    if compared.names:
        _print_costs(compared)
    says(f"Written to {folder}: {', '.join(written)}.")


NOISE_ONLY = ("Intervals show simulation noise only: what nobody has measured is left out, because the model's numbers "
              "stand at their defaults.  They do not say whether the model and its figures are right.")  # fmt: skip


def _print_carried_out(compared: Comparison) -> None:
    """Was it carried out?"""
    from analysis.tables import carried
    from cli.screen import shows, table

    rows = carried(compared)
    if not rows:
        return
    million = f"{compared.units.currency} m"
    heads = ("grants\nawarded", "runs\nwithout", "sites\nreached", f"had,\n{million}", "spent by\nits end",
             "spent or\npromised", f"left,\n{million}", "carried\nout")  # fmt: skip
    made = table("", *heads, title="Was it carried out?", fold=True)
    for row in rows:
        made.add_row(row["title"], row["grants"], row["none_in"], row["sites"], row["had"], row["spent"], row["used"],
                     row["left"], row["verdict"].replace(" to spend", "\n to spend"))  # fmt: skip
    shows(made)


def _heads(compared: Comparison, difference: bool = False) -> list[str]:
    """The headline measures above a table, with their units."""
    from analysis.words import label, unit
    from model.measures import HEADLINE

    return [f"{label(measure, compared.domain)}, {unit(measure, difference, compared.units)}" for measure in HEADLINE]


def _cell(cell: dict[str, Any]) -> str:
    """A difference, its interval and the verdict, a line each."""
    between = "" if cell["interval"] == "none" else f"\n{cell['interval']}"
    return f"{cell['shown']}{between}\n{_short(cell['verdict'])}"


def _short(verdict: str) -> str:
    """A verdict in lines that no number needs; each but the first begins with a space, as it goes on."""
    return (
        verdict.replace("practically the", "practically\n the")
        .replace(", size", ",\n size")
        .replace("carried out", "carried\n out")
    )


def _print_ranking(compared: Comparison) -> None:
    """Many strategies in one table, the most people first."""
    from analysis.tables import ranking
    from cli.screen import shows, table

    title = f"Ranking against no foundation, {compared.after(compared.when[-1])}"
    made = table("", *_heads(compared, True), title=title, fold=True)
    for row in ranking(compared):
        name = f"{row['rank']}. {row['title']}" if row["rank"] else row["title"]
        name = f"control: {name}" if row["control"] else name
        made.add_row(name, *map(_cell, row["cells"]))
    shows(made)


def _print_controls(compared: Comparison) -> None:
    """What the same money would do in homes."""
    from analysis.tables import controls
    from analysis.words import same_money
    from cli.screen import says, shows, table

    rows = controls(compared)
    if rows:
        title = f"{same_money(compared)}, against no foundation, {compared.after(compared.when[-1])}"
        made = table("", *_heads(compared, True), title=title, fold=True)
        for row in rows:
            made.add_row(row["title"], *map(_cell, row["cells"]))
        shows(made)
    for found in compared.equal_cost:
        says(found.sentence)


def notes(compared: Comparison) -> list[str]:
    """What a reader must know about this comparison in particular."""
    from scenarios.scenario import LASTS

    found = []
    end = compared.programme[1] if compared.programme else None
    if end is not None and compared.first.months < end + LASTS[-1]:
        found.append(f"The run ends {compared.first.months - end} months after the programme, too early to see what is "
                     f"left {LASTS[-1]} months after it: --months {end + LASTS[-1]} shows that.")  # fmt: skip
    if compared.replicates < 2:
        found.append(f"One replicate has no interval and gives no verdict: --replicates {POINT} gives both.")
    if len(compared.names) > FEW:
        first = compared.titles[compared.names[0]]
        found.append(f"Strategies are shown against {first}, the first one; --json has every pair.")
    return found


def headline_values(compared: Comparison, when: Sequence[int]) -> list[dict[str, Any]]:
    """Means of the headline measures: measure, month, strategy, value (None where there is none), as the model has
    them; controls last."""
    from analysis.contrasts import means
    from model.measures import HEADLINE

    found = {(measure, month): means(compared.months, measure, month) for measure in HEADLINE for month in when}
    names = [name for name in compared.titles if name not in compared.controls]
    return [
        {"measure": measure, "month": month, "strategy": name, "value": found[measure, month].get(name)}
        for month in when
        for measure in HEADLINE
        for name in (*names, *compared.controls)
    ]


def _print_month(compared: Comparison, month: int) -> None:
    """Every strategy's headline measures in one month, and the paired differences: one strategy or pair a row."""
    from analysis.board import IN_FULL
    from analysis.tables import difference
    from analysis.uncertainty import NO_SUM
    from analysis.words import digits, number, scale
    from cli.screen import says, shows, table
    from model.measures import HEADLINE

    values = {(row["measure"], row["strategy"]): row["value"] for row in headline_values(compared, [month])}
    made = table("", *_heads(compared), title=f"What lasts, {compared.after(month)}", fold=True)
    for name in (name for name in compared.titles if name not in compared.controls):
        amounts = [(measure, values[measure, name]) for measure in HEADLINE]
        shown = [(m, None if value is None else value * scale(m, compared.units)) for m, value in amounts]
        made.add_row(compared.titles[name], *(number(value, digits(measure, value)) for measure, value in shown))
    shows(made)
    pairs = pairs_shown(compared)
    if not pairs or len(compared.names) > IN_FULL:
        return
    made = table("", *_heads(compared, True), title=f"Paired differences, {compared.after(month)}", fold=True)
    rows = {(row["scenario"], row["against"], row["measure"]): row
            for row in differences(compared) if row["month"] == month}  # fmt: skip
    for scenario, against in pairs:
        found = [rows[scenario, against, measure] for measure in HEADLINE]
        if compared.uncertain and month == compared.when[-1]:
            _add_apart(made, compared, found)
        else:
            cells = [_cell(difference(compared, row)) for row in found]
            made.add_row(f"{compared.titles[scenario]}\n  against {compared.titles[against]}", *cells)
    shows(made)
    if compared.uncertain and month == compared.when[-1]:
        says(f"Of sets: in how many of them it is better by however little, better by what matters, worse by what "
             f"matters.  {NO_SUM}")  # fmt: skip


def _add_apart(made: Table, compared: Comparison, rows: Sequence[dict[str, Any]]) -> None:
    """One pair over parameter sets: its difference in each measure, and how both kinds of uncertainty spread it."""
    from analysis.uncertainty import apart

    cells = [apart(compared, row) for row in rows]
    title = f"{compared.titles[rows[0]['scenario']]}\n  against {compared.titles[rows[0]['against']]}"
    made.add_row(title, *(f"{cell['difference']}\n{_short(cell['verdict'])}" for cell in cells))
    for name, what in (("both", "95%, both kinds"), ("parameters", "parameters"), ("noise", "luck alone")):
        made.add_row(f"    {what}", *(cell[name] for cell in cells))
    for name, what in (("better", "better in, of sets"), ("clearly_better", "by what matters"),
                       ("clearly_worse", "worse by what matters")):  # fmt: skip
        made.add_row(f"    {what}", *(cell[name] for cell in cells))


def _print_uncertainty(compared: Comparison) -> None:
    """What was drawn, and which of it goes most with the difference."""
    from analysis.uncertainty import about, chance_alone, drawn, strongest, strongest_of
    from analysis.words import label
    from cli.screen import says, shows, table
    from model.measures import HEADLINE

    for text in about(compared):
        says(text)
    found, many = strongest(compared), len(drawn(compared))
    if not found:
        return
    if not any(row["stands_out"] for row in found):
        says(f"Which of the {many} drawn numbers the difference hangs on: none stands out from chance over "
             f"{found[0]['n']} sets, with which only strong relations would.  --sets 60 tells more.")  # fmt: skip
        return
    made = table("", "parameter", "rank correlation", "95% interval", "p", "stands out", left=2, fold=True,
                 title=f"Parameters that go most with the difference: {strongest_of(compared)}")  # fmt: skip
    for measure in (label(measure, compared.domain) for measure in HEADLINE):
        for i, row in enumerate(row for row in found if row["measure"] == measure):
            made.add_row("" if i else measure, row["name"], row["rho"], row["interval"], row["p"],
                         "yes" if row["stands_out"] else "no")  # fmt: skip
    shows(made)
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
    from analysis.contrasts import MILLION
    from analysis.money_words import prices
    from analysis.tables import NOT_DEFINED, money, per_million
    from analysis.words import label
    from cli.screen import says, shows, table

    found, titles = money(compared), [compared.titles[name] for name in compared.names]
    thousand = f"{compared.units.currency} thousand"
    for first in range(0, len(titles), ABREAST):
        here = slice(first, first + ABREAST)
        made = table("", *titles[here], title=f"What the programmes cost, {thousand} over the whole run", fold=True)
        for purpose, cells in found["purposes"].items():
            made.add_row(f"  {purpose}", *cells[here])
        made.add_row("Programme", *found["spent"][here], style="bold")
        made.add_row("Left unspent", *found["unspent"][here])
        shows(made)
        after = slice(first + 1, first + 1 + ABREAST)
        title = f"Who pays, {thousand}: without a foundation, and what changes"
        made = table("", "No foundation", *titles[here], title=title, fold=True)
        for payer, cells in found["payers"].items():
            made.add_row(f"  {payer}", cells[0], *cells[after])
        made.add_row("All", found["total"][0], *found["total"][after], style="bold")
        shows(made)
    what = [label(measure, compared.domain) for measure in MILLION]
    title = (
        f"For each million {compared.units.currency} that all payers spend more, {compared.after(compared.when[-1])}"
    )
    made = table("", *what, title=title, fold=True)
    for row in per_million(compared):
        made.add_row(row["title"], *(cell.replace(" (", "\n(") for cell in row["cells"]))
    shows(made)
    if any(cell == NOT_DEFINED for row in per_million(compared) for cell in row["cells"]):
        says(f"{NOT_DEFINED.capitalize()}: it is not clear that all payers spend more at all.")
    for text in prices(compared):
        says(text)


def _uncertainty(compared: Comparison) -> dict[str, Any]:
    """What --json says about drawn parameters."""
    from dataclasses import asdict

    from analysis.uncertainty import about, calibration, drawn, main_pairs, matters, unsettled
    from model.measures import HEADLINE
    from scenarios.plausible import held

    month = compared.when[-1]
    return {
        "sets": len(compared.sets),
        "calibration": calibration(compared.sample),
        "said": about(compared),
        "unsettled": unsettled(compared),
        "drawn": drawn(compared),
        "held": held(compared.place, compared.sample),
        "goes_with": [
            {"strategy": scenario, "against": against, "measure": measure, "month": month, **asdict(one)}
            for scenario, against in main_pairs(compared)
            for measure in HEADLINE
            for one in matters(compared, scenario, against, measure, month)
        ],
    }


def _rows_told(compared: Comparison) -> list[dict[str, Any]]:
    """Every paired difference in units of the place, controls too; verdict null with a reason where there is none."""
    import polars as pl

    from cli.about import real

    one = compared.first
    fields = ["measure", "month", "strategy", "against", "difference", "low", "high", "margin", "verdict", "reason"]
    if compared.uncertain:
        fields += ["noise_low", "noise_high", "parameters_low", "parameters_high", "better_in", "clearly_better_in",
                   "clearly_worse_in"]  # fmt: skip
    money = {"difference", "low", "high", "margin", "noise_low", "noise_high", "parameters_low", "parameters_high"}
    rows = pl.concat([compared.headline, compared.between, compared.held_beside]).rename({"scenario": "strategy"})
    return [
        {name: real(one, row["measure"], row[name]) if name in money else row[name] for name in fields}
        for row in rows.to_dicts()
    ]


def _json(compared: Comparison, folder: str, replicates: int, seeds: str, names: Sequence[str]) -> str:
    """Everything that was found, with all that is needed to read it."""
    from analysis.board import left_out, relabelled, sentence
    from analysis.words import explained, homes_instead, how_sure, units_said
    from cli.about import about, carried_out, json_text, measures_told, own_files, real
    from cli.planners import told_of
    from model.measures import HEADLINE

    one = compared.first
    rows = _rows_told(compared)
    controls = set(compared.controls)
    carried = [carried_out(one, found) for found in compared.carried_out.values()]
    return json_text(
        {
            **about(one, compared.command, own_files(names)),
            "strategies": list(compared.names),
            "titles": compared.titles,
            "horizons": [{"month": month, "when": compared.after(month)} for month in compared.when],
            "replicates": replicates,
            "sets": len(compared.sets) or None,
            "seeds": seeds if compared.uncertain else None,
            "paired_runs": compared.replicates,
            "discount_rate": compared.discount_rate,
            "sentence": sentence(compared),
            "said_beside": [text for text in (left_out(compared), relabelled(compared), homes_instead(compared),
                                              how_sure(compared), *units_said(compared)) if text],
            "carried_out": carried,
            "measures": measures_told(one, HEADLINE),
            "verdicts": explained(),
            "headline": [{**row, "value": real(one, row["measure"], row["value"])}
                         for row in headline_values(compared, compared.when)],
            "differences": [row for row in rows if row["strategy"] not in controls],
            "controls": [
                {"label": name, "title": compared.titles[name], "control_of": list(control.control_of),
                 "differences": [row for row in rows if row["strategy"] == name]}
                for name, control in compared.controls.items()
            ],
            "for_each_more": [_for_each_more(compared, name) for name in (*compared.names, *compared.controls)],
            "equal_cost": [_equal_cost(compared, found) for found in compared.equal_cost],
            "planners": told_of(compared),
            **({"uncertainty": _uncertainty(compared)} if compared.uncertain else {}),
            "not_done": compared.not_done,
            "out": folder,
        }
    )  # fmt: skip


def _for_each_more(compared: Comparison, name: str) -> dict[str, Any]:
    """What all payers pay more for each person more with a secure outcome, money of the place; None where not clear."""
    found, by = compared.for_each_more(name), compared.units.per_euro
    price = None if found is None else {"value": by * found.value, "low": by * found.low, "high": by * found.high}
    return {"strategy": name, "currency": compared.units.currency, "price": price}


def _equal_cost(compared: Comparison, found: EqualCost) -> dict[str, Any]:
    """What became of one strategy's control for the same all-payer money; money of the place."""
    from dataclasses import asdict

    amounts = {name: None if (euros := getattr(found, name)) is None else compared.units.amount(euros)
               for name in ("wanted", "achieved")}  # fmt: skip
    return {**asdict(found), **amounts}
