"""The log on disk: a whole file an event, in a folder that is the room.  Nothing personal is in it.

    FOLDER/setup.json        what was set up, the code to join by, and the key of the host
    FOLDER/events/0000001.json ...

A server that is killed leaves every event that somebody was told of; the next one takes them all again.
"""

from __future__ import annotations

import json
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from engine.errors import BadInput
from engine.whole_file import sweep, whole_file
from workshop.room import Event, Refused, Room
from workshop.setup import Setup

SETUP, EVENTS = "setup.json", "events"
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that looks like another


def word(length: int) -> str:
    """Letters that nobody can guess or mistake."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


class Logbook:
    """A room, and its folder."""

    def __init__(self, folder: Path, setup: Setup | None = None) -> None:
        """Open a room again, or begin one with this setup; BadInput if the folder holds something else."""
        self.folder = folder
        sweep(folder)
        sweep(folder / EVENTS)
        if (folder / SETUP).is_file():
            self.about: dict[str, Any] = _read(folder / SETUP)
            if setup is not None and Setup.of(self.about["setup"]) != setup:
                raise BadInput(
                    f"'{folder}' holds another workshop",
                    do=f"Go on with it (--folder {folder} and nothing else), delete it "
                    f"(unfreeze workshop delete {folder}), or name another folder",
                )
        else:
            if folder.is_dir() and any(folder.iterdir()):
                raise BadInput(
                    f"The folder '{folder}' holds something else and was left alone",
                    do="Choose a folder that is new or empty",
                )
            about: dict[str, Any] = {
                "setup": (setup or Setup()).plain,
                "code": word(4),
                "key": word(20),
                "began": time.time(),
            }
            (folder / EVENTS).mkdir(parents=True, exist_ok=True)
            _write(folder / SETUP, about)
            (folder / SETUP).chmod(0o600)
            self.about = about
        self.setup = Setup.of(self.about["setup"])
        self.events = [_read(path) for path in sorted((folder / EVENTS).glob("*.json"))]
        try:
            self.room = Room.replayed(self.setup, self.events)
        except (Refused, KeyError, TypeError) as error:
            raise BadInput(
                f"'{folder}' cannot be gone on with: {error}", do="Begin a new one in another folder"
            ) from error

    @property
    def code(self) -> str:
        """What is typed to join."""
        return str(self.about["code"])

    @property
    def key(self) -> str:
        """What makes somebody the host."""
        return str(self.about["key"])

    def now(self) -> float:
        """Seconds since the room began."""
        return time.time() - float(self.about["began"])

    def take(self, kind: str, **data: Any) -> Event:
        """Carry an event out and keep it; Refused if it cannot be."""
        event = {"kind": kind, **data, "at": round(self.now(), 3)}
        self.room.take(event)
        _write(self.folder / EVENTS / f"{len(self.events) + 1:07d}.json", event)
        self.events.append(event)
        return event


def delete(folder: Path) -> int:
    """Delete a room, all of it; returns how many events it had.  BadInput if the folder is no room."""
    if not (folder / SETUP).is_file() or "setup" not in _read(folder / SETUP):
        raise BadInput(f"'{folder}' is no workshop", do="Name the folder that the workshop said it writes to")
    count = len([*(folder / EVENTS).glob("*.json")])
    shutil.rmtree(folder)
    return count


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"'{path}' cannot be read: {error}", do="Delete the workshop and begin anew") from error
    if not isinstance(found, dict):
        raise BadInput(f"'{path}' is no file of a workshop")
    return found


def _write(path: Path, data: dict[str, Any]) -> None:
    with whole_file(path) as file:
        json.dump(data, file)
