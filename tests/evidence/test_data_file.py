"""Files that cannot be read, and where each key of a readable one stands."""

import os
from pathlib import Path

import pytest

from engine.errors import UnreadableFile
from evidence.data_file import LARGEST, ROOT, DataFile

TEXT = '''# a comment
title = "x"            # line 2
note = """two
[not_a_table]
lines"""
[bed]                  # line 6
value = 3
"quoted key" = 1
[[phase]]
from = 0
[phase.levers]
budget = 0.01
[[phase]]
from = 12              # line 14
[phase.levers]
a.b = 2
row = { low = 1 }
'''


def test_lines_of_tables_keys_arrays_and_texts_of_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(TEXT)
    file = DataFile(path)
    expected = {
        ("title",): 2,
        ("note",): 3,
        ("bed",): 6,
        ("bed", "value"): 7,
        ("bed", "quoted key"): 8,
        ("phase", 0): 9,
        ("phase", 0, "levers", "budget"): 12,
        ("phase", 1, "from"): 14,
        ("phase", 1, "levers", "a", "b"): 16,
        ("phase", 1, "levers", "row", "low"): 17,
        ("phase", 1, "levers", "missing"): 15,
        ("not_a_table",): 1,
    }
    assert {keys: file.line(*keys) for keys in expected} == expected
    assert str(file.where("bed", "value")) == f"{path}:7, field 'bed.value'"


def test_our_own_files_are_shown_from_the_top_folder() -> None:
    assert DataFile(ROOT / "evidence" / "sources.toml").shown == "evidence/sources.toml"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a = 1\nb = = 2\n", r"x\.toml:2: .*not TOML"),
        (b"a = 1\n[b\n", r"x\.toml:2: .*not TOML"),
        (b"a = 1\na = 2\n", r"x\.toml:2: .*not TOML"),
        (b'a = "unfinished', r"x\.toml:1: .*not TOML"),
        (b"a = 1\nb = '\xff'\n", r"x\.toml:2: .*UTF-8"),
        (b"\x00\x01\x02", r"x\.toml: .*not a text file"),
        (b"a = " + b"[" * 20000, r"x\.toml.*"),
        (b"a = " + b"9" * 5000, r"x\.toml: .*number is too long"),
        (b"#" * (LARGEST + 1), r"x\.toml: .*1\.0 MB"),
    ],
)
def test_files_that_are_not_small_utf8_toml(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=message):
        DataFile(path)


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    file = DataFile(path)
    assert file.data == {"a": 1, "b": 2}
    assert file.line("b") == 2


def test_what_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="it is a folder"):
        DataFile(tmp_path)
    with pytest.raises(UnreadableFile, match="no such file"):
        DataFile(tmp_path / "none.toml")
    with pytest.raises(UnreadableFile, match=r"cannot be the name of a file|no such file"):
        DataFile(Path("a\0b.toml"))
    with pytest.raises(UnreadableFile):
        DataFile(Path("x" * 5000 + ".toml"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(UnreadableFile, match="not an ordinary file"):
        DataFile(tmp_path / "pipe.toml")
