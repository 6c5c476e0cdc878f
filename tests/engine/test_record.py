"""Records: declared columns, their layout, and the same arithmetic in plain Python and in compiled code."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import BadInput, OutOfRange
from engine.record import Rows, code, count, flag, identity, money, number, record, share
from engine.rule import kernel, rule

ROOT = Path(__file__).resolve().parents[2]
PERSON = record(
    "Person",
    woman=flag("is a woman"),
    need=share("how much support somebody needs"),
    waited=count("time on the list", unit="months", bits=16),
    place=code("where somebody lives", ("hidden", "crisis", "settled")),
    id=identity("permanent number"),
    rent=money("what the home costs a month", low=0),
    drift=number("change of mind", low=-2.0, high=2.0),
)


def test_layout_is_aligned_and_rows_are_eight_byte_multiples() -> None:
    assert PERSON.dtype.isalignedstruct
    assert PERSON.dtype.itemsize == 4 * 8 + 2 + 1 + 1 + 4
    assert PERSON.dtype.names == ("need", "id", "rent", "drift", "waited", "woman", "place")
    assert list(PERSON.fields) == ["woman", "need", "waited", "place", "id", "rent", "drift"]  # as declared
    assert record("Small", yes=flag("yes")).dtype.itemsize == 8
    for field in PERSON.fields.values():
        dtype, offset = PERSON.dtype.fields[field.name][:2]  # type: ignore[index]
        assert offset % dtype.itemsize == 0


def test_fields_say_unit_range_and_meaning() -> None:
    waited = PERSON.fields["waited"]
    assert (waited.name, waited.unit, waited.low, waited.high) == ("waited", "months", 0, 2**15 - 1)
    assert PERSON.fields["place"].names == ("hidden", "crisis", "settled")
    assert (PERSON.fields["rent"].unit, PERSON.fields["need"].unit) == ("cents", "share")


def test_rows_and_columns_are_attributes_that_write_through() -> None:
    people = PERSON.empty(4)
    people[2].need = 0.5
    people.waited[:] = 7
    assert people["need"].tolist() == [0.0, 0.0, 0.5, 0.0]
    assert people[1].waited == 7
    assert type(people.need) is np.ndarray
    with pytest.raises(AttributeError, match="no field 'nede'"):
        people[0].nede  # noqa: B018
    with pytest.raises(AttributeError, match="no field 'nede'"):
        people.nede  # noqa: B018
    with pytest.raises(ValueError, match="no field"):
        people[0].nede = 1.0


def test_a_narrow_number_widens_when_it_is_read() -> None:
    people = PERSON.empty(300)
    people.woman[:] = 1
    people.waited[:] = 2**15 - 1
    assert type(people[0].woman) is int
    assert type(people[0].need) is float
    assert sum(person.woman for person in people) == 300
    assert people[0].waited * 1000 == (2**15 - 1) * 1000
    assert total(people) == 300 * (2**15 - 1) * 1000


@rule
def grow(me: Any, by: float) -> int:
    me.need = me.need + by
    return me.waited * 1000


@kernel
def total(people: Any) -> int:
    months = 0
    for i in range(people.size):
        months += grow(people[i], 0.25)
    return months


def test_a_kernel_takes_rows_and_a_rule_takes_one_row() -> None:
    people = PERSON.empty(3)
    people.waited[:] = 2
    assert total(people) == 6000
    assert people.need.tolist() == [0.25, 0.25, 0.25]
    assert grow(people[0], 0.5) == 2000
    assert people[0].need == 0.75


def test_rows_survive_pickling_copying_and_slicing() -> None:
    people = PERSON.empty(3)
    people[1].need = 0.5
    again = pickle.loads(pickle.dumps(people))
    assert isinstance(again, Rows)
    for rows in (again, people.copy(), people[:2], people[people.need >= 0]):
        assert rows[1].need == 0.5


@pytest.mark.parametrize("name", ["size", "shape", "item", "model", "unique_id", "pos", "class", "_hidden", "step"])
def test_a_name_that_something_else_uses_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match=f"field called '{name}'"):
        record("Person", **{name: share("anything")})


@pytest.mark.parametrize(
    ("field", "value"),
    [("need", 1.5), ("need", np.nan), ("drift", np.inf), ("woman", 2), ("place", 3), ("rent", -1), ("waited", -1)],
)
def test_check_names_the_field_and_the_row(field: str, value: float) -> None:
    people = PERSON.empty(5)
    PERSON.check(people)
    people[field][3] = value
    with pytest.raises(OutOfRange, match=rf"Person\.{field}, row 3") as error:
        PERSON.check(people)
    assert error.value.name == field


def test_bad_declarations_are_refused() -> None:
    with pytest.raises(ValueError, match="12"):
        count("anything", bits=12)
    with pytest.raises(ValueError, match="different names"):
        code("anything", ("a", "a"))


def test_declaring_records_needs_no_compiler() -> None:
    script = "import sys, engine.errors, engine.record; print({'numba', 'mesa', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "set()\n"
