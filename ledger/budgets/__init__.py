"""Budgets: set by one, approved by another, revised in versions, compared with what was posted."""
