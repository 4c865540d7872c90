"""Stocktakes: what is expected, what is seen, and what becomes of the differences."""
