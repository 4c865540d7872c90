"""Published packs signed: by the key of the seal that they end with, beside their list of digests.

A pack may be signed when it is published or at any later time, with a key at hand or by a request
that is signed elsewhere. The signature is no part of the pack, whose digest stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.errors import Finding, Refused, finding
from ledger.registry import oplog, seals
from ledger.sealing import lists
from ledger.sealing.lists import SIGNATURE, SignedList
from ledger.sealing.seals import parse_seal
from reports.packs.keeping import place
from reports.packs.writing import SUMS, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.registry import Registry, User
    from ledger.registry.packs import PackRow
    from ledger.sealing.signing import SigningKey


#: How a published pack stands: signed; to be signed by the key of its seal; sealed without one.
SIGNED, TO_SIGN, KEYLESS = "signed", "to-sign", "keyless"


def sign(
    registry: Registry, rows: Sequence[PackRow], key: SigningKey, user: User, now: datetime
) -> list[PackRow]:
    """Sign what of published packs this key sealed and nobody signed yet: those that it signed.

    Who records for a unit may; packs of other units and of other keys are left as they are.
    """
    signed = []
    for row in rows:
        if not user.may("record", row.unit) or is_signed(registry.folder, row):
            continue
        if key_of(registry, row) == key.public:
            sums = (place(registry.folder, row) / SUMS).read_bytes()
            _keep(registry, row, lists.sign(sums, key), user, now)
            signed.append(row)
    return signed


def request_of(registry: Registry, row: PackRow) -> bytes:
    """What has to be signed elsewhere; Refused for a pack that ends with an unsigned seal."""
    return _asked(registry, row).request


def answer(registry: Registry, row: PackRow, signature: bytes, user: User, now: datetime) -> None:
    """Keep a signature that was made elsewhere; Refused if it is not the key's, of this pack."""
    workflow.demand(user, "record", row.unit)
    signed = _asked(registry, row)._replace(signature=signature)
    if not signed.holds:
        raise Refused(_bad_signature(row))
    _keep(registry, row, signed, user, now)


def standing(registry: Registry, rows: Sequence[PackRow]) -> dict[str, str]:
    """Of packs of one unit, by digest: SIGNED, TO_SIGN, or KEYLESS where the seal is unsigned."""
    with registry.read() as conn:
        found = seals.of_unit(conn, rows[0].unit) if rows else []
    keyed = {one.size for one in found if parse_seal(one.text.encode()).key}
    return {
        row.digest: SIGNED if is_signed(registry.folder, row)
        else TO_SIGN if row.seal_size in keyed else KEYLESS
        for row in rows
    }  # fmt: skip


def key_of(registry: Registry, row: PackRow) -> str:
    """The public key of the seal that a pack ends with; empty where it is unsigned."""
    with registry.read() as conn:
        texts = [one.text for one in seals.of_unit(conn, row.unit) if one.size == row.seal_size]
    return parse_seal(texts[0].encode()).key if texts else ""


def is_signed(folder: Path, row: PackRow) -> bool:
    return (place(folder, row) / SIGNATURE).is_file()


def _asked(registry: Registry, row: PackRow) -> SignedList:
    public = key_of(registry, row)
    if not public:
        raise Refused(
            finding(
                "no-key", f"单位 {row.unit} 的封存没有签名，公开包也不签名",
                f"unit {row.unit} seals without a key: its packs are not signed either",
                "先用密钥封存：mingbai seal --key", "seal with a key first: mingbai seal --key",
                file=f"units/{row.unit}",
            )
        )  # fmt: skip
    return SignedList(row.digest, public)


def _keep(registry: Registry, row: PackRow, signed: SignedList, user: User, now: datetime) -> None:
    with registry.write() as conn:
        registry.lock_unit(conn, row.unit)
        write_whole(place(registry.folder, row) / SIGNATURE, signed.text)
        oplog.record(
            conn, at=now, user=user.id, unit=row.unit, action="pack.sign",
            object=f"{row.period} {row.audience} v{row.version}", detail=signed.key,
        )  # fmt: skip


def _bad_signature(row: PackRow) -> Finding:
    return finding(
        "bad-signature",
        f"此签名不是封存密钥对 {row.period} 第 {row.version} 版公开包的签名",
        f"this is not the sealing key's signature of version {row.version} of {row.period}",
        "核对签的是哪个文件、用的是哪把密钥", "check which file was signed, and with which key",
        file=f"units/{row.unit}",
    )  # fmt: skip
