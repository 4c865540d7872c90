"""Do a unit's seals hold? Each against its two witnesses, the book, its key and the one before.

Everything but key, signature and ``previous`` is worked out anew from the book's text. The
operation log says which seals were entered and which keys were pinned or confirmed: what was taken
out of both witnesses, or put into them, is found by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, finding
from ledger.layout import unit_folder
from ledger.registry import oplog, seal_keys, seals
from ledger.sealing import files, signing
from ledger.sealing.log import Log, read_log
from ledger.sealing.seals import Seal, parse_seal, seal_of

if TYPE_CHECKING:
    from ledger.bookchain import Book
    from ledger.registry import Registry
    from ledger.registry.oplog import Operation
    from ledger.registry.seal_keys import KeyRow
    from ledger.registry.seals import SealRow

_ENTERED: Final = ("seal.enter", "seal.take")
_ASKED: Final = "seal-key.ask"
_KEYS: Final = {
    seal_keys.PINNED: "seal-key.pin",
    seal_keys.TAKEN: "seal-key.take",
    seal_keys.CONFIRMED: "seal-key.confirm",
}


def check_seals(registry: Registry, unit: str, book: Book) -> list[Finding]:
    """All findings about a unit's seals; its book is whole."""
    with registry.read() as conn:
        rows = seals.of_unit(conn, unit)
        keys = seal_keys.of_unit(conn, unit)
        acts = oplog.entries(conn, unit, actions=[*_ENTERED, *_KEYS.values(), _ASKED])
    there, strange = files.seal_files(unit_folder(registry.folder, unit))
    found = [fault(unit, name, "不是封存文件", "is no seal") for name in strange]
    found += _file_faults(unit, rows, there)
    found += _log_faults(unit, rows, keys, acts)
    parsed = []
    for row in rows:
        try:
            seal = parse_seal(row.text.encode())
        except ValueError:
            found.append(fault(unit, row.name, "不是封存文字", "is not a seal's text"))
            continue
        parsed.append(seal)
        kept = (row.month, row.version, row.size, row.digest)
        if kept != (seal.month, seal.version, seal.size, seal.digest):
            found.append(
                fault(unit, row.name, "与登记册的各列不符", "is not what its row's columns say")
            )
    if len(parsed) == len(rows) and rows:
        try:
            found += proof_faults(read_log(unit, book.entries), parsed)
        except ValueError:
            found.append(fault(unit, "seals", "所封的账簿无法读出", "are of a book not as written"))
    return found + list(key_faults(unit, parsed, keys))


def _file_faults(unit: str, rows: Sequence[SealRow], there: dict[str, bytes]) -> Iterator[Finding]:
    known = {row.name: row.text.encode() for row in rows}
    for name in sorted({*known, *there}):
        if name not in there:
            yield fault(unit, name, "文件缺失", "is missing")
        elif name not in known:
            yield fault(unit, name, "未登记", "is not in the registry")
        elif known[name] != there[name]:
            yield fault(unit, name, "与登记册所记不同", "differs from the registry")


def _log_faults(
    unit: str, rows: Sequence[SealRow], keys: Sequence[KeyRow], acts: Sequence[Operation]
) -> Iterator[Finding]:
    """Seals and keys of which the operation log says otherwise."""
    said = {act.object: act.detail for act in acts if act.action in _ENTERED}
    have = {f"{row.month}.v{row.version}": row.digest for row in rows}
    for name in sorted({*said, *have}):
        if said.get(name) != have.get(name):
            yield fault(
                unit, f"seals/{name}.seal", "与操作日志所记不同，或已不在",
                "is not what the operation log says was entered, or is gone",
            )  # fmt: skip
    logged = {(act.action, act.object, act.detail) for act in acts if act.action not in _ENTERED}
    kept = {(_KEYS[row.state], str(row.number), row.key) for row in keys if row.state in _KEYS}
    kept |= {
        (_ASKED, str(row.number), row.key)
        for row in keys
        if row.state not in (seal_keys.PINNED, seal_keys.TAKEN)
    }
    for _, number, key in sorted(logged ^ kept):
        yield fault(
            unit, "seals", f"第 {number} 把密钥（{key[:16] or '无'}）与操作日志所记不同",
            f"key {number} ({key[:16] or 'none'}) is not what the operation log says",
        )  # fmt: skip


def proof_faults(log: Log, sealed: Iterable[Seal]) -> Iterator[Finding]:
    """What of seals, in their order, is not as the book, the one before and the key say."""
    heads = {head.size: head for head in log.heads}
    before: Seal | None = None
    for seal in sealed:
        head = heads.get(seal.size)
        if seal.unit != log.unit or head is None or seal.size <= (before.size if before else 0):
            yield fault(
                log.unit, seal.name, f"大小 {seal.size} 处没有结账", f"no closing is at {seal.size}"
            )
        else:
            again = seal_of(log, head, before, seal.key)
            for line in _differing(seal, again):
                yield fault(
                    log.unit, seal.name, f"与账簿不符：{line}", f"differs from the book: {line}"
                )
        if seal.key and not signing.verify(seal.key, seal.request, seal.signature):
            yield fault(log.unit, seal.name, "签名不成立", "has a signature that does not hold")
        before = seal


def _differing(seal: Seal, again: Seal) -> list[str]:
    """The names of the lines in which a seal is not what the book gives."""
    pairs = zip(
        seal.request.decode().splitlines(), again.request.decode().splitlines(), strict=True
    )
    return [ours.split(":")[0] for ours, theirs in pairs if ours != theirs]


def key_faults(unit: str, sealed: Iterable[Seal], keys: Sequence[KeyRow]) -> Iterator[Finding]:
    """Seals by a key that was neither pinned first nor confirmed by two, in its turn."""
    in_force = [row.key for row in keys if row.state in seal_keys.IN_FORCE]
    at = -1
    for seal in sealed:
        if at < 0 and not seal.key:
            continue
        while at < len(in_force) and (at < 0 or in_force[at] != seal.key):
            at += 1
        if at == len(in_force):
            yield fault(
                unit, seal.name, "所用密钥未经两人确认", "is by a key that no two persons confirmed"
            )
            return


def fault(unit: str, name: str, zh: str, en: str) -> Finding:
    """A finding about a seal's file, ``name`` in the unit's folder."""
    short = name.removeprefix("seals/")
    return finding(
        "seal", f"封存 {short}：{zh}", f"the seal {short} {en}",
        "从备份恢复，并查明是谁改动的；可信的一方用 mingbai rebuild 重建另一方",
        "restore from a backup and find out who changed it; mingbai rebuild makes one witness "
        "from the one you trust",
        file=f"units/{unit}/{name}",
    )  # fmt: skip
