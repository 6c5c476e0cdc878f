"""All experiments: between them they compute every part of every pattern of evidence/patterns.toml, each once."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from analysis.patterns.experiment import Experiment

MODULES = ("trials", "flows", "programmes", "funder_led")
EXPERIMENTS: tuple[Experiment, ...] = tuple(
    experiment
    for name in MODULES
    if find_spec(f"analysis.patterns.{name}")
    for experiment in import_module(f"analysis.patterns.{name}").EXPERIMENTS
)
