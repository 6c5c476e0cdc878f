"""Patterns: what ships is in order, follows from what was published, and what is not in order says where and why."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadInput, MissingField, OutOfRange, UnknownName
from evidence.data_file import ROOT
from evidence.patterns import RANGE, ROLES, SHOWN, TESTS, WITHIN, load_patterns
from evidence.sources import load_sources

PATTERNS = load_patterns()
CONTEXT = load_patterns(context=True)
CARE = {"Closing", "Stalling", "Admissions", "Census", "Resettled", "First_jobs", "Jobs_elsewhere"}
ADDED = {"Returns", "Moves", "Quarters", "Clusters"} | CARE  # since 2026-11-26; counted apart
PARTS = {f"{p.name}.{part.name}": part for p in PATTERNS.values() for part in p.parts.values()}
ROLE_OF = {
    "fitted": {
        "P1",
        "P2",
        "P5",
        "P7",
        "P8",
        "P12",
        "P14",
        "P15",
        "Returns",
        "Moves",
        "Closing",
        "Admissions",
        "Resettled",
        "First_jobs",
    },
    "guard": {"P21", "P24"},
    "arithmetic": {"P22"},
    "checked": {
        "P6",
        "P9",
        "P10",
        "P11",
        "P13",
        "P18",
        "P23",
        "Little",
        "Flows",
        "Quarters",
        "Clusters",
        "Stalling",
        "Census",
        "Jobs_elsewhere",
    },
    "context": {"Dublin", "Elsewhere", "Congregated", "Hospital_led"},
}
GOOD = {
    "title": '"Homes kept"', "observed": '"86%"', "source": '"S15"', "mark": '"verified"', "place": '"denver"',
    "role": '"fitted"', "comparison": '"The curve."',
}  # fmt: skip
PART = {"meaning": '"kept"', "unit": '"share"', "value": "0.86", "low": "0.8", "high": "0.9"}


def entry(part: dict[str, str | None] | None = None, **changes: str | None) -> str:
    """A good pattern of nine lines and a part of six, some lines changed."""
    lines = [f"{k} = {v}" for k, v in (GOOD | changes).items() if v is not None]
    below = [f"{k} = {v}" for k, v in (PART | (part or {})).items() if v is not None]
    return "\n".join(["[P5]", *lines, "[P5.parts.year_1]", *below]) + "\n"


def read(tmp_path: Path, text: str) -> dict:
    path = tmp_path / "p.toml"
    path.write_text(text)
    return load_patterns.__wrapped__(path)  # not what was remembered of an earlier text


def test_every_pattern_is_there_in_its_role() -> None:
    every = PATTERNS | CONTEXT
    assert {role: {p.name for p in every.values() if p.role == role} for role in ROLES} == ROLE_OF
    assert {name for name, one in PATTERNS.items() if one.added} == ADDED


def test_context_is_shown_with_a_number_and_nothing_of_dublin_after_2019_is_anything_else() -> None:
    for name, one in CONTEXT.items():
        assert name not in PATTERNS
        for part in one.parts.values():
            assert part.test == SHOWN
            assert not math.isnan(part.value)
    late = {n for n in CONTEXT["Dublin"].parts if int(re.findall(r"_(20\d\d)", n)[0]) > 2019}
    assert len(late) >= 8


def test_an_entry_knows_its_line() -> None:
    for name, pattern in PATTERNS.items():
        text = (ROOT / str(pattern.where.file)).read_text(encoding="utf-8").splitlines()
        assert text[(pattern.where.line or 0) - 1] == f"[{name}]"
        for part in pattern.parts.values():
            assert text[(part.where.line or 0) - 1] == f"[{name}.parts.{part.name}]"


def test_every_test_is_used_and_sources_are_real() -> None:
    assert {part.test for part in PARTS.values()} == set(TESTS)
    assert {key for part in PARTS.values() for key in part.source.split()} <= set(load_sources())
    for name, part in PARTS.items():  # what rests on memory says so
        assert part.mark == "recalled" or not re.search(r"\bR\d", part.source), name


def test_a_number_that_compares_is_there_and_an_interval_holds_it() -> None:
    for name, part in PARTS.items():
        if part.test == WITHIN:
            assert not math.isnan(part.value), name
        if not math.isnan(part.low) and not math.isnan(part.value):
            assert part.low <= part.value <= part.high, name
        if part.test == SHOWN:
            assert math.isnan(part.threshold), name


def wilson(hits: float, n: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share."""
    z, p = 1.959964, hits / n
    middle, half = p + z * z / 2 / n, z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


