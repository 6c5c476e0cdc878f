"""The claims of a hostile review of the model at fc3bbce, one module a claim, so that they move with the code.

    python -m tools.critique                       # which there are
    python -m tools.critique switch_offs --help    # one claim: what it tests, what it prints, how long it takes
    python -m tools.critique switch_offs --case faking --out switch_offs.csv

A module has a docstring, whose first line is the claim under the section of the review that makes it; REPLICATES, how
often its runs are repeated at full size; and `table(effort)`, which runs everything and returns what is printed.  What
came out, beside what the review says, stands in docs/critique.md.
"""
