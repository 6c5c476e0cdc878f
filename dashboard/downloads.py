"""Files to take home: a briefing, figures and data of exactly what the command on the screen computes.

    work(screen)   for a study (studies.py): runs the command's ensemble, draws, writes; gives a `Bundle`
    SHELF          where bundles are found by a long random word, for half an hour
    answer         what the server says to GET /keep/WORD/NAME

Files lie in a temporary folder and go with their bundle.  The briefing and the figures are those of `unfreeze compare`
(analysis/report.py), the tables hold its numbers to the last digit; names say which scenario it was.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import shutil
import tempfile
import threading
import time
import weakref
import zipfile
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analysis import report
from analysis.comparison import Comparison
from dashboard.about import about
from dashboard.screen import EACH, REPLICATES, Screen
from dashboard.server import FILES, Headers, Send
from dashboard.studies import STUDIES, Studies, Tell, Work
from engine.errors import UnfreezeError
from engine.whole_file import private_folder
from runs.controls import ensemble_with_controls
from runs.pasts import Pasts
from runs.store import measures, write_tables
from scenarios.language import N_, say
from scenarios.plausible import shipped_sample
from scenarios.request import WORLDVIEW
from scenarios.scenario import MONTHS

KEEP = "unfreeze-keep"  # folders of bundles, beside other temporary ones
LIFE = 30 * 60  # seconds for which the link to a file holds
MOST_BUNDLES = 12  # on disk at a time: some 15 MB each.  Assumption: more than thirty people want in half an hour
RUNNING = 80  # of a hundred parts of the work are runs; drawing and writing is the rest
PIECE = 1 << 18  # bytes sent at a time

KINDS = {"html": "text/html; charset=utf-8", "png": "image/png", "svg": "image/svg+xml", "zip": "application/zip"}
# ending of the name: what it is
SAYS = {
    "briefing.html": N_("Briefing to read, send or print"),
    "slides.html": N_("Slides to show, send or print, one a page"),
    "comparison.png": N_("Figure: what lasts"),
    "comparison.svg": N_("Figure: what lasts"),
    "levers.png": N_("Figure: how the strategies differ"),
    "levers.svg": N_("Figure: how the strategies differ"),
    "data-csv.zip": N_("Every number of every run, as CSV"),
    "data-parquet.zip": N_("Every number of every run, as Parquet"),
}
_DRAWING = threading.Lock()  # matplotlib's settings are one for all threads


@dataclass(frozen=True)
class File:
    """One file of a bundle."""

    name: str
    says: str
    ending: str
    size: int  # bytes


class Bundle:
    """Files of one scenario in a folder that goes with the bundle.  `word` opens them for LIFE seconds."""

    def __init__(self, folder: Path, files: tuple[File, ...]) -> None:
        self.folder, self.files = folder, files
        self.word, self.made = secrets.token_urlsafe(24), time.monotonic()
        self.remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)  # at the latest when we stop

    @property
    def there(self) -> bool:
        """Whether its links hold."""
        return time.monotonic() - self.made < LIFE and self.folder.is_dir()

    def path(self, name: str) -> Path | None:
        """Where the file of that name is; None if there is none, or the bundle is too old."""
        if not self.there or name not in {file.name for file in self.files}:
            return None
        path = self.folder / name
        return path if path.is_file() else None

    def link(self, file: File) -> str:
        """The address of a file, from the page."""
        return f"{FILES[1:]}{self.word}/{file.name}"


class Shelf:
    """Bundles by their word, at most MOST_BUNDLES of them; the oldest go first, and their files with them."""

    def __init__(self, most: int = MOST_BUNDLES) -> None:
        self.most = most
        self._kept: OrderedDict[str, Bundle] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, bundle: Bundle) -> Bundle:
        """Make its files available."""
        with self._lock:
            self._kept[bundle.word] = bundle
            old = [one for one in self._kept.values() if time.monotonic() - one.made > LIFE]
            old += [one for one in self._kept.values() if one not in old][: -self.most]
            for one in old:
                del self._kept[one.word]
                one.remove()
        return bundle

    def find(self, path: str) -> Path | None:
        """The file at /keep/WORD/NAME; None if there is none (any more)."""
        word, _, name = path.removeprefix(FILES).partition("/")
        with self._lock:
            bundle = self._kept.get(word)
        return None if bundle is None else bundle.path(name)


SHELF = Shelf()


def key(screen: Screen, studies: Studies = STUDIES) -> Hashable:
    """The name of the study: the same for the same runs as long as their files are there, and then another."""
    number = 0
    while seen := studies.known(("files", *of(screen), number)):
        if seen.result is None or seen.result.there:
            break
        number += 1
    return ("files", *of(screen), number)


def of(screen: Screen) -> tuple[str, str, str]:
    """What the files hold: the runs, and whose title and notes."""
    return screen.question, screen.heading, screen.notes


def work(screen: Screen, pasts: Pasts, shelf: Shelf = SHELF, replicates: int | None = None) -> Work:
    """What the study does; `pasts`: burn-ins that are known already.  replicates: of each parameter set, if there are
    any; by default as many as the command has."""
    scenarios, command, stem = screen.scenarios, screen.command, stem_of(screen)
    beside = {"scenario.toml": screen.file, "about.txt": "".join(f"{name}: {text}\n" for name, text in about(screen))}
    beside |= {name: one.text for name, one in screen.own.items() if name == screen.place}
    number = replicates or (REPLICATES if screen.point else EACH)

    def make(tell: Tell, cancel: threading.Event) -> Bundle:
        furthest = 0

        def progress(done: int, of: int) -> None:  # `of` may grow: how many controls there are is found out on the way
            nonlocal furthest
            furthest = max(furthest, RUNNING * done // of)
            tell(furthest, 100)

        sets = None if screen.point else screen.sets
        found = ensemble_with_controls(
            scenarios, number, cancel=cancel, pasts=pasts, sets=sets,
            on_progress=progress,
        )  # fmt: skip
        results = found.results
        if cancel.is_set():
            raise UnfreezeError(say("It was cancelled"))
        if (results.runs["status"] != "done").all():
            raise UnfreezeError(say("Every run failed; the first one said: {error}", error=results.runs["error"][0]))
        place = private_folder(Path(tempfile.gettempdir()), KEEP)
        try:
            sample = None if sets is None else shipped_sample(screen.where)
            compared = Comparison(results, found.scenarios, command, sets or (), sample, equal_cost=found.equal_cost,
                                  own_words=(screen.heading, screen.notes))  # fmt: skip
            _write(compared, beside, place, stem, tell)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return shelf.put(Bundle(place, _listed(place, stem)))

    return make


def stem_of(screen: Screen) -> str:
    """The beginning of every name: which scenario it is, in plain letters; a mark of its own where numbers changed."""
    names = [f"{one.name}{'-changed' if one.levers else ''}" for one in screen.choices]
    parts = ["unfreeze", *names, screen.place.removesuffix(".toml")]
    parts += [screen.worldview] if screen.worldview != WORLDVIEW else []
    parts += [f"{screen.people}people"] if screen.people is not None else []
    parts += [f"{screen.months}months"] if screen.months != MONTHS else []
    parts += [f"seed{screen.seed}"] + (["chance-only"] if screen.point else [])
    if screen.settings:
        parts.append("assumptions-changed")
    if screen.settings or any(one.levers for one in screen.choices):
        parts.append(hashlib.blake2b(screen.question.encode(), digest_size=3).hexdigest())
    return "-".join(parts)


def _write(compared: Comparison, beside: dict[str, str], place: Path, stem: str, tell: Tell) -> None:
    with _DRAWING:
        for name in report.write(compared, place):
            (place / name).rename(place / f"{stem}-{name.replace('report', 'briefing')}")
    tell(95, 100)
    _tables(compared, beside, place, stem)
    tell(100, 100)


def _tables(compared: Comparison, beside: dict[str, str], place: Path, stem: str) -> None:
    """Two archives of the same tables, with what every measure means and, `beside` them by name, other texts.

    Tables are in EUR and at the simulated size, as the command writes them.
    """
    found = compared.results
    about = pl.DataFrame([(name, *told) for name, told in measures().items()],
                         schema=["measure", "meaning", "unit"], orient="row")  # fmt: skip
    with tempfile.TemporaryDirectory() as part, zipfile.ZipFile(place / f"{stem}-data-parquet.zip", "w") as archive:
        for name in write_tables(found, Path(part)):
            archive.write(Path(part) / name, f"{stem}/{name}")
        for name, text in beside.items():
            archive.writestr(f"{stem}/{name}", text)
    tables = {"months": found.months, "events": found.events, "runs": found.runs, "measures": about,
              "differences": pl.concat([compared.headline, compared.between, compared.held_beside])}  # fmt: skip
    with zipfile.ZipFile(place / f"{stem}-data-csv.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, table in tables.items():
            with archive.open(f"{stem}/{name}.csv", "w", force_zip64=True) as stream:
                table.write_csv(stream)
        for name, text in beside.items():
            archive.writestr(f"{stem}/{name}", text)


def _listed(place: Path, stem: str) -> tuple[File, ...]:
    found = []
    for ending, says in SAYS.items():
        path = place / f"{stem}-{ending}"
        if path.is_file():
            kind = "CSV, zip" if "csv" in ending else "Parquet, zip" if "parquet" in ending else path.suffix[1:].upper()
            found.append(File(path.name, say(says), kind, path.stat().st_size))
    return tuple(found)


GONE = N_(
    "There is no such file any more: files are kept for half an hour. Go back to the dashboard and make them again."
)


async def answer(path: str, send: Send, headers: Headers, shelf: Shelf = SHELF) -> None:
    """Send the file, to be saved and not shown; or say that it is gone.  `headers`: what every answer has."""
    found = shelf.find(path)
    try:
        stream = None if found is None else found.open("rb")
    except OSError:
        stream = None  # it went this moment
    if stream is None or found is None:
        headers = ((b"content-type", b"text/plain; charset=utf-8"), *headers)
        await send({"type": "http.response.start", "status": 404, "headers": list(headers)})
        await send({"type": "http.response.body", "body": say(GONE).encode()})
        return
    with stream:
        about = ((b"content-type", KINDS[found.suffix[1:]].encode()),
                 (b"content-length", str(found.stat().st_size).encode()),
                 (b"content-disposition", f'attachment; filename="{found.name}"'.encode()),
                 (b"cache-control", b"no-store"), *headers)  # fmt: skip
        await send({"type": "http.response.start", "status": 200, "headers": list(about)})
        while piece := await asyncio.to_thread(stream.read, PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
