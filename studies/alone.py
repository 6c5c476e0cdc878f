"""A process that lives some runs of a part and may die of one: `python -m studies.alone STUDY PLAN PART RUN ...`.

What comes of each run goes to standard output at once, pickled, with its length before it; what a run itself prints
goes to standard error.  It ends with whoever started it.
"""

import os
import pickle
import sys

from engine.parent import end_with_parent
from studies.parts import in_this_process, lab


def main() -> None:
    """Live the runs that the arguments name."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    end_with_parent()
    address, name, part, *runs = sys.argv[1:]
    for which, seed, outcome in in_this_process(lab(address, name), int(part), only=[int(run) for run in runs]):
        content = pickle.dumps((which.run, seed, outcome))
        out.write(len(content).to_bytes(8) + content)
        out.flush()


if __name__ == "__main__":
    main()
