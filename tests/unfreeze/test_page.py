"""The page about Python is a program: it runs from top to bottom, and names all that the door has of its own."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import unfreeze

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")


def test_the_code_of_the_page_runs_from_top_to_bottom() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    assert len(blocks) == PAGE.count("```") / 2
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of Mesa's own batches
        for block in blocks:
            exec(compile(block, "docs/python.md", "exec"), names)
    assert names["found"].names == ("homes", "user_centred,listening=4")
    assert names["one"].runs["status"].to_list() == ["done"]
    assert names["many"].runs.height == 9
    assert names["people"]["arm"].n_unique() == 2
    assert names["system"].month == 1


def test_the_page_imports_nothing_that_is_not_public() -> None:
    imported = {
        name.strip() for line in re.findall(r"^from unfreeze import (.*)$", PAGE, re.M) for name in line.split(",")
    }
    assert imported
    assert imported <= set(unfreeze.__all__)
