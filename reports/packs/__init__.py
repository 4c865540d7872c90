"""Packs: what a unit publishes of a period, as files that anyone can verify and rebuild."""
