"""Measurements: each prints what it measured, beside its peer in the same run."""
