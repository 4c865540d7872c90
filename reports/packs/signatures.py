"""Published packs signed: by the key of the seal that they end with, beside their list of digests.

A pack may be signed when it is published or at any later time, with a key at hand or by a request
that is signed elsewhere. The signature is no part of the pack, whose digest stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.durable import replace_file, sync_folder
from ledger.errors import Finding, Refused, finding
from ledger.registry import oplog, seals
from ledger.sealing import lists
from ledger.sealing.lists import SIGNATURE, SignedList
from ledger.sealing.seals import parse_seal
from reports.packs.keeping import place
from reports.packs.writing import SUMS

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
    """Sign what of published packs this key sealed and nobody signed yet: all that it sealed.

    Who records for a unit may; packs of other units and of other keys are left as they are.
    """
    keys = _keys(registry, rows)
    mine = [row for row in rows if keys.get((row.unit, row.seal_size)) == key.public]
    for row in mine:
        if user.may("record", row.unit) and not is_signed(registry.folder, row):
            sums = (place(registry.folder, row) / SUMS).read_bytes()
            _keep(registry, row, lists.sign(sums, key), user, now)
    return mine


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
    """Of packs, by digest: SIGNED, TO_SIGN, or KEYLESS where the seal is unsigned."""
    keys = _keys(registry, rows)
    return {
        row.digest: SIGNED if is_signed(registry.folder, row)
        else TO_SIGN if keys.get((row.unit, row.seal_size)) else KEYLESS
        for row in rows
    }  # fmt: skip


def _keys(registry: Registry, rows: Sequence[PackRow]) -> dict[tuple[str, int], str]:
    """The public keys of the seals that the units of packs have, by unit and size; empty without
    one. Each unit is asked of once."""
    with registry.read() as conn:
        return {
            (unit, one.size): parse_seal(one.text.encode()).key
            for unit in {row.unit for row in rows}
            for one in seals.of_unit(conn, unit)
        }


def is_signed(folder: Path, row: PackRow) -> bool:
    return (place(folder, row) / SIGNATURE).is_file()


def _asked(registry: Registry, row: PackRow) -> SignedList:
    public = _keys(registry, [row]).get((row.unit, row.seal_size))
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
        there = place(registry.folder, row)
        replace_file(there / SIGNATURE, signed.text)
        sync_folder(there)
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
