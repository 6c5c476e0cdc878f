"""Every source has an entry, and nothing claims a source that is not there."""

import re

import pytest

from engine.errors import UnknownName
from evidence.sources import check_source_keys, load_sources


def test_every_source_of_the_evidence_is_there_and_seen_or_recalled() -> None:
    sources = load_sources()
    assert set(sources) >= {f"S{i}" for i in range(1, 141)} | {f"R{i}" for i in range(1, 16)}
    assert all(re.fullmatch(r"[SR][1-9]\d*", key) for key in sources)
    for key, source in sources.items():
        assert source.title
        assert source.seen == key.startswith("S")
        assert source.address == "" or re.match(r"https://[^\s/]+\.[^\s]+$", source.address), key


def test_a_misspelt_key_is_found_and_free_words_are_not_taken_for_keys() -> None:
    assert check_source_keys("S1 R15") == ("S1", "R15")
    with pytest.raises(UnknownName, match="S500"):
        check_source_keys("S1 S500")
    assert check_source_keys("city report 2025, see also S2", free_text=True) == ("S2",)
    with pytest.raises(UnknownName, match="S999"):
        check_source_keys("city report 2025, see also S999", free_text=True)
