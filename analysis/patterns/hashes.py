"""What must be the same for stored runs of the experiments to count: rules, figures, and how patterns are computed."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis.patterns.experiment import Experiment
from evidence.quantities import at_work, values
from scenarios.names import shipped
from scenarios.places import bind, find_place


def experiments_hash(experiments: Sequence[Experiment]) -> str:
    """A hash of the text of the modules that compute the patterns, and of those of this folder that they share."""
    modules = {getattr(sys.modules.get(one.run.__module__), "__file__", None) for one in experiments}
    files = {str(Path(__file__).with_name("lives.py")), *filter(None, modules)}
    texts = [Path(file).read_bytes().replace(b"\r\n", b"\n") for file in sorted(files)]
    return hashlib.blake2b(b"\0".join(texts), digest_size=12).hexdigest()


def figures_hash(places: Sequence[str] | None = None) -> str:
    """A hash of every value that does something in these places (all that ship), before any is fitted."""
    digest = hashlib.blake2b(digest_size=12)
    for name in places or shipped("place"):
        digest.update(name.encode() + repr(at_work(values(*bind(find_place(name))))).encode())
    return digest.hexdigest()
