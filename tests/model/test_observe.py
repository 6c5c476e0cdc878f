"""Observing looks and changes nothing: no table but the month's row of measures and one line of the ledger."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.rule import kernel
from model.measures import LATER
from model.observe import observes
from model.state import World, copied

PAGE = Path(__file__).resolve().parents[2] / "model" / "observe.py"
MAY_WRITE = {"row", "book", "beds", "world.flows"}  # what its functions are given to write to, and the month's flows
WHEN = [("status_quo", 3), ("hybrid", 20), ("catalytic_philanthropy", 33), ("user_centred", 40), ("homes", 60)]


@kernel
def looks_again(world: Any, month: Any) -> None:
    """Observe a month that is over once more, as machine code."""
    observes(world, world.measured[month], world.ledger[month])


def as_plain_python(world: Any, month: int) -> None:
    """The same as text."""
    observes(world, world.measured[month], world.ledger[month])


@pytest.mark.parametrize("look", [looks_again, as_plain_python])
@pytest.mark.parametrize(("strategy", "months"), WHEN)
def test_it_changes_nothing_but_its_row_and_one_line(lab: Any, strategy: str, months: int, look: Any) -> None:
    """Every byte of every table, scratch included; what it writes over nonsense is what the month had written: its row,
    its flows and one line of the ledger."""
    programme = {} if strategy == "status_quo" else lab.SOON | {"duration": months - 4}
    world = lab.live(lab.begin(), strategy, months, **programme)
    month = int(world.system[0].month) - 1
    world.system["month"][0] = month  # as it stands when step 11 observes
    before = World(**{name: copied(getattr(world, name)) for name in World._fields})  # padding as well
    other = int(world.ledger[month].other_services)
    for name in set(world.measured.dtype.names) - {*LATER}:
        world.measured[name][month] = -7.0
    world.flows[month] = -7
    world.ledger["other_services"][month] = -7
    for _ in range(2):
        look(world, month)
        assert world.measured[month].tobytes() == before.measured[month].tobytes()
        assert world.ledger[month].other_services == other
        for name in World._fields:
            assert getattr(world, name).tobytes() == getattr(before, name).tobytes(), name


def written_to(function: ast.FunctionDef) -> set[str]:
    """Names of what a function writes into: attributes and elements of things that it has not made itself."""
    own = {name.id for node in ast.walk(function) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
           and ast.unparse(node.value.func) in ("np.zeros", "np.empty")
           for name in node.targets if isinstance(name, ast.Name)}  # fmt: skip
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            whole: ast.AST = node
            while isinstance(whole, ast.Attribute | ast.Subscript) and ast.unparse(whole) != "world.flows":
                whole = whole.value
            name = ast.unparse(whole)
            found |= {name} - own
    return found


def test_none_of_its_functions_writes_to_anything_else() -> None:
    """Nor calls anything that might: only arithmetic, each other, and what makes a new array or number."""
    tree = ast.parse(PAGE.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    harmless = {f.name for f in functions} | {"fixed", "unfixed", "exp", "log", "range", "min", "max"}
    harmless |= {"int", "len", "np.zeros", "math.sqrt", "third_of_need", "places_of"}
    for function in functions:
        assert written_to(function) <= MAY_WRITE, function.name
        assert not any(isinstance(node, ast.Global | ast.Nonlocal) for node in ast.walk(function))
        for node in (n for part in function.body for n in ast.walk(part)):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called in harmless or called.endswith(".sum"), f"{function.name} calls {called}"


@pytest.mark.parametrize(
    ("text", "found"),
    [("provider.stuck = 1", {"provider"}), ("world.users[i].months += 1", {"world"}), ("row.fit = 1", {"row"}),
     ("world.flows[3] = x", {"world.flows"}), ("world.flows[3, 4] = x", {"world.flows"}),
     ("x = np.zeros(3)\n x[0] = 1", set()), ("x = world.sums\n x[0] = 1", {"x"})],
)  # fmt: skip
def test_writing_is_noticed(text: str, found: set[str]) -> None:
    function = ast.parse(f"def f():\n {text}").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert written_to(function) == found


def test_the_row_of_every_month_is_written(lab: Any) -> None:
    world = lab.live(lab.begin(), "status_quo", 5)
    assert np.all(world.measured["people_system"] > 0)
