"""What a newcomer installs, reads and types: the package, its versions and the README, held to the code."""

import ast
import re
import shlex
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cli.catalogue import KINDS
from cli.main import COMMANDS, unfreeze
from cli.show import find_pages
from scenarios.settings import read_settings

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
INSTALLED = ("engine", "evidence", "agents", "model", "scenarios", "runs", "analysis", "studies", "dashboard",
             "workshop", "cli", "unfreeze")  # fmt: skip
OURS = (*INSTALLED, "tools")
FIRST = "pip install -c constraints.txt -e . && unfreeze compare"
SECOND = 'pip install -c constraints.txt -e ".[test]" && pytest'
SERVED = {"ipyvue", "solara-assets", "solara-server"}  # pages are made of them; solara-ui imports them
TOOLS = {"coverage", "import-linter", "mypy", "pytest-xdist", "ruff"}  # run by .ci/run, imported by nobody


def imports(*folders: str) -> set[str]:
    """Names of the distributions, other than ours and Python's, that the code in these folders imports."""
    found = set()
    for path in (p for folder in folders for p in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(node.module.split(".")[0])
    found -= {*sys.stdlib_module_names, *OURS, "tests", "benchmarks"}
    known = metadata.packages_distributions()
    return {canonicalize_name(known[name][0]) for name in found if name in known}


def declared(extra: str | None = None) -> dict[str, Requirement]:
    texts = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return {canonicalize_name(r.name): r for r in map(Requirement, texts)}


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def test_what_the_code_imports_is_declared_and_nothing_else() -> None:
    assert imports(*INSTALLED) - set(declared("calibration")) - set(declared("studies")) == set(declared()) - SERVED


def test_what_the_tools_import_is_there_for_whoever_runs_the_tests() -> None:
    assert imports("tools") <= set(declared()) | set(declared("test")) | {"pillow"}  # matplotlib brings pillow


def test_what_the_tests_import_is_declared() -> None:
    extra = set(declared("test")) - TOOLS
    assert imports("tests") - set(declared()) <= extra | {"packaging"}  # packaging comes with pytest
    assert extra <= imports("tests")


def test_constraints_are_versions_only_and_allow_what_is_declared() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9a-z.]+", line), line
    for name, wanted in (declared() | declared("test")).items():
        assert constraints()[name] in wanted.specifier, name


def test_constraints_are_complete() -> None:
    """Everything that anything we need needs in turn, on this system, has its version."""
    todo, seen = [*declared().values(), *declared("test").values()], set()
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        assert name in constraints(), name
        if (name, *sorted(wanted.extras)) in seen:
            continue
        seen.add((name, *sorted(wanted.extras)))
        for text in metadata.requires(name) or []:
            needed = Requirement(text)
            environments = [{"extra": extra} for extra in wanted.extras] or [{"extra": ""}]
            if not needed.marker or any(needed.marker.evaluate(e) for e in environments):
                todo.append(needed)


def test_versions_agree() -> None:
    version = PROJECT["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[Unreleased\]$", changelog, re.M) or f"## [{version}]" in changelog
    assert "**Regression**" in changelog
    oldest = PROJECT["requires-python"].removeprefix(">=")
    used = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert tuple(map(int, oldest.split("."))) <= tuple(map(int, used.split(".")))
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").lstrip().startswith("Apache License")
    assert PROJECT["license"] == "Apache-2.0"


# --- the README is a tested document ----------------------------------------------------------------------------------


def commands(name: str = "README.md") -> list[str]:
    """Every `unfreeze ...` of a document: a line of its own (without what comes before it), or in quotes like these."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^(?:    |uv run |.*&& )?(unfreeze(?: [^&\n]*)?)$", text, re.M)
    spans = re.findall(r"`(unfreeze [^`\n]+)`", text)
    return list(dict.fromkeys([*map(str.strip, blocks), *spans]))


def test_the_first_two_commands_do_all_the_setting_up() -> None:
    first, second, *_ = re.findall(r"```sh\n(.*?)\n```", README, re.S)
    assert (first, second) == (FIRST, SECOND)


@pytest.mark.parametrize("line", [*commands(), *commands("docs/behaviour.md"), *commands("docs/limits.md")])
def test_every_command_in_the_documents_exists_with_its_options_and_names(line: str) -> None:
    _, *arguments = shlex.split(line)
    if not arguments or arguments == ["--help"] or {"NAME", "PLACE"} & set(arguments):
        return
    name, *rest = arguments
    assert name in COMMANDS
    command = unfreeze.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    context = command.make_context(name, list(rest))  # an option that is not there is an error
    chosen = {one.name for one in command.params if hasattr(one.type, "choices")}  # click has looked at these already
    for value in (value for option, value in context.params.items() if option not in chosen):
        for item in value if isinstance(value, tuple) else [value]:
            if not isinstance(item, str) or item == "any" or item.lstrip("-").isdigit():
                continue
            first, *levers = item.split(",")
            if "=" in first:
                read_settings([item])
            elif levers and "=" in levers[0]:  # a strategy with levers of its own: user_centred,grants_per_provider=0.1
                find_pages(first)
                read_settings(levers)
            elif item in rest and not (name == "list" and item in KINDS) and name != "new":  # which makes what it names
                find_pages(item)


def test_the_readme_shows_every_command() -> None:
    assert {shlex.split(line)[1] for line in commands() if " " in line} >= set(COMMANDS)


def test_every_file_that_the_readme_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target
    for folder in re.findall(r"^\| `?(\w+)/`", README, re.M):
        assert (ROOT / folder).is_dir(), folder
