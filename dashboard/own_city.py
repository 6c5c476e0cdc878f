"""A city of one's own: what the form asks, and what a draft of it comes to.

A draft is what somebody typed, numbers as their language writes them: texts by field (`title`, `crisis_beds`,
`crisis_beds.low` ...), and the text of the file they began with, whose groups, paths and published figures stay as they
are.  A draft is read by the loader of place files (scenarios/own_place.py), in its words; what is wrong in one field
does not hide what is wrong in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.screen import Screen
from dashboard.texts import as_typed, rounded, to_type
from engine.errors import BadInput, MissingField, UnfreezeError, Where
from evidence.data_file import parsed
from evidence.quantities import MARKS, Quantity, inputs
from runs.where_it_starts import scenario_of
from scenarios.currencies import CURRENCIES
from scenarios.domains import Domain, capital
from scenarios.language import say
from scenarios.names import shipped
from scenarios.own_place import LARGEST, YOURS, OwnPlace, as_toml, read_own
from scenarios.places import ENTRY, FIELDS, find_place
from scenarios.refused import refused

PARTS = ("low", "high", "mark", "source", "note")  # of a figure, beside its value
MOST_WRONG = 40  # complaints about one draft
LONG = 2_000  # letters that one field may have; files allow more, forms need no more
WHOLE = ""  # the field of what is wrong with the draft as a whole
EXAMPLE = "dublin"  # whose figures stand in for wrong ones while the rest is read


@dataclass(frozen=True)
class Read:
    """What a draft comes to: the place, or what is wrong, by field; and what is odd, by field."""

    own: OwnPlace | None
    trouble: Mapping[str, str] = field(default_factory=dict)
    odd: Mapping[str, str] = field(default_factory=dict)


def asked() -> list[Quantity]:
    """The figures of the form: those that only a city can know, then those that usually differ."""
    every = list(inputs().values())
    usual = [one for one in every if one.scope == "place" and one.value is not None]
    return [*(one for one in every if one.value is None), *usual]


def form(domain: Domain) -> dict[str, Any]:
    """What `own_city.vue` shows in a domain's words: heads and figures, each with label, unit and what stands there
    without it."""
    options = {"domain": _options(shipped("domain")),
               "currency": [{"value": name, "title": name} for name in sorted(CURRENCIES)]}  # fmt: skip
    heads = [{"name": name, "label": _label(name), "hint": capital(say(one.meaning)), "needed": one.required,
              "options": options.get(name, [])} for name, one in FIELDS.items()]  # fmt: skip
    figures = [{"name": one.name, "label": capital(domain.own(one.meaning)).rstrip("."), "unit": domain.own(one.unit),
                "needed": one.value is None, "money": "EUR" in one.unit,
                "usual": _ours(one, domain)} for one in asked()]  # fmt: skip
    parts = [{"name": name, "label": _label(name), "hint": capital(say(ENTRY[name].meaning)),
              "options": _options(MARKS) if name == "mark" else []} for name in PARTS]  # fmt: skip
    return {"heads": heads, "figures": figures, "parts": parts, "letters": LONG}


def _label(field_: str) -> str:
    return capital(say(field_.replace("_", " ")))


def _options(names: Iterable[str]) -> list[dict[str, str]]:
    """What may be chosen, by what the file calls it."""
    return [{"value": name, "title": say(name)} for name in names]


def _ours(one: Quantity, domain: Domain) -> str:
    """What stands in an empty field."""
    return "" if one.value is None else say("ours: {value}", value=rounded(domain.values.get(one.name, one.value)))


def draft_of(text: str) -> dict[str, str]:
    """What the form shows of a file's text; {} if it is no TOML."""
    try:
        data = parsed(text[: LARGEST + 1], YOURS)
    except UnfreezeError:
        return {}
    found = {name: _shown(data[name]) for name in FIELDS if name in data}
    for one in asked():
        value = data.get(one.name)
        if isinstance(value, Mapping):
            found |= {one.name: _shown(value["value"])} if "value" in value else {}
            found |= {f"{one.name}.{part}": _shown(value[part]) for part in PARTS if part in value}
        elif value is not None:
            found[one.name] = _shown(value)
    return found


def text_of(draft: Mapping[str, str], base: str = "") -> str:
    """The draft as a place file.  base: the file that somebody began with."""
    if base and draft == draft_of(base):
        return base  # to the letter, with its comments
    try:
        before = parsed(base[: LARGEST + 1], YOURS)
    except UnfreezeError:
        before = {}
    data = {name: _read(name, draft[name]) for name in FIELDS if draft.get(name, "").strip()}
    for one in asked():
        made = _figure(one.name, draft, before.get(one.name))
        if made is not None:
            data[one.name] = made
    rest = {name: value for name, value in before.items() if name not in FIELDS and name not in
            {one.name for one in asked()}}  # fmt: skip
    return as_toml({**data, **rest})


