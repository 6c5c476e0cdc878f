"""Quantities: what ships is in order, and what is not in order says where and why."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import BadInput, MissingField, OutOfRange, UnknownName
from evidence.quantities import (
    FIELDS,
    at_work,
    check_value,
    find_quantity,
    inputs,
    load_quantities,
    parameter_record,
    possible,
    read_quantities,
    values,
)
from evidence.units import UNITS

GOOD = {
    "value": "0.3",
    "low": "0.1",
    "high": "0.6",
    "unit": '"per month"',
    "mark": '"verified"',
    "source": '"S1 R2"',
    "meaning": '"Something."',
}


def entry(name: str = "exit_fast", **changes: str | None) -> str:
    fields = GOOD | changes
    return f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in fields.items() if v is not None)


def choice(**changes: str | None) -> str:
    """An entry that is one of .1, .3 and .6."""
    usual = {"low": None, "high": None, "distribution": '"choice"', "choices": "[0.6, 0.1, 0.3]"}
    return entry(**(usual | changes))


def read(tmp_path: Path, *texts: str) -> dict:
    paths = []
    for i, text in enumerate(texts):
        paths.append(tmp_path / f"{'ab'[i]}.toml")
        paths[-1].write_text(text)
    return read_quantities(paths)


def test_what_ships_is_complete() -> None:
    quantities = load_quantities()
    assert len(quantities) > 100
    assert list(quantities) == sorted(quantities)
    for name, q in quantities.items():
        assert q.meaning.endswith("."), name
        assert q.unit, name
        assert q.value is not None or q.scope == "place", name
        assert q.where.line is not None
        text = (Path(__file__).parents[2] / str(q.where.file)).read_text().splitlines()
        assert text[q.where.line - 1] == f"[{name}]"


def test_a_meaning_is_short_enough_to_stand_beside_a_bar() -> None:
    assert not {name: one.meaning for name, one in load_quantities().items() if len(one.meaning) > 120}


def test_targets_and_context_never_reach_the_rules() -> None:
    quantities = load_quantities()
    names = set(parameter_record().dtype.names)
    assert names == set(inputs()) == {n for n, q in quantities.items() if q.role == "input"}
    assert {"target", "context"} == {q.role for n, q in quantities.items() if n not in names}
    with pytest.raises(BadInput, match="is a target: no rule reads it"):
        find_quantity("new_share")


def test_defaults_are_filled_in(tmp_path: Path) -> None:
    q = read(tmp_path, entry())["exit_fast"]
    assert (q.distribution, q.role, q.scope, q.off, q.note) == ("triangular", "input", "transferable", None, "")
    assert q.jump == ""
    assert read(tmp_path, entry(jump='"At .3 nobody is left."'))["exit_fast"].jump == "At .3 nobody is left."
    assert set(FIELDS) | {"name", "where"} == set(type(q).__slots__)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (entry(vlaue="1"), UnknownName, r"a\.toml:9, field 'exit_fast\.vlaue': .*Did you mean 'value'\?"),
        (entry(value=None), MissingField, r"a\.toml:1, field 'exit_fast': The field 'value' is missing"),
        (entry(high=None), MissingField, r"a\.toml:1, field 'exit_fast': The field 'high' is missing"),
        (entry(meaning=None), MissingField, r"'meaning' is missing"),
        (entry(value="0.9"), OutOfRange, r"a\.toml:2, field 'exit_fast\.value': .*0\.1 to 0\.6"),
        (entry(low="0.7"), BadInput, r"a\.toml:2.*low = 0\.7 above high = 0\.6"),
        (entry(value='"0.3"'), BadInput, r"a\.toml:2, field 'exit_fast\.value': .*a number"),
        (entry(value="true"), BadInput, r"a\.toml:2.*'value' is true.*a number"),
        (entry(value="nan"), BadInput, r"a\.toml:2.*'value' is nan"),
        (entry(high="9" * 400), BadInput, r"a\.toml:4.*'high' is 999"),
        (entry(high="inf"), BadInput, r"a\.toml:4.*'high' is inf"),
        (entry(unit="3"), BadInput, r"a\.toml:5, field 'exit_fast\.unit'"),
        (entry(mark='"guess"'), UnknownName, r"a\.toml:6, field 'exit_fast\.mark': .*'guess'.*verified"),
        (entry(mark='"assumtion"'), UnknownName, r"Did you mean 'assumption'\?"),
        (entry(source='""'), MissingField, r"a\.toml:7, field 'exit_fast\.source': .*mark 'verified'"),
        (entry(source='"S1 S500"'), UnknownName, r"a\.toml:7.*'S500'"),
        (entry(mark='"assumption"', low="0.3", high="0.3"), BadInput, r"a\.toml:7.*An assumption needs a range"),
        (entry(role='"inputs"'), UnknownName, r"a\.toml:9, field 'exit_fast\.role'.*'input'"),
        (entry(scope='"city"'), UnknownName, r"a\.toml:9, field 'exit_fast\.scope'.*transferable"),
        (entry(distribution='"normal"'), UnknownName, r"a\.toml:9.*triangular"),
        (entry(name='"Exit fast"'), BadInput, r"a\.toml:1.*cannot be a name"),
        (entry(choices="[0.1, 0.3, 0.6]"), BadInput, r"a\.toml:9, field 'exit_fast\.choices': .*belong together"),
        (entry(distribution='"choice"'), BadInput, r"'choices' and distribution = 'choice' belong together"),
        (choice(choices="[0.3]"), BadInput, r"a\.toml:\d+, field 'exit_fast\.choices'.*at least two numbers"),
        (choice(choices="[0.3, 0.3]"), BadInput, r"at least two numbers, each once"),
        (choice(choices='[0.3, "a"]'), BadInput, r"at least two numbers"),
        (choice(choices="[true, false]"), BadInput, r"at least two numbers"),
        (choice(choices="[0.3, inf]"), BadInput, r"at least two numbers"),
        (choice(value="0.4"), BadInput, r"a\.toml:2, .*'exit_fast' is 0\.4, .*Allowed: 0\.1, 0\.3 or 0\.6"),
        (choice(high="0.7"), BadInput, r"a\.toml.*'high' is 0\.7, but the choices end at 0\.6"),
        (choice(structure="1"), BadInput, r"'structure' is the value 1.*true or false"),
        ("exit_fast = 3\n", BadInput, r"a\.toml:1, field 'exit_fast': .*must be a table"),
    ],
)
def test_each_mistake_names_file_line_and_field(tmp_path: Path, text: str, error: type[BadInput], message: str) -> None:
    with pytest.raises(error, match=message):
        read(tmp_path, text)


def test_a_choice_is_one_of_its_values_and_nothing_between_them(tmp_path: Path) -> None:
    q = read(tmp_path, choice(structure="true", off="0.3"))["exit_fast"]
    assert (q.choices, q.low, q.high, q.structure) == ((0.1, 0.3, 0.6), 0.1, 0.6, True)
    assert [check_value(q, value) for value in q.choices] == [0.1, 0.3, 0.6]
    with pytest.raises(BadInput, match=r"--set: 'exit_fast' is 0\.2, .*Allowed: 0\.1, 0\.3 or 0\.6"):
        check_value(q, 0.2, "--set")
    assert read(tmp_path, choice(low="0.1", high="0.6"))["exit_fast"].choices == q.choices  # the same said twice


def test_two_files_cannot_hold_the_same_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"b\.toml:9, field 'exit_fast': .*already in .*a\.toml:1"):
        read(tmp_path, entry(), entry("other") + entry())


def test_only_a_place_quantity_may_go_without_a_value(tmp_path: Path) -> None:
    quantities = read(tmp_path, entry(value=None, scope='"place"') + entry("b"))
    assert quantities["exit_fast"].value is None
    with pytest.raises(MissingField, match="'exit_fast' is missing"):
        values(quantities=quantities)
    assert values({"exit_fast": 0.2}, quantities=quantities).exit_fast[0] == 0.2


def test_later_layers_win(tmp_path: Path) -> None:
    quantities = read(tmp_path, entry("a") + entry("b") + entry("c"))
    row = values({"a": 1.0, "b": 1.0}, {"b": 2.0}, quantities=quantities)
    assert (row.a[0], row.b[0], row.c[0]) == (1.0, 2.0, 0.3)
    assert all(row.dtype[name] == "f8" for name in row.dtype.names)
    with pytest.raises(UnknownName, match="no parameter called 'd'"):
        values({"d": 1.0}, quantities=quantities)


def test_a_value_is_refused_only_where_a_rule_would_break(tmp_path: Path) -> None:
    q = read(tmp_path, entry(off="-1.0"))["exit_fast"]
    assert check_value(q, 0.05) == 0.05  # outside its plausible range, 0.1 to 0.6
    assert (q.is_plausible(0.05), q.is_plausible(0.2), q.is_plausible(-1.0)) == (False, True, True)
    assert check_value(q, -1.0) == -1.0
    with pytest.raises(OutOfRange, match=r"here: 'exit_fast' is 1\.05.*0 to 1 \(per month\).*Or -1, which"):
        check_value(q, 1.05, "here")


def test_an_entry_narrows_what_its_unit_allows_and_never_widens_it(tmp_path: Path) -> None:
    q = read(tmp_path, entry(least="0.05", most="7"))["exit_fast"]
    assert possible(q) == (0.05, 1.0, False)
    for value in (0.04, 1.01):
        with pytest.raises(OutOfRange, match=r"0\.05 to 1"):
            check_value(q, value)
    with pytest.raises(OutOfRange, match=r"a\.toml:.*field 'exit_fast\.low'.*0\.2 to 1"):
        read(tmp_path, entry(least="0.2"))
    with pytest.raises(OutOfRange, match=r"a\.toml:.*field 'exit_fast\.high'"):
        read(tmp_path, entry(high="1.5"))


def test_what_is_counted_is_whole(tmp_path: Path) -> None:
    q = read(tmp_path, entry(unit='"organisations"', low="8", high="20", value="9"))["exit_fast"]
    assert check_value(q, 300.0) == 300.0
    with pytest.raises(BadInput, match=r"'exit_fast' is 14\.5, and it is counted.*a whole number \(organisations\)"):
        check_value(q, 14.5)


def test_every_input_has_a_unit_of_which_we_know_what_is_possible() -> None:
    for name, q in inputs().items():
        assert q.unit in UNITS, f"{name}: '{q.unit}' is not in evidence/units.py"
        assert q.choices or possible(q).least <= q.low <= q.high <= possible(q).most, name


def test_names_suggest_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        find_quantity("dropout_fitt")
    assert caught.value.nearest == "dropout_fit"


def test_reading_the_numbers_needs_no_numpy() -> None:
    code = (
        "import sys, evidence.quantities, scenarios.places; sys.exit('numpy' in sys.modules or 'numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0


def test_a_record_is_kept_by_its_content_and_not_by_who_asked(tmp_path: Path) -> None:
    one, again, other = (read(tmp_path, entry("a") + entry("b", meaning=text)) for text in ('"B."', '"B."', '"C."'))
    assert parameter_record(one) is parameter_record(again)
    assert parameter_record(other).fields["b"].meaning == "C."
    changed = {name: replace(q, value=0.2) for name, q in one.items()}
    assert values(quantities=changed).tolist() == [(0.2, 0.2)]
    assert values(quantities=one).tolist() == [(0.3, 0.3)]
    row = values(quantities=one)
    row["a"] = 0.5
    assert values(quantities=one).a[0] == 0.3


def test_what_rests_is_not_at_work_and_everything_else_is() -> None:
    place = {name: 10.0 for name, one in inputs().items() if one.value is None}
    rest = ("refill", "carers_learn", "home_recycled", "emergency_price")
    resting = {name: inputs()[name].off for name in rest}
    row = values({**place, **resting})
    found = at_work(row)
    assert resting == {name: inputs()[name].value for name in rest}
    assert resting.keys().isdisjoint(found)
    assert all(found[name] == row[name][0] for name in found)
    assert all(row[name][0] == inputs()[name].off for name in inputs().keys() - found.keys())
    moved = at_work(values({**place, **resting, "refill": 0.5}))
    assert moved == {**found, "refill": 0.5}
