"""Figures: fans and paired differences, how strategies differ, and the table of strategies by worldviews.

Every figure is an object of its own (no pyplot state), in colours that colour-blind people tell apart, with dashes and
markers that survive a black-and-white printer.  The same numbers give the same bytes of SVG.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from io import BytesIO
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import polars as pl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text

from analysis.board import sentence
from analysis.comparison import Comparison
from analysis.contrasts import (
    BASES,
    BETTER,
    BETTER_OPEN,
    DIRECTION,
    NOT_KNOWN,
    SAME,
    WORSE,
    WORSE_OPEN,
    fan,
    paired_fan,
)
from analysis.levers import LeverRow, lever_rows, shown
from analysis.uncertainty import BOTH
from analysis.units import EUROS, Units, kind_of
from analysis.words import (
    BRIEF,
    homes_instead,
    label,
    listed,
    number,
    scale,
    sets_said,
    shown_difference,
    unit,
    units_said,
)
from engine.whole_file import whole_file
from model.measures import HEADLINE
from scenarios.domains import Domain
from scenarios.language import ENGLISH, N_, say, spoken
from scenarios.refused import in_short
from scenarios.scenario import NOBODY
from scenarios.strategy import Strategy

# Okabe and Ito's colours, ordered so that neighbours differ in lightness as well.
INKS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000", "#8C6D1F")
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
MARKERS = "os^Dv<>p"
GREY, PAPER, MARGIN_INK, MARGIN_ALPHA = "#5A5A5A", "#FFFFFF", "#8A8A8A", 0.16
NOT_DONE = N_("not carried out")
# Better and worse have colours of their own, those of the dashboard: the inks mean strategies and nothing else.
VERDICT_INKS = {BETTER: ("#2E6B4F", "#FFFFFF"), BETTER_OPEN: ("#CFE0D8", "#12301F"), SAME: ("#E3E3E3", "#222222"),
                NOT_KNOWN: (PAPER, "#444444"), WORSE_OPEN: ("#E8CFDB", "#3A0F25"), WORSE: ("#8C2D5A", "#FFFFFF"),
                NOT_DONE: (PAPER, "#9A9A9A")}  # fmt: skip
PAIRED = {  # by which way is good
    1: N_("Paired difference from no foundation  (▲ better)"),
    -1: N_("Paired difference from no foundation  (▼ better)"),
    0: N_("Paired difference from no foundation"),
}  # fmt: skip
PROGRAMME = "#F5F0E1"
PANELS = {
    "secure_people": (0, 0),
    "spend_to_date": (0, 1),
    "without_home": (0, 2),
    "reform_mainstream": (3, 0),
    "fit": (3, 1),
}  # rows and columns of the grid: the headline, and people without a home beside it
FANS_AT_MOST = 4  # strategies; with more, only the means are drawn
NOISE = N_("Intervals show simulation noise only: how far more runs with other seeds could move the mean. "
           "They say nothing about whether the model or its numbers are right.")  # fmt: skip
STYLE: Any = {
    "font.family": "DejaVu Sans", "font.size": 8.5, "axes.titlesize": 9, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#888888",
    "axes.linewidth": 0.7, "xtick.color": "#444444", "ytick.color": "#444444", "xtick.major.width": 0.7,
    "ytick.major.width": 0.7, "svg.fonttype": "path", "svg.hashsalt": "unfreeze", "figure.dpi": 100,
    "axes.unicode_minus": True, "text.parse_math": False, "axes.formatter.useoffset": False, "path.simplify": True,
}  # fmt: skip


# Where DejaVu Sans has no letter: whatever of these the machine has; MISSING where none has it.
OTHER_LETTERS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei", "PingFang SC", "Hiragino Sans",
                 "Microsoft YaHei", "Arial Unicode MS", "Noto Sans", "Noto Emoji")  # fmt: skip
MISSING = "\u25a1"


@cache
def _families() -> list[str]:
    there = set(font_manager.get_font_names())
    return [STYLE["font.family"], *(name for name in OTHER_LETTERS if name in there)]


@cache
def _letters() -> frozenset[int]:
    """Everything that can be drawn here."""
    fonts = [font_manager.get_font(font_manager.findfont(name)) for name in _families()]
    return frozenset({ord("\n")}.union(*(font.get_charmap() for font in fonts)))


class Drawing(Figure):
    """A figure that a notebook shows when it is the last expression of a cell."""

    def _repr_png_(self) -> bytes:
        return picture(self, "png")


def styled[**P, R](draw: Callable[P, R]) -> Callable[P, R]:
    """Draw in our style, whatever a user's own settings are."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(STYLE | {"font.family": _families()})
            return draw(*args, **kwargs)

    return drawn


