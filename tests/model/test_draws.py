"""What is drawn, and what for: every draw of the model goes by its name in model/draws.py, and no decision of a person
is taken in model/.

The text of agents/ and model/ is followed: which variable, argument or hand holds the draws of which group, and which
holds a single draw.  What cannot be followed fails.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from engine.batch_draws import IDS
from model import draws

ROOT = Path(__file__).resolve().parents[2]
# Frozen: whoever changes one changes the luck of every run.
NUMBERS = {
    "BIRTH": 0x0E041A51, "WANTS": 0xBD7CEEF8, "LIFE": 0xCDB37C2C, "QUEUES": 0x3CA518F3, "STAY": 0x211B085D,
    "GROUPING": 0x2D8F5C13,
    "OFFER": 0x896F8A0B, "SPEAK": 0xB55D3DC1, "POST": 0xAF52A6B5, "CHARACTER": 0x3C239EDF, "TIES": 0x1E662FE4,
    "CHOICES": 0x3D960F86, "READS": 0x8FE25E75, "START": 0x1A7E2B85, "CONVENTION": 0x19664B4F, "PANEL": 0xF3F9A1FD,
    "LISTENS": 0xF7E25B2A, "LOTS": 0xC001AD5A, "COMMISSION": 0x84C91F6B, "PLANNING": 0x5B1E94C7,
    "PLANNED_END": 0xE2076D13, "RIGHT": 0x9C4A72E5, "TEMPER": 0x41E8D7A3, "ANSWERS": 0x6D20B3F9,
    "HELD": 0x5A1C09E7, "BEFORE_RUN": 0x33D7A4C2, "EMPTIED": 0x71D3B6A9, "VACATED": 0x2C96E4D1,
}  # fmt: skip
# What may be made of a draw: a count, a place in a queue, a position in a list, a value of a distribution.
MADE = {"int", "queue_key", "enough", "share_to_count", "poisson", "normal_quantile", "log", "uniform", "four"}
COMPARES = {"below_exp", "below_logistic"}
POINTS = {"agents.funder:score"}  # returns a number that a draw is part of: a panel's points, in part a lottery
Groups = frozenset[str]
NOBODY: Groups = frozenset()


@dataclass(frozen=True)
class Group:
    """One line of model/draws.py."""

    labels: tuple[str, ...]
    actor: str
    slots: dict[str, int] = field(default_factory=dict)  # aliases as well


@cache
def groups() -> dict[str, Group]:
    """Every group by name: its labels, and the slots named in the lines after it."""
    found: dict[str, Group] = {}
    for node in ast.parse(Path(str(draws.__file__)).read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.Assign):
            continue
        names = [n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)]
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "decisions":
            actor, *labels = [a.value for a in node.value.args if isinstance(a, ast.Constant)][1:]
            found[names[0]] = Group(tuple(map(str, labels)), str(actor))
            continue
        group = list(found.values())[-1]
        if isinstance(node.value, ast.Name):  # another name for a slot of this group
            group.slots.update(dict.fromkeys(names, group.slots[node.value.id]))
        else:
            assert ast.unparse(node.value) == f"range({len(names)})", ast.unparse(node)
            assert not group.slots, f"two rows of slots for {ast.unparse(node)}"
            group.slots.update({name: slot for slot, name in enumerate(names)})
    return found


def slots() -> dict[str, str]:
    """The group of each slot's name."""
    return {slot: name for name, group in groups().items() for slot in group.slots}


@dataclass(frozen=True)
class Held:
    """What an expression holds: the four draws of one of these groups, a hand dealt with them, or one draw of them."""

    four: Groups = NOBODY
    hand: Groups = NOBODY
    one: Groups = NOBODY

    def __or__(self, other: Held) -> Held:
        return Held(self.four | other.four, self.hand | other.hand, self.one | other.one)

    def __bool__(self) -> bool:
        return bool(self.four or self.hand or self.one)


@dataclass
class Page:
    """One file: its functions and what it imports, each as (module, name)."""

    functions: dict[str, ast.FunctionDef]
    imported: dict[str, tuple[str, str]]


