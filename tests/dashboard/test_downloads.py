"""Files to take home: the digits of the shown command, names that say which scenario, and a door for those who know."""

import asyncio
import io
import re
import shlex
import tempfile
import threading
import time
import warnings
import zipfile
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    from dashboard.downloads import LIFE, Bundle, Shelf, answer, key, stem_of, work

from cli.main import run
from dashboard.screen import Screen, read_file, read_query
from dashboard.server import FILES, SAFE
from dashboard.studies import Studies
from engine.errors import UnfreezeError
from runs.pasts import Pasts

pytestmark = pytest.mark.filterwarnings("ignore")
CHANGED = "people=500&months=80&s=user_centred,listening=4&s=homes&set=contact=0.1&seed=3"


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(scope="module")
def told() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def bundle(shelf: Shelf, told: list[tuple[int, int]]) -> Bundle:
    def tell(done: int, of: int, so_far: Any = None, /) -> None:
        told.append((done, of))

    made = work(read_query(CHANGED), Pasts(), shelf, replicates=3)(tell, threading.Event())
    assert isinstance(made, Bundle)
    return made


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command writes."""
    out = tmp_path_factory.mktemp("typed") / "out"
    words = shlex.split(read_query(CHANGED).command.replace("--replicates 32", "--replicates 3"))
    assert run([*words[1:], "--json", "--out", str(out)]) == 0
    return out


def content(bundle: Bundle, ending: str) -> bytes:
    name = next(file.name for file in bundle.files if file.name.endswith(ending))
    path = bundle.path(name)
    assert path is not None
    return path.read_bytes()


def inside(bundle: Bundle, ending: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content(bundle, ending))) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_the_data_are_the_digits_of_the_shown_command(bundle: Bundle, typed: Path) -> None:
    tables = inside(bundle, "data-parquet.zip")
    for name in ("months", "events"):
        wanted = pl.read_parquet(typed / f"{name}.parquet")
        assert wanted.height > 1000
        assert_frame_equal(pl.read_parquet(io.BytesIO(tables[f"{name}.parquet"])), wanted, check_exact=True)
        lines = inside(bundle, "data-csv.zip")[f"{name}.csv"]
        assert_frame_equal(pl.read_csv(io.BytesIO(lines), schema=wanted.schema), wanted, check_exact=True)
    hashes = [pl.read_parquet(source)["hash"].to_list()
              for source in (typed / "runs.parquet", io.BytesIO(tables["runs.parquet"]))]  # fmt: skip
    assert hashes[0] == hashes[1]


def test_the_figures_are_those_of_the_command(bundle: Bundle, typed: Path) -> None:
    for name in ("comparison.png", "comparison.svg", "levers.png", "levers.svg"):
        assert content(bundle, name) == (typed / name).read_bytes()


def test_an_archive_explains_itself(bundle: Bundle) -> None:
    for ending in ("data-csv.zip", "data-parquet.zip"):
        assert read_file(inside(bundle, ending)["scenario.toml"]).question == read_query(CHANGED).question
    found = inside(bundle, "data-csv.zip")
    about = pl.read_csv(io.BytesIO(found["measures.csv"]))
    months = pl.read_csv(io.BytesIO(found["months.csv"]))
    assert set(months["measure"]) <= set(about["measure"])
    assert about["unit"].null_count() == 0
    assert (
        "practically the same" in found["differences.csv"].decode() or "not known" in found["differences.csv"].decode()
    )


class Links(HTMLParser):
    """Everything that a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"src", "srcset", "data", "poster"} | ({"href"} if tag in ("link", "base", "use") else set())
        self.found += [value or "" for name, value in attrs if name in wanted]


