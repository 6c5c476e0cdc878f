"""The worked studies that ship run as they stand, or made small, and end in their reports."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from studies.door import check_study, study
from studies.folder import opened
from studies.report import bibtex, methods

EXAMPLE = Path(__file__).parents[2] / "examples" / "practices_study.toml"


def test_the_example_as_it_stands_can_be_run() -> None:
    found = check_study(EXAMPLE)
    assert (found.rows, found.runs, found.impossible) == (32, 256, 0)


@pytest.mark.slow
def test_the_example_made_small_ends_in_its_report(tmp_path: Path) -> None:
    said = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    said["design"]["practices"] = ["practice_1_learn", "practice_4_start_small"]
    said["runs"] |= {"replicates": 2, "months": 84}
    said["keep"]["months"] = [84]
    one = study(said, tmp_path / "one").run("threads", 2)
    page = Path(one.report()).read_text(encoding="utf-8")
    assert "Shapley values of the practices are exact" in page
    assert page.count("<h3>") == 12
    plan = opened(one.address)[1]
    assert "4 rows, each with 2 replicates" in methods(plan)
    assert bibtex(plan).count("@") == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("sobol", {"sobol"}),
        ("morris", {"morris"}),
        ("worlds", {"robustness", "boxes", "replicates", "tipping", "target", "tuned"}),
    ],
)
def test_an_example_as_it_stands_ends_in_its_report(name: str, kinds: set[str], tmp_path: Path) -> None:
    file = EXAMPLE.with_name(f"{name}_study.toml")
    assert check_study(file).impossible == 0
    one = study(file, tmp_path / "one").run("threads", 2)
    assert one.verify().well
    found = one.findings()
    assert {finding.kind for finding in found} == kinds
    assert all(finding.words and "stops" not in finding.words[0] for finding in found)
    page = Path(one.report()).read_text(encoding="utf-8")
    assert page.count("<h3>") == len(found)
    if name == "worlds":  # levers and figures that surely act are found to
        said = {(one.kind, one.outcome): one for one in found}
        level = said["boxes", "secure_people_m84, user_centred"].table
        assert float(level.filter(factor="secure_supply")["from"].item()) > 140
        assert "between secure_supply = " in said["target", "secure_people_m84, user_centred"].words[0]
        ends = said["tipping", "secure_people_m84, homes less user_centred"].table.sort("homes.budget")["mean"]
        assert ends[-1] > 0
        assert ends[-1] > ends[0]
