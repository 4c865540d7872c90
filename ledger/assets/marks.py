"""The words by which drafts and postings say what they are of an asset."""

from __future__ import annotations

from typing import Final

#: The asset, by its code: on what depreciates it, and beside its lot.
ASSET: Final = "asset"
#: The request by which it leaves.
REQUEST: Final = "request"
#: What the sources of drafts begin with that the acts of this package propose; and the acts.
SOURCE: Final = "asset:"
IN, OUT, DEPRECIATION = "in", "out", "depreciation"


def head(act: str, what: str) -> str:
    """What the sources of an act's drafts begin with: ``asset:out:ZB2026-0001-4``, then a number.

    See :mod:`ledger.numbered`.
    """
    return f"{SOURCE}{act}:{what}"


def entering(code: str) -> str:
    """The source of the one draft by which an asset comes: ``asset:in:FA-00012:1``."""
    return f"{head(IN, code)}:1"


def is_of(source: str, act: str) -> str:
    """What a draft of this act is of: an asset, a request or a month; empty for any other."""
    parts = source.split(":")
    return parts[2] if len(parts) == 4 and parts[:2] == ["asset", act] else ""