def read_draft(draft: Mapping[str, str], base: str = "") -> Read:
    """The place, or everything that is wrong; what is odd is said either way."""
    text = text_of(draft, base)
    trouble: dict[str, str] = {}
    try:
        data = parsed(text, YOURS)
    except UnfreezeError as error:
        return Read(None, {WHOLE: refused(error)})
    found = None
    for _ in range(MOST_WRONG):
        try:
            found = read_own(text if not trouble else as_toml(data))
            break
        except UnfreezeError as error:
            name = field_of(error)
            if name in trouble or not _mend(data, name):
                trouble.setdefault(name, said(error))
                break
            trouble[name] = said(error)
    if found is not None and not trouble:
        trouble = _cannot_run(found)
    odd = {} if found is None else {name: one for name, one in _odd(found).items() if name.split(".")[0] not in
                                    {wrong.split(".")[0] for wrong in trouble}}  # fmt: skip
    return Read(None if trouble else found, trouble, odd)


def field_of(error: UnfreezeError) -> str:
    """The field that it is about; WHOLE if it names none."""
    if isinstance(error, MissingField):
        at = error.where.field if isinstance(error.where, Where) else None
        return f"{at}.{error.name}" if at and at != error.name else error.name
    named = error.where.field if isinstance(error.where, Where) else None
    return (named or WHOLE).removesuffix(".value")


def said(error: UnfreezeError) -> str:
    """The loader's words without file and line, which a form has not."""
    return str(BadInput(error.what, allowed=error.allowed, do=error.do))


def _cannot_run(found: OwnPlace) -> dict[str, str]:
    """Why nothing can be run there; {} if it can."""
    try:
        Screen(place=found.name, own={found.name: found}).checked()
    except UnfreezeError as error:
        return {field_of(error): said(error)}
    return {}


def _odd(found: OwnPlace) -> dict[str, str]:
    """What is hardly true, by the first field that it names."""
    texts = dict[str, list[str]]()
    try:
        warned = scenario_of(found.place, people=2_000).warnings
    except UnfreezeError:
        warned = found.place.warnings
    for one in warned:
        at = next((name for name in one.names if name in {q.name for q in asked()} | FIELDS.keys()), WHOLE)
        texts.setdefault(at, []).append(one.text)
    return {name: " ".join(dict.fromkeys(several)) for name, several in texts.items()}


def _mend(data: dict[str, Any], name: str) -> bool:
    """Put something right in the place of what is wrong, so that the rest can be read; False if nothing is known."""
    top = name.split(".")[0]
    usual: dict[str, Any] = {one: figure.value for one, figure in find_place(EXAMPLE).figures.items()}
    usual |= {"title": "T", "meaning": "M", "currency": "EUR", "domain": "homelessness", "per_euro": 1.0}
    if top in ("groups", "published") or (top in data and top not in usual):
        del data[top]
        return True
    if top not in usual or data.get(top) == usual[top]:
        return False
    data[top] = usual[top]
    return True


def _figure(name: str, draft: Mapping[str, str], before: Any) -> Any:
    """One figure as a file has it: a single value, or a table where more is said of it; None if nothing is."""
    value = draft.get(name, "").strip()
    parts = {part: draft[f"{name}.{part}"] for part in PARTS if draft.get(f"{name}.{part}", "").strip()}
    table = before if isinstance(before, Mapping) else {}
    kept = {part: one for part, one in table.items() if part not in (*PARTS, "value")}
    if not value:
        return {**parts, **kept} if parts else None
    if not parts and not kept:
        return _read(name, value)
    numbers = {part: _read(part, text) for part, text in parts.items()}
    return {"value": _read(name, value), **numbers, **kept}


def _read(name: str, text: str) -> Any:
    """A number where one is asked for and given, else the text, for the loader to say what is wrong with it."""
    if name in ("title", "meaning", "currency", "domain", "mark", "source", "note"):
        return text.strip() if name != "note" else text
    plainly = str(as_typed(text)).strip()
    for kind in (int, float):
        try:
            return kind(plainly)
        except ValueError:
            continue
    return plainly


def _shown(value: Any) -> str:
    return to_type(value) if isinstance(value, float) else str(value)
