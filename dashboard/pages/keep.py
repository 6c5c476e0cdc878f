"""Keep and share: the foot of every page, with the link, the command, the scenario file, and files to take home."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import solara

from dashboard.about import about
from dashboard.downloads import LIFE, Bundle, File, key, of, stem_of, work
from dashboard.pages.beside import PLACE as OTHER_PLACE
from dashboard.parts import Foot
from dashboard.parts.yours import Yours
from dashboard.screen import EACH, REPLICATES, SETS, Screen, opened
from dashboard.session import Session
from dashboard.studies import Seen, use_study
from evidence.data_file import LONGEST_TITLE
from scenarios.language import say, spoken
from scenarios.request import LARGEST_FILE, LONGEST_NOTES, from_toml, own_words


@solara.component
def YourWords(session: Session) -> None:
    """Title, notes, and scenarios under names of one's own."""
    screen = session.screen.value

    def words(event: Any) -> None:
        found = event if isinstance(event, dict) else {}

        def told(s: Screen) -> Screen:
            return s.with_(heading=own_words("title", found.get("title")), notes=own_words("notes", found.get("notes")))

        session.change(told, "words")

    needed = [one.text for name, one in screen.own.items() if name in (screen.place, screen.remembered(OTHER_PLACE))]
    Yours(
        title=screen.heading, notes=screen.notes, most_title=LONGEST_TITLE, most_notes=LONGEST_NOTES,
        query=screen.query, own=needed, suggested=screen.heading or screen.where.title,
        trouble=session.complaints.value.get("words", ""), event_words=words, event_open=session.open,
    )  # fmt: skip


@dataclass(frozen=True)
class Files:
    """Files of the scenario on the screen: how far they are, the bundle once it is there, and how to have them made."""

    seen: Seen
    wanted: bool
    bundle: Bundle | None
    make: Callable[[Any], None]


def use_files(session: Session) -> Files:
    """A hook: files are made when somebody asks, of the scenario that was on the screen then."""
    screen = session.screen.value
    asked: solara.Reactive[tuple[Hashable, Screen] | None] = solara.use_reactive(None)
    name, what = asked.value or (None, screen)
    wanted = asked.value is not None and of(what) == of(screen)
    seen = use_study(name, work(what, session.desk.finished.pasts) if wanted else _nothing, wanted=wanted)

    def make(_: Any) -> None:
        seen.start()
        asked.set((key(session.screen.value), session.screen.value))

    return Files(seen, wanted, seen.result if wanted and isinstance(seen.result, Bundle) else None, make)


@solara.component
def KeepAndShare(session: Session) -> None:
    """The foot."""
    screen = session.screen.value
    refused = solara.use_reactive(False)
    files = use_files(session)
    seen, wanted, bundle = files.seen, files.wanted, files.bundle

    def load(found: Any) -> None:
        read, trouble = opened(from_toml, _content(found), session.own)
        refused.set(bool(trouble))
        session.load(read, trouble)

    Foot(
        command=screen.command, about=[list(row) for row in about(screen)], file=screen.file, study=screen.study,
        stem=stem_of(screen), page=screen.page, replicates=REPLICATES if screen.point else SETS * EACH,
        largest=LARGEST_FILE, trouble=session.trouble.value if refused.value else "",
        state=seen.state if wanted else "unasked", done=seen.done, of=seen.of, error=seen.error if wanted else "",
        files=[] if bundle is None else [_row(bundle, file) for file in bundle.files], life=LIFE,
        event_load=load, event_make=files.make, event_stop=lambda _: seen.stop(),
    )  # fmt: skip


def _content(found: Any) -> bytes:
    """What the browser read; more than is allowed where it only says how large the file is."""
    text = found.get("text") if isinstance(found, dict) else None
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else b" " * (LARGEST_FILE + 1)


def _row(bundle: Bundle, file: File) -> dict[str, str]:
    return {"href": bundle.link(file), "name": file.name, "says": file.says, "kind": file.ending,
            "size": size(file.size)}  # fmt: skip


def size(found: int) -> str:
    """340 kB, 3.1 MB."""
    if found >= 1e6:
        return say("{size} MB", size=spoken().number(found / 1e6, 1))
    return say("{size} kB", size=max(1, round(found / 1e3)))


def _nothing(*_: Any) -> None:
    """Work that nobody wants."""
