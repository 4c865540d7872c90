"""Seals of closed months: an append-only log of a unit's entries, and its signed tree heads."""
