"""The public door: what it names is there, typed and quick; what is asked through it has the digits of the commands."""

from __future__ import annotations

import ast
import pydoc
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from importlib import metadata
from inspect import Parameter, signature
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import unfreeze
from cli.main import run as command
from runs.ensemble import _replicates
from runs.trial import planned
from scenarios.request import OWN_WORDS
from studies.searches import SEARCH
from unfreeze import (
    BadInput,
    Request,
    Scenario,
    ServiceSystem,
    Study,
    check_study,
    compare,
    each_replicate,
    ensemble,
    run,
    study,
    trial,
    with_twins,
)

ROOT = Path(__file__).parents[2]
SMALL = {"people": 500, "months": 24, "settings": {"start": 0, "duration": 12}}


def test_all_that_is_named_is_there_and_nothing_is_made_here() -> None:
    for name in unfreeze.__all__:
        room = getattr(unfreeze, name).__module__.split(".")[0]
        assert room in ("analysis", "engine", "runs", "scenarios", "studies"), name
    assert dir(unfreeze) == unfreeze.__all__ == sorted(unfreeze.__all__)
    with pytest.raises(AttributeError, match="compare"):
        unfreeze.study_of_everything  # noqa: B018


def test_every_storey_is_typed_for_whoever_types_against_the_door() -> None:
    tree = ast.parse((ROOT / "unfreeze" / "__init__.py").read_text(encoding="utf-8"))
    used = {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    for folder in (used & {"analysis", "engine", "runs", "scenarios", "studies"}) | {"unfreeze"}:
        assert (ROOT / folder / "py.typed").is_file(), folder


def test_command_and_package_of_one_name_live_together() -> None:
    """The command is a program, the package is what Python imports: neither hides the other."""
    (script,) = metadata.entry_points(group="console_scripts", name="unfreeze")
    assert script.value == "cli.main:main"
    assert script.load().__module__ == "cli.main"
    assert Path(str(unfreeze.__file__)) == ROOT / "unfreeze" / "__init__.py"


def test_the_door_opens_without_mesa_and_matplotlib() -> None:
    code = "import sys, unfreeze; print(sorted({'mesa', 'matplotlib', 'solara'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert said.strip() == "[]"


def test_run_has_the_digits_of_the_command(tmp_path: Path) -> None:
    found = run("homes", **SMALL)
    options = ["--size", "500", "--months", "24", "--set", "start=0", "--set", "duration=12"]
    assert command(["run", "homes", *options, "--out", str(tmp_path / "one")]) == 0
    for name in ("months", "events", "flows"):
        assert_frame_equal(
            pl.read_parquet(tmp_path / "one" / f"{name}.parquet"), getattr(found, name), check_exact=True
        )


@pytest.mark.usefixtures("no_pictures")
def test_compare_has_the_digits_of_the_command_that_it_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = compare("homes", "user_centred,listening=4", **SMALL, sets=2, replicates=2)
    assert command([*_words(found.command), "--out", str(tmp_path / "two"), "--json"]) == 0
    assert "user_centred,listening=4" in capsys.readouterr().out
    assert_frame_equal(pl.read_parquet(tmp_path / "two" / "months.parquet"), found.months, check_exact=True)
    assert "--sets 2 --replicates 2" in found.command or "--replicates 2 --sets 2" in found.command


def _words(line: str) -> list[str]:
    return shlex.split(line)[1:]


def test_numpys_whole_numbers_are_whole_numbers() -> None:
    ours = Scenario.of("homes", people=500, months=84, seed=7)
    theirs = Scenario.of("homes", people=np.int32(500), months=np.uint8(84), seed=np.int64(7))
    assert theirs == ours
    assert {type(theirs.people), type(theirs.months), type(theirs.seed)} == {int}
    assert type(ours.with_seed(np.int64(3)).seed) is int
    assert_frame_equal(run("homes", **SMALL, seed=np.int64(7)).runs.drop("seconds"),
                       run("homes", **SMALL, seed=7).runs.drop("seconds"))  # fmt: skip


@pytest.mark.parametrize("wrong", [
    {"seed": True}, {"seed": 1.0}, {"seed": np.float64(1)}, {"seed": "1"}, {"people": 500.0},
    {"people": np.bool_(True)}, {"months": None}, {"months": -1}, {"place": 5}, {"place": "dubln"},
    {"worldview": None}, {"settings": "contact=0"},
    {"settings": {"contakt": 0}}, {"settings": {"contact": "much"}},
])  # fmt: skip
def test_what_is_wrong_is_said_at_once(wrong: dict[str, object]) -> None:
    for ask in (run, compare, Scenario.of):
        with pytest.raises(BadInput) as said:
            ask("homes", **{"people": 500, **wrong})  # type: ignore[operator]
        assert said.value.allowed
    with pytest.raises(BadInput, match="strategy"):
        run(3)  # type: ignore[arg-type]


def test_a_scenario_of_names_alone_says_how_to_make_it() -> None:
    with pytest.raises(BadInput, match=r"Scenario\.of"):
        Scenario("homes", "dublin", "evidence")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", ["homes", ["homes"], [1], None, 5])
def test_what_is_no_scenario_or_file_is_said(wrong: object) -> None:
    for ask in (ensemble, with_twins):
        with pytest.raises(BadInput, match=r"Scenario\.of"):
            ask(wrong)  # type: ignore[operator]
    for call in (check_study, Scenario.from_row):
        with pytest.raises(BadInput):
            call(wrong)  # type: ignore[arg-type]
    if wrong not in ("homes", None):
        with pytest.raises(BadInput, match="'to' is"):
            study(to=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [
    {"replicates": 1}, {"replicates": 2.5}, {"sets": 1}, {"sets": "8"}, {"sets": 4, "point": True}, {"seeds": "mine"},
    {"replicates": 9_000}, {"point": "maybe"}, {"title": 3}, {"notes": "unseen\x00"},
])  # fmt: skip
def test_compare_says_what_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        compare("homes", people=500, **wrong)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="twice"):
        compare("homes", "homes", people=500)


