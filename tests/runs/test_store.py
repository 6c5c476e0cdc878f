"""Results as tables and files: tidy, with units, whole or not at all, and a hash that means the digits."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet
import pytest
from polars.testing import assert_frame_equal

from agents.provider import OBSTACLES
from analysis.contrasts import paired
from engine.errors import BadInput, NoRoom
from model.measures import MEASURES, STRATA
from model.state import BURN_IN, EVENTS, LEDGER
from runs.ensemble import ensemble
from runs.running import Run, live
from runs.store import (
    MARKER,
    OURS,
    UNITS,
    Results,
    determined_by,
    folder_name,
    manifest,
    measures,
    results_folder,
    run_hash,
    write_tables,
)
from scenarios.edition import rules_hash
from scenarios.places import find_place
from scenarios.scenario import Scenario, with_twins
from scenarios.strategy import Phase, Strategy

Small = Callable[..., Scenario]


def of_everybody(strata: Any, fields: Any) -> list[str]:
    """The fields that every place has: without those of groups, which this one does not tell apart."""
    return [name for name in fields if not strata.get(name, ("", ""))[1].startswith("group")]


def test_groups_go_by_the_names_that_their_place_gives_them(small: Small) -> None:
    """Those of the file in its order, the rest last; with the same numbers as the model's columns."""
    place = find_place(Path(__file__).parents[2] / "examples" / "my_city_groups.toml")
    ones = [replace(small(name), place=place) for name in ("status_quo", "user_centred")]
    run = live(ones[0])
    assert run.measured is not None
    months = Results.of([run]).months
    titles = ["Women over 25", "Young people, 18 to 25", "Men over 25"]
    assert [group.title for group in place.groups] == titles
    thirds = ["need low", "need middle", "need high"]
    for measure in ("secure_people", "without_home"):
        rows = months.filter(measure=measure)
        assert rows["stratum"].unique(maintain_order=True).to_list() == ["all", *thirds, *titles]
        for number, title in enumerate(titles, 1):
            values = rows.filter(stratum=title).sort("month")["value"].to_list()
            assert values == run.measured[f"{measure}_group_{number}"].tolist()
        summed = rows.filter(pl.col("stratum").is_in(titles)).group_by("month").agg(pl.col("value").sum()).sort("month")
        assert summed["value"].to_list() == run.measured[measure].tolist()
    assert months.filter(measure="voice")["stratum"].unique().sort().to_list() == ["all", *sorted(thirds)]
    told = ensemble(ones, 4).months
    for title in titles:
        one = paired(told, "user_centred", "status_quo", "secure_people", 84, title)
        assert one.n == 4
        assert one.low < one.difference < one.high
    together = paired(told, "user_centred", "status_quo", "secure_people", 84)
    apart = [paired(told, "user_centred", "status_quo", "secure_people", 84, title).difference for title in titles]
    assert sum(apart) == pytest.approx(together.difference, abs=1e-9)


def test_every_number_of_a_run_is_one_row(small: Small) -> None:
    run = live(small("homes"))
    months = Results.of([run]).months
    assert months.height == 85 * (len(of_everybody(STRATA, MEASURES.fields)) + len(LEDGER.fields))
    assert months.select("scenario", "seed", "month", "measure", "stratum").is_duplicated().sum() == 0
    assert run.measured is not None
    assert run.ledger is not None
    for field in of_everybody(STRATA, STRATA):
        measure, stratum = STRATA[field]
        values = months.filter(measure=measure, stratum=stratum).sort("month")["value"]
        assert values.to_list() == run.measured[field].tolist()
    homes = months.filter(measure="foundation_homes").sort("month")["value"]
    assert homes.to_list() == (run.ledger["foundation_homes"] / 100).tolist()
    assert homes.sum() > 0
    assert set(months["measure"]) == set(measures())


def test_every_kind_of_event_says_what_it_counts(small: Small) -> None:
    assert tuple(UNITS) == EVENTS
    events = ensemble([small("user_centred", people=3000), small("catalytic_philanthropy", people=3000)], 2).events
    assert events["month"].is_between(1, 84).all()
    assert set(events["event"]) <= set(EVENTS)
    assert events.filter(event="award")["amount"].min() > 1000  # euros, not cents or thousands
    assert set(events.filter(event="obstacle found")["unit"]) <= set(OBSTACLES)


def test_the_hash_is_the_same_for_the_same_run_and_another_for_any_other(small: Small) -> None:
    one = small("homes")
    assert run_hash(one) == run_hash(small("homes"))
    assert run_hash(one) == run_hash(replace(one, label="other", place=replace(one.place, name="renamed")))
    changes: list[dict[str, Any]] = [{"seed": 2}, {"people": 600}, {"months": 85}, {"sets": ("budget=0.02",)},
                                     {"sets": ("inflow=401",)}, {"world": "sceptic"}]  # fmt: skip
    others = [small("top_up"), *(small("homes", **change) for change in changes)]
    assert len({run_hash(other) for other in [one, *others]}) == len(others) + 1


