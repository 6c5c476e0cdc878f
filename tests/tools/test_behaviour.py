"""Cases of docs/behaviour.md and tables of docs/critique.md can be run as they say, and are shown as stored."""

from pathlib import Path

import polars as pl
import pytest

from scenarios.request import request_of
from scenarios.scenario import MONTHS
from tools import behaviour, critique_page
from tools.critique.__main__ import script
from tools.slots import SLOT, StoredPage, filled


@pytest.mark.parametrize("name", behaviour.CASES)
def test_every_case_can_be_asked_for(name: str) -> None:
    case = behaviour.CASES[name]
    asked = request_of(
        case.strategies, place=case.place, worldview=case.worldview, months=MONTHS, settings=case.settings
    ).asked
    assert len(asked) == len(case.strategies)
    assert case.command.startswith(f"unfreeze compare {case.strategies[0]}")


@pytest.mark.parametrize("name", critique_page.TABLES)
def test_every_table_is_of_a_script(name: str) -> None:
    table = critique_page.TABLES[name]
    assert script(table.script).REPLICATES >= 1
    assert table.script in table.command
    assert SLOT.search(f"<!-- table: {name} -->\n<!-- end -->")


def test_a_stored_table_is_shown_with_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(critique_page, "STORED", tmp_path)
    assert "has not been run" in critique_page.told("sizes")
    found = pl.DataFrame(
        {"case": ["a", "b"], "places": [1.5, 2.0], "places, low": [1.0, 1.0], "places, high": [2.0, 3.0]}
    )
    found.write_csv(tmp_path / "sizes.csv")
    shown = filled("<!-- table: sizes -->\nold\n<!-- end -->", critique_page.told)
    assert "python -m tools.critique sizes --replicates 240" in shown
    assert "| a | +1.50 ± 0.50 |" in shown
    assert "old" not in shown


def test_a_stored_case_is_shown_with_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behaviour, "STORED", tmp_path / "behaviour.csv")
    assert "has not been run" in behaviour.told("growth")
    rows = [{"case": "growth", "digits": "x", "strategy": "User-centred", "measure": measure, "difference": 5.25,
             "low": -1.0, "high": 11.5, "verdict": "not known"}
            for measure in ("secure_people", "spend_to_date", "reform_mainstream", "fit")]  # fmt: skip
    pl.DataFrame(rows).write_csv(tmp_path / "behaviour.csv")
    shown = behaviour.told("growth")
    assert "--set mainstream_growth=0" in shown
    assert "| User-centred | +5 (−1 to +12) not known | +5.2 (−1.0 to +11.5) not known |" in shown
    assert "growth" in behaviour.stale()  # its digits are not today's


def test_what_is_stale_is_run_and_the_page_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, ran = tmp_path / "page.md", list[str]()
    page.write_text("Prose.\n<!-- table: one -->\n<!-- end -->\nMore | prose.\n")
    stored = StoredPage(page, ("one", "two"), lambda: [n for n in ("one", "two") if n not in ran], ran.append,
                        lambda name: f"{name} of {len(ran)}", "python -m it")  # fmt: skip
    assert stored.main(["--check"]) == 1
    assert "Of other rules: one, two: python -m it --run" in capsys.readouterr().out
    assert stored.main(["--run", "two"]) == 0
    assert ran == ["two"]
    assert stored.main(["--run"]) == 0
    assert ran == ["two", "one"]
    assert page.read_text() == "Prose.\n<!-- table: one -->\none of 2\n<!-- end -->\nMore | prose.\n"
    assert stored.main(["--check"]) == 0
    page.write_text(page.read_text().replace("one of", "1 of"))
    assert stored.main(["--check"]) == 1
    assert "page.md is not up to date: python -m it" in capsys.readouterr().out
    assert stored.main(["--run", "three"]) == 2
    assert "three" in capsys.readouterr().err
