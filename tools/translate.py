"""Catalogues of all texts of the workshop and its kit: written anew from what is marked, translations kept.

python -m tools.translate            every catalogue; new texts stand empty, texts that are gone go
python -m tools.translate --new fr   begin another language
python -m tools.translate --check    say what is not translated, and end with 1 if anything is not
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po
from jinja2.ext import babel_extract

from engine.whole_file import whole_file
from scenarios.language import ENGLISH, FOLDER, WORKSHOP, catalogue, languages
from scenarios.levers import load_levers
from workshop.levels import means

HEADER = """\
# Texts of the workshop in {language}.
# Machine-made, not yet reviewed by a native speaker.  Whoever has reviewed it says so here (docs/translating.md).
"""
ROOT = Path(__file__).resolve().parent.parent
KIT = ROOT / "kit"
STEP = re.compile(r"^ ?(\d+) (.+?) {2,}(.+?) {2,}s\d\d_", re.M)
KEYWORDS = {"N_": None, "t": None, "m": None}
AS_IT_WAS = "machine-made, not yet reviewed by a native speaker"


def steps_of_a_month() -> list[tuple[str, str, str]]:
    """The steps of the model's month: number, name, what happens."""
    text = (ROOT / "model" / "month.py").read_text(encoding="utf-8")
    return STEP.findall(ast.get_docstring(ast.parse(text)) or "")


def texts() -> Iterator[tuple[str, str]]:
    """(text, file) of everything that somebody may see or read, on screens and on paper."""
    yield from of_screens()
    yield from of_papers()


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


def in_code(path: Path) -> Iterator[tuple[str, str]]:
    """Marked texts of a file of code."""
    for _, text, _, _ in extract("python", io.BytesIO(path.read_bytes()), keywords=KEYWORDS):
        yield from _one(text, path)


def in_template(path: Path) -> Iterator[tuple[str, str]]:
    """Marked texts of a page."""
    for _, _, text, _ in babel_extract(io.BytesIO(path.read_bytes()), list(KEYWORDS), [], {"trim_blocks": "true"}):
        yield from _one(text, path)


def _one(found: object, path: Path) -> Iterator[tuple[str, str]]:
    """The text itself; nothing where what stands in the brackets is no text."""
    text = found[0] if isinstance(found, tuple) else found
    if isinstance(text, str) and text:
        yield text, path.name


def renewed(language: str, old: Catalog | None) -> Catalog:
    """The catalogue of all texts that there are now, with the translations that there were."""
    header = old.header_comment if old else HEADER.format(language=language)
    new = Catalog(locale=language, domain="workshop", header_comment=header, project="Unfreeze", fuzzy=False)
    for text, file in texts():
        was = old.get(text) if old else None
        new.add(text, was.string if was else "", auto_comments=[file])
    return new


def write(language: str, catalog: Catalog) -> Path:
    """The catalogue as a file; the same texts give the same file."""
    path = FOLDER / language / "LC_MESSAGES" / WORKSHOP
    out = io.BytesIO()
    write_po(out, catalog, width=120, sort_output=True, omit_header=False)
    lines = [line for line in out.getvalue().decode().splitlines() if not line.startswith(('"POT-Creation', '"PO-Rev'))]
    with whole_file(path) as file:
        file.write("\n".join(lines).rstrip() + "\n")
    return path


def empty(language: str) -> list[str]:
    """Texts that this language does not say, or says with other gaps."""
    known = catalogue(language, WORKSHOP)
    missing = []
    for text in dict.fromkeys(text for text, _ in texts()):
        found = known.get(text)
        if found is None or not found.string or found.fuzzy:
            missing.append(text)
    return missing


def main() -> int:
    """Write, begin or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--new", metavar="LANGUAGE")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    if asked.new:
        print(write(asked.new, renewed(asked.new, None)))
        return 0
    bad = 0
    for language in languages(WORKSHOP):
        if language == ENGLISH:
            continue
        if asked.check:
            for text in empty(language):
                bad += 1
                print(f"{language}: {text}")
        else:
            print(write(language, renewed(language, catalogue(language, WORKSHOP))))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