@styled
def picture(figure: Figure, ending: str = "svg") -> bytes:
    """The figure as a PNG or SVG file: the same bytes whenever the numbers are the same (no dates, no random names)."""
    metadata = {"Date": None, "Creator": "Unfreeze"} if ending == "svg" else {"Software": "Unfreeze"}
    stream = BytesIO()
    for text in figure.findobj(Text):
        text.set_text("".join(sign if ord(sign) in _letters() else MISSING for sign in text.get_text()))
    figure.savefig(stream, format=ending, dpi=200, metadata=metadata, facecolor=PAPER)
    return stream.getvalue()


def save(figure: Figure, path: Path) -> list[Path]:
    """Write `path`.png and `path`.svg, each whole or not at all."""
    files = [path.with_name(f"{path.name}.{ending}") for ending in ("png", "svg")]
    for file in files:
        with whole_file(file, "wb") as stream:
            stream.write(picture(figure, file.suffix[1:]))
    return files


@styled
def comparison(compared: Comparison) -> Figure:
    """Fans of every strategy and, beneath, the paired difference from the status quo with the practical margin.

    The four headline measures, people without a home, and how to read it all.
    """
    figure = Drawing(figsize=(11, 9.6))
    FigureCanvasAgg(figure)
    title = fill(finding(compared), 100)
    below_title = 0.975 - 0.0225 * (title.count("\n") + 1)
    figure.text(0.012, 0.985, title, va="top", fontsize=12.5, weight="bold")
    setting = "\n".join(fill(text, 170) for text in (homes_instead(compared), _setting(compared)) if text)
    figure.text(0.012, below_title, setting, va="top", fontsize=8.5, color=GREY)
    below_title -= 0.0165 * setting.count("\n")
    grid = figure.add_gridspec(5, 3, height_ratios=(3.0, 2.1, 0.42, 3.0, 2.1), left=0.065, right=0.985,
                               top=below_title - 0.045, bottom=0.055, hspace=0.16, wspace=0.25)  # fmt: skip
    for measure, (row, column) in PANELS.items():
        above = figure.add_subplot(grid[row, column])
        with_base = [measure, BASES[measure][1]] if measure in BASES else [measure]
        months = compared.months.filter(pl.col("measure").is_in(with_base))
        _fans(above, compared, months, measure)
        if compared.names:
            differences(figure.add_subplot(grid[row + 1, column], sharex=above), compared, months, measure)
            above.tick_params(labelbottom=False)
    figure.align_ylabels()
    _legend(figure.add_subplot(grid[3:, 2]), compared)
    return figure


def finding(compared: Comparison) -> str:
    """The title: what was found, without taking sides."""
    return sentence(compared) if compared.names else say("What happens without a foundation")


def _setting(compared: Comparison) -> str:
    one = compared.first
    said = [say("{place}: {people} people at the start. Worldview: {world}.", place=compared.place.title,
                people=one.real_size, world=compared.worldview.title), _runs(compared)]  # fmt: skip
    found = changes(compared)
    said += [say("Changed by hand: {changes}.", changes=found)] if found else []
    return " ".join([*said, *units_said(compared)])


def _runs(compared: Comparison) -> str:
    """How many runs there are."""
    runs = compared.replicates
    if not compared.uncertain:
        return say("{runs} paired runs.", runs=str(runs)) if runs > 1 else say("One run of each, so no intervals.")
    sets = sets_said(len(compared.sets), compared.sample)
    if runs > 1:
        return say("{runs} paired runs in {sets}.", runs=str(runs), sets=sets)
    return say("One run of each, so no intervals in {sets}.", sets=sets)


def _with_value(lever: str) -> str:
    """ "listening 4" of "listening=4"."""
    name, _, value = lever.partition("=")
    return f"{name} {_written(value)}"


def _written(number: str) -> str:
    """A number as it was typed, with the decimal mark of the language."""
    return number if spoken().locale == ENGLISH else in_short(float(number))


def changes(compared: Comparison) -> str:
    """What somebody set otherwise: numbers of the model, levers of every strategy, levers of one; empty if nothing."""
    settings = {**compared.settings.levers, **compared.settings.parameters}
    found = [f"{name} {_written(f'{value:.10g}')}" for name, value in settings.items()]
    edited = [strategy.name.partition(",") for strategy in compared.strategies.values()]
    found += [say("{name} with {levers}", name=name, levers=", ".join(map(_with_value, levers.split(","))))
              for name, comma, levers in edited if comma]  # fmt: skip
    return "; ".join(found).replace("_", " ")