@pytest.mark.parametrize(
    ("name", "hits", "n"),
    [
        ("P1.reform_12", 0.73 * 469, 469), ("P1.usual_12", 0.31 * 481, 481), ("P2.time_reform", 0.71 * 469, 469),
        ("P2.time_usual", 0.29 * 481, 481), ("P7.under_6", 183, 393), ("P7.from_6", 79, 393), ("P7.from_12", 51, 393),
        ("P7.from_18", 32, 393), ("P7.over_24", 48, 393), ("P14.bed_accepted", 227, 375), ("P15.alive_24", 9, 12),
        ("P15.continuous_72", 23, 49), ("P15.restarted_72", 8, 49), ("P15.gone_72", 18, 49), ("P18.uptake", 7, 7),
        ("Resettled.moved_on", 15, 146), ("Resettled.first_home", 0.592 * 544, 544),
        ("Resettled.in_community", 0.896 * 544, 544), ("First_jobs.usual_18", 43, 156),
        ("First_jobs.support_18", 85, 156), ("Jobs_elsewhere.oxford_18", 27, 59), ("Jobs_elsewhere.early", 20, 27),
        ("Jobs_elsewhere.ireland_24", 0.36 * 80, 80),
    ],
)  # fmt: skip
def test_intervals_said_to_be_wilsons_are(name: str, hits: float, n: int) -> None:
    part = PARTS[name]
    assert "Wilson" in part.note
    assert part.value == pytest.approx(hits / n, abs=0.006)  # as rounded by whoever published it
    assert (part.low, part.high) == pytest.approx(wilson(hits, n), abs=0.002)


def test_no_other_interval_is_said_to_be_wilsons() -> None:
    assert sum("Wilson" in part.note for part in PARTS.values()) == 23


def test_the_distance_allowed_to_durations_is_that_of_two_samples() -> None:
    """P7: how far apart two samples of 393 from one distribution are in 95 of 100 cases (here 40,000 draws)."""
    counts = np.array([183, 79, 51, 32, 48])
    draw = np.random.default_rng(7).multinomial
    one, other = (np.cumsum(draw(counts.sum(), counts / counts.sum(), 40_000), axis=1)[:, :-1] for _ in range(2))
    distance = 6.0 * np.abs(one - other).sum(axis=1) / counts.sum()
    assert PARTS["P7.wasserstein"].threshold == pytest.approx(np.quantile(distance, 0.95), abs=0.02)


def test_derived_numbers_follow() -> None:
    assert PARTS["P5.front_loaded"].value == pytest.approx(
        -math.log(0.86) / 12 + math.log(0.77 / 0.86) / 24, abs=0.0002
    )
    assert PARTS["P9.rise_2014_2016"].value == pytest.approx(0.60 - 0.55)
    assert PARTS["P9.rise_2016_2022"].value == pytest.approx(0.73 - 0.60)
    assert PARTS["P10.stock_change"].value == pytest.approx(8669 / 2419 - 1, abs=0.005)
    assert PARTS["P11.fall"].value == pytest.approx(1 - 1000 / 2931, abs=0.002)
    assert PARTS["P6.retention_60"].value == pytest.approx((0.50 + 0.88) / 2)
    assert PARTS["P8.ratio_episodic"].value == pytest.approx(72.8 / 20.4, abs=0.005)
    assert PARTS["P8.ratio_chronic"].value == pytest.approx(252.4 / 20.4, abs=0.005)
    for kind in ("transitional", "episodic", "chronic"):
        part = PARTS[f"P8.stays_{kind}"]
        assert (part.low, part.high) == pytest.approx((0.85 * part.value, 1.15 * part.value), abs=0.006)
    assert PARTS["Little.new_people"].value == pytest.approx(8 / (15 - 8), abs=0.05)
    assert PARTS["Flows.year_over_night"].value == pytest.approx(15 / 8, abs=0.03)
    assert PARTS["Flows.new_of_quarter"].value == pytest.approx(752 / 3777, abs=0.005)
    assert PARTS["Flows.tenancies_of_quarter"].value == pytest.approx(413 / 3777, abs=0.005)
    assert PARTS["P14.gap"].value == pytest.approx(0.92 - 227 / 375, abs=0.001)
    assert PARTS["P21.effect"].value == pytest.approx(-1.70 / 15.4, abs=0.001)
    assert (PARTS["P21.effect"].low, PARTS["P21.effect"].high) == pytest.approx((-3.81 / 15.4, 0.40 / 15.4), abs=0.005)
    assert PARTS["P22.order"].value == pytest.approx(0.38 - 0.11)
    parts, dublin = PARTS, {name: part.value for name, part in CONTEXT["Dublin"].parts.items()}
    assert parts["Returns.within_12"].value == pytest.approx(1 - 0.840)
    assert parts["Returns.of_them_first_year"].value == pytest.approx(0.160 / 0.266, abs=0.005)
    there = [
        dublin[f"singles_{month}"] + dublin[f"with_children_{month}"] for month in ("2015_01", "2015_12", "2016_09")
    ]
    assert parts["Quarters.year_over_quarter"].value == pytest.approx(dublin["users_2015"] / 3500, abs=0.005)
    by_night = (dublin["users_2015_q4"] / there[1], dublin["users_2016_q3"] / there[2])
    assert parts["Quarters.quarter_over_night"].value == pytest.approx(sum(by_night) / 2, abs=0.005)
    leave = (dublin["tenancies_2015_9_months"] / 9 / ((there[0] + there[1]) / 2),
             dublin["tenancies_2016"] / 12 / ((there[1] + there[2]) / 2))  # fmt: skip
    tenancies = parts["Quarters.tenancies_of_stock"]
    assert (tenancies.low, tenancies.high) == pytest.approx(leave, abs=0.0005)
    assert tenancies.value == pytest.approx(sum(leave) / 2, abs=0.0005)
    for name, wide in (("year_over_quarter", 0.2), ("quarter_over_night", 0.2)):
        part = parts[f"Quarters.{name}"]
        assert (part.low, part.high) == pytest.approx(((1 - wide) * part.value, (1 + wide) * part.value), abs=0.006)
    assert parts["Clusters.ratio_chronic"].value == pytest.approx(928 / 113, abs=0.005)
    for name, wide in (("stays_episodic", 0.15), ("stays_chronic", 0.15), ("ratio_chronic", 0.2)):
        part = parts[f"Clusters.{name}"]
        assert (part.low, part.high) == pytest.approx(((1 - wide) * part.value, (1 + wide) * part.value), abs=0.006)
    seattle = CONTEXT["Elsewhere"].parts["seattle_24"]
    assert (seattle.low, seattle.high) == pytest.approx(wilson(0.77 * 111, 111), abs=0.001)
    assert PARTS["Admissions.repeated"].value == pytest.approx(1 - 5412 / 15790, abs=0.001)
    assert PARTS["Admissions.a_month"].value == pytest.approx(0.7 * 12000 / 12)
    assert PARTS["Census.fall_a_year"].value == pytest.approx(1 - (2308 / 2408) ** (1 / 3), abs=0.001)
    assert PARTS["Stalling.fall_a_year"].value == pytest.approx(1 - (44610 / 228500) ** (1 / 34), abs=0.001)
    assert PARTS["Stalling.moves_of_fall"].value == pytest.approx(661 / 1900, abs=0.005)
    for name in ("Closing.people_2015", "Closing.people_2016", "Stalling.people_2019", "Stalling.places_2024"):
        part = PARTS[name]
        assert (part.low, part.high) == pytest.approx((0.9 * part.value, 1.1 * part.value), abs=0.6)
    assert PARTS["P24.mortality"].value == pytest.approx(0.19 / 0.16, abs=0.003)


