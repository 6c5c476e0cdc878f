"""The laws of the house that no other tool checks."""

import ast
import importlib
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

from analysis.where import LEVERS, PARAMETERS, month_steps, readers, rules
from evidence.quantities import inputs, load_quantities
from scenarios.levers import load_levers
from scenarios.names import shipped

ROOT = Path(__file__).parents[1]
OURS = (
    "engine",
    "evidence",
    "agents",
    "model",
    "scenarios",
    "runs",
    "analysis",
    "studies",
    "dashboard",
    "workshop",
    "cli",
    "unfreeze",
    "tools",
)
ACTORS = ("service_user", "professional", "manager", "provider", "programme", "funder")
CONTRACT = 2  # the step in which levers are written into contracts and carried to where they act


@cache
def text_of(storey: str) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / storey).rglob("*.py"))}


@pytest.mark.parametrize("package", OURS)
def test_the_package_that_python_finds_is_ours(package: str) -> None:
    assert Path(str(importlib.import_module(package).__file__)).is_relative_to(ROOT)


def test_the_model_never_sees_the_name_of_a_strategy_or_a_worldview() -> None:
    """No text or name in the code of the lower storeys is one (a word of plain English alone may be)."""
    forbidden = {name for kind in ("strategy", "worldview") for name in shipped(kind) if "_" in name}
    forbidden |= {"strategy", "strategies", "worldview"}
    for storey in ("engine", "agents", "model"):
        for path, text in text_of(storey).items():
            tree = ast.parse(text)
            docs = {id(doc) for node in ast.walk(tree) if (doc := _docstring(node))}
            said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
                    and isinstance(node.value, str) and id(node) not in docs}  # fmt: skip
            said |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            said |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not said & forbidden, path


def _docstring(node: ast.AST) -> ast.Constant | None:
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    return first.value if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) else None


def test_rules_read_inputs_only_and_every_input_is_read() -> None:
    """No target or context reaches a rule; a parameter that nothing reads would be a dead one."""
    read = {name for rule in rules().values() for of, name in rule.reads if of == PARAMETERS}
    assert read - set(inputs()) == set()
    assert set(inputs()) - read == set()
    assert {q.role for n, q in load_quantities().items() if n not in inputs()} == {"target", "context"}


def test_every_lever_is_read_and_acts_where_its_entry_says() -> None:
    read = {name for rule in rules().values() for of, name in rule.reads if of == LEVERS}
    assert read == set(load_levers())
    for name, lever in load_levers().items():
        if name in ("start", "duration"):  # every step may ask whether the programme runs
            continue
        steps = {step for rule in readers(name, LEVERS) for step in rule.steps}
        assert steps - {CONTRACT} <= set(lever.acts), f"{name} is read in {sorted(steps)}, acts says {lever.acts}"


def test_the_month_has_eleven_steps_numbered_in_their_own_words() -> None:
    steps = month_steps()
    assert len(steps) == 11
    for number, step in enumerate(steps, start=1):
        assert step.says[0].startswith(f"{number}. "), step.shown


def test_every_rule_is_used() -> None:
    """A rule that no step, no starting point and no table reaches is dead text."""
    called = {name for rule in rules().values() for name in rule.calls}
    outside = " ".join(text for storey in ("scenarios", "runs", "analysis", "cli") for text in text_of(storey).values())
    outside += " ".join(text for path, text in text_of("model").items() if path.name in ("month.py", "measures.py"))
    outside += (ROOT / "engine" / "population.py").read_text(encoding="utf-8")
    dead = [r.shown for name, r in rules().items() if not r.steps and name not in called
            and not re.search(rf"\b{r.name}\b", outside)]  # fmt: skip
    assert dead == []


