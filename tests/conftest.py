"""A busy machine is no failed property: how fast a rule is, benchmarks/ measure."""

import os

import hypothesis

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")
os.environ.pop("COLUMNS", None)  # a process of several that share the tests is told a width that no reader has