def look(compared: Comparison, scenario: str) -> tuple[str, Any, str]:
    """Colour, dashes and marker of a scenario: always the same within one comparison.

    A control for one strategy's all-payer money is dotted in that strategy's colour, any other one in black.
    """
    if scenario == NOBODY:
        return GREY, "-", ""
    if scenario in compared.controls:
        arms = compared.controls[scenario].control_of
        ink = look(compared, arms[0])[0] if len(arms) == 1 and len(compared.names) > 1 else INKS[6]
        return ink, ":", "x"
    i = compared.names.index(scenario)
    again = i // len(INKS)  # the same inks once more, with other dashes and markers
    return INKS[i % len(INKS)], DASHES[(i + again) % len(DASHES)], MARKERS[(i + again) % len(MARKERS)]


def _fans(axes: Axes, compared: Comparison, months: pl.DataFrame, measure: str) -> None:
    factor = scale(measure, compared.units)
    for scenario in (NOBODY, *compared.names):
        ink, dashes, _ = look(compared, scenario)
        spread = fan(months, scenario, measure)
        x, columns = spread["month"], {q: spread[q] * factor for q in spread.columns[1:]}
        if len(compared.names) <= FANS_AT_MOST:
            axes.fill_between(x, columns["q05"], columns["q95"], color=ink, alpha=0.10, lw=0)
            axes.fill_between(x, columns["q25"], columns["q75"], color=ink, alpha=0.16, lw=0)
        axes.plot(x, columns["mean"], color=ink, ls=dashes, lw=1.5 if scenario != NOBODY else 0.9)
    axes.set_title(fill(label(measure, compared.domain), 40), pad=6)
    axes.set_ylabel(unit(measure, units=compared.units), color=GREY)
    axes.margins(y=0.08)
    _timeline(axes, compared, named=True)


def differences(axes: Axes, compared: Comparison, months: pl.DataFrame, measure: str) -> None:
    """The paired difference from no foundation, with its interval and what is too small to matter."""
    factor = scale(measure, compared.units)
    few = len(compared.names) <= FANS_AT_MOST
    gaps = {scenario: paired_fan(months, scenario, NOBODY, measure) for scenario in compared.names}
    margins = next(iter(gaps.values())).select("month", "margin").drop_nulls()  # the same for all: of no foundation
    if not margins.is_empty():
        edge = margins["margin"] * factor
        axes.fill_between(margins["month"], -edge, edge, color=MARGIN_INK, alpha=MARGIN_ALPHA, lw=0, zorder=0)
        for side in (-edge, edge):
            axes.plot(margins["month"], side, color="#999999", lw=0.6, ls=(0, (4, 2)), zorder=1)
    axes.axhline(0, color=GREY, lw=0.8, zorder=1)
    for scenario, gap in gaps.items():
        ink, dashes, marker = look(compared, scenario)
        axes.plot(gap["month"], gap["difference"] * factor, color=ink, ls=dashes, lw=1.3)
        if few and gap["low"].null_count() < gap.height:
            axes.fill_between(gap["month"], gap["low"] * factor, gap["high"] * factor, color=ink, alpha=0.18, lw=0)
        if few and gap["noise_low"].null_count() < gap.height:  # inside the other: what is luck
            axes.fill_between(
                gap["month"], gap["noise_low"] * factor, gap["noise_high"] * factor, color=ink, alpha=0.28, lw=0
            )
        shift = 1.3 * (compared.names.index(scenario) - (len(compared.names) - 1) / 2) if few else 0.0
        for row in gap.filter(pl.col("month").is_in(list(compared.when))).iter_rows(named=True):
            if row["difference"] is None:
                continue
            ends = None
            if row["low"] is not None and few:
                ends = [[(row["difference"] - row["low"]) * factor], [(row["high"] - row["difference"]) * factor]]
            axes.errorbar(row["month"] + shift, row["difference"] * factor, ends, color=ink, marker=marker, ms=4.5,
                          mec=PAPER, mew=0.6, lw=1.3, capsize=2.5, zorder=4)  # fmt: skip
            if row["noise_low"] is not None and few:
                axes.plot([row["month"] + shift] * 2, [row["noise_low"] * factor, row["noise_high"] * factor],
                          color=ink, lw=7, alpha=0.5, solid_capstyle="butt", zorder=3.5)  # fmt: skip
    for name in compared.controls if few else ():
        ink, dashes, marker = look(compared, name)
        gap = paired_fan(months, name, NOBODY, measure)
        axes.plot(gap["month"], gap["difference"] * factor, color=ink, ls=dashes, lw=1.0, zorder=2)
        for row in gap.filter(pl.col("month").is_in(list(compared.when))).iter_rows(named=True):
            if row["difference"] is not None:
                axes.plot(row["month"], row["difference"] * factor, color=ink, marker=marker, ms=4.5, zorder=4)
    axes.set_ylabel(unit(measure, True, compared.units), color=GREY)
    said = say(PAIRED[DIRECTION.get(measure, 0)])
    axes.set_title(said, fontsize=7.5, weight="normal", color=GREY, pad=3)
    axes.set_xlabel(say("month of the run"), color=GREY, labelpad=2)
    axes.margins(y=0.12)
    _timeline(axes, compared, named=False)


