"""Verifying books, packs and receipts."""
