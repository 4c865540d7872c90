"""Audit procedures: pure functions from a population and parameters to hits."""
