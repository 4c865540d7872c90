"""Pages of one's own in a publication: what they are called, and under which address they are read.

Nobody can guess a name or tell whose it is: that of a gift is made of what only its receipt says,
that of a member's dues of the registry's secret. Both are 26 letters of lower-case base32 (130 of
256 bits), the same in every publication, and followed by ``.html`` below ``my/``.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ledger.registry import Vault

_LENGTH: Final = 26
_KIND: Final = "dues-page-1"
_GIFT: Final = b"mingbai-page-1"


def gift_token(opening: bytes) -> str:
    """The name of a gift's page, from the 32 bytes with which its commitment opens.

    >>> gift_token(bytes(32))
    '2rzbtuv5bemm6uhjypf5ulkmrt'
    """
    return _name(hashlib.sha256(_GIFT + opening).digest())


def dues_token(vault: Vault, member: str) -> str:
    """The name of a member's page of dues, from their id ``m-…``; another master key, another name.

    Ids do not change with number or name, and are told to nobody outside the unit.
    """
    return _name(bytes.fromhex(vault.digest(_KIND, member)))


def path_of(token: str) -> str:
    """Where the page lies in a publication."""
    return f"my/{token}.html"


def address_of(base: str, token: str) -> str:
    """The whole address of a page below the one at which a publication is served; empty without it.

    >>> address_of("https://mingbai.example/open/", "2rzbtuv5bemm6uhjypf5ulkmrt")
    'https://mingbai.example/open/my/2rzbtuv5bemm6uhjypf5ulkmrt.html'
    """
    return f"{base.rstrip('/')}/{path_of(token)}" if base else ""


def _name(digest: bytes) -> str:
    return base64.b32encode(digest).decode().lower()[:_LENGTH]