class Reading:
    """The text of some files, followed until nothing new is found.  `wrong` says what breaks a law, and where."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.pages = {module: _page(ast.parse(text)) for module, text in sources.items()}
        self.arguments: dict[tuple[str, str], dict[str, Held]] = {}
        self.used: set[tuple[str, str]] = set()  # (group, slot's name)
        self.wrong: set[str] = set()
        self.compared: set[str] = set()  # functions that compare a draw with something
        while True:
            before = {key: dict(held) for key, held in self.arguments.items()}
            self.wrong, self.compared = set(), set()
            for module, page in self.pages.items():
                for function in page.functions.values():
                    _Walk(self, module, function).through()
            if before == self.arguments:
                return


def _page(tree: ast.Module) -> Page:
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    imported = {
        alias.asname or alias.name: (str(node.module), alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return Page(functions, imported)


def slot_of(node: ast.AST) -> str:
    """The name by which `draws[NAME, k]` or `draws[NAME]` takes a draw."""
    assert isinstance(node, ast.Subscript), ast.unparse(node)
    return ast.unparse(node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice)


class _Walk:
    """One function: what its variables hold, and what it does with it."""

    def __init__(self, reading: Reading, module: str, function: ast.FunctionDef) -> None:
        self.reading, self.module, self.function = reading, module, function
        self.page = reading.pages[module]
        self.shown = f"{module}:{function.name}"
        self.held: dict[str, Held] = dict(reading.arguments.get((module, function.name), {}))
        self.read: set[int] = set()  # names of draws that stand where they may

    def through(self) -> None:
        while True:  # a hand may be dealt after the line that reads it, in a loop
            before = dict(self.held)
            for node in ast.walk(self.function):
                self._remember(node)
            if before == self.held:
                break
        for node in ast.walk(self.function):
            self._judge(node)
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and self._draw_name(node) and id(node) not in self.read:
                self._fail(node, f"{node.id} stands where no draw is read")

    def _fail(self, node: ast.AST, what: str) -> None:
        self.reading.wrong.add(f"{self.shown}, line {getattr(node, 'lineno', 0)}: {what}")

    def _draw_name(self, node: ast.AST | None) -> str:
        """The name in model/draws.py of an imported group or slot; "" for anything else."""
        if not isinstance(node, ast.Name):
            return ""
        module, name = self.page.imported.get(node.id, ("", ""))
        return name if module == "model.draws" else ""

    def _called(self, node: ast.Call) -> str:
        return ast.unparse(node.func).rpartition(".")[2]

    def _address(self, function: ast.expr) -> tuple[str, str]:
        """(module, name) of a function that is called by its name."""
        return self.page.imported.get(ast.unparse(function), (self.module, ast.unparse(function)))

    def _callee(self, node: ast.Call) -> ast.FunctionDef | None:
        """The function that is called, if it is one of those that are read."""
        module, name = self._address(node.func)
        return self.reading.pages[module].functions.get(name) if module in self.reading.pages else None

    def _group(self, node: ast.Call, argument: int = 1) -> Groups:
        """The group that `uniforms`, `bits` or `deal` draws, or that `room_for` has room for."""
        name = self._draw_name(node.args[argument])
        if name not in groups():
            self._fail(node, f"{self._called(node)} draws {ast.unparse(node.args[argument])}, which is no group")
            return NOBODY
        self.read.add(id(node.args[argument]))
        return frozenset({name})

    def _slot(self, node: ast.expr, of: Groups) -> None:
        """A draw is taken by the name of a slot of its own group."""
        name = self._draw_name(node)
        self.read.add(id(node))
        for group in of:
            if name not in groups()[group].slots:
                self._fail(node, f"{ast.unparse(node)} is no draw of {group}")
            self.reading.used.add((group, name))

    def _of(self, node: ast.AST | None) -> Held:
        """What an expression holds."""
        if isinstance(node, ast.Name):
            return self.held.get(node.id, Held())
        if isinstance(node, ast.Subscript):
            whole = self._of(node.value)
            if whole.four:
                self._slot(node.slice, whole.four)
                return Held(one=whole.four)
            if whole.hand:
                if isinstance(node.slice, ast.Tuple) and ast.unparse(node.slice.elts[0]) != "IDS":
                    self._slot(node.slice.elts[0], whole.hand)
                    return Held(one=whole.hand)
                return Held()
            return Held()
        if isinstance(node, ast.Call):
            name = self._called(node)
            if name in ("uniforms", "bits"):
                return Held(four=self._group(node))
            if name == "room_for":
                return Held(hand=self._group(node, 0))
            if name == "uniform":
                return self._of(node.args[0])
            if name == "four":
                return Held(four=self._of(node.args[0]).hand)
            return Held()
        if isinstance(node, ast.BinOp):
            return self._of(node.left) | self._of(node.right)
        if isinstance(node, ast.UnaryOp):
            return self._of(node.operand)
        if isinstance(node, ast.IfExp):
            return self._of(node.body) | self._of(node.orelse)
        return Held()

    def _remember(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                for one, value in pairs:
                    if isinstance(one, ast.Name):
                        self._keep(one.id, self._of(value))
        if isinstance(node, ast.Call) and self._called(node) == "deal" and isinstance(node.args[4], ast.Name):
            self._keep(node.args[4].id, Held(hand=self._group(node)))
        if isinstance(node, ast.Call) and (callee := self._callee(node)):
            known = self.reading.arguments.setdefault(self._address(node.func), {})
            named = [(a.arg, given) for a, given in zip(callee.args.args, node.args, strict=False)]
            for argument, given in [*named, *((str(k.arg), k.value) for k in node.keywords)]:
                if what := self._of(given):
                    known[argument] = known.get(argument, Held()) | what

    def _keep(self, name: str, what: Held) -> None:
        if what:
            self.held[name] = self.held.get(name, Held()) | what

    def _judge(self, node: ast.AST) -> None:
        self._of(node)
        if isinstance(node, ast.Assign):
            what = self._of(node.value)
            for target in node.targets:
                if isinstance(target, ast.Tuple) and what.four:
                    self._fail(node, "draws are taken by position; take them by name")
                if isinstance(target, ast.Attribute | ast.Subscript) and what:
                    if self._of(target).one != what.one:
                        self._fail(node, f"{ast.unparse(target)} keeps a draw")
                    elif slot_of(target) != slot_of(node.value):
                        self._fail(node, f"{ast.unparse(target)} keeps {ast.unparse(node.value)}")
        if isinstance(node, ast.For) and self._of(node.iter):
            self._fail(node, "draws are taken in turn; take them by name")
        if isinstance(node, ast.Return):
            parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            if any(self._of(part) for part in parts) and self.shown not in POINTS:
                self._fail(node, "returns a draw")
        if isinstance(node, ast.Compare) and any(self._of(part).one for part in [node.left, *node.comparators]):
            self.reading.compared.add(self.shown)
        if isinstance(node, ast.Call) and any(self._of(part).one for part in node.args):
            name = self._called(node)
            if name in COMPARES:
                self.reading.compared.add(self.shown)
            elif name not in MADE and not self._callee(node):
                self._fail(node, f"what does {name} make of a draw?")


@cache
def as_it_stands() -> Reading:
    """agents/ and model/."""
    return Reading(
        {
            ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text(encoding="utf-8")
            for storey in ("agents", "model")
            for path in sorted((ROOT / storey).rglob("*.py"))
            if path.name not in ("__init__.py", "draws.py")
        }
    )


def test_numbers_are_frozen() -> None:
    assert {name: getattr(draws, name) for name in groups()} == NUMBERS


def test_a_group_has_a_label_for_each_slot_and_a_slot_for_each_label() -> None:
    for name, group in groups().items():
        assert sorted(set(group.slots.values())) == list(range(len(group.labels))), name
        for slot, row in group.slots.items():
            assert getattr(draws, slot) == row < IDS, slot
    assert len(slots()) == sum(len(group.slots) for group in groups().values())  # no slot of two groups


def test_an_actor_decides_one_thing_under_one_label() -> None:
    labels = [(group.actor, label) for group in groups().values() for label in group.labels]
    assert len(set(labels)) == len(labels)


def test_draws_are_taken_by_the_names_of_their_own_group() -> None:
    assert as_it_stands().wrong == set()


def test_every_named_draw_is_drawn() -> None:
    assert {slot for _, slot in as_it_stands().used} == set(slots())
    pages = as_it_stands().pages.values()
    imported = {name for page in pages for module, name in page.imported.values() if module == "model.draws"}
    assert imported == set(slots()) | set(groups())


def test_every_decision_of_a_person_stands_on_that_persons_page() -> None:
    """In model/ no draw is compared with anything: who decides is asked (agents/), lotteries go by keys, counts are
    rounded by `share_to_count`, positions are int(luck * n)."""
    assert {shown for shown in as_it_stands().compared if shown.startswith("model.")} == set()
    decided = {shown for shown in as_it_stands().compared if shown.startswith("agents.")}
    assert {"agents.service_user:dies", "agents.manager:applies", "agents.funder:holds_payment"} <= decided


HEAD = """
from engine.batch_draws import IDS, deal, four, hands
from engine.chance import bits, uniform, uniforms
from model.draws import CARER, DIES, LIFE, BIRTH, LEAVES, NEED, WHERE_TO
"""
GOOD = """
def born(user, birth):
    return int(birth[NEED] * 3), asks(birth[CARER])

