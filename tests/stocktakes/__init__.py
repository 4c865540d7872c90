"""Counting what a unit owns: opening, seeing, closing, settling."""
