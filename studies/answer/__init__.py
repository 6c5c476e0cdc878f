"""The answer: who should lead, in how much of the plausible world.  The plan (plan.toml, docs/plan.md) comes first."""
