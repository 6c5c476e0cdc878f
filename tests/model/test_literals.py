"""A rule holds no number of its own: what people do hangs on entries of evidence/, to be seen, set and doubted."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from analysis.where import rules

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {0, 0.5, 1, 2, 12, 100}  # half, twice, months of a year, per cent and cents
EXEMPT = {"model.room"}  # the capacity of tables, which no result depends on
# Constants beside the rules, and why they are no behaviour.  Columns, codes and slots by range() need no entry.
CONSTANTS = {
    "agents.manager:ALMOST": "a guard: keeps the logarithm of a certain chance finite",
    "agents.manager:PEER_MANAGERS": "columns of a table; how many are used is `ties_managers`",
    "agents.professional:PEERS": "columns of a table; how many are used is `ties_colleagues`",
    "agents.programme:SLOTS": "rows of a table; more would change nothing in a programme of five years",
    "model.programmes:NO_POINTS": "a guard: below all points",
    "agents.provider:OBSTACLES": "names of codes; their number is used",
    "agents.service_user:KINDS": "names of codes; their number is used",
    "agents.service_user:NEVER": "a guard: a month before any other, of what has not happened yet",
    "agents.service_user:PERSON_MONTHS": "a unit: months that 1,000 people live in a year",
    "model.by_situation:ALIKE": "an order for speed, on which no result depends",
    "model.by_situation:KINDS": "an order for speed, on which no result depends",
    "model.by_situation:NEAR": "an order for speed, on which no result depends",
    "model.contracts:STOPPED": "a number of a lot's occasion, above those of grants and plans",
    "model.contracts:MONTH_BITS": "shifts of a number that names a lot",
    "model.contracts:PROVIDER_BITS": "shifts of a number that names a lot",
    "model.housed:THIRDS": "of the scale of need: a way of counting, which nobody in the model sees",
    "model.mean_month:NEVER_QUITE": "a guard: keeps sums over all time finite where nobody ever leaves",
    "model.mean_month:SITUATIONS": "names of codes; their number is used",
    "model.measures:LONGEST_STAY": "the size of a table of lengths of stay, which nobody in the model sees",
    "model.planned:PLANNED_LOT": "a number that names a lot",
    "model.first_people:SITUATION_AT": "names of codes: a table of where people stand",
    "model.first_people:BEFORE": "an address: the month of draws before the first",
    "model.state:FROM": "names of codes; their number is used",
    "model.state:TO": "names of codes; their number is used",
    "MOST_GROUPS": "columns of a table; how many are used a place says",
    "model.state:MOST_MONTHS": "a guard: where counters of months stop, so that they fit 16 bits",
    "model.steps.s01_world_moves:ORDINALS": "a shift in the number that names a person",
    "model.steps.s02_foundation_acts:NO_SCORE": "a guard: below every score",
    "model.steps.s02_foundation_acts:PER_MILLE": "a unit",
    "model.steps.s02_foundation_acts:SCORED": "addresses of draws kept for one provider in one call",
    "model.steps.s09_experience:RETURNS": "a way of counting, which nobody in the model sees",
    "model.steps.s09_experience:ABOVE_FULL": "a guard: no division by nought where beds are comfortable up to the last",
}
ENGINE = {"BLOCK", "IDS", "LN_2"}  # sizes and rows of hands; a mathematical constant


@cache
def trees() -> dict[str, ast.Module]:
    """The text of agents/ and model/, by module."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
        for storey in ("agents", "model")
        for path in sorted((ROOT / storey).rglob("*.py"))
    }


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def rule_functions() -> dict[str, ast.FunctionDef]:
    """Everything that is a rule or a kernel or is called by one, as module:name."""
    todo = [key for key in rules() if functions(trees()[key[0]])[key[1]].decorator_list]
    found: dict[str, ast.FunctionDef] = {}
    while todo:
        module, name = todo.pop()
        if f"{module}:{name}" not in found and module not in EXEMPT:
            found[f"{module}:{name}"] = functions(trees()[module])[name]
            todo += rules()[module, name].calls
    return found


def numbers(function: ast.FunctionDef) -> list[float]:
    """The numbers in its text that are not allowed."""
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float | complex)
        and not isinstance(node.value, bool)
        and node.value not in ALLOWED
    ]


def constants(tree: ast.Module, module: str) -> dict[str, str]:
    """Names of constants that a module makes or imports -> module:name of where they are made; codes aside."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            made = ast.unparse(node.value) if node.value else ""
            if made.startswith(("range(", "record(", "decisions(")) or (made.isdigit() and int(made) in ALLOWED):
                continue
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
            found.update({name: f"{module}:{name}" for name in names})
    return found


def used_constants(tree: ast.Module, module: str, function: ast.FunctionDef) -> set[str]:
    """Constants that a function reads, as module:name; engine's by their name alone."""
    known = constants(tree, module)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module != "model.draws":  # tests/model/test_draws.py reads those
            for alias in node.names:
                source = str(node.module)
                if source in trees():
                    theirs = constants(trees()[source], source)
                    known |= {alias.asname or alias.name: theirs[alias.name]} if alias.name in theirs else {}
                elif alias.name.isupper():
                    known[alias.asname or alias.name] = alias.name
    return {known[node.id] for node in ast.walk(function) if isinstance(node, ast.Name) and node.id in known}


def test_a_rule_holds_no_number() -> None:
    found = rule_functions()
    assert {"agents.service_user:dies", "model.steps.s08_people_live:people_live", "model.start:minds_begin"} <= set(
        found
    )
    assert {name: held for name, function in found.items() if (held := numbers(function))} == {}


def test_constants_beside_the_rules_are_no_behaviour() -> None:
    used: set[str] = set()
    for name, function in rule_functions().items():
        module = name.partition(":")[0]
        used |= used_constants(trees()[module], module, function)
    assert used - ENGINE == set(CONSTANTS)


def test_rules_have_no_default_values() -> None:
    """A number could hide there."""
    for name, function in rule_functions().items():
        assert not function.args.defaults, name
        assert not any(function.args.kw_defaults), name


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("return luck < .3", [0.3]),
        ("return -1 + 2 * .5 - 12.0 / 100", []),
        ("return x[3] + 1e3 if True else x", [1000.0, 3]),
    ],
)
def test_a_number_is_noticed(text: str, held: list[float]) -> None:
    function = ast.parse(f"def f(x, luck):\n    '''.7 in words'''\n    {text}").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert numbers(function) == held


def test_a_constant_is_noticed() -> None:
    tree = ast.parse(
        "from engine.arithmetic import SQRT_HALF, exp\nfrom agents.manager import ALMOST as NEARLY, applies\n"
        "SIDE, = range(1)\nON_SIDE = .65\nNONE = 0\n"
        "def f(x):\n    return exp(ON_SIDE) + NEARLY + SIDE + NONE + SQRT_HALF"
    )
    assert used_constants(tree, "x", functions(tree)["f"]) == {"x:ON_SIDE", "agents.manager:ALMOST", "SQRT_HALF"}
