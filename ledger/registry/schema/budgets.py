"""Budgets in versions, and their ceilings."""