OF_ONE_RUN = {"place", "worldview", "settings", "people", "months", "seed"}


def test_the_names_that_python_takes_are_the_fields_of_the_request() -> None:
    words = {field: word for word, field in OWN_WORDS.items()}
    asked = {words.get(one.name, one.name): one.default for one in fields(Request)}
    assert asked.pop("choices")  # *strategies
    shown = signature(compare).parameters
    assert set(shown) - {"strategies", "replicates", "sets", "seeds", "threads", "on_progress"} == set(asked)
    assert set(signature(run).parameters) == {"strategy", "on_progress"} | OF_ONE_RUN
    assert set(signature(Scenario.of).parameters) == {"strategy", "label"} | OF_ONE_RUN
    for function in (compare, run, Scenario.of):
        found = signature(function).parameters
        for name in set(found) & (set(asked) - {"settings"}):
            assert found[name].default == asked[name], name
        assert found["settings"].default is None


@pytest.mark.parametrize(("function", "home"), [
    (ensemble, _replicates), (each_replicate, _replicates), (trial, planned), (Study.ask, Study.run),
])  # fmt: skip
def test_what_is_shown_of_a_list_is_what_holds(function: Callable[..., object], home: Callable[..., object]) -> None:
    shown, holds = signature(function).parameters, signature(home).parameters
    assert set(holds) <= set(shown)
    assert not any(one.kind == Parameter.VAR_KEYWORD for one in shown.values())
    for name in set(holds) - {"replicates"}:
        assert shown[name].default == holds[name].default, name


def test_a_search_takes_the_words_of_a_file() -> None:
    assert set(signature(Study.search).parameters) - {"self", "at"} == set(SEARCH)


def test_help_shows_names_kinds_and_what_is_usual() -> None:
    said = pydoc.render_doc(compare)
    assert "people: int | None = None" in said
    assert "months: int = 120" in said
    assert "Any" not in str(signature(compare))


@pytest.mark.parametrize("function", [
    compare, run, ensemble, each_replicate, trial, study, check_study, Scenario.of, ServiceSystem, Study.ask,
    Study.search, Study.expand,
])  # fmt: skip
def test_a_wrong_name_of_an_argument_is_said_at_once_with_the_nearest(function: Callable[..., object]) -> None:
    known = [name for name in signature(function).parameters if name not in ("self", "strategies")]
    slip = known[0] + known[0][-1]
    with pytest.raises(BadInput, match=f"'{slip}'.*Did you mean '{known[0]}'"):
        function(**{slip: 1})