def test_what_a_part_leaves_out_is_the_patterns(tmp_path: Path) -> None:
    part = read(tmp_path, entry())["P5"].parts["year_1"]
    assert (part.mark, part.source, part.test) == ("verified", "S15", WITHIN)
    assert part.standard_error == pytest.approx(0.1 / 3.92)
    assert part.place == "denver"
    own = read(tmp_path, entry({"mark": '"derived"', "source": '"S1"', "place": '"dublin"'}))["P5"].parts["year_1"]
    assert (own.mark, own.source, own.place) == ("derived", "S1", "dublin")


def test_what_is_allowed_is_no_interval(tmp_path: Path) -> None:
    part = read(tmp_path, entry({"test": f'"{RANGE}"'}))["P5"].parts["year_1"]
    assert math.isnan(part.standard_error)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (entry(titel='"x"'), UnknownName, r"p\.toml:9, field 'P5\.titel': .*Did you mean 'title'\?"),
        (entry(place=None), MissingField, r"p\.toml:1, field 'P5': The field 'place' is missing"),
        (entry(role='"fitting"'), UnknownName, r"p\.toml:7, field 'P5\.role': .*Did you mean 'fitted'\?"),
        (entry(source='"S999"'), UnknownName, r"p\.toml:4, field 'P5\.source'"),
        (entry(fast='"yes"'), BadInput, r"p\.toml:9, field 'P5\.fast': .*true or false"),
        (entry({"value": '"0.86"'}), BadInput, r"p\.toml:12, field 'P5\.parts\.year_1\.value': .*a number"),
        (entry({"value": "0.95"}), OutOfRange, r"p\.toml:12, field 'P5\.parts\.year_1\.value'"),
        (entry({"value": None}), MissingField, r"p\.toml:9, field 'P5\.parts\.year_1': The field 'value' is missing"),
        (entry({"low": None}), MissingField, r"'low' is missing \(an interval has two ends\)"),
        (entry({"test": '"above"'}), MissingField, r"'threshold' is missing \(the test 'above'"),
        (entry({"test": '"abbove"'}), UnknownName, r"p\.toml:15.*Did you mean 'above'\?"),
        (entry({"source": '"X1"'}), UnknownName, r"p\.toml:15, field 'P5\.parts\.year_1\.source'"),
        (entry() + "[P5.parts.Year2]\n", BadInput, r"p\.toml:15, field 'P5\.parts\.Year2': 'Year2' cannot be a name"),
        (entry().split("[P5.parts")[0], MissingField, r"'parts' is missing.*Write \[P5\.parts"),
        (entry().split("[P5.parts")[0] + "parts = 3\n", BadInput, r"'parts' must be a table"),
    ],
)
def test_what_is_wrong_says_where(tmp_path: Path, text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        read(tmp_path, text)
