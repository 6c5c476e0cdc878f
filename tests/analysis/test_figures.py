"""Figures: the same numbers give the same bytes, nobody's settings leak in or out, and odd comparisons can be drawn."""

import dataclasses
import re
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from analysis import figures
from analysis.contrasts import VERDICTS, headline
from analysis.figures import MISSING, picture
from analysis.words import shown_difference
from model.measures import HEADLINE
from scenarios.domains import find_domain
from scenarios.names import shipped
from scenarios.strategy import find_strategy

DOMAIN = find_domain("homelessness")


def texts(figure: Figure) -> str:
    """Everything written anywhere in a figure."""
    return "\n".join(found.get_text() for found in figure.findobj(mpl.text.Text))


def heat_table(compared) -> pl.DataFrame:
    frame = headline(compared.months, compared.names, compared.when[-1:])
    worlds = [frame.with_columns(strategy="scenario", worldview=pl.lit(world)) for world in ("evidence", "sceptic")]
    return pl.concat(worlds)


def drawn(compared) -> list[Figure]:
    titles = {**compared.titles, "evidence": "Evidence", "sceptic": "Sceptic"}
    return [
        figures.comparison(compared),
        figures.levers(compared.strategies),
        figures.worldviews_heatmap(heat_table(compared), titles, DOMAIN, "a note"),
    ]


def test_the_same_numbers_give_the_same_bytes(make, tmp_path) -> None:
    compared = make()
    for k, (one, again) in enumerate(zip(drawn(compared), drawn(compared), strict=True)):
        files = [*figures.save(one, tmp_path / f"one.{k}"), *figures.save(again, tmp_path / f"two.{k}")]
        png, svg, png_again, svg_again = (file.read_bytes() for file in files)
        assert svg == svg_again
        assert png == png_again
        assert png.startswith(b"\x89PNG")
        assert len(png) > 20_000
        assert [file.name for file in files[:2]] == [f"one.{k}.png", f"one.{k}.svg"]


def test_vectors_hold_no_date_no_font_and_nothing_from_outside(make) -> None:
    svg = figures.picture(figures.comparison(make())).decode()
    assert "<text" not in svg
    assert "dc:date" not in svg
    links = set(re.findall(r'(?:href|src)="([^"]*)"', svg))
    assert all(link.startswith(("#", "data:")) for link in links)


def test_our_style_stays_ours_and_yours_yours(make) -> None:
    plain = figures.picture(figures.levers(make().strategies))
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "none", "axes.facecolor": "red"}):
        before = dict(mpl.rcParams)
        assert figures.picture(figures.levers(make().strategies)) == plain
        assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    "how",
    [
        {"names": ("status_quo",)},
        {"names": ("hybrid",), "replicates": 1},
        {"months": 75},
        {"names": tuple(shipped("strategy")), "replicates": 2, "months": 84},
        {"names": ("homes", "hybrid", "top_up"), "failed": 2, "place": "canada_trial", "people": 700},
    ],
)
def test_odd_comparisons_can_be_drawn(make, how) -> None:
    compared = make(**how)
    figure = figures.comparison(compared)
    assert len(figures.picture(figure, "png")) > 20_000
    for title in compared.titles.values():
        assert title in texts(figure)


def test_the_comparison_says_what_it_shows(make) -> None:
    compared = make()
    said = " ".join(texts(figures.comparison(compared)).split())
    for words in ("Publicly paid Housing First places", "People with secure tenancies", "Spent by all payers",
                  "How well Housing First places fit", "People without secure tenancies", "simulation noise only",
                  "4 paired runs", "programme", "+24", "+48", "EUR million", "2022 prices"):  # fmt: skip
        assert words in said, words
    assert "scaled up from 2,000" in texts(figures.comparison(make(people=2000)))
    assert "95%" not in texts(figures.comparison(make(replicates=1)))