def test_the_hash_is_of_everything_as_plain_data(small: Small) -> None:
    one = small("user_centred", sets=("budget=0.02", "inflow=350"), seed=3)
    row = one.parameters()[0]
    plain = {
        "levers": [{"from": begins, **levers} for begins, levers in one.strategy.settings({"budget": 0.02})],
        "parameters": {name: float(row[name]) for name in row.dtype.names},
        "people": 500, "months": 84, "seed": 3, "burn_in": BURN_IN, "rules": rules_hash(), "groups": [],
        "paths": {},
    }  # fmt: skip
    assert determined_by(one) == plain
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    assert run_hash(one) == hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    written = manifest(Run(one, "done"))
    assert (json.loads(written["levers"]), json.loads(written["parameters"])) == (plain["levers"], plain["parameters"])
    assert written["hash"] == run_hash(one)


def test_nothing_kept_is_an_empty_table(small: Small) -> None:
    run = live(small("homes"))
    assert Results.of([run], keep=[]).months.shape == (0, 7)
    assert Results.of([run], keep=["voice"]).months["stratum"].unique().sort().to_list() == [
        "all", "need high", "need low", "need middle"
    ]  # fmt: skip


def test_a_row_of_the_manifest_is_enough_to_run_it_again(small: Small) -> None:
    first = Results.of([live(small("user_centred", sets=("budget=0.02", "inflow=350"), world="from_within", seed=4))])
    row = first.runs.row(0, named=True)
    phases = tuple(Phase(phase.pop("from"), phase) for phase in json.loads(row["levers"]))
    again = replace(
        small(sets=tuple(f"{name}={value!r}" for name, value in json.loads(row["parameters"]).items())),
        strategy=Strategy(row["strategy"], "", "", "hybrid", phases),
        months=row["months"],
        seed=row["seed"],
    )
    assert run_hash(again) == row["hash"]
    assert_frame_equal(Results.of([live(again)]).months, first.months, check_exact=True)


def test_files_carry_meaning_and_unit_of_every_measure(small: Small, tmp_path: Path) -> None:
    results = ensemble(with_twins([small("homes")]), 1)
    write_tables(results, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"months.parquet", "events.parquet", "runs.parquet"}
    assert_frame_equal(pl.read_parquet(tmp_path / "months.parquet"), results.months, check_exact=True)
    assert_frame_equal(pl.read_parquet(tmp_path / "runs.parquet"), results.runs)
    about = pl.read_parquet_metadata(tmp_path / "months.parquet")
    with_units = json.loads(about["measures"])
    assert with_units["secure_share"]["unit"] == "share"
    assert json.loads(about["unfreeze"])["polars"] == pl.__version__
    other = pyarrow.parquet.read_table(tmp_path / "months.parquet")  # another reader
    assert set(with_units) == set(other["measure"].to_pylist())
    assert other["value"].to_pylist() == results.months["value"].to_list()


def test_a_failed_run_has_a_row_and_no_months(small: Small) -> None:
    results = Results.of([Run(small("homes"), "failed", "ValueError: no")])
    assert results.months.is_empty()
    assert results.runs.select("status", "error", "people").row(0) == ("failed", "ValueError: no", 500)


def test_a_folder_of_results_is_replaced_and_any_other_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "results"
    for text in ("first", "second"):
        with results_folder(place) as part:
            assert part is not None
            (part / MARKER).write_text(text)
    assert (place / MARKER).read_text() == "second"
    (place / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match=r"also 'notes.txt', which is not one of ours"), results_folder(place):
        raise AssertionError("must not get here")
    assert (place / "notes.txt").read_text() == "mine"
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.doc").touch()
    with pytest.raises(BadInput, match="left alone"), results_folder(other):
        raise AssertionError("must not get here")


def interrupted(place: Path) -> None:
    with results_folder(place) as part:
        assert part is not None
        (part / MARKER).touch()
        raise KeyboardInterrupt


def test_nothing_is_left_when_something_goes_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "new" / "results"
    with pytest.raises(KeyboardInterrupt):
        interrupted(place)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NoRoom, match="results;"), results_folder(place) as part:
        raise NoRoom("some file inside")
    monkeypatch.chdir(tmp_path)
    for here in (".", tmp_path.parent):
        with pytest.raises(BadInput, match="is the folder you are in"), results_folder(here):
            raise AssertionError("must not get here")
    with results_folder(None) as part:
        assert part is None


def test_folders_are_named_after_what_was_run(small: Small) -> None:
    usual = {"people": None, "months": 120}
    name = folder_name([small("homes", **usual), small("top_up", **usual)], "compare")
    assert name == "unfreeze-results/homes-top_up-dublin-seed1"
    odd = small("homes", world="sceptic", seed=7, sets=("budget=0.02",))
    assert folder_name([odd], "run").endswith("/run-homes-dublin-sceptic-500people-84months-seed7-budget=0.02")
    names = {folder_name([small("homes", sets=(*three, "branding=1"))], "run")
             for three in (("budget=0.02", "inflow=1"), ("budget=0.03", "inflow=1"))}  # fmt: skip
    assert len(names) == 2
    many = [small(one, world=world, **usual) for world in ("evidence", "sceptic") for one in
            ("homes", "top_up", "carrier", "hybrid")]  # fmt: skip
    assert folder_name(many, "worldviews") == "unfreeze-results/worldviews-4strategies-dublin-seed1"
    assert folder_name(many[:4], "compare") == "unfreeze-results/compare-4strategies-dublin-seed1"
    assert MARKER in OURS