@pytest.mark.parametrize("actor", ACTORS)
def test_an_actors_page_is_a_page(actor: str) -> None:
    """Opens with who they are and the order of their month, and imports no other.  A page a person: it holds every
    decision of theirs, however many there are, and so may be long; each rule on it is short.  That of the service user
    is the longest: eight situations, three kinds of people, and whatever a month may bring to each.
    """
    text = (ROOT / "agents" / f"{actor}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= (446 if actor == "service_user" else 275)
    assert "Order of the month:" in (ast.get_docstring(ast.parse(text)) or "")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            assert str(node.module).split(".")[0] == "engine"


def test_every_rule_has_a_docstring() -> None:
    assert [rule.shown for rule in rules().values() if not rule.says[0] and not rule.name.startswith("_")] == []


def test_no_file_names_a_package_registry_or_leaves_work_undone() -> None:
    registries = [r"pypi\.", r"pythonhosted", r"registry\.npmjs", r"deb\.debian", r"files\.python"]
    undone = r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"
    for path in [*ROOT.rglob("*.py"), *ROOT.rglob("*.toml"), *ROOT.rglob("*.md"), *ROOT.glob("*.txt")]:
        if any(part.startswith(".") or part in ("build", "dist") for part in path.relative_to(ROOT).parts):
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(undone, text), path
        if path != Path(__file__):
            assert not any(re.search(host, text) for host in registries), path


SOURCE = r"py|toml|md|txt|vue|css|js|j2"
READ = (".py", ".toml", ".md", ".txt")  # files that speak of others
MADE = re.compile(r"^\.|^unfreeze-results|\.egg-info$")  # folders that tools and commands leave in a clone
READERS_OWN = {"mine.toml", "mycity.toml", "my_city.toml"}  # in examples of commands: files that a reader has made


@cache
def ours() -> tuple[Path, ...]:
    """The files of the repository that hold text, by their paths in it."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if re.search(rf"\.({SOURCE})$", path.name))
    return tuple(sorted(path for path in found if not MADE.search(path.parts[0]) and "build" not in path.parts))


@cache
def names() -> frozenset[str]:
    """All ways to name a file of ours: its path, or the end of it."""
    return frozenset("/".join(file.parts[k:]) for file in ours() for k in range(len(file.parts)))


def prose_of(path: Path) -> str:
    """What a file says to a reader: docstrings and comments of code, all of a TOML file or a page."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    said = [token.string for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT]  # fmt: skip
    said += [str(doc.value) for node in ast.walk(ast.parse(text)) if (doc := _docstring(node))]
    return "\n".join(said)


def named_but_missing(path: Path, text: str) -> set[str]:
    """Words in a file's text that look like a file of ours, and are none."""
    at_home = re.sub(r"https?://\S+", "", text)
    found = set(re.findall(rf"(?<![\w/.{{<*-])(?:\.{{1,2}}/)*[\w-][\w./-]*\.(?:{SOURCE})\b", at_home))
    return {word for word in found - READERS_OWN - names() if not (ROOT / path.parent / word).resolve().is_file()}


@pytest.mark.parametrize("folder", sorted({path.parts[0] for path in ours() if path.suffix in READ}))
def test_every_file_that_is_named_exists(folder: str) -> None:
    """In docstrings, comments, notes and pages: nobody is sent to a file that is not in the repository."""
    written = {node.value for storey in OURS for text in text_of(storey).values() for node in ast.walk(ast.parse(text))
               if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    told = [path for path in ours() if path.parts[0] == folder and path.suffix in READ]
    missing = {f"{path}: {word}" for path in told for word in named_but_missing(path, prose_of(path)) - written}
    assert missing == set()


def test_a_file_that_is_not_there_would_be_noticed() -> None:
    page = Path("docs/odd.md")
    said = (
        "model/month.py, month.py, ../benchmarks/floor.md and mine.toml; but not model/nowhere.py or SPECIFICATION.md"
    )
    assert named_but_missing(page, said) == {"model/nowhere.py", "SPECIFICATION.md"}
    assert named_but_missing(page, "(see flows.toml)") == {"flows.toml"}