def line_key(axes: Axes, compared: Comparison, names: Sequence[str]) -> None:
    """Which line is whose, above the chart."""
    for name in names:
        ink, dashes, marker = look(compared, name)
        axes.plot([], [], color=ink, ls=dashes, marker=marker, ms=4, lw=1.3, label=compared.titles[name])
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, fontsize=7.5)


def _timeline(axes: Axes, compared: Comparison, named: bool) -> None:
    """Programme period shaded, the months of what lasts marked, a tick every two years."""
    last = compared.first.months
    axes.set_xlim(0, last * 1.02)
    step = next(s for s in (6, 12, 24, 48, 120) if last / s <= 7)
    axes.set_xticks(range(0, last + 1, step))
    axes.yaxis.set_major_formatter(lambda value, _: number(value, _decimals(axes)))
    if compared.programme:
        first, end = compared.programme
        axes.axvspan(first, end, color=PROGRAMME, lw=0, zorder=-2)
        if named:
            axes.text((first + end) / 2, 0.985, say("programme"), transform=axes.get_xaxis_transform(), ha="center",
                      va="top", fontsize=7, color="#7A6A3A")  # fmt: skip
    for month in compared.when:
        axes.axvline(month, color="#999999", lw=0.7, ls=(0, (2, 2)), zorder=-1)
        if named and compared.programme:
            axes.text(month, 0.985, f"+{month - compared.programme[1]}", transform=axes.get_xaxis_transform(),
                      ha="right", va="top", fontsize=7, color=GREY)  # fmt: skip


def _decimals(axes: Axes) -> int:
    """As many as the ticks need."""
    ticks = axes.get_yticks()
    return next((d for d in range(4) if all(abs(round(t, d) - t) < 1e-9 for t in ticks)), 4)


def _legend(axes: Axes, compared: Comparison) -> None:
    axes.set_axis_off()
    few, spread, alone = len(compared.names) <= len(INKS), len(compared.names) <= FANS_AT_MOST, compared.replicates == 1
    marks: list[Any] = []
    names = []
    for scenario in (*compared.names, NOBODY):
        ink, dashes, marker = look(compared, scenario)
        marks.append(
            Line2D([], [], color=ink, ls=dashes, lw=1.8 if marker else 0.9, marker=marker or None, ms=5, mec=PAPER)
        )
        names.append(compared.titles[scenario])
    if spread and not alone:
        marks += [Patch(color=GREY, alpha=0.42, lw=0), Patch(color=GREY, alpha=0.18, lw=0)]
        names += [say("middle half of the runs"), say("90% of the runs")]
    for name in compared.controls if spread else ():
        ink, dashes, marker = look(compared, name)
        marks.append(Line2D([], [], color=ink, ls=dashes, lw=1.2, marker=marker, ms=5))
        names.append(fill(compared.titles[name], 46))
    if compared.names:
        marks.append(Patch(fc=(*to_rgb(MARGIN_INK), MARGIN_ALPHA), ec="#999999", lw=0.6, ls="--"))
        names.append(say("too small to matter in practice"))
    if compared.programme:
        marks.append(Patch(color=PROGRAMME, lw=0))
        names.append(say("the programme is running"))
    crowded = not few or bool(compared.controls)
    axes.legend(marks, names, loc="upper left", bbox_to_anchor=(-0.02, 1.03), frameon=False,
                fontsize=7 if crowded else 8.5, handlelength=3.2, labelspacing=0.3 if crowded else 0.55)  # fmt: skip
    text = "\n".join(fill(line, 58 if crowded else 52) for line in _how_to_read(compared, spread, alone))
    axes.text(0, 0.0, text, transform=axes.transAxes, fontsize=6.8 if crowded else 7.5, color=GREY, va="bottom",
              linespacing=1.35)  # fmt: skip