def test_ticks_are_what_they_say(make) -> None:
    figure = figures.comparison(make())
    figures.picture(figure, "png")
    for axes in figure.axes:
        for place, tick in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True):
            if tick.get_text():
                assert float(tick.get_text().replace(",", "").replace("−", "-")) == pytest.approx(place, abs=1e-9)


def test_a_cell_holds_all_verdicts(make) -> None:
    compared = make()
    table = heat_table(compared)
    titles = {**compared.titles, "evidence": "Evidence", "sceptic": "Sceptic"}
    written = texts(figures.worldviews_heatmap(table, titles, DOMAIN)).splitlines()
    cells = [line for line in written if line.startswith(VERDICTS) and line not in VERDICTS]
    assert len(cells) == table.height == len(HEADLINE) * 2 * 2
    for row in table.iter_rows(named=True):
        assert f"{row['verdict']} {shown_difference(row['measure'], row['difference'])}" in cells
    missing = figures.worldviews_heatmap(table.head(1), titles, DOMAIN)
    assert "not known" in texts(missing)
    failed = table.with_columns(verdict=pl.lit(None, pl.String))
    assert "not carried out" in texts(figures.worldviews_heatmap(failed, titles, DOMAIN))
    assert set(figures.VERDICT_INKS) == {*VERDICTS, "not carried out"}


def test_a_dollar_in_a_title_is_a_dollar(make) -> None:
    compared = make()
    titles = [dataclasses.replace(one, strategy=dataclasses.replace(one.strategy, title=f"Spend $2m, then $5m {i}"))
              for i, one in enumerate(compared.scenarios)]  # fmt: skip
    assert len(figures.picture(figures.comparison(dataclasses.replace(compared, scenarios=titles)), "png")) > 20_000
    odd = [dataclasses.replace(one, strategy=dataclasses.replace(one.strategy, title=f"One $ {i}"))
           for i, one in enumerate(compared.scenarios)]  # fmt: skip
    assert len(figures.picture(figures.comparison(dataclasses.replace(compared, scenarios=odd)), "png")) > 20_000


def test_controls_are_drawn_beside_the_strategies(make) -> None:
    compared = make()
    control = dataclasses.replace(compared.scenarios[-1], control_of=(compared.names[0],))
    beside = dataclasses.replace(compared, scenarios=[*compared.scenarios[:-1], control])
    assert beside.names == compared.names[:1]
    figure = figures.comparison(beside)
    below = next(axes for axes in figure.axes if "Paired difference" in axes.get_title("left"))
    assert len([line for line in below.lines if line.get_linestyle() == ":"]) >= 1
    assert compared.titles[compared.names[1]] in texts(figure)


def test_levers_show_phases_and_rest() -> None:
    said = texts(figures.levers({name: find_strategy(name) for name in ("placebo", "user_centred")}))
    assert "0% → 8%" in said
    assert "grants per provider" in said
    assert "In nothing" in texts(figures.levers({n: find_strategy("hybrid") for n in "ab"}))


def test_neighbouring_inks_differ_without_colour() -> None:
    light = [np.dot(to_rgb(ink), (0.2126, 0.7152, 0.0722)) for ink in figures.INKS[:4]]
    assert all(abs(a - b) > 0.08 for a, b in pairwise(light))
    assert len(set(map(str, figures.DASHES))) == len(figures.DASHES)


def test_of_many_strategies_no_two_look_alike() -> None:
    names = [f"s{i}" for i in range(32)]
    compared: Any = SimpleNamespace(names=names, controls={})
    looks = [figures.look(compared, name) for name in names]
    assert len({(ink, str(dash)) for ink, dash, _ in looks}) == 32
    assert len({(ink, marker) for ink, _, marker in looks}) == 32


def test_letters_that_no_font_has_are_boxes_and_no_warning() -> None:
    figure = Figure()
    figure.text(0.1, 0.1, "中文 \U0001f3e0 \ue000 $2m and $5m")
    assert picture(figure).startswith(b"<?xml")
    assert figure.texts[0].get_text().endswith(f" {MISSING} $2m and $5m")