def asks(luck):
    return luck < .5

def month(world, n):
    hand = hands()
    for first in range(n):
        luck = uniform(hand[DIES, first])
        who = hand[IDS, first]
        deal(1, LIFE, 2, n, hand)
        asks(1.0 - luck)
        asks(uniform(hand[LEAVES, first]) + uniform(hand[WHERE_TO, first]))
    born(world, uniforms(1, BIRTH, 2, n))
"""
BAD = [
    "luck = uniforms(1, LIFE, 2, 3)[NEED]",  # of another group
    "luck = uniforms(1, LIFE, 2, 3)[0]",  # without a name
    "a, b, c, d = uniforms(1, LIFE, 2, 3)",  # by position
    "a, b, c, d = bits(1, LIFE, 2, 3)",
    "for luck in uniforms(1, LIFE, 2, 3): pass",
    "luck = uniforms(1, 77, 2, 3)[DIES]",  # no group
    "luck = uniforms(1, group, 2, 3)[DIES]",
    "hand = hands(); deal(1, LIFE, 2, 3, hand); x = uniform(hand[CARER, 3])",
    "hand = hands(); deal(1, LIFE, 2, 3, hand); x = uniform(four(hand, 3)[CARER])",
    "user.luck = uniforms(1, LIFE, 2, 3)[DIES]",  # kept
    "x[3] = uniforms(1, LIFE, 2, 3)[DIES]",
    "return uniforms(1, LIFE, 2, 3)[DIES]",
    "x = random(uniforms(1, LIFE, 2, 3)[DIES])",
    "y = 3 + DIES",  # a slot that is no slot
    "born(user, uniforms(1, LIFE, 2, 3))",  # through an argument
]


def test_what_is_right_passes() -> None:
    reading = Reading({"model.x": HEAD + GOOD})
    assert reading.wrong == set()
    assert reading.compared == {"model.x:asks"}
    assert {slot for _, slot in reading.used} == {"NEED", "CARER", "DIES", "LEAVES", "WHERE_TO"}


@pytest.mark.parametrize("line", BAD)
def test_what_is_wrong_is_noticed(line: str) -> None:
    assert Reading({"model.x": f"{HEAD}{GOOD}\ndef f(user, group, x):\n    {line}\n"}).wrong != set()


COMPARED = [
    "y = uniforms(1, LIFE, 2, 3)[DIES] < .5",
    "y = below_exp(uniforms(1, LIFE, 2, 3)[DIES], p, 1.0)",
    "luck = uniforms(1, LIFE, 2, 3); y = luck[DIES] >= p",
    "hand = hands(); deal(1, LIFE, 2, 3, hand); y = .5 < uniform(hand[DIES, 3])",
    "y = p > 1.0 - a",  # a: an argument
]


@pytest.mark.parametrize("line", COMPARED)
def test_a_decision_in_the_model_is_noticed(line: str) -> None:
    call = "def g():\n    f(uniforms(1, LIFE, 2, 3)[DIES], .5)\n"
    reading = Reading({"model.x": f"{HEAD}{GOOD}\ndef f(a, p):\n    {line}\n\n{call}"})
    assert "model.x:f" in reading.compared
