"""Catalogues of all texts: of the workshop and its kit, and of the dashboard and what it writes.  Written anew from
what is marked, translations kept.

python -m tools.translate            every catalogue; new texts stand empty, texts that are gone go
python -m tools.translate --new fr   begin another language: the catalogues that it does not have yet
python -m tools.translate --check    say what is not translated or has other gaps, and end with 1 if anything is so in a
                                     catalogue that is offered; of an unfinished one how much

What is shown of data files (quantities, levers, strategies, ...) is told in general terms: of each text there is one
template for all domains that say it alike (`Domain.template`), and each domain's words stand beside them.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po
from jinja2.ext import babel_extract

from agents.service_user import FATES
from analysis.minds import MEANINGS
from analysis.units import unit_text
from analysis.where import month_steps, step_words
from dashboard.controls import factor, in_per_cent
from dashboard.own_city import PARTS
from engine.whole_file import whole_file
from evidence.quantities import MARKS, inputs
from model.measures import MEASURES
from model.state import LEDGER, TO
from runs.flows import BEGINNINGS, SITUATIONS
from scenarios.domain_words import WORDS
from scenarios.domains import ARTICLES, Domain, find_domain, with_article
from scenarios.language import DASHBOARD, ENGLISH, FOLDER, UNFINISHED, UNREVIEWED, WORKSHOP, catalogue, languages
from scenarios.levers import load_levers
from scenarios.names import shipped
from scenarios.places import ENTRY, FIELDS, find_place
from scenarios.published import PUBLISHED
from scenarios.strategy import KINDS, find_strategy
from scenarios.worldviews import find_worldview
from studies.answer.plan import camps, plan
from studies.answer.told import named_in_plan
from workshop.levels import means

WHAT = {WORKSHOP: "the workshop and its kit", DASHBOARD: "the dashboard and what it writes"}
HEADER = """\
# Texts of {what} in {language}.
# {unreviewed}  Whoever has reviewed it says so here (docs/translating.md).
# {unfinished}
"""
ROOT = Path(__file__).resolve().parent.parent
KIT = ROOT / "kit"
STEP = re.compile(r"^ ?(\d+) (.+?) {2,}(.+?) {2,}s\d\d_", re.M)
KEYWORDS = {"N_": None, "t": None, "m": None}
SAID = {"N_": None, "say": None, "says": None}  # in code of the dashboard and what stands beneath it
GENERAL = {"G_": None, "own": None, "later": None}  # texts in general terms
CODE = ("analysis", "scenarios", "runs", "dashboard", "studies/answer")
IN_VUE = re.compile(r"""(?<![\w.$])(?:this\.)?t\(\s*(?:'((?:[^'\\]|\\.)+)'|"((?:[^"\\]|\\.)+)"|`([^`$]+)`)""")
NOUNS = tuple(name for name in WORDS if name not in SITUATIONS and name != "relabelled")  # words that take an article


def steps_of_a_month() -> list[tuple[str, str, str]]:
    """The steps of the model's month: number, name, what happens."""
    text = (ROOT / "model" / "month.py").read_text(encoding="utf-8")
    return STEP.findall(ast.get_docstring(ast.parse(text)) or "")


def texts() -> Iterator[tuple[str, str]]:
    """(text, file) of everything of the workshop that somebody may see or read, on screens and on paper."""
    yield from of_screens()
    yield from of_papers()


def of_dashboard() -> Iterator[tuple[str, str]]:
    """(text, file) of everything that the dashboard shows and writes."""
    domains = [find_domain(name) for name in shipped("domain")]
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from in_code(path, SAID)
            for text, file in in_code(path, GENERAL):
                yield from _in_general(text, file, domains)
    for path in sorted([*(ROOT / "dashboard").rglob("*.vue"), *(ROOT / "dashboard").rglob("*.js")]):
        yield from in_vue(path)
    for folder in ("analysis", "dashboard"):
        for path in sorted((ROOT / folder / "templates").glob("*.*")):
            yield from in_template(path)
    for text, file in of_data():
        yield from _in_general(text, file, domains)
    for text in of_answer():
        yield from _in_general(text, "plan.toml", domains)
    yield from of_names()
    for domain in domains:
        yield from of_domain(domain)
    for name in shipped("place"):
        yield from of_place(name)


