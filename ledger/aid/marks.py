"""The words by which a book names aid: the batch that is paid, and its kind; never a person."""

from __future__ import annotations

from typing import Final

#: The posting metadata that holds a batch's code, and the kind of what it pays.
AID: Final = "aid"
KIND: Final = "kind"
_SOURCE: Final = "aid:"


def source_of(batch: str) -> str:
    """What a draft that pays a batch says it came from."""
    return f"{_SOURCE}{batch}"


def batch_of(source: str) -> str:
    """The batch that a draft of this source pays; empty where it pays none."""
    return source.removeprefix(_SOURCE) if source.startswith(_SOURCE) else ""


def sealed_under(unit: str, code: str) -> str:
    """The context under which a payment's recipient is sealed."""
    return f"aid {unit} {code}"
