"""What planners report, on screen and in JSON: the same for `run` and `compare`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.comparison import Comparison
    from analysis.flow_table import FlowTable
    from analysis.planners import Reported, Year
    from runs.running import Run
    from scenarios.scenario import Scenario

Lines = Mapping[str, Sequence["Reported"]]


def check_year(one: Scenario, last: int | None) -> None:
    """OutOfRange unless the run has a year that ends with this month; None is its last."""
    from analysis.planners import YEAR
    from engine.errors import OutOfRange

    if last is not None and not YEAR <= last <= one.months:
        raise OutOfRange("year-to", last, YEAR, one.months)


def _of_one(run: Run, last: int | None) -> tuple[dict[str, Year], dict[str, list[Reported]]]:
    """The years of one run, and what is reported of each."""
    from analysis.planners import items, of_run, report, years

    place, runs = run.scenario.place, of_run(run)
    found = years([run.scenario], last)
    return found, {name: report(runs, year, items(place)) for name, year in found.items()}


def prints(run: Run, last: int | None = None) -> None:
    """The planner's table of one run, and the flow table of the year that is reported."""
    from analysis.flow_table import of_run
    from analysis.planners import FOLLOWED, REPORTED
    from analysis.planners_words import flow_rows, flow_words, months_said, rows, why_none, years_said
    from analysis.units import Units
    from cli.screen import says, shows, table
    from scenarios.places import domain_of

    one = run.scenario
    found, lines = _of_one(run, last)
    if REPORTED not in found:
        says("What planners report is told of a year, and this run has none.")
        return
    units = Units.of(one)
    made = table("", *years_said([one], found).values(), title="What planners report", fold=True)
    for row in rows(lines, (), one.place, units):
        cells = [cell.number for cell in row.cells] or [""] * len(found)
        made.add_row(row.text if row.cells else f"\n{row.text}", *cells)
    shows(made)
    for reason in why_none(lines):
        says(reason)
    flows = of_run(run, found[REPORTED]).at_real_size(one.scale, whole=True)
    heads, flow_lines = flow_rows(flows)
    title = f"Who moved where, {months_said(found[REPORTED])}: people, from month's end to month's end"
    made = table("", *(head.replace(" ", "\n") for head in heads), title=title, gap=1)
    for row in flow_lines:
        made.add_row(row.text, *(cell.number for cell in row.cells))
    shows(made)
    for text in flow_words(flows, domain_of(one.place)):
        says(text)
    if one.scale != 1:
        says("Moves are scaled up and rounded one by one; sums are those of what is shown.")
    says(f"One run has no intervals.  Returns need {FOLLOWED} months of records before the year.")
    says("What each number is: docs/planners.md.")


def told_of_one(run: Run, last: int | None = None) -> dict[str, Any]:
    """`told` of one run: no intervals and no differences."""
    from analysis.flow_table import of_run
    from analysis.planners import REPORTED

    found, lines = _of_one(run, last)
    flows = [of_run(run, found[REPORTED])] if REPORTED in found else []
    return told(run.scenario, found, lines, flows)


def told_of(compared: Comparison) -> dict[str, Any]:
    """`told` of a comparison: no foundation, and every strategy beside it."""
    from analysis.flow_table import of_flows
    from analysis.planners import REPORTED, of_comparison, years_of
    from scenarios.scenario import NOBODY

    found = years_of(compared)
    labels = (NOBODY, *compared.names) if REPORTED in found else ()
    tables = [of_flows(compared.results.flows, label, found[REPORTED]) for label in labels]
    return told(compared.first, found, of_comparison(compared), [table for table in tables if table is not None])


def told(one: Scenario, years: Mapping[str, Year], lines: Lines, flows: Sequence[FlowTable]) -> dict[str, Any]:
    """Everything that planners report as JSON has it: people at the real size, shares from 0 to 1, stays in months.

    one: a scenario that stands for all in place and size.
    """
    from analysis import flow_table
    from analysis.planners import REPORTED
    from analysis.planners_words import said, section
    from analysis.units import Units
    from scenarios.places import domain_of

    units, domain = Units.of(one), domain_of(one.place)

    def real(line: Reported, value: float | None) -> float | None:
        by = 1 / units.scale if line.item.unit == "people" else 1.0
        return None if value is None else value * by

    rows = []
    for year, reported in lines.items():
        for line in reported:
            own, gap, item = line.own, line.against, line.item
            row: dict[str, Any] = {
                "year": year, "months": None if line.year is None else [line.year.first, line.year.last],
                "strategy": line.scenario, "section": section(item.section, domain), "name": item.name,
                "label": said(item, one.place), "stratum": item.stratum, "unit": item.unit, "reason": line.reason,
            }  # fmt: skip
            for name in ("value", "low", "high"):
                row[name] = None if own is None else real(line, getattr(own, name))
            row["runs"] = 0 if own is None else own.n
            if gap is not None:
                row |= {"against": gap.against, "without": real(line, gap.other),
                        "difference": real(line, gap.difference), "difference_low": real(line, gap.low),
                        "difference_high": real(line, gap.high)}  # fmt: skip
            rows.append(row)
    return {
        "years": {name: [year.first, year.last] for name, year in years.items()},
        "numbers": rows,
        "flows": [
            {"strategy": table.scenario, "year": REPORTED, **flow_table.told(table.at_real_size(one.scale))}
            for table in flows
        ],
    }
