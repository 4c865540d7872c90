"""Decisions on major items: what a body decided, what vouchers used of it."""
