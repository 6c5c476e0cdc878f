"""Parts for what is somebody's own and lies in their browser: a city, named scenarios, a title and notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara


@solara.component_vue("kept.vue", vuetify=False)
def Kept(
    own: list[str],
    event_recall: Callable[[Any], None] | None = None,
) -> None:
    """Keeps the texts of one's own places for a refresh of this tab, and gives them back once; draws nothing."""


@solara.component_vue("yours.vue", vuetify=False)
def Yours(
    title: str,
    notes: str,
    most_title: int,
    most_notes: int,
    query: str,
    own: list[str],
    suggested: str,
    trouble: str = "",
    event_words: Callable[[dict[str, str]], None] | None = None,
    event_open: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """Title and notes that travel with the scenario, and scenarios kept in this browser by name: all of them there,
    none on the server.  `query` and `own` (texts of one's own places that it needs): what a name is given to."""


@solara.component_vue("notes.vue", vuetify=False)
def Notes(
    title: str,
    notes: str,
) -> None:
    """Title and notes over the presenter's picture: the key N shows and hides them."""


@solara.component_vue("own_city.vue", vuetify=False)
def CityForm(
    form: str,
    places: list[dict[str, str]],
    given: dict[str, Any],
    trouble: dict[str, str],
    odd: dict[str, str],
    saved: dict[str, str],
    largest: int,
    said: str = "",
    event_use: Callable[[dict[str, Any]], None] | None = None,
    event_file: Callable[[dict[str, Any]], None] | None = None,
    event_like: Callable[[str], None] | None = None,
) -> None:
    """The form of dashboard/own_city.py.  `given`: {number, draft, base}, put into the form when the number changes;
    `saved`: {name, text} of the place file, once there is one; trouble and odd: sentences by field."""