def _how_to_read(compared: Comparison, spread: bool, alone: bool) -> list[str]:
    """What lines, bands and bars are.  spread: bands are drawn; alone: there is one run of each."""
    if not compared.names:
        how = [say("Lines: the run.") if alone else say("Lines: the mean of the runs.")]
    elif alone:
        how = [say("Above: the run of each strategy. Below: the difference from the same people's run without a "
                   "foundation, month by month.")]  # fmt: skip
    else:
        how = [say("Above: the mean of the runs of each strategy. Below: the mean difference from the same people's "
                   "run without a foundation, month by month.")]  # fmt: skip
        if not spread:
            how.append(say("With so many strategies intervals are left to the tables."))
        elif compared.uncertain:
            bars = say(
                "Thick bars, dark bands: simulation noise alone (95%). Thin bars, light bands: parameters as well."
            )
            how.append(f"{bars} {say(BOTH)}")
        else:
            how.append(f"{say('Bands and bars are its 95% interval.')} {say(NOISE)}")
    if compared.programme:
        afters = listed([f"+{month - compared.programme[1]}" for month in compared.when])
        how.append(
            say("{months}: counted in months from the programme's end; what lasts is read there.", months=afters)
        )
    return how


@styled
def levers(
    strategies: Mapping[str, Strategy], overrides: Mapping[str, float] | None = None, domain: Domain | None = None
) -> Figure:
    """How strategies differ: a row for each lever that does not stand alike in all, its course over the programme.

    Heights are relative to the largest value in the row; the numbers stand beside them.
    """
    rows = lever_rows(strategies, overrides)
    groups = list(dict.fromkeys(row.lever.group for row in rows))
    column, title_room = 2.1, 2.6
    width, height = title_room + column * len(strategies), 1.5 + 0.27 * len(rows) + 0.3 * len(groups)
    figure = Drawing(figsize=(width, height))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    many = len(strategies) > 1
    heading = say("How the strategies differ") if many else say("What it does: levers that are not at rest")
    axes.text(0.15, 0.32, heading, fontsize=12.5, weight="bold")
    for k, strategy in enumerate(strategies.values()):
        x = title_room + column * k
        axes.plot((x, x + 0.7), (0.93, 0.93), color=INKS[k % len(INKS)], lw=3, solid_capstyle="butt")
        axes.text(x, 0.87, fill(strategy.title, 26), weight="bold", va="bottom")
    y = 0.98
    for group in groups:
        axes.plot((0.15, width - 0.15), (y + 0.06, y + 0.06), color="#BBBBBB", lw=0.6)
        axes.text(0.15, y + 0.2, say(group), color=GREY, fontsize=7.5, va="center", style="italic")
        y += 0.3
        for row in (row for row in rows if row.lever.group == group):
            called = row.lever.name.replace("_", " ")
            axes.text(0.3, y + 0.13, domain.own(called) if domain else called, va="center")
            for k, name in enumerate(strategies):
                _course(axes, row, name, title_room + column * k, y, INKS[k % len(INKS)])
            y += 0.27
    if not rows:
        axes.text(0.15, 0.95, say("In nothing: every lever stands alike."), va="center")
    how = say(
        "Bars run from the programme's start to its end, as high as the value is beside the largest in the row. Grey: "
        "at rest. All other levers stand alike."
    )
    if not many:
        how = say("Bars run from the programme's start to its end, as high as the value is in its range.")
    axes.text(0.15, height - 0.12, fill(how, round(16 * width)), fontsize=7, color=GREY)
    return figure


def _course(axes: Axes, row: LeverRow, name: str, x: float, y: float, ink: str) -> None:
    """One lever's values over the programme as steps, and in words."""
    most = max(abs(value) for course in row.settings.values() for _, value in course)
    most = (row.lever.high if len(row.settings) == 1 else most) or 1.0
    course, length = row.settings[name], row.durations[name]
    rests = row.rests(name)
    for (begins, value), ends in zip(course, [*(month for month, _ in course[1:]), length], strict=True):
        tall = 0.2 * abs(value) / most
        axes.add_patch(Rectangle((x + 0.7 * begins / length, y + 0.23 - tall), 0.7 * (ends - begins) / length, tall,
                                 color="#BDBDBD" if rests else ink, alpha=0.75, lw=0))  # fmt: skip
    axes.plot((x, x + 0.7), (y + 0.23, y + 0.23), color="#999999", lw=0.6)
    text = " → ".join(shown(row.lever, value) for _, value in course)
    axes.text(x + 0.8, y + 0.13, text, fontsize=7.5, va="center", color="#8A8A8A" if rests else "#000000")


