"""Gifts: who gives, for what, what became of each, to the fen and to the piece."""