def of_data() -> Iterator[tuple[str, str]]:
    """Texts in general terms that stand in data files: of quantities, measures, levers, strategies and worldviews."""
    for quantity in inputs().values():
        for text in (quantity.meaning, quantity.unit, quantity.note, quantity.jump):
            yield text, "evidence"
    for fields, file in ((MEASURES.fields, "measures.py"), (LEDGER.fields, "state.py")):
        for field in fields.values():
            yield field.meaning, file
    for lever in load_levers().values():
        for text in (lever.name.replace("_", " "), lever.meaning, lever.gain, lever.cost, lever.unit, lever.jump):
            yield text, "levers.toml"
    for name in shipped("strategy"):
        one = find_strategy(name)
        yield from ((text, f"{name}.toml") for text in (one.title, one.meaning))
        head, colon, tail = one.title.partition(": ")
        yield from ((text, f"{name}.toml") for text in (head, tail) if colon)
    for name in shipped("worldview"):
        view = find_worldview(name)
        yield from ((text, f"{name}.toml") for text in (view.title, view.meaning, view.believes))
    for figure in PUBLISHED.values():
        yield from ((text, "published.py") for text in (figure.meaning, figure.unit))
    yield from ((event, "minds.py") for event in MEANINGS)


def of_answer() -> Iterator[str]:
    """Texts in general terms that stand in the plan of the answer: sentences, camps, goals, cases; and strategies that
    its page calls by their names."""
    for signs in plan()["sentences"].values():
        yield from signs.values()
    for camp in camps().values():
        yield from (camp.title, camp.title.lower(), camp.who, camp.leads, camp.lead)
    yield from (name for name in plan()["goals"] if name != "first")
    yield from (case["title"] for case in plan()["zero"]["cases"].values())
    yield from (name.replace("_", " ") for name in named_in_plan())


def of_names() -> Iterator[tuple[str, str]]:
    """Words that code knows things by, where they are shown: marks, kinds, groups, units, steps of the month."""
    yield from ((text, "names") for text in (*MARKS, *KINDS, *FATES, *BEGINNINGS, *TO) if text)
    yield from ((lever.group, "levers.toml") for lever in load_levers().values())
    yield from ((unit_text(name), "units") for name in (*MEASURES.fields, *LEDGER.fields))
    yield from ((in_per_cent(one.unit), "units") for one in load_levers().values() if factor(one) != 1)
    yield from ((step_words(rule.name), "month.py") for rule in month_steps())
    for name, field in (*FIELDS.items(), *((name, ENTRY[name]) for name in PARTS)):
        yield from ((text, "places.py") for text in (name.replace("_", " "), field.meaning))
    yield from ((name, "domains") for name in shipped("domain"))


def of_domain(domain: Domain) -> Iterator[tuple[str, str]]:
    """A field's own words, with and without an article, and what it says of itself."""
    file = f"{domain.name}.toml"
    for text in (domain.title, domain.meaning, *domain.wants.values(), *domain.words.values()):
        yield text, file
    for name in NOUNS:
        for article in ARTICLES:
            word = domain.words[name]
            yield with_article(word) if article == "a" else f"the {word}", file


def of_place(name: str) -> Iterator[tuple[str, str]]:
    """What a place says of itself, of its groups and of its figures."""
    place = find_place(name)
    own = find_domain(place.domain).template
    for text in (place.meaning, *(group.title for group in place.groups)):
        yield text, f"{name}.toml"
    for figure in place.figures.values():
        for text in (figure.note, figure.unit):
            yield from ((said, f"{name}.toml") for said in (text, own(text)) if text)


def _in_general(text: str, file: str, domains: list[Domain]) -> Iterator[tuple[str, str]]:
    """The templates that domains make of a text."""
    yield from ((template, file) for template in dict.fromkeys(domain.template(text) for domain in domains) if text)


def of_screens() -> Iterator[tuple[str, str]]:
    """Texts of the room's own code and pages, and of the levers that it may set."""
    for path in sorted((ROOT / "workshop").glob("*.py")):
        yield from in_code(path)
    for lever in load_levers().values():
        for text in (means(lever), lever.unit, lever.group):
            yield text, "levers.toml"
    for path in sorted((ROOT / "workshop" / "templates").glob("*.html")):
        yield from in_template(path)


def of_papers() -> Iterator[tuple[str, str]]:
    """Texts of the kit."""
    for _, name, what in steps_of_a_month():
        yield name, "month.py"
        yield what, "month.py"
    yield from in_code(ROOT / "tools" / "kit.py")
    for path in sorted((KIT / "source").glob("*.html")):
        yield from in_template(path)


