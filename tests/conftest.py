"""A busy machine is no failed property: how fast a rule is, benchmarks/ measure."""

import hypothesis

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")