@styled
def worldviews_heatmap(
    table: pl.DataFrame, titles: Mapping[str, str], domain: Domain, note: str = "", units: Units = EUROS
) -> Figure:
    """Strategies by worldviews: in every cell the verdicts of the four headline measures, never one alone.

    `table` as `contrasts.worldviews` gives it; `titles` names strategies and worldviews on screen; `note` says which
    month, place and how many runs.
    """
    strategies, worlds = (table[name].unique(maintain_order=True).to_list() for name in ("strategy", "worldview"))
    room, cell, line, each = 3.2, 1.62, 0.175, len(HEADLINE)
    width, height = room + cell * len(worlds) + 0.15, 1.42 + (each * line + 0.09) * len(strategies) + 0.72
    width = max(width, room + cell * 4)
    figure = Drawing(figsize=(width, height))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    axes.text(0.15, 0.36, say("Every strategy in every worldview, against no foundation"), fontsize=12.5, weight="bold")
    axes.text(0.15, 0.52, fill(note, round(16 * width)), color=GREY, va="top")
    for k, world in enumerate(worlds):
        axes.text(room + cell * (k + 0.5), 1.22, fill(titles[world], 20), ha="center", va="bottom", weight="bold")
    found = {(row["strategy"], row["worldview"], row["measure"]): row for row in table.iter_rows(named=True)}
    for i, strategy in enumerate(strategies):
        top = 1.35 + (each * line + 0.09) * i
        axes.text(0.15, top + each / 2 * line, fill(titles[strategy], 26), weight="bold", va="center")
        for j, measure in enumerate(HEADLINE):
            y = top + line * j
            axes.text(room - 0.08, y + line / 2, domain.says(BRIEF[measure]), ha="right", va="center", fontsize=6.8,
                      color=GREY)  # fmt: skip
            for k, world in enumerate(worlds):
                row = found.get((strategy, world, measure))
                paper, ink = VERDICT_INKS[verdict_of(row)]
                axes.add_patch(
                    Rectangle((room + cell * k + 0.03, y), cell - 0.06, line, fc=paper, ec="#C8C8C8", lw=0.4)
                )
                axes.text(room + cell * (k + 0.5), y + line / 2, _in_cell(row, units), ha="center", va="center",
                          fontsize=6.2, color=ink)  # fmt: skip
    in_sets = "noise_low" in table.columns and table["noise_low"].null_count() < table.height
    _verdict_key(axes, 0.15, height - 0.5, domain, units, BOTH if in_sets else NOISE)
    return figure


def verdict_of(row: Mapping[str, Any] | None) -> str:
    """The word of a cell: a verdict, or that the strategy was not carried out there."""
    if row is None or (row["verdict"] is None and row["difference"] is None):
        return NOT_KNOWN
    return NOT_DONE if row["verdict"] is None else str(row["verdict"])


def _in_cell(row: Mapping[str, Any] | None, units: Units) -> str:
    """Verdict and difference, in the units of the note below."""
    if row is None or row["difference"] is None:
        return say(NOT_KNOWN)
    return f"{say(verdict_of(row))} {shown_difference(row['measure'], row['difference'], units)}"


def _verdict_key(axes: Axes, x: float, y: float, domain: Domain, units: Units, intervals: str) -> None:
    left = x
    for word, (paper, ink) in VERDICT_INKS.items():
        axes.add_patch(Rectangle((x, y - 0.09), 1.1, 0.18, fc=paper, ec="#C8C8C8", lw=0.4))
        axes.text(x + 0.55, y, say(word), ha="center", va="center", fontsize=6.4, color=ink)
        x += 1.17
    each = [
        say("{what} in {unit}", what=say(BRIEF[m]), unit=unit(m, True, units)) if "EUR" in kind_of(m) else say(BRIEF[m])
        for m in HEADLINE
    ]
    text = say("Numbers: differences from no foundation; {measures}.", measures=", ".join(each))
    axes.text(left, y + 0.24, text, fontsize=7, color=GREY, va="center")
    axes.text(left, y + 0.38, say(intervals), fontsize=7, color=GREY, va="center")