def in_code(path: Path, keywords: dict[str, None] = KEYWORDS) -> Iterator[tuple[str, str]]:
    """Marked texts of a file of code."""
    for _, text, _, _ in extract("python", io.BytesIO(path.read_bytes()), keywords=keywords):
        yield from _one(text, path)


def in_template(path: Path) -> Iterator[tuple[str, str]]:
    """Marked texts of a page."""
    for _, _, text, _ in babel_extract(io.BytesIO(path.read_bytes()), list(KEYWORDS), [], {"trim_blocks": "true"}):
        yield from _one(text, path)


def in_vue(path: Path) -> Iterator[tuple[str, str]]:
    """Marked texts of a part that a browser draws."""
    for found in IN_VUE.finditer(path.read_text(encoding="utf-8")):
        text = next(group for group in found.groups() if group is not None)
        yield re.sub(r"\\(.)", r"\1", text), path.name


def _one(found: object, path: Path) -> Iterator[tuple[str, str]]:
    """The text itself; nothing where what stands in the brackets is no text."""
    text = found[0] if isinstance(found, tuple) else found
    if isinstance(text, str) and text:
        yield text, path.name


CATALOGUES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {WORKSHOP: texts, DASHBOARD: of_dashboard}


def renewed(language: str, file: str) -> Catalog:
    """The catalogue of all texts that there are now, with the translations that there were in any of the language's."""
    has = [name for name in (*CATALOGUES, file) if language in languages(name, unfinished=True)]
    old = {str(one.id): one.string for name in has for one in catalogue(language, name) if one.id and not one.fuzzy}
    header = catalogue(language, file).header_comment if file in has else HEADER.format(
        what=WHAT[file], language=language, unreviewed=UNREVIEWED, unfinished=UNFINISHED)  # fmt: skip
    new = Catalog(locale=language, domain=file.removesuffix(".po"), header_comment=header, project="Unfreeze",
                  fuzzy=False)  # fmt: skip
    for text, where in CATALOGUES[file]():
        new.add(text, old.get(text, ""), auto_comments=[where])
    if all(one.string for one in new if one.id):
        new.header_comment = "\n".join(line for line in new.header_comment.splitlines() if UNFINISHED not in line)
    return new


def write(language: str, file: str) -> Path:
    """The catalogue as a file; the same texts give the same file."""
    path, catalog = FOLDER / language / "LC_MESSAGES" / file, renewed(language, file)
    out = io.BytesIO()
    write_po(out, catalog, width=120, sort_output=True, omit_header=False)
    lines = [line for line in out.getvalue().decode().splitlines() if not line.startswith(('"POT-Creation', '"PO-Rev'))]
    with whole_file(path) as stream:
        stream.write("\n".join(lines).rstrip() + "\n")
    return path


def empty(language: str, file: str = WORKSHOP) -> list[str]:
    """Texts that this language does not say, or says with other gaps."""
    known = catalogue(language, file)
    missing = []
    for text in dict.fromkeys(text for text, _ in CATALOGUES[file]()):
        found = known.get(text)
        if found is None or not found.string or found.fuzzy or gaps(str(found.string)) != gaps(text):
            missing.append(text)
    return missing


def gaps(text: str) -> set[str]:
    """The gaps of a text; one of a domain's words is the same with another article and with a capital letter.  A text
    that is not well made has the gap "" alone."""
    try:
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return {""}
    return {_word(name) for name in found} | {f"{{{name}}}" for name in re.findall(r"\{\{(\w+)\}\}", text)}


def _word(gap: str) -> str:
    """The gap itself, or the domain's word that it stands for."""
    article, _, word = gap.partition(" ")
    name = word if article.lower() in ARTICLES else gap
    small = name[:1].lower() + name[1:]
    return small if small in WORDS else gap


def main() -> int:
    """Write, begin or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--new", metavar="LANGUAGE")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    if asked.new:
        for file in (file for file in CATALOGUES if asked.new not in languages(file, unfinished=True)):
            print(write(asked.new, file))
        return 0
    bad = 0
    for file in CATALOGUES:
        for language in (language for language in languages(file, unfinished=True) if language != ENGLISH):
            if not asked.check:
                print(write(language, file))
                continue
            missing = empty(language, file)
            if language not in languages(file):
                print(f"{language}, {file}: unfinished, {len(missing)} texts are missing")
                continue
            bad += len(missing)
            print(*(f"{language}, {file}: {text}" for text in missing), sep="\n", end="")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
