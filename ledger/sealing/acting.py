"""Sealing a closed month: with a key at hand, by a request that is signed elsewhere, or unsigned.

Months are sealed in the order of their closings, each names the one before, and one closing has one
seal. The first signed seal pins the unit's key; afterwards only that key counts until two persons
changed it (:mod:`ledger.sealing.keys`). What is sealed is read from the book's text, and held
against the journal before anything is entered.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ledger import bookchain, journal, workflow
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.layout import unit_folder
from ledger.registry import entries, month_states, oplog, seal_keys, seals
from ledger.registry.seal_keys import KeyRow
from ledger.registry.seals import RequestRow, SealRow
from ledger.sealing import files, proving, signing
from ledger.sealing.log import Head, Log, read_log
from ledger.sealing.seals import Seal, parse_request, parse_seal, seal_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.period import Month
    from ledger.registry import Registry, User
    from ledger.sealing.signing import SigningKey


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal that was entered, and the head that it is of; ``pinned`` if it is the first signed."""

    seal: Seal
    head: Head
    pinned: bool


def seal_month(
    registry: Registry, unit: str, month: Month, user: User, now: datetime,
    key: SigningKey | None = None,
) -> Sealed:  # fmt: skip
    """Seal a closed month with the unit's key, or unsigned while no key is pinned.

    Who closes may. Refused for a month that is not closed, sealed already, or not the next one to
    seal; and with another key than the unit's.
    """
    workflow.demand(user, "close", unit)
    log = log_of(registry, unit)
    with journal.locked(unit_folder(registry.folder, unit)):
        files.bring_up(registry, [unit], now, strict=True)
        with registry.write() as conn:
            registry.lock_unit(conn, unit)
            public = key.public if key is not None else ""
            seal = _ready(conn, log, month, public)
            if key is not None:
                seal = seal.signed(key.sign(seal.request))
            done = _enter(conn, log, seal, user, now)
        files.write_seal(unit_folder(registry.folder, unit), seal.name, seal.text)
    return done


