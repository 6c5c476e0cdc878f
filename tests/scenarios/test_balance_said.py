"""What the model says does not agree in a place's figures is known by its template, and said in another language."""

import ast
from itertools import product
from pathlib import Path

import pytest

import model.balance_words as model_words
from scenarios.balance_said import SENTENCES, _patterns, balance_said
from scenarios.domains import find_domain
from scenarios.language import ENGLISH, speak

CLAUSES = {  # what fills a gap of a sentence there that is no number
    "rate": [
        "falls by 12 people a month, to none in five months",
        "grows by 1,200 people a month and doubles in a month",
        "grows by 4.5 people a month",
    ],
    "_waiting": [
        "1,250 people in crisis beds",
        "the assumption that nobody who stays long moves to a home without support",
    ],
}


def sentences() -> list[str]:
    """Every sentence that the model can yield, with numbers in it."""
    found = []
    tree = ast.parse(Path(model_words.__file__).read_text(encoding="utf-8"))
    for one in ast.walk(tree):
        if isinstance(one, ast.Yield) and isinstance(one.value, ast.Constant):
            found.append(str(one.value.value))
        elif isinstance(one, ast.Yield) and isinstance(one.value, ast.JoinedStr):
            parts = [_fillings(part) for part in one.value.values]
            found += ["".join(chosen) for chosen in product(*parts)]
    return found


def _fillings(part: ast.expr) -> list[str]:
    if isinstance(part, ast.Constant):
        return [str(part.value)]
    assert isinstance(part, ast.FormattedValue)
    name = ast.unparse(part.value).partition("(")[0]
    per_cent = part.format_spec is not None and "%" in ast.unparse(part.format_spec)
    return CLAUSES.get(name, ["26%" if per_cent else "1,234"])


def test_every_sentence_of_the_model_is_known() -> None:
    assert len(sentences()) >= len(SENTENCES)
    known = {text: [template for template, pattern in _patterns() if pattern.fullmatch(text)] for text in sentences()}
    assert [text for text, templates in known.items() if not templates] == []
    assert {template for templates in known.values() for template in templates} == set(SENTENCES)


@pytest.mark.parametrize("text", sentences())
def test_it_is_said_in_spanish_with_its_numbers_and_in_english_as_it_is(text: str) -> None:
    domain = find_domain("homelessness")
    assert balance_said(text, domain) == domain.own(text)
    try:
        speak("es")
        said = balance_said(text, domain)
    finally:
        speak(ENGLISH)
    assert said != domain.own(text)
    assert not {"check", "people", "month", "the"} & set(said.replace(",", " ").split())
    assert said.count("1.234") == text.count("1,234")
