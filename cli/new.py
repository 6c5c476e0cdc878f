"""`unfreeze new KIND FILE`: a file of one's own to begin with, the same as one that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

# and what it is like by default
KINDS = {"strategy": "user_centred", "worldview": "sceptic", "place": "dublin", "domain": "education"}


@click.command("new")
@click.argument("kind", metavar="[" + "|".join(KINDS) + "]")
@click.argument("file", metavar="FILE.toml")
@click.option("--like", metavar="NAME", help="What to begin with: one that ships, or a file.")
def new_command(kind: str, file: str, like: str | None) -> None:
    """Write a strategy, worldview, place or domain (field of service) of your own, to be changed.

    It is the text of one that ships, with its notes and sources, under another title: change it, and name the file
    wherever a name is asked for.  A number that you change is yours: change its source, too.

    \b
    EXAMPLES
      unfreeze new strategy mine.toml
      unfreeze new strategy mine.toml --like catalytic_philanthropy
      unfreeze new place mycity.toml --like helsinki
      unfreeze new domain mine.toml
    """
    import json
    import re
    from pathlib import Path

    from cli.screen import says
    from engine.errors import UnknownName
    from evidence.data_file import text_of
    from scenarios.names import find

    kind = kind.strip().lower()
    if kind not in KINDS:
        raise UnknownName("kind of file to begin with", kind, list(KINDS), where="unfreeze new")
    path = Path(file)
    _check(kind, path)
    text = text_of(find(kind, like or KINDS[kind]))
    title = f"title = {json.dumps(path.stem.replace('_', ' ').capitalize(), ensure_ascii=False)}"
    text = re.sub(r"^title *=.*$", lambda _: title, text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^native *=.*\n", "", text, flags=re.MULTILINE)  # our general texts are not in words of one's own
    try:
        with path.open("x", encoding="utf-8", newline="\n") as own:
            own.write(text)
    except FileExistsError:  # by somebody else, just now
        _check(kind, path)
    option = {"strategy": f"compare {file}", "worldview": f"compare --worldview {file}",
              "place": f"compare --place {file}", "domain": f"show {file}"}[kind]  # fmt: skip
    says(f"Written: {file}, the same as {like or KINDS[kind]}.  Change it, then: unfreeze {option}")


def _check(kind: str, path: Path) -> None:
    """BadInput if there cannot be such a file, or another thing has the name."""
    from engine.errors import BadInput
    from scenarios.names import plain_name, shipped

    if path.suffix.lower() != ".toml":
        raise BadInput(f"'{path}' is not the name of such a file", allowed="a name that ends in .toml")
    if plain_name(path.stem) in shipped(kind):
        raise BadInput(f"There is another {kind} called '{path.stem}'", do="Give the file another name")
    if path.exists():
        raise BadInput(f"{path} is there already, and nothing is written over", do="Choose another name")
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent}", do="Make it, or choose another")