def test_the_briefing_needs_nothing_else_and_shows_what_was_changed(bundle: Bundle) -> None:
    page = content(bundle, "briefing.html").decode()
    links = Links()
    links.feed(page)
    assert links.found
    assert all(link.startswith("data:") for link in links.found)
    assert not re.search(r"@import|url\((?!['\"]?(data:|#))", page)
    assert "<script" not in page
    assert read_query(CHANGED).command.replace(" ", "") in page.replace("&#39;", "'").replace(" ", "")
    changed = page[page.index("<h2>What was changed") : page.index('<h2 id="limits">')]
    assert "<code" in changed
    assert all(name in changed for name in (">contact<", "0.1", ">listening<"))
    assert "contact 0.1" in content(bundle, "briefing.html").decode()  # above the fold, too


def test_names_say_which_scenario(bundle: Bundle) -> None:
    stem = stem_of(read_query(CHANGED))
    assert re.fullmatch(r"[a-z0-9_-]+", stem)
    for part in ("user_centred-changed", "homes", "dublin", "500people", "80months", "seed3", "assumptions-changed"):
        assert part in stem
    assert all(file.name.startswith(stem) and len(file.name) < 200 for file in bundle.files)
    assert len({stem_of(read_query(f"set=contact=0.0{n}")) for n in range(5, 10)}) == 5
    assert "changed" not in stem_of(Screen())
    assert len({file.name for file in bundle.files}) == len(bundle.files) == 8


def test_progress_goes_from_nothing_to_all(bundle: Bundle, told: list[tuple[int, int]]) -> None:
    assert told == sorted(told)
    assert told[-1] == (100, 100)
    assert len(told) > 10


def test_cancelled_work_leaves_nothing(shelf: Shelf) -> None:
    cancel = threading.Event()
    with pytest.raises(UnfreezeError, match="cancelled"):
        work(read_query(CHANGED), Pasts(), shelf, replicates=3)(lambda *_: cancel.set(), cancel)


def get(shelf: Shelf, path: str) -> tuple[int, dict[bytes, bytes], bytes]:
    """What the server sends."""
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, answer(path, send, SAFE, shelf)).result()
    body = b"".join(message["body"] for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


def test_who_knows_the_word_gets_the_file_to_save(bundle: Bundle, shelf: Shelf) -> None:
    for file in bundle.files:
        status, headers, body = get(shelf, "/" + bundle.link(file))
        assert status == 200
        assert len(body) == file.size == int(headers[b"content-length"])
        assert headers[b"content-disposition"] == f'attachment; filename="{file.name}"'.encode()
        assert (headers[b"cache-control"], headers[b"x-content-type-options"]) == (b"no-store", b"nosniff")
    assert len(bundle.word) >= 32


@pytest.mark.parametrize("path", ["", "x", "x/y", "{word}", "{word}/", "{word}/../../etc/passwd", "{word}/nothing.png",
                                  "{word}/%2e%2e/x", "/{word}"])  # fmt: skip
def test_nobody_else_gets_anything(bundle: Bundle, shelf: Shelf, path: str) -> None:
    status, _, body = get(shelf, FILES + path.format(word=bundle.word))
    assert status == 404
    assert b"make them again" in body


def a_bundle(shelf: Shelf, tmp_path: Path) -> Bundle:
    return shelf.put(Bundle(Path(tempfile.mkdtemp(dir=tmp_path)), ()))


def test_bundles_are_few_and_short_lived(tmp_path: Path) -> None:
    shelf = Shelf(most=2)
    made = [a_bundle(shelf, tmp_path) for _ in range(3)]
    assert [one.there for one in made] == [False, True, True]
    made[1].made -= LIFE + 1
    assert not made[1].there
    made.append(a_bundle(shelf, tmp_path))
    assert [one.folder.exists() for one in made] == [False, False, True, True]


def test_the_same_files_are_made_once_and_again_when_they_are_gone(tmp_path: Path) -> None:
    studies, shelf, screen = Studies(), Shelf(), Screen()
    first = key(screen, studies)
    assert first == key(screen.with_(page="money"), studies)
    study = studies.ask(first, lambda tell, cancel: a_bundle(shelf, tmp_path))
    for _ in range(200):
        if study.state == "done":
            break
        time.sleep(0.01)
    assert key(screen, studies) == first
    study.result.remove()
    assert key(screen, studies) != first
    studies.leave(study)
