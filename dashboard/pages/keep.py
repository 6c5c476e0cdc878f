"""Keep and share: the foot of every page, with the link, the command, the scenario file, and files to take home."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import solara

from dashboard.about import about
from dashboard.downloads import LIFE, Bundle, File, key, stem_of, work
from dashboard.parts import Foot
from dashboard.screen import EACH, REPLICATES, SETS, Screen, opened
from dashboard.session import Session
from dashboard.studies import use_study
from scenarios.request import LARGEST_FILE, from_toml


@solara.component
def KeepAndShare(session: Session) -> None:
    """The foot.  Files are made when somebody asks, of the scenario that was on the screen then."""
    screen = session.screen.value
    asked: solara.Reactive[tuple[Hashable, Screen] | None] = solara.use_reactive(None)
    refused = solara.use_reactive(False)
    name, what = asked.value or (None, screen)
    wanted = asked.value is not None and what.question == screen.question
    seen = use_study(name, work(what, session.desk.finished.pasts) if wanted else _nothing, wanted=wanted)
    bundle = seen.result if wanted and isinstance(seen.result, Bundle) else None

    def load(found: Any) -> None:
        read, trouble = opened(from_toml, _content(found))
        refused.set(bool(trouble))
        session.load(read, trouble)

    def make(_: Any) -> None:
        seen.start()
        asked.set((key(session.screen.value), session.screen.value))

    Foot(
        command=screen.command, about=[list(row) for row in about(screen)], file=screen.file,
        stem=stem_of(screen), page=screen.page, replicates=REPLICATES if screen.point else SETS * EACH,
        largest=LARGEST_FILE, trouble=session.trouble.value if refused.value else "",
        state=seen.state if wanted else "unasked", done=seen.done, of=seen.of, error=seen.error if wanted else "",
        files=[] if bundle is None else [_row(bundle, file) for file in bundle.files], life=LIFE,
        event_load=load, event_make=make, event_stop=lambda _: seen.stop(),
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
    return f"{found / 1e6:.1f} MB" if found >= 1e6 else f"{max(1, round(found / 1e3))} kB"


def _nothing(*_: Any) -> None:
    """Work that nobody wants."""
