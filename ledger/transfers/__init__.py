"""Transfers between units: by which reference both books name them, and whether they agree."""
