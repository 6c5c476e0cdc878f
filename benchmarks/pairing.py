"""What common random numbers save: `python -m benchmarks.pairing [--write] [--replicates N]`.

Two strategies on the same people with the same luck differ by less noise than on different people.  For a measure X the
table gives the variance of the paired difference over that of independent seeds,

    ratio = Var(A - B) / (Var(A) + Var(B)),

from N replicates, with a bootstrap interval (pairs are drawn anew, 2,000 times).  1 / ratio is how many times as many
runs independent seeds would need for an interval of the same width: at 1/4, four times; at 1, pairing gives nothing.
`--write` puts the table and a figure into benchmarks/pairing.md and pairing.svg.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console

from benchmarks.speed import ROOT, machine

PAGE, FIGURE = ROOT / "benchmarks" / "pairing.md", ROOT / "benchmarks" / "pairing.svg"
PAIRS = (("user_centred", "status_quo"), ("user_centred", "catalytic_philanthropy"))
OTHERS = ("strain", "ownership")  # beside the headline measures: two that pairing helps least
AFTER = (12, 36, 60)  # months after the programme's start
PEOPLE, MONTHS, REPLICATES, RESAMPLES = 2_000, 120, 400, 2_000
Numbers = npt.NDArray[np.float64]
Found = dict[tuple[str, str], Numbers]  # (strategy, measure): replicates x months


def measured(pairs: Sequence[tuple[str, str]], people: int, months: int, replicates: int) -> tuple[int, Found]:
    """The programme's first month less one, and values by strategy and measure, (replicates, months + 1) each."""
    from model.measures import HEADLINE
    from runs.ensemble import ensemble
    from scenarios.places import find_place
    from scenarios.scenario import Scenario
    from scenarios.strategy import find_strategy
    from scenarios.worldviews import find_worldview

    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    scenarios = [
        Scenario(find_strategy(name), find_place("dublin"), find_worldview("evidence"), people, months)
        for name in names
    ]
    measures = (*HEADLINE, *OTHERS)
    frame = ensemble(scenarios, replicates, seed=1, keep=measures).months.filter(stratum="all")
    found: Found = {}
    for name in names:
        for measure in measures:
            rows = frame.filter(scenario=name, measure=measure).sort("seed", "month")
            found[name, measure] = rows["value"].to_numpy().reshape(replicates, months + 1)
    programme = scenarios[0].programme
    return programme[0] - 1 if programme else 0, found


def ratio(a: Numbers, b: Numbers) -> float:
    """Variance of the paired difference over that of independent seeds; not a number if nothing varies."""
    apart = a.var(ddof=1) + b.var(ddof=1)
    return float((a - b).var(ddof=1) / apart) if apart > 0.0 else float("nan")


def interval(a: Numbers, b: Numbers, resamples: int = RESAMPLES) -> tuple[float, float]:
    """The central 95% of the ratio over pairs drawn anew, with the same luck for every cell of the table."""
    rows = np.random.default_rng(1).integers(0, len(a), (resamples, len(a)))
    a, b = a[rows], b[rows]
    apart = a.var(axis=1, ddof=1) + b.var(axis=1, ddof=1)
    ratios = (a - b).var(axis=1, ddof=1) / np.where(apart > 0.0, apart, np.nan)
    low, high = np.nanquantile(ratios, (0.025, 0.975)) if apart.any() else (np.nan, np.nan)
    return float(low), float(high)


def table(start: int, found: Found, pairs: Sequence[tuple[str, str]], months: int) -> list[tuple[str, ...]]:
    """A row for each pair and measure: the ratio at each moment, and for the mean over the run."""
    moments = [*(f"{m} months" for m in AFTER), f"end ({months - start})", "mean of all months"]
    rows: list[tuple[str, ...]] = [("A - B", "measure", *moments, "runs saved at the end")]
    for one, other in pairs:
        for measure in [measure for strategy, measure in found if strategy == one]:
            a, b = found[one, measure], found[other, measure]
            columns = [(a[:, start + m], b[:, start + m]) for m in AFTER if start + m < months]
            columns += [(a[:, months], b[:, months]), (a[:, start + 1 :].mean(1), b[:, start + 1 :].mean(1))]
            cells = []
            for x, y in columns:
                low, high = interval(x, y)
                cells.append(f"{ratio(x, y):.2g} ({low:.2g} to {high:.2g})")
            rows.append((f"{one} - {other}", measure, *cells, f"{1.0 / ratio(*columns[-2]):.1f} x"))
    return rows


def draw(start: int, found: Found, pairs: Sequence[tuple[str, str]], months: int, path: Path) -> None:
    """The ratio month by month: a panel for each pair, a line for each measure."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(pairs), sharey=True)
    styles = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
    colours = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000")
    for panel, (one, other) in zip(panels, pairs, strict=True):
        for k, measure in enumerate(measure for strategy, measure in found if strategy == one):
            a, b = found[one, measure], found[other, measure]
            after = range(3, months - start + 1)
            ratios = [ratio(a[:, start + m], b[:, start + m]) for m in after]
            panel.plot(after, ratios, linestyle=styles[k], color=colours[k], label=measure, linewidth=1.4)
        panel.axhline(1.0, color="0.6", linewidth=0.8)
        panel.set(
            title=f"{one} - {other}".replace("_", " "), xlabel="months after the programme's start", ylim=(0, 1.25)
        )
        panel.title.set_fontsize(9)
    panels[0].set_ylabel("variance, paired / independent")
    figure.legend(
        *panels[0].get_legend_handles_labels(), fontsize=8, frameon=False, loc="outside lower center", ncols=5
    )
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "pairing"}):
        figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Run, print, perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write benchmarks/pairing.md and pairing.svg")
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    chosen = parser.parse_args()
    start, found = measured(PAIRS, PEOPLE, MONTHS, chosen.replicates)
    rows = table(start, found, PAIRS, MONTHS)
    lines = [" | ".join(cells) for cells in (rows[0], ["---"] * len(rows[0]), *rows[1:])]
    text = "".join(f"| {line} |\n" for line in lines)
    Console().print(text, markup=False, highlight=False, soft_wrap=True)
    if chosen.write:
        draw(start, found, PAIRS, MONTHS, FIGURE)
        command = "python -m benchmarks.pairing --write"
        command += "" if chosen.replicates == REPLICATES else f" --replicates {chosen.replicates}"
        about = ABOUT.format(n=chosen.replicates, people=PEOPLE, months=MONTHS, resamples=RESAMPLES, start=start)
        PAGE.write_text(
            f"# Common random numbers\n\nWritten by `{command}` on: {machine()}.\n\n{about}{text}\n{FIGURES}"
        )


ABOUT = """Dublin, {people:,} people, {months} months, programme from month {start}, {n} replicates (seeds 1 to {n}):
the variance of the paired difference over that of independent seeds, in brackets the central 95% of {resamples:,}
bootstrap samples of the pairs.  1 / ratio is how many times as many runs independent seeds would need.

"""
FIGURES = "![The ratio month by month](pairing.svg)\n\nWhat it means: docs/performance.md.\n"


if __name__ == "__main__":
    main()