def ask_signature(
    registry: Registry, unit: str, month: Month, user: User, now: datetime, public: str = ""
) -> Seal:
    """What has to be signed elsewhere to seal a month; it is kept until the answer comes.

    ``public`` is the key that will sign; a unit that has one needs not name it. Asked again it is
    the same, unless something was sealed or another key confirmed meanwhile.
    """
    workflow.demand(user, "close", unit)
    log = log_of(registry, unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        pinned = seal_keys.in_force(conn, unit)
        public = public or (pinned.key if pinned is not None else "")
        if not public:
            raise Refused(
                finding(
                    "no-key", f"单位 {unit} 尚无封存密钥，请求文件须写明由哪把公钥签名",
                    f"unit {unit} has no key yet: a request says which public key will sign it",
                    "用 --public FILE 指明公钥，由私钥得到：openssl pkey -in KEY -pubout -out FILE",
                    "name the public key with --public FILE; it comes of the private one by: "
                    "openssl pkey -in KEY -pubout -out FILE",
                )
            )  # fmt: skip
        seal = _ready(conn, log, month, public)
        text = seal.request.decode()
        at = now.isoformat(timespec="seconds")
        seals.set_waiting(conn, RequestRow(unit, seal.month, seal.version, text, user.id, at))
        _log(conn, seal, "seal.request", hashlib.sha256(seal.request).hexdigest(), user.id, now)
    return seal


def answer(
    registry: Registry, unit: str, month: Month, user: User, now: datetime, signature: bytes
) -> Sealed:
    """Enter the seal whose request was signed elsewhere.

    Refused if nothing was asked for, if the log has moved on since, and for a signature that is
    not of the kept request by its key.
    """
    workflow.demand(user, "close", unit)
    log = log_of(registry, unit)
    with journal.locked(unit_folder(registry.folder, unit)):
        files.bring_up(registry, [unit], now, strict=True)
        with registry.write() as conn:
            registry.lock_unit(conn, unit)
            waiting = seals.waiting(conn, unit)
            if waiting is None or waiting.month != str(month):
                raise Refused(_nothing_asked(month))
            asked = parse_request(waiting.text.encode())
            seal = _ready(conn, log, month, asked.key)
            if seal.request != asked.request:
                raise Refused(_stale(month))
            if not signing.verify(seal.key, seal.request, signature):
                raise Refused(_bad_signature(month))
            seal = seal.signed(signature)
            done = _enter(conn, log, seal, user, now)
            seals.drop_waiting(conn, unit)
        files.write_seal(unit_folder(registry.folder, unit), seal.name, seal.text)
    return done


def log_of(registry: Registry, unit: str) -> Log:
    """The log of a unit's book; Refused with the place where its text does not hold."""
    book, found = bookchain.read_book(unit_folder(registry.folder, unit))
    if found:
        raise Refused(*found)
    return read_log(unit, book.entries)


def _ready(conn: Connection, log: Log, month: Month, public: str) -> Seal:
    """The seal of a month's last closing, unsigned; Refused if it is not its turn or its key."""
    states = {row.month: row.state for row in month_states.all_months(conn, log.unit)}
    head = log.last_of(str(month))
    if states.get(str(month)) != "closed" or head is None:
        raise Refused(_not_closed(month))
    row = entries.by_seq(conn, log.unit, head.size)
    if row is None or row.chain != head.chain:
        raise Refused(_other_journal(log.unit))
    sealed = _sealed(conn, log)
    if any(one.size == head.size for one in sealed):
        raise Refused(_already(head))
    if sealed and sealed[-1].size > head.size:
        raise Refused(_too_late(head, sealed[-1]))
    before = _unsealed_before(log, states, sealed, head)
    if before is not None:
        raise Refused(_not_its_turn(head, before))
    _check_key(conn, log.unit, public)
    return seal_of(log, head, sealed[-1] if sealed else None, public)


def _sealed(conn: Connection, log: Log) -> list[Seal]:
    """The seals so far; Refused unless they hold: the next one stands for all of them."""
    found = []
    for row in seals.of_unit(conn, log.unit):
        try:
            found.append(parse_seal(row.text.encode()))
        except ValueError as fault:
            said = proving.fault(log.unit, row.name, "不是封存文字", "is not a seal's text")
            raise Refused(said) from fault
    refuse_if(proving.proof_faults(log, found))
    return found


def _unsealed_before(
    log: Log, states: dict[str, str], sealed: list[Seal], head: Head
) -> Head | None:
    """The first closing that has to be sealed before this one: since the unit's first seal."""
    if not sealed:
        return None
    sizes = {seal.size for seal in sealed}
    for one in log.heads:
        stands = states.get(one.month) == "closed" and log.last_of(one.month) == one
        if stands and sealed[0].size < one.size < head.size and one.size not in sizes:
            return one
    return None


def _check_key(conn: Connection, unit: str, public: str) -> None:
    pinned = seal_keys.in_force(conn, unit)
    if pinned is not None and pinned.key != public:
        raise Refused(_other_key(unit, pinned.key, public))


def _enter(conn: Connection, log: Log, seal: Seal, user: User, now: datetime) -> Sealed:
    at = now.isoformat(timespec="seconds")
    pinned = bool(seal.key) and seal_keys.in_force(conn, seal.unit) is None
    if pinned:
        number = seal_keys.next_number(conn, seal.unit)
        seal_keys.add(conn, KeyRow(seal.unit, number, seal.key, seal_keys.PINNED, "", user.id, at))
        oplog.record(
            conn, at=now, user=user.id, unit=seal.unit, action="seal-key.pin", object=str(number),
            detail=seal.key,
        )  # fmt: skip
    seals.add(
        conn,
        SealRow(
            seal.unit, seal.month, seal.version, seal.size, seal.text.decode(), seal.digest,
            user.id, at,
        ),
    )  # fmt: skip
    _log(conn, seal, "seal.enter", seal.digest, user.id, now)
    head = next(one for one in log.heads if one.size == seal.size)
    return Sealed(seal, head, pinned)


def _log(conn: Connection, seal: Seal, action: str, detail: str, user: str, now: datetime) -> None:
    oplog.record(
        conn, at=now, user=user, unit=seal.unit, action=action,
        object=f"{seal.month}.v{seal.version}", detail=detail,
    )  # fmt: skip


# ---- what is refused ---------------------------------------------------------------------------


def _not_closed(month: Month) -> Finding:
    return finding(
        "seal-open-month", f"{month} 月没有结账，不能封存",
        f"{month} is not closed: it has no seal",
        f"先用 mingbai close … {month} 结账", f"close it first: mingbai close … {month}",
    )  # fmt: skip


def _already(head: Head) -> Finding:
    return finding(
        "seal-again", f"{head.month} 月第 {head.version} 次结账已经封存",
        f"closing {head.version} of {head.month} is sealed already",
        "封存不再改动；下一月的封存会连同它一起签名",
        "a seal stays as it is; the next month's covers it as well",
    )  # fmt: skip


def _too_late(head: Head, last: Seal) -> Finding:
    return finding(
        "seal-order", f"其后的 {last.month} 月已经封存，{head.month} 月不能再补封",
        f"{last.month}, which was closed later, is sealed: {head.month} is not sealed behind it",
        "它的凭证已在该封存之内", "its vouchers are covered by that seal",
    )  # fmt: skip


def _not_its_turn(head: Head, before: Head) -> Finding:
    return finding(
        "seal-order", f"应先封存 {before.month} 月，再封存 {head.month} 月",
        f"{before.month} is sealed before {head.month}",
        f"先用 mingbai seal … {before.month} 封存", f"seal it first: mingbai seal … {before.month}",
    )  # fmt: skip


def _other_journal(unit: str) -> Finding:
    return finding(
        "witnesses-differ", "账簿文件与日志不一致，不能封存",
        "the book's text and the journal differ: nothing is sealed",
        "运行 mingbai check 查看差异", "run mingbai check to see where",
        file=f"units/{unit}",
    )  # fmt: skip


def _other_key(unit: str, pinned: str, public: str) -> Finding:
    zh, en = (f"{pinned[:16]}…", f"{pinned[:16]}…") if pinned else ("不签名", "no key at all")
    return finding(
        "seal-key-differs",
        f"单位 {unit} 的封存密钥是 {zh}，{'这里用的是另一把' if public else '这里没有密钥'}",
        f"unit {unit} seals with {en}; {'this is another key' if public else 'there is none here'}",
        "用原密钥（--key、MINGBAI_SEAL_KEY 或 --request）；换钥由两人办理 mingbai seal-key change",
        "use that key (--key, MINGBAI_SEAL_KEY or --request), or change it: two persons do, with "
        "mingbai seal-key change",
    )  # fmt: skip


def _nothing_asked(month: Month) -> Finding:
    return finding(
        "no-request", f"没有等待签名的 {month} 月封存请求", f"no request for {month} waits",
        f"先用 mingbai seal … {month} --request FILE 取得请求文件",
        f"get one first: mingbai seal … {month} --request FILE",
    )  # fmt: skip


def _stale(month: Month) -> Finding:
    return finding(
        "stale-request", f"{month} 月的请求文件已经过时：其后又有封存或重开",
        f"the request for {month} is out of date: something was sealed or reopened since",
        "重新取得请求文件再签名", "get a new request and have it signed",
    )  # fmt: skip


def _bad_signature(month: Month) -> Finding:
    return finding(
        "bad-signature", f"此签名不是该密钥对 {month} 月请求文件的签名",
        f"this is not the key's signature of the request for {month}",
        "核对签的是哪个文件、用的是哪把密钥", "check which file was signed, and with which key",
    )  # fmt: skip
