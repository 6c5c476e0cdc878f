"""Files that cannot be read, and where each key of a readable one stands."""

import os
import time
from pathlib import Path

import pytest

from engine.errors import BadInput, UnreadableFile
from evidence.data_file import LARGEST, ROOT, DataFile, Field

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
        (b"a = 1\nb = -40,5  # homes\n", r"x\.toml:2: .*with a point: -40\.5"),
        (b"a = [\n", r"x\.toml:2: .*not TOML"),
        (b"a = 1\nb = '\xff'\n", r"x\.toml:2: .*UTF-8"),
        (b"\x00\x01\x02", r"x\.toml:1: .*not a text file"),
        (b"a = " + b"[" * 20000, r"x\.toml.*"),
        (b"b = 1\na = " + b"9" * 5000, r"x\.toml:2: .*number is too long\. Write it with fewer digits"),
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


TITLED = {"title": Field("title", "the name on screen", required=True), "note": Field("text", "anything", default="")}


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ('""', "'title' is empty"),
        ('"   "', "'title' is empty"),
        (f'"{"x" * 3000}"', "3,000 letters"),
        (r'"a\u001b[31mred"', r"the sign U\+001B, which nobody sees"),
        (r'"a\u0000b"', r"U\+0000"),
        (r'"a\u202Eb"', r"U\+202E"),
        (r'"a\u200Bb"', r"U\+200B"),
        (r'"a\u00ADb"', r"U\+00AD"),
        (r'"a\U000E0041b"', r"U\+E0041"),
        (r'"a\nb"', "more than one line"),
    ],
)
def test_titles_are_one_line_that_everybody_sees(tmp_path: Path, title: str, says: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f"title = {title}", encoding="utf-8")
    with pytest.raises(BadInput, match=rf"x\.toml:1, field 'title': .*{says}.*one line of text in quotes"):
        DataFile(path).read(TITLED)


@pytest.mark.parametrize(
    "title", ["Homes [/or] places", "Our plan [draft]", "$2m now and $5m later", "中文 🏠", "<b>x</b>"]
)
def test_other_signs_are_nobodys_business(tmp_path: Path, title: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f'title = "{title}"\nnote = """two\nlines"""', encoding="utf-8")
    assert DataFile(path).read(TITLED)["title"] == title


def test_no_text_of_others_commands_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(r'note = "a\u001b]0;owned\u0007b"', encoding="utf-8")
    with pytest.raises(BadInput) as said:
        DataFile(path).read(TITLED | {"title": Field("title", "t")})
    assert "\x1b" not in str(said.value)
    assert "\x1b" not in str(BadInput("There is no '\x1b[31m'"))


def test_a_name_of_many_parts_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    for text in (f"{'a.' * 20_000}b = 1", "x = {" + "a." * 20_000 + "b = 1}", f"title = '{'a' * 60_000}'"):
        path.write_text(text, encoding="utf-8")
        began = time.perf_counter()
        with pytest.raises(UnreadableFile if "a." in text else BadInput):
            DataFile(path).read(TITLED)
        assert time.perf_counter() - began < 1
