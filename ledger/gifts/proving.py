"""The text of a receipt's square code, and whether it proves what it says.

It holds all that is needed beside the root that the unit keeps, so that nobody needs to log in:

    MB1|<unit>|<receipt>|<gift>|<voucher>|<day>|<kind>|<amount>|<valid>|<opening>|<index>|<size>|
    <path>|<root>

Hashes are unpadded base64url, those of the path joined by full stops; the voucher's number is
percent-encoded. A text is read only if writing what was read gives the same text.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from ledger.errors import Words
from ledger.gifts import receipting
from ledger.gifts.sealing import Sealed, canonical_text, leaf_of
from ledger.merkle import verify
from ledger.registry import entries, gift_receipts

if TYPE_CHECKING:
    from ledger.registry import Registry

VERSION: Final = "MB1"
LONGEST: Final = 4000
#: What is sealed says its own version in its first field.
_SEALED_AS: Final = "mingbai-receipt-1"
_FIELDS: Final = 14
_VOUCHER: Final = 3  # its place among the fields of what is sealed, less the first

LIMITS: Final = Words(
    "证明只表明本收据在该月封存的收据之中，不表明其他捐赠均已入账。",
    "It proves that this receipt is among those sealed, not that other gifts were recorded.",
)
_UNREADABLE: Final = Words(
    "不是完整的收据二维码文本，或有改动", "it is no whole text of a receipt, or was altered"
)
_ELSEWHERE: Final = Words(
    "内容、凭据或路径与封存的根不符", "its content, opening or path does not lead to the root"
)
_OTHERWISE: Final = Words(
    "登记簿中的这份收据与封存时不同，请用 mingbai check 查明",
    "the registry says otherwise by now: find out why with mingbai check",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text is proven, why not, and what to know of it besides."""

    proven: bool
    reason: Words
    notes: tuple[Words, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "proven": self.proven,
            "reason": {"zh": self.reason.zh, "en": self.reason.en},
            "notes": [{"zh": one.zh, "en": one.en} for one in (*self.notes, LIMITS)],
            **dict(self.fields),
        }


def code_text(sealed: Sealed) -> str:
    """What the square code of a receipt holds."""
    fields = sealed.text.split("|")[1:]
    fields[_VOUCHER] = quote(fields[_VOUCHER], safe="")
    path = ".".join(map(_written, sealed.path))
    return "|".join(
        (VERSION, *fields, _written(bytes.fromhex(sealed.opening)), str(sealed.index),
         str(sealed.size), path, _written(sealed.root))
    )  # fmt: skip


def read_text(text: str) -> Sealed:
    """What a square code says; ValueError unless it is written exactly as we write it."""
    parts = text.split("|")
    if len(text) > LONGEST or len(parts) != _FIELDS or parts[0] != VERSION:
        raise ValueError("no receipt's text")
    fields, (opening, index, size, path, root) = parts[1:9], parts[9:]
    fields[_VOUCHER] = unquote(fields[_VOUCHER], errors="strict")
    if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in (index, size)):
        raise ValueError("no place in a tree")
    found = Sealed(
        "|".join((_SEALED_AS, *fields)), _read(opening).hex(), int(index), int(size),
        tuple(_read(one) for one in path.split(".")) if path else (), _read(root),
    )  # fmt: skip
    if code_text(found) != text:
        raise ValueError("written otherwise than we write it")
    return found


def judge(registry: Registry, text: str) -> Verdict:
    """Whether a text is proven by a root that its unit keeps. It tells nothing that is not in it.

    Beside that it says what became of the receipt since: void, reversed, or sealed anew.
    """
    try:
        sealed = read_text(text)
    except ValueError:
        return Verdict(False, _UNREADABLE)
    fields = sealed.text.split("|")
    unit, code = fields[1], fields[2]
    named = ("unit", "receipt", "gift", "voucher", "day", "kind", "amount", "state")
    told = tuple(zip(named, fields[1:], strict=True))
    with registry.read() as conn:
        roots = gift_receipts.roots(conn, unit)
    kept = [row for row in roots if (row.root, row.size) == (sealed.root.hex(), sealed.size)]
    if not kept:
        return Verdict(
            False, Words("此单位没有封存过这个根", "its unit never kept that root"), fields=told
        )
    leaf = leaf_of(sealed.opening, sealed.text)
    if not verify(leaf, sealed.index, sealed.size, sealed.path, sealed.root):
        return Verdict(False, _ELSEWHERE, fields=told)
    month = kept[-1].month
    last = [row for row in roots if row.month == month][-1]
    proven = Words(
        f"收据 {code} 在 {month} 月结账时封存的 {sealed.size} 份收据之中",
        f"receipt {code} is among the {sealed.size} sealed when {month} was closed",
    )
    return Verdict(True, proven, tuple(_since(registry, sealed.text, last is kept[-1])), told)


def _since(registry: Registry, text: str, is_last: bool) -> list[Words]:
    """What became of a proven receipt since it was sealed."""
    unit, code = text.split("|")[1:3]
    numbers = receipting.numbers_of(code)
    notes = []
    with registry.read() as conn:
        row = gift_receipts.find(conn, unit, *numbers) if numbers else None
        gone = entries.reversals_of(conn, unit, [row.voucher]) if row is not None else {}
    if not is_last:
        notes.append(Words("该月其后重开并再次结账", "the month was opened and closed again since"))
    if row is None or text not in {canonical_text(row, void=void) for void in (False, True)}:
        notes.append(_OTHERWISE)
    elif row.state == gift_receipts.VOID:
        notes.append(Words("此收据已作废", "the receipt is void"))
    elif gone:
        notes.append(Words("其凭证已冲销", "its voucher was reversed"))
    return notes


def _written(hashed: bytes) -> str:
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def _read(text: str) -> bytes:
    found = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    if len(found) != 32:
        raise ValueError("no hash")
    return found
