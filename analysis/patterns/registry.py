"""All experiments: between them they compute every part of every pattern of evidence/patterns.toml, each once."""

from __future__ import annotations

from analysis.patterns import care, flows, funder_led, jobs, programmes, shelters, trials
from analysis.patterns.experiment import Experiment

# Values of other fields than homelessness were chosen by hand: no fit sees their patterns.
BY_HAND: tuple[Experiment, ...] = (*care.EXPERIMENTS, *jobs.EXPERIMENTS)
EXPERIMENTS: tuple[Experiment, ...] = (
    *trials.EXPERIMENTS,
    *shelters.EXPERIMENTS,
    *flows.EXPERIMENTS,
    *programmes.EXPERIMENTS,
    *funder_led.EXPERIMENTS,
    *BY_HAND,
)
