"""Where a number acts: which rules read a parameter or a lever, and in which steps of the month.

Read from the text of agents/ and model/ (nothing is imported or run): a rule knows the parameters as `p` and the
month's levers as `lever`, so `p.refer_belief` in its body is a reading.  Calls are followed from each entry of `MONTH`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from scenarios.language import say

ROOT = Path(__file__).resolve().parent.parent
STOREYS = ("agents", "model")
PARAMETERS, LEVERS = "p", "lever"  # what rules call them
START = 0  # the step of what happens once, before the first month
Name = tuple[str, str]  # module, function


@dataclass(frozen=True, slots=True)
class Rule:
    """One function of agents/ or model/.  `reads` are (of, name) with of = "p" or "lever"; steps 1-11, 0 the start."""

    module: str
    name: str
    line: int
    says: tuple[str, ...]  # the paragraphs of its docstring
    reads: frozenset[tuple[str, str]]
    calls: frozenset[Name]
    steps: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        """agents.professional:puts_forward"""
        return f"{self.module}:{self.name}"


@dataclass(slots=True)
class _Module:
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    imported: dict[str, Name] = field(default_factory=dict)


@cache
def rules(root: Path = ROOT) -> dict[Name, Rule]:
    """Every function of agents/ and model/, with what it reads and the steps that reach it."""
    modules = {
        ".".join(path.relative_to(root).with_suffix("").parts): path
        for storey in STOREYS
        for path in (root / storey).rglob("*.py")
    }
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in sorted(modules.items())}
    scopes = {name: _scope(tree) for name, tree in trees.items()}
    found: dict[Name, Rule] = {}
    for module, scope in scopes.items():
        for name, function in scope.functions.items():
            calls = {_resolve(scopes, module, node.id) for node in ast.walk(function) if isinstance(node, ast.Name)}
            says = tuple(" ".join(part.split()) for part in (ast.get_docstring(function) or "").split("\n\n"))
            reads = frozenset(
                (node.value.id, node.attr)
                for node in ast.walk(function)
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in (PARAMETERS, LEVERS)
            )
            called = frozenset(c for c in calls if c is not None and c != (module, name))
            found[module, name] = Rule(module, name, function.lineno, says, reads, called)
    reached: dict[Name, set[int]] = {}
    for step, entry in enumerate([("model.start", "starting_point"), *_month(trees, scopes)]):
        for reachable in _reachable(found, entry):
            reached.setdefault(reachable, set()).add(step)
    return {
        name: Rule(r.module, r.name, r.line, r.says, r.reads, r.calls, tuple(sorted(reached.get(name, ()))))
        for name, r in found.items()
    }


def readers(name: str, of: str = PARAMETERS) -> tuple[Rule, ...]:
    """The rules that read parameter `name` (or lever, with of = "lever"), in the order of the month."""
    found = [rule for rule in rules().values() if (of, name) in rule.reads]
    return tuple(sorted(found, key=lambda rule: (rule.steps or (99,), rule.shown)))


@cache
def month_steps(root: Path = ROOT) -> tuple[Rule, ...]:
    """The eleven steps, in the order in which they run."""
    known = rules(root)
    tree = ast.parse((root / "model" / "month.py").read_text(encoding="utf-8"))
    return tuple(known[name] for name in _month({"model.month": tree}, {"model.month": _scope(tree)}))


def step_name(step: int) -> str:
    """`7 people are referred`; the start for 0."""
    return say("starting point") if step == START else f"{step} {say(step_words(month_steps()[step - 1].name))}"


def step_words(name: str) -> str:
    """A step's name as words: `people are referred`."""
    return name.replace("_", " ")


def _scope(tree: ast.Module) -> _Module:
    scope = _Module()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            scope.functions[node.name] = node
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                scope.imported[alias.asname or alias.name] = (node.module, alias.name)
    return scope


def _resolve(scopes: dict[str, _Module], module: str, name: str) -> Name | None:
    scope = scopes[module]
    if name in scope.functions:
        return (module, name)
    target = scope.imported.get(name)
    if target and target[0] in scopes and target[1] in scopes[target[0]].functions:
        return target
    return None


def _month(trees: dict[str, ast.Module], scopes: dict[str, _Module]) -> list[Name]:
    """The entries of the list `MONTH` in model/month.py."""
    for node in trees["model.month"].body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(t, ast.Name) and t.id == "MONTH" for t in targets) and isinstance(node, ast.Assign):
            assert isinstance(node.value, ast.List)
            names = [element.id for element in node.value.elts if isinstance(element, ast.Name)]
            return [scopes["model.month"].imported[name] for name in names]
    raise LookupError("model/month.py has no list MONTH")


def _reachable(found: dict[Name, Rule], entry: Name) -> Iterator[Name]:
    seen, todo = {entry}, [entry]
    while todo:
        name = todo.pop()
        yield name
        for called in found[name].calls - seen:
            seen.add(called)
            todo.append(called)
