"""All experiments: between them they compute every part of every pattern of evidence/patterns.toml, each once."""

from __future__ import annotations

from analysis.patterns import care, flows, funder_led, jobs, programmes, shelters, trials
from analysis.patterns.experiment import Experiment

EXPERIMENTS: tuple[Experiment, ...] = (
    *trials.EXPERIMENTS,
    *shelters.EXPERIMENTS,
    *flows.EXPERIMENTS,
    *programmes.EXPERIMENTS,
    *funder_led.EXPERIMENTS,
    *care.EXPERIMENTS,
    *jobs.EXPERIMENTS,
)
