"""Errors: one clear message, the right exit code, and alive after a journey between processes."""

from __future__ import annotations

import pickle

import pytest

from engine.errors import (
    BadInput,
    Interrupted,
    MissingField,
    NoRoom,
    OutOfRange,
    UnfreezeError,
    UnknownName,
    UnreadableFile,
    Where,
)

EVERY = [
    UnfreezeError("Something went wrong"),
    BadInput("There are no people", where=Where("city.toml", 3, "people"), allowed="1 to 1,000,000", do="Add some."),
    UnknownName("strategy", "user_centerd", ["user_centred", "status_quo"]),
    UnknownName("lever", "zzz", ["budget", "start"], where="--set"),
    OutOfRange("budget", 2.0, 0.0, 0.2, unit="share of system spend", where=Where(field="budget")),
    MissingField("crisis_beds", meaning="beds in hostels", where=Where("city.toml")),
    UnreadableFile("city.toml", "it is not TOML", line=7),
    NoRoom("results"),
    Interrupted(),
]


def test_messages_say_what_where_what_is_allowed_and_what_to_do() -> None:
    assert [str(error) for error in EVERY] == [
        "Something went wrong.",
        "city.toml:3, field 'people': There are no people. Allowed: 1 to 1,000,000. Add some.",
        "There is no strategy called 'user_centerd'. Allowed: status_quo, user_centred. Did you mean 'user_centred'?",
        "--set: There is no lever called 'zzz'. Allowed: budget, start.",
        "field 'budget': 'budget' is 2.0, which is out of range. Allowed: 0 to 0.2 (share of system spend).",
        "city.toml: The field 'crisis_beds' is missing (beds in hostels). Add a line 'crisis_beds = ...'.",
        "city.toml:7: This file cannot be read: it is not TOML.",
        "There is no room left on the disk to write results; nothing was left half-written. "
        "Free some space or choose another folder, then try again.",
        "Stopped; nothing was left half-written.",
    ]


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_every_error_survives_pickling(error: UnfreezeError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_exit_codes() -> None:
    assert [error.exit_code for error in EVERY] == [1, 2, 2, 2, 2, 2, 2, 1, 130]


def test_the_nearest_name_is_offered() -> None:
    assert UnknownName("lever", "budgit", ["budget", "start"]).nearest == "budget"
    assert UnknownName("lever", "zzz", ["budget"]).nearest is None
    assert "none exist" in str(UnknownName("lever", "zzz", []))
