"""Who writes a column: model/owners.py says it, and the text of model/ must say the same, both ways.

An assignment is attributed by the name of the record: in model/ a `user` is a User and nothing else is.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from agents.funder import GRANT, LOT
from agents.manager import MANAGER
from agents.professional import PROFESSIONAL
from agents.programme import PROGRAMME
from agents.provider import PROVIDER
from agents.service_user import USER
from model.measures import MEASURES
from model.owners import OWNERS
from model.state import EVENT, GROUP, LEDGER, PLAN, SYSTEM

MODEL = Path(__file__).resolve().parents[2] / "model"
RECORDS = {
    it.name: it
    for it in (
        USER,
        PROFESSIONAL,
        MANAGER,
        PROVIDER,
        PROGRAMME,
        GRANT,
        LOT,
        SYSTEM,
        LEDGER,
        MEASURES,
        EVENT,
        GROUP,
        PLAN,
    )
}
NAMES = {  # what a variable of model/ holds: a row of the record, or the table
    "user": "User", "users": "User", "housed": "User", "worker": "Professional", "staff": "Professional",
    "professionals": "Professional", "manager": "Manager", "managers": "Manager", "provider": "Provider",
    "bed_provider": "Provider", "providers": "Provider", "programme": "Programme", "programmes": "Programme",
    "where": "Provider Programme",  # a rule for both
    "grant": "Grant", "grants": "Grant", "lot": "Lot",
    "lots": "Lot", "system": "System", "row": "Measures", "measured": "Measures", "book": "Ledger",
    "ledger": "Ledger", "event": "Event", "events": "Event",
    "group": "Group", "groups": "Group", "plan": "Plan",
}  # fmt: skip
WHOLE = "whole_row"  # stands for every column: a row that is copied from one table of a record to another
FIRST = {"start", "first_people", "room"}  # first values and empty rows
Written = dict[tuple[str, str], set[str]]  # (record, column) -> files


def written(sources: dict[str, str]) -> Written:
    """Every column that these files (name -> text) write.  AssertionError for an assignment to nobody knows what."""
    found: Written = {}
    for file, text in sources.items():
        nodes = list(ast.walk(ast.parse(text)))
        copies = {id(node.targets[0]): record for node in nodes if isinstance(node, ast.Assign)
                  if (record := _copied(node))}  # fmt: skip
        for node in nodes:
            if id(node) in copies:
                found.setdefault((copies[id(node)], WHOLE), set()).add(file)
                continue
            for records, column in filter(None, [_column(node, file)]):
                for record in records.split():
                    found.setdefault((record, column), set()).add(file)
    return found


def _copied(node: ast.Assign) -> str:
    """The record of which a whole row is written with another one, as in `users[i] = housed[k]`; "" if none is."""
    if isinstance(node.targets[0], ast.Subscript):
        index = node.targets[0].slice
        record = NAMES.get(_name(node.targets[0]), "")
        named = isinstance(index, ast.Constant) and isinstance(index.value, str)
        return record if not named and record == NAMES.get(_name(node.value)) else ""
    return ""


def _column(node: ast.AST, file: str) -> tuple[str, str] | None:
    """(records, column) of an attribute that is assigned to, or of `table["column"]`."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        record = NAMES.get(_name(node.value))
        assert record, f"{file}, line {node.lineno}: what is written in {ast.unparse(node)}?"
        return record, node.attr
    if isinstance(node, ast.Subscript) and _is_stored(node):
        indices = [node.slice]
        while isinstance(node.value, ast.Subscript):
            node = node.value
            indices.append(node.slice)
        columns = [i.value for i in indices if isinstance(i, ast.Constant) and isinstance(i.value, str)]
        record = NAMES.get(_name(node.value))
        if record and not isinstance(node.value, ast.Call):
            assert len(columns) == 1, f"{file}, line {node.lineno}: which column is written in {ast.unparse(node)}?"
            return record, columns[0]
        assert not columns, f"{file}, line {node.lineno}: of what is a column written in {ast.unparse(node)}?"
    return None


def _is_stored(node: ast.Subscript) -> bool:
    return isinstance(node.ctx, ast.Store | ast.Del)


def _name(node: ast.AST) -> str:
    """`users` for users[i], world.users[i] and world.users; "" for what has no such name."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "world":
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def declared() -> Written:
    """The table of owners, column by column."""
    found: Written = {}
    for owned in OWNERS:
        named = {column for it in OWNERS if it.record == owned.record for column in it.columns.split()}
        columns = [c for c in RECORDS[owned.record].fields if c not in named] if owned.columns == "*" else []
        for column in columns or owned.columns.split():
            assert (owned.record, column) not in found, f"{owned.record}.{column} stands there twice"
            found[owned.record, column] = set(owned.writers.split())
    return found


def test_a_column_is_written_where_the_table_says_and_nowhere_else() -> None:
    sources = {path.stem: path.read_text(encoding="utf-8") for path in MODEL.rglob("*.py")}
    assert len(sources) == len([path for path in MODEL.rglob("*.py") if path.stem != "__init__"]) + 1  # stems differ
    assert written(sources) == declared()


def test_the_table_has_every_column_of_every_record() -> None:
    assert set(declared()) == {
        *((name, column) for name, record in RECORDS.items() for column in record.fields),
        ("User", WHOLE),
    }


def test_several_writers_have_a_reason_and_one_needs_none() -> None:
    for owned in OWNERS:
        assert bool(owned.why) == (len(set(owned.writers.split()) - FIRST) > 1), owned


def test_actors_pages_write_no_column() -> None:
    """They decide; model/ carries it out."""
    for path in (MODEL.parent / "agents").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            stored = isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
            assert not stored, f"{path.name}, line {getattr(node, 'lineno', 0)}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("user.trust = 1.0", {("User", "trust")}),
        ("world.users[i].trust += 1.0", {("User", "trust")}),
        ("world.system[0].died, x = 1, 2", {("System", "died")}),
        ("users['trust'][3:] = providers['bridge'][:] = 0", {("User", "trust"), ("Provider", "bridge")}),
        ("for user.trust in x: pass", {("User", "trust")}),
        ("sums[j, FIT] = 3", set()),
        ("world.users[i] = world.housed[k]", {("User", "whole_row")}),
    ],
)
def test_an_assignment_is_found(text: str, found: set[tuple[str, str]]) -> None:
    assert set(written({"file": text})) == found


@pytest.mark.parametrize(
    "text", ["me.trust = 1.0", "found[i].trust = 1", "users[name][3:] = 0", "users[3] = other", "users[3] = provider",
             "x['trust'] = 1",
             "setup().trust = 1"]
)  # fmt: skip
def test_an_assignment_to_nobody_knows_what_fails(text: str) -> None:
    with pytest.raises(AssertionError, match="line 1"):
        written({"file": text})
