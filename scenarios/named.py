"""Arguments by name, listed once.

    class Asked(TypedDict, total=False):
        place: str
        months: int

    @named({"place": "dublin", "months": 120})
    def run(strategy: str, **asked: Unpack[Asked]) -> Results: ...

Type checkers and editors read the list where it stands.  `named` shows help() and notebooks the same:
run(strategy: str, *, place: str = 'dublin', months: int = 120).  A name that the function does not take is refused in
our words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_args, get_type_hints

from engine.errors import UnknownName

BY_NAME = (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
NOTHING: Mapping[str, object] = {}


def named[**P, R](usual: Mapping[str, object] = NOTHING) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The same function, which shows and checks the names that it takes.  usual: what those of its **list are if nobody
    gives them; others of the list are shown as None."""

    def shows(function: Callable[P, R]) -> Callable[P, R]:
        shown = _signature(function, usual)
        known = [name for name, one in shown.parameters.items() if one.kind in BY_NAME and name not in ("self", "cls")]
        called = getattr(function, "__qualname__", "this")

        @wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            for name in kwargs:
                if name not in known:
                    raise UnknownName(f"argument of {called}()", name, known)
            return function(*args, **kwargs)

        vars(checked)["__signature__"] = shown
        return checked

    return shows


def _signature(function: Callable[..., Any], usual: Mapping[str, object]) -> Signature:
    """The function's own, with the names of its list in place of the list."""
    found = signature(function)
    lists = [name for name, one in found.parameters.items() if one.kind == Parameter.VAR_KEYWORD]
    if not lists:
        return found
    own_class = getattr(function, "__qualname__", "").partition(".")[0]  # which is not made yet
    found = signature(function, eval_str=True, locals={own_class: own_class})
    (kinds,) = get_args(found.parameters[lists[0]].annotation)  # of Unpack
    listed = [Parameter(name, Parameter.KEYWORD_ONLY, default=usual.get(name), annotation=kind)
              for name, kind in get_type_hints(kinds).items()]  # fmt: skip
    own = [one for name, one in found.parameters.items() if name not in lists]
    before = sum(one.kind != Parameter.KEYWORD_ONLY for one in own)
    return found.replace(parameters=[*own[:before], *listed, *own[before:]])
