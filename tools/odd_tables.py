"""The tables of docs/odd.md, made from the code so that they cannot be wrong for long.

    python -m tools.odd_tables             # write them anew
    python -m tools.odd_tables --check     # only say whether they are up to date; exit code 1 if not

Each stands between `<!-- table: NAME -->` and `<!-- end -->`; the prose around them is written by hand.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from agents import funder, manager, professional, programme, provider, service_user
from analysis.where import Rule, month_steps, readers, rules, step_name
from cli.catalogue import shipped_things, short, span
from engine.chance import registered
from engine.record import Field, Record
from evidence.quantities import MARKS, inputs, load_quantities
from evidence.sources import load_sources
from model import draws, state
from model.measures import BY_GROUP, BY_NEED, HEADLINE, MEASURES, STRATA
from model.owners import OWNERS
from runs import trial
from scenarios.levers import GROUPS, load_levers
from tools.slots import filled, markdown_table

ROOT = Path(__file__).resolve().parent.parent
ODD = ROOT / "docs" / "odd.md"
ENTITIES: tuple[tuple[str, Record], ...] = (
    ("Service user", service_user.USER),
    ("Professional", professional.PROFESSIONAL),
    ("Manager", manager.MANAGER),
    ("Provider", provider.PROVIDER),
    ("Programme (a reformed service of a provider)", programme.PROGRAMME),
    ("Grant (a contract of the foundation)", funder.GRANT),
    ("Lot (of reformed places)", funder.LOT),
    ("Group (of people, where a place tells some apart)", state.GROUP),
    ("System (one row: commissioner, foundation, the month's flows)", state.SYSTEM),
)
FILES = {  # of evidence/quantities, in the order of the reader
    "place": "The place",
    "people": "People",
    "services": "Services",
    "minds": "Minds",
    "funders": "Funders and money",
}


def entities() -> str:
    """State variables of every kind of agent and contract."""
    return "\n\n".join(f"**{title}**\n\n{_record(record)}" for title, record in ENTITIES)


def owners() -> str:
    """Who writes which variable."""
    rows = [(it.record, "all" if it.columns == "*" else _codes(it.columns.split()), _codes(it.writers.split()), it.why)
            for it in OWNERS]  # fmt: skip
    return markdown_table(("record", "variables", "written by", "why several"), rows)


def flows() -> str:
    """Who may move where."""
    names = service_user.SITUATIONS
    rows = [(names[here], ", ".join(names[there] for there in to)) for here, to in service_user.FLOWS.items()]
    return markdown_table(("from", "to"), rows)


def month() -> str:
    """The steps, and the levers that act in each."""
    rows = []
    for number, step in enumerate(month_steps(), start=1):
        acting = [name for name, lever in load_levers().items() if number in lever.acts]
        said = step.says[0].removeprefix(f"{number}. ")
        rows.append((str(number), step.name.replace("_", " "), said, _codes(acting) or "none", f"`{step.module}`"))
    return markdown_table(("", "step", "what happens", "levers", "code"), rows)


def levers() -> str:
    """All levers by the practice they belong to."""
    rows = []
    for lever in sorted(load_levers().values(), key=lambda lever: GROUPS.index(lever.group)):
        number = (short(lever.rest), span(lever.low, lever.high), lever.unit)
        steps = ", ".join(map(str, lever.acts))
        trust = _trust(lever.mark, lever.source)
        meaning = _with_jump(lever.meaning, lever.jump)
        rows.append((f"`{lever.name}`", *number, meaning, lever.gain, lever.cost, steps, trust))
    return markdown_table(("lever", "rest", "range", "unit", "meaning", "gain", "cost", "steps", "trust"), rows)


def parameters() -> str:
    """All inputs, file by file, with the rules that read them."""
    columns = ("parameter", "value", "range", "off", "unit", "meaning", "trust", "read by")
    texts = []
    for file, title in FILES.items():
        rows = []
        for q in inputs().values():
            if Path(str(q.where.file)).stem == file:
                value = "by place" if q.value is None else short(q.value)
                read_by = _codes(rule.name for rule in readers(q.name))
                trust = _trust(q.mark, q.source)
                number = (value, span(q.low, q.high), short(q.off), q.unit)
                meaning = _with_jump(q.meaning, q.jump)
                rows.append((f"`{q.name}`", *number, meaning, trust, read_by))
        texts.append(f"**{title}**\n\n{markdown_table(columns, rows)}")
    return "\n\n".join(texts)


def targets() -> str:
    """What must come out by itself, and what is only shown."""
    rows = [(q.role, f"`{q.name}`", short(q.value), span(q.low, q.high), q.unit, q.meaning, _trust(q.mark, q.source))
            for role in ("target", "context") for q in load_quantities().values() if q.role == role]  # fmt: skip
    return markdown_table(("role", "quantity", "published", "range", "unit", "meaning", "trust"), rows)


def marks() -> str:
    """How many inputs carry which mark."""
    counted = Counter(q.mark for q in inputs().values())
    return markdown_table(("mark", "inputs"), [(mark, str(counted[mark])) for mark in MARKS if counted[mark]])


def submodels() -> str:
    """The rules, actor by actor: the docstring says it, the code is it."""
    texts = []
    for page in ("service_user", "professional", "manager", "provider", "programme", "funder"):
        mine = sorted((r for r in rules().values() if r.module == f"agents.{page}"), key=lambda r: r.line)
        title = f"**{page.replace('_', ' ').capitalize()}** (`agents/{page}.py`)"
        texts.append("\n\n".join([title, *(f"{_rule(r)}\n\n{_code(r)}" for r in mine)]))
    return "\n\n".join(texts)


def processes() -> str:
    """What the steps themselves do, module by module."""
    texts = []
    for module in dict.fromkeys(["model.start", *(s.module for s in month_steps()), *_others()]):
        mine = sorted((r for r in rules().values() if r.module == module and r.steps), key=lambda r: r.line)
        if mine:
            texts.append(f"**`{module.replace('.', '/')}.py`**\n\n" + "\n".join(map(_rule, mine)))
    return "\n\n".join(texts)


def measures() -> str:
    """What is recorded at the end of every month."""
    rows = []
    for it in MEASURES.fields.values():
        if it.name not in STRATA:
            also = [word for word, named in (("headline", HEADLINE), ("by thirds of need", BY_NEED),
                                             ("by groups", BY_GROUP)) if it.name in named]  # fmt: skip
            rows.append((f"`{it.name}`", it.unit, it.meaning, ", ".join(also)))
    return markdown_table(("measure", "unit", "meaning", ""), rows)


def ledger() -> str:
    """Who pays for what, in cents a month."""
    return markdown_table(("account", "pays for"), [(f"`{f.name}`", f.meaning) for f in state.LEDGER.fields.values()])


def events() -> str:
    """What is written into the table of events."""
    return ", ".join(state.EVENTS) + "."


def chance() -> str:
    """All draws: one key is four of them."""
    assert {draws.TIES, trial.TRIAL} <= set(registered().values())  # all pages that register decisions are imported
    rows = [text.split(": ", 1) for text in sorted(registered("agents", "model", "runs"))]
    return markdown_table(("whose", "decisions of one key"), [(who, what) for who, what in rows])


def sources() -> str:
    """The sources behind levers and quantities, by key."""
    said = " ".join(thing.source for known in (load_levers(), load_quantities()) for thing in known.values())
    keys = sorted(set(said.split()), key=lambda key: (key[0] != "S", int(key[1:])))
    known = [load_sources()[key] for key in keys]
    return markdown_table(
        ("key", "source", "where"), [(s.key, s.title, s.address or "no address known") for s in known]
    )


def strategies() -> str:
    """The strategies that ship."""
    rows = [(f"`{s.name}`", s.kind, s.meaning, _moved(s)) for s in shipped_things("strategies")]
    return markdown_table(
        ("strategy", "kind", "what this foundation would do", "levers not at rest (first phase; then changes)"), rows
    )


def worldviews() -> str:
    """The worldviews that ship."""
    rows = [(f"`{v.name}`", v.meaning, str(len(v.values)), v.believes) for v in shipped_things("worldviews")]
    return markdown_table(("worldview", "what it takes to be so", "parameters set", "its holders say"), rows)


TABLES: dict[str, Callable[[], str]] = {
    table.__name__: table
    for table in (entities, owners, flows, month, levers, parameters, targets, marks, submodels, processes, measures,
                  ledger, events, chance, sources, strategies, worldviews)
}  # fmt: skip


def renewed(text: str) -> str:
    """The document with every table made anew.  KeyError for a table that nobody makes."""
    return filled(text, lambda name: TABLES[name]())


def main(arguments: Sequence[str]) -> int:
    """Write the tables, or with --check only compare."""
    text = ODD.read_text(encoding="utf-8")
    new = renewed(text)
    if "--check" in arguments:
        if new != text:
            print(f"{ODD.name} is not up to date: python -m tools.odd_tables")
        return int(new != text)
    ODD.write_text(new, encoding="utf-8")
    return 0


def _record(record: Record) -> str:
    return markdown_table(
        ("variable", "meaning", "unit", "values"),
        [(f"`{f.name}`", f.meaning, f.unit, _values(f)) for f in record.fields.values()],
    )


def _with_jump(meaning: str, jump: str) -> str:
    """What it means, and why something jumps on its way (docs/cliffs.md)."""
    return f"{meaning} *Jump*: {jump}" if jump else meaning


def _values(field: Field) -> str:
    if field.names:
        return ", ".join(field.names)
    if field.kind in ("share", "flag") or (field.kind == "number" and abs(field.high) < 1e6):
        return span(field.low, field.high)
    return {"money": "whole cents", "identity": "whole number", "count": "whole number"}.get(field.kind, "number")


def _trust(mark: str, source: str) -> str:
    return f"{mark} [{source.replace(' ', ', ')}]" if source else mark


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _rule(rule: Rule) -> str:
    steps = ", ".join(step_name(step) for step in rule.steps)
    return f"- `{rule.name}` ({steps}): {' '.join(rule.says)}"


def _code(rule: Rule) -> str:
    """The body of a rule without its docstring, indented into the list."""
    text = (ROOT / f"{rule.module.replace('.', '/')}.py").read_text(encoding="utf-8")
    function = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == rule.name)
    arguments = ", ".join(a.arg for a in function.args.args)
    lines = text.splitlines()[function.body[1].lineno - 1 : function.end_lineno]
    return "\n".join(f"  {line}".rstrip() for line in ["```python", f"def {rule.name}({arguments}):", *lines, "```"])


def _others() -> list[str]:
    return sorted({r.module for r in rules().values() if r.module.startswith("model.")})


def _moved(strategy: object) -> str:
    known = load_levers()
    parts, before = [], {name: lever.rest for name, lever in known.items()}
    for begins, now in strategy.settings():  # type: ignore[attr-defined]
        changed = ", ".join(f"{name} {short(value)}" for name, value in now.items() if value != before[name])
        parts.append(changed if begins == 0 else f"from month {begins}: {changed}")
        before = now
    return "; ".join(part for part in parts if part) or "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
