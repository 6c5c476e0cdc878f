"""The report of a study: one page that fetches nothing, with figures, tables, a methods paragraph and BibTeX."""

from __future__ import annotations

import base64
import math
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from matplotlib.figure import Figure

from analysis.figures import picture, styled
from engine.typed import several
from engine.whole_file import whole_file
from scenarios.edition import rules_hash
from studies.columns import factors_of, numbers
from studies.findings import Finding, findings
from studies.folder import check_free, digest_of
from studies.plan import Plan
from studies.shelf import Shelf

HERE = Path(__file__).parent
MOST_BARS = 30
CITED = {
    "sobol": ("Saltelli2010", "Herman2017"), "morris": ("Morris1991", "Campolongo2007", "Herman2017"),
    "shapley": ("Shapley1953", "Grabisch1999"), "boxes": ("Friedman1999", "Kwakkel2017"),
    "robustness": ("Lempert2003",), "replicates": (), "tipping": (), "target": (), "tuned": ("Akiba2019",),
}  # fmt: skip
SAYS = {
    "sobol": "First-order and total shares of variance were estimated with SALib (500 bootstrap resamples, 95%).",
    "morris": "Elementary effects were computed with SALib (500 bootstrap resamples, 95%).",
    "shapley": "Shapley values of the practices are exact, from all combinations; intervals are over replicates.",
    "boxes": "Boxes were found by the patient rule induction method as EMA workbench has it.",
    "robustness": "Rows of the design were taken as worlds: shares won, regret, and the tenth percentile.",
    "replicates": "Luck within rows was compared with what rows differ by.",
    "tipping": "Tipping points were found by bisection of a factor's range, on rows of their own.",
    "target": "What it takes to reach a target was found by bisection of a factor's range, on rows of its own.",
    "tuned": "Rows were tuned by Optuna (tree-structured Parzen estimators).",
}
DESIGNED = {
    "sobol": "{size} base samples of a scrambled Sobol' sequence, crossed after Saltelli",
    "morris": "{size} Morris trajectories on a grid of {levels} levels", "halton": "{size} points of a Halton sequence",
    "random": "{size} independent uniform points", "lhs": "a latin hypercube of {size} points",
    "grid": "a full grid", "one_at_a_time": "one factor at a time from the usual values", "table": "a given table",
    "calibrated": "{size} plausible parameter sets of the place", "practices": "all combinations of the practices",
}  # fmt: skip


def write_report(shelf: Shelf, plan: Plan, out: str | None = None) -> str:
    """Write the page; its name."""
    if out is not None:
        check_free(shelf, Path(out))
    content = page(shelf, plan)
    if out is None and shelf.path is None:
        shelf.write("report.html", content.encode())
        return f"{shelf}/report.html"
    path = Path(out) if out is not None else Path(shelf.address) / "report.html"
    with whole_file(path) as file:
        file.write(content)
    return str(path)


def page(shelf: Shelf, plan: Plan) -> str:
    """The page."""
    found = findings(shelf, plan)
    said = plan.description
    columns = {name: about for name, about in numbers(said, plan.months).items() if name in said.of}
    return _template().render(
        said=said, plan=plan, digest=digest_of(shelf, plan), dir=str(shelf), methods=methods(plan),
        findings=[(one, _image(one), _rows(one)) for one in found], factors=_factors(plan), columns=columns,
        rules=rules_hash(), bibtex=bibtex(plan), commands=_commands(shelf),
    )  # fmt: skip


