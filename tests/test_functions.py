"""Functions are short and simple enough to be read by somebody who doubts them."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINES = 60
# Longer or more tangled, and why: a peer is the model as another engine wants it, and what is timed is one kernel;
# the mean field is one system of equations; the twin and the model are compared field by field in one place.
EXCEPTIONS = {
    "runs/ensemble.py": {"_replicates"},
    "tests/twin/twin.py": {"differences"},
    "tests/verification/mean_field.py": {"month"},
}
TIMED = "benchmarks"


def too_long(text: str) -> dict[str, int]:
    """Functions of more than LINES lines, docstring included; decorators are not, since options are data."""
    return {
        node.name: lines
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LINES
    }


def test_none_is_long() -> None:
    found = {}
    for path in ROOT.rglob("*.py"):
        where = path.relative_to(ROOT)
        if where.parts[0] in (TIMED, "build") or where.parts[0].startswith("."):
            continue
        long = too_long(path.read_text(encoding="utf-8"))
        found |= {f"{where}: {name}": n for name, n in long.items() if name not in EXCEPTIONS.get(str(where), ())}
    assert found == {}


def test_a_long_one_is_noticed() -> None:
    body = "    x = 1\n" * (LINES - 1)
    assert too_long(f"@rule\ndef f():\n{body}") == {}
    assert too_long(f"@rule\ndef f():\n{body}    y = 2\n") == {"f": LINES + 1}


def test_none_is_tangled(tmp_path: Path) -> None:
    """Cyclomatic complexity, as Ruff counts it; the limit and the exceptions stand in pyproject.toml."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "C901", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    branches = "".join(f"    if x == {k}:\n        return {k}\n" for k in range(16))
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "tangled.py").write_text(f"def f(x):\n{branches}", encoding="utf-8")
    config = ["--config", str(ROOT / "pyproject.toml")]
    done = subprocess.run([*command, *config, "cli"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "C901" in done.stdout
