"""Fixtures of the ledger's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ledger.books import plain_book


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a plain book of forty vouchers."""
    return plain_book(tmp_path)
