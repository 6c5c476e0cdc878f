"""The edition of rules and figures: it moves with them and with nothing else."""

import shutil
from pathlib import Path

from scenarios.edition import data_hash, edition, rules_hash


def test_the_hash_names_the_rules_whatever_the_ends_of_lines(tmp_path: Path) -> None:
    for name in ("engine", "agents", "model"):
        shutil.copytree(Path(__file__).parents[2] / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    assert rules_hash(tmp_path) == rules_hash()
    page = tmp_path / "agents" / "service_user.py"
    text = page.read_bytes()
    page.write_bytes(text.replace(b"\n", b"\r\n"))
    rules_hash.cache_clear()
    assert rules_hash(tmp_path) == rules_hash()
    page.write_bytes(text.replace(b"0.0", b"0.1", 1))
    rules_hash.cache_clear()
    assert rules_hash(tmp_path) != rules_hash()


def test_eight_letters_say_the_edition_and_somebodys_own_file_is_no_part_of_it(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text("title = 'Mine'", encoding="utf-8")
    assert data_hash([str(own)]) != data_hash()
    assert len(edition()) == 8
    assert set(edition()) <= set("0123456789abcdef")
