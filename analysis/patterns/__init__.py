"""Patterns: what is known of the world, computed in the model at the original study's own size."""