def methods(plan: Plan) -> str:
    """One paragraph, as it could stand in a paper."""
    said = plan.description
    design = DESIGNED[said.kind].format(size=f"{said.size:,}", levels=said.levels)
    what = f"the function {said.function.name}" if said.function else (
        f"Unfreeze (version {plan.versions.get('unfreeze', '?')}, rules {rules_hash()[:8]}), an agent-based model of "
        f"one service system, in {', '.join(said.places)}, {_people(said.people)}, {plan.months} months")  # fmt: skip
    dummy = "; one factor is a dummy that does nothing" if said.dummy else ""
    seeds = ("Replicate k has the same seed in every row (common random numbers)" if said.seeds == "common"
             else "Every row and replicate has a seed of its own")  # fmt: skip
    arms = f" under {several(len(said.strategies), 'strategy').replace('strategys', 'strategies')}" if said.strategies \
        else ""  # fmt: skip
    count = plan.rows
    return (f"We ran {what}. The design is {design} in {several(len(factors_of(said)), 'factor')}{dummy}, design seed "
            f"{said.design_seed}: {several(count, 'row')}, each with {several(plan.replicates, 'replicate')} at most"
            f"{arms}, {plan.runs:,} runs in all. {seeds}. "
            + " ".join(SAYS[kind] for kind in _kinds(plan))
            + " Each run has a hash of all that determines its digits and can be repeated alone.")  # fmt: skip


def _kinds(plan: Plan) -> list[str]:
    """Of analyses and searches, each once."""
    said = plan.description
    return list(dict.fromkeys([*said.wanted, *(one.how for one in said.searches)]))


def _people(number: int | None) -> str:
    return "as many people as the place has" if number is None else f"{number:,} simulated people"


def bibtex(plan: Plan) -> str:
    """What the methods stand on, and the model itself."""
    text = (HERE / "methods.bib").read_text(encoding="utf-8")
    entries = {entry.partition("{")[2].partition(",")[0]: f"@{entry.strip()}" for entry in text.split("@")[1:]}
    wanted = ["Unfreeze", *dict.fromkeys(name for kind in _kinds(plan) for name in CITED[kind])]
    return "\n\n".join(entries[name] for name in wanted).replace("VERSION", plan.versions.get("unfreeze", ""))


def _commands(shelf: Shelf) -> list[str]:
    return [f"unfreeze study {name}" for name in (f"verify {shelf}", f"digest {shelf}", f"row {shelf} 0")]


def _factors(plan: Plan) -> list[tuple[str, str, str, str]]:
    """Name, range, unit and meaning of what varied."""
    found = []
    said = plan.description
    for name, (unit, meaning) in factors_of(said).items():
        one = next((factor for factor in said.factors if factor.name == name), None)
        if one is None:
            text = "as drawn"
        elif one.values:
            text = ", ".join(str(value) for value in one.values)
        else:
            text = "a share of the whole" if one.shares else f"{one.low:g} to {one.high:g} ({one.scale})"
        found.append((name, text, unit, meaning))
    return found


def _rows(one: Finding) -> list[list[str]]:
    """The table's cells as text."""
    return [[_cell(value) for value in row] for row in one.table.iter_rows()]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.4g}"
    return "" if value is None else str(value)


def _image(one: Finding) -> str:
    """The bars of a finding as a picture inside the page; "" if there are none."""
    if not one.bars:
        return ""
    return "data:image/svg+xml;base64," + base64.b64encode(picture(_bars(one))).decode()


@styled
def _bars(one: Finding) -> Figure:
    """A dot and its interval for each name, the first on top."""
    bars = one.bars[:MOST_BARS]
    figure = Figure(figsize=(7.5, 1.1 + 0.3 * len(bars)), layout="constrained")
    axes = figure.add_subplot()
    for at, (_, value, low, high) in enumerate(bars):
        if not math.isnan(low):
            axes.plot([low, high], [at, at], color="#0072B2", linewidth=2)
        axes.plot([value], [at], "o", color="#0072B2")
    if one.log:
        axes.set_xscale("log")
    if not math.isnan(one.line) and not (one.log and one.line <= 0):
        axes.axvline(one.line, color="#868e99", linewidth=0.8)
    axes.set_yticks(range(len(bars)), [name for name, *_ in bars])
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.xaxis.set_major_formatter("{x:,.12g}")
    axes.set_xlabel(one.axis)
    axes.set_ylabel(one.names)
    return figure


@cache
def _template() -> Template:
    loader = FileSystemLoader(HERE)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("report.html")
