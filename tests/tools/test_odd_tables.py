"""docs/odd.md: its tables are those of the code, and what its prose names exists."""

import re

import pytest

from analysis.where import rules
from evidence.quantities import load_quantities
from model.measures import MEASURES, STRATA
from model.state import LEDGER
from scenarios.levers import load_levers
from scenarios.names import shipped
from tools.odd_tables import ENTITIES, ODD, ROOT, TABLES, main, renewed
from tools.slots import SLOT

TEXT = ODD.read_text(encoding="utf-8")


def test_tables_are_up_to_date() -> None:
    assert renewed(TEXT) == TEXT, "write them anew: python -m tools.odd_tables"
    assert main(["--check"]) == 0


def test_every_table_is_in_the_document_once() -> None:
    assert sorted(SLOT.findall(TEXT)) == sorted(TABLES)


def test_a_stale_table_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert renewed(TEXT.replace("| hidden |", "| visible |", 1)) == TEXT
    with pytest.raises(KeyError):
        renewed("<!-- table: nonsense -->\n<!-- end -->")


def test_the_protocol_is_complete() -> None:
    """The headings of ODD+D (Müller et al. 2013)."""
    for heading in ("I.i ", "I.ii ", "I.iii ", *(f"II.{n} " for n in ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii",
                    "ix", "x")), "III.i ", "III.ii ", "III.iii ", "III.iv "):  # fmt: skip
        assert re.search(rf"^## {re.escape(heading)}\w", TEXT, re.M), heading


def test_what_the_prose_names_exists() -> None:
    prose = SLOT.sub("", TEXT)
    fields = {name for _, record in ENTITIES for name in record.fields}
    known = {*load_quantities(), *load_levers(), *MEASURES.fields, *LEDGER.fields, *fields, *shipped("strategy"),
             *(rule.name for rule in rules().values()), "people", "off"}  # fmt: skip
    for name in re.findall(r"`([^`\n]+)`", prose):
        if re.fullmatch(r"[a-z_0-9]+", name):
            assert name in known, name
        elif re.fullmatch(r"[\w./]+\.(py|md|toml)", name):
            assert (ROOT / name).exists(), name


def test_every_input_lever_measure_and_actors_rule_is_described() -> None:
    names = {*load_quantities(), *load_levers(), *MEASURES.fields}
    names -= set(STRATA)  # by thirds of need and by groups, as the table says
    names |= {rule.name for rule in rules().values() if rule.module.startswith("agents.")}
    assert {name for name in names if f"`{name}`" not in TEXT} == set()
