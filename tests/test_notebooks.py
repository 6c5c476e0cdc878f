"""The notebooks that ship run as they stand, beside the files they name, through the public door; without outputs."""

from __future__ import annotations

import ast
import json
import os
import sys
import warnings
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import unfreeze

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
OTHERS = {"matplotlib.pyplot", "pathlib", "polars", "tempfile"}  # what a notebook may import besides


def cells(book: nbformat.NotebookNode, kind: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in book.cells if cell.cell_type == kind]


def executed(name: str, path: Path) -> dict[str, list[dict[str, object]]]:
    """What each cell shows, by the cell's id; an error in a cell is an error here."""
    book = nbformat.read(FOLDER / name, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(book, timeout=600, resources={"metadata": {"path": str(FOLDER)}})
    kernel = {"PYTHONPATH": str(ROOT), "TMPDIR": str(path), "PYTHONWARNINGS": "ignore"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the machinery of kernels
        client.execute(env=os.environ | kernel)
    return {cell.id: cell.outputs for cell in cells(book, "code")}


def shown(outputs: list[dict[str, object]], kind: str) -> str:
    """What a cell shows of this kind."""
    found = [one["data"][kind] for one in outputs if kind in one.get("data", {})]  # type: ignore[index,operator]
    assert len(found) == 1, outputs
    return str(found[0])


def test_there_are_three_and_the_page_names_them() -> None:
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    assert len(NOTEBOOKS) == 3
    assert all(f"](../examples/{name})" in page for name in NOTEBOOKS)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_kept_without_outputs_and_imports_only_what_is_public(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    book = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells(book, "code"))
    assert set(book.metadata) == {"kernelspec", "language_info"}
    tree = ast.parse("\n".join(cell.source for cell in cells(book, "code")))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "unfreeze":
            assert {alias.name for alias in node.names} <= set(unfreeze.__all__)
        elif isinstance(node, ast.ImportFrom):
            assert node.module in OTHERS
        elif isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= OTHERS


@pytest.mark.slow
def test_the_first_steps_show_tables_and_the_picture_and_name_their_command(tmp_path: Path) -> None:
    found = executed("first_steps.ipynb", tmp_path)
    for name in ("place", "strategy", "compare", "what-if", "months"):
        assert "<table>" in shown(found[name], "text/html")
    assert shown(found["figure"], "image/png").startswith("iVBOR")
    assert "unfreeze compare catalytic_philanthropy user_centred" in shown(found["command"], "text/plain")
    assert "12 of 84" in shown(found["months"], "text/html")
    assert float(shown(found["measure"], "text/plain")) > 0


@pytest.mark.slow
def test_a_study_from_python_runs_grows_and_is_repeated(tmp_path: Path) -> None:
    found = executed("study_from_python.ipynb", tmp_path)
    assert "impossible=0" in shown(found["asks"], "text/plain")
    assert found["verify"][0]["text"] == "runs 24, missing 0, doubled 0, failed 0\n"
    assert shown(found["again"], "text/plain") == "[]"
    assert "36 of 36 runs" in shown(found["larger"], "text/plain")
    assert "shape: (6, " in shown(found["ask"], "text/plain")  # one row of mine, two strategies, three replicates
    assert "worlds; more is better" in shown(found["findings"], "text/html")
    assert "42 of 42 runs" in shown(found["found-again"], "text/plain")
    (page,) = tmp_path.rglob("report.html")
    assert "regret" in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_one_analysis_ranks_nothing_inside_its_error_and_agrees_with_the_runs(tmp_path: Path) -> None:
    found = executed("which_assumptions.ipynb", tmp_path)
    assert "dummy" in shown(found["finding"], "text/html")
    words = str(found["words"][0]["text"])
    luck = shown(found["luck"], "text/plain").strip("\"'").partition("%")[0]
    assert f"is {luck}% of the variance of single runs" in words  # worked out in the notebook as in the library
    assert all(shown(found[name], "image/png").startswith("iVBOR") for name in ("draw", "rows"))
    assert len(list(tmp_path.rglob("report.html"))) == 1


def test_the_kernel_is_this_python() -> None:
    """A kernel of another environment would test that one."""
    book = nbformat.read(FOLDER / NOTEBOOKS[0], as_version=4)  # type: ignore[no-untyped-call]
    assert NotebookClient(book).create_kernel_manager().format_kernel_cmd()[0] == sys.executable
