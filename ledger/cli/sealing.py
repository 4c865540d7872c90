"""mingbai seal, seal-key: closed months are sealed; the key that signs them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.cli import acting, passwords, seal_key_files
from ledger.cli.files import write
from ledger.errors import CannotRun, Finding, finding
from ledger.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.period import Month
    from ledger.registry import Registry, User
    from ledger.registry.seal_keys import KeyRow
    from ledger.sealing.acting import Sealed
    from ledger.sealing.log import Head
    from ledger.sealing.seals import Seal

_STATES: Final = {
    "pinned": "首次签名定下 pinned by the first signed seal", "taken": "随账簿接收 taken over",
    "asked": "待确认 asked for", "confirmed": "两人确认 confirmed", "withdrawn": "已撤回 withdrawn",
}  # fmt: skip


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    seal = commands.add_parser("seal", help="封存已结账的月份，或列出封存 seal a closed month")
    acting.add_folder(seal)
    acting.add_unit(seal)
    seal.add_argument(
        "words", metavar="MONTH", nargs="*",
        help="月份 2026-03；不写则列出 the month; none lists the seals",
    )  # fmt: skip
    how = seal.add_mutually_exclusive_group()
    seal_key_files.add_key(how)
    seal_key_files.add_elsewhere(how)
    seal.add_argument(
        "--public", type=Path, metavar="FILE",
        help="首次请求：将用哪把公钥 with the first request: the public key that will sign",
    )  # fmt: skip
    seal_key_files.add_passphrase(seal)
    acting.add_json(seal)
    acting.add_user(seal)
    seal.set_defaults(run=run_seal, rest="words")

    keys = commands.add_parser("seal-key", help="封存密钥 the key that signs seals")
    parts = keys.add_subparsers(dest="part", required=True, metavar="PART")
    new = parts.add_parser("new", help="生成密钥文件 make a key's file")
    new.add_argument("file", type=Path, metavar="FILE", help="密钥文件 the key's file")
    seal_key_files.add_passphrase(new)
    acting.add_json(new)
    new.set_defaults(run=run_new)

    show = parts.add_parser("show", help="密钥文件的公钥 the public half of a key's file")
    show.add_argument("file", type=Path, metavar="FILE", help="密钥文件 the key's file")
    show.add_argument("-o", "--output", type=Path, metavar="F", help="写出公钥 PEM write it as PEM")
    seal_key_files.add_passphrase(show)
    acting.add_json(show)
    show.set_defaults(run=run_show)

    of_unit = acting.add_part(parts, "list", "单位的密钥与更换 a unit's keys and their changes")
    acting.add_json(of_unit)
    of_unit.set_defaults(run=run_list)

    change = acting.add_part(parts, "change", "申请换钥 ask for another key")
    to = change.add_mutually_exclusive_group(required=True)
    to.add_argument(
        "--key", type=Path, metavar="FILE", help="新密钥或其公钥 the key, or its public"
    )
    to.add_argument("--none", action="store_true", help="以后不签名 seal unsigned from now on")
    change.add_argument("--reason", required=True, metavar="TEXT", help="原因 reason")
    seal_key_files.add_passphrase(change)
    acting.add_json(change)
    change.set_defaults(run=run_change)

    confirm = acting.add_part(parts, "confirm", "另一人确认换钥 another person confirms it")
    acting.add_json(confirm)
    confirm.set_defaults(run=run_confirm)
    withdraw = acting.add_part(parts, "withdraw", "撤回换钥申请 take the asked change back")
    acting.add_json(withdraw)
    withdraw.set_defaults(run=run_withdraw)


# ---- seal --------------------------------------------------------------------------------------


def run_seal(options: argparse.Namespace) -> int:
    from ledger.sealing import acting as sealing
    from ledger.sealing import signing

    word = acting.one_word(options.words)
    if options.public is not None and options.request is None:
        raise CannotRun(_usage("--public 只与 --request 同用", "--public goes with --request"))
    if word is None:
        if options.key or options.request or options.response:
            raise CannotRun(_usage("须写明月份", "say which month"))
        return _list_seals(options)
    month = _month(word)
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        if options.request is not None:
            named = options.public
            public = "" if named is None else signing.read_public(seal_key_files.small_file(named))
            return _request(options, registry, unit, month, user, now, public)
        if options.response is not None:
            signature = signing.read_signature(seal_key_files.small_file(options.response))
            done = sealing.answer(registry, unit, month, user, now, signature)
        else:
            done = sealing.seal_month(
                registry, unit, month, user, now, seal_key_files.own_key(options)
            )
    acting.told(options, _fields(done), _lines(done))
    return 0


def _request(
    options: argparse.Namespace, registry: Registry, unit: str, month: Month, user: User,
    now: datetime, public: str,
) -> int:  # fmt: skip
    from ledger.sealing import acting as sealing

    seal = sealing.ask_signature(registry, unit, month, user, now, public)
    write(options.request, seal.request)
    acting.told(
        options,
        {"request": str(options.request), "month": seal.month, "version": seal.version,
         "key": seal.key},
        [f"请求文件已写出 request written: {options.request}",
         f"  由此公钥签名 to be signed by: {seal.key}",
         seal_key_files.SIGNED_WITH,
         f"  然后 then: mingbai seal … {seal.month} --response RESPONSE"],
    )  # fmt: skip
    return 0


def _fields(done: Sealed) -> dict[str, object]:
    return {**_seal_fields(done.seal), **_sums(done.head), "pinned": done.pinned}


def _seal_fields(seal: Seal) -> dict[str, object]:
    return {
        "month": seal.month, "version": seal.version, "size": seal.size, "root": seal.root,
        "vouchers": seal.vouchers, "perpetual_vouchers": seal.perpetual_vouchers,
        "reopened": seal.reopened, "key": seal.key or None, "digest": seal.digest,
        "file": seal.name,
    }  # fmt: skip


def _sums(head: Head) -> dict[str, object]:
    """The grand and the perpetual total, which a seal commits to and does not tell."""
    return {
        "month_debits": Money(head.month_fen).text,
        "perpetual_debits": Money(head.perpetual_fen).text,
    }


def _lines(done: Sealed) -> list[str]:
    seal = done.seal
    lines = [
        f"已封存 sealed: {seal.month} v{seal.version}（{seal.size} 条 entries）",
        f"  根 root: {seal.root}",
        f"  本月 month: {seal.vouchers} 张 vouchers，{Money(done.head.month_fen).grouped}；"
        f"累计 in all: {seal.perpetual_vouchers}，{Money(done.head.perpetual_fen).grouped}",
        f"  文件 file: {seal.name}",
        f"  密钥 key: {seal.key}" if seal.key else
        "  未签名 unsigned: 任何人都能写出同样的封存 anyone could have written the same "
        "(mingbai seal-key new)",
    ]  # fmt: skip
    if done.pinned:
        lines.append(
            "  此密钥自此定下，更换须两人 this key is the unit's from now on; two change it"
        )
    return lines


def _list_seals(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.registry import seals
    from ledger.sealing.acting import log_of
    from ledger.sealing.seals import parse_seal
    from reports.table import aligned

    with acting.signed_in(options) as (registry, user, _):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            found = [parse_seal(row.text.encode()) for row in seals.of_unit(conn, unit)]
        heads = {head.size: head for head in log_of(registry, unit).heads} if found else {}
    rows = [
        (seal.month, f"v{seal.version}", str(seal.size), f"{seal.root[:16]}…",
         Money(heads[seal.size].month_fen).grouped, Money(heads[seal.size].perpetual_fen).grouped,
         f"{seal.key[:16]}…" if seal.key else "未签名 unsigned")
        for seal in found
    ]  # fmt: skip
    head = ("月份 month", "版本", "条数 size", "根 root", "本月 month", "累计 in all", "密钥 key")
    acting.told(
        options,
        {"seals": [{**_seal_fields(seal), **_sums(heads[seal.size])} for seal in found]},
        [aligned([head, *rows]) if rows else "没有封存 nothing is sealed"],
    )  # fmt: skip
    return 0


# ---- seal-key ----------------------------------------------------------------------------------


def run_new(options: argparse.Namespace) -> int:
    from ledger.sealing import signing

    key = signing.new_key()
    passphrase = passwords.passphrase(options.passphrase_file) or ""
    _write_secret(options.file, key.pem(passphrase))
    warnings = [] if passphrase else [_in_clear(options.file)]
    lines = [
        f"密钥已写入，仅文件主人可读写 key written, for its owner only: {options.file}",
        f"  公钥 public: {key.public}",
        "  保管好此文件：遗失后须两人换钥 keep it safe: if it is lost, two persons change it",
    ]
    acting.told(
        options,
        {"key": key.public, "file": str(options.file), "locked": bool(passphrase),
         **acting.as_json(warnings)},
        [acting.with_warnings("\n".join(lines), warnings)],
    )  # fmt: skip
    return 0


def _in_clear(path: Path) -> Finding:
    return finding(
        "key-in-clear",
        "密钥未设口令，以明文存放：读得到此文件的人都能以单位的名义封存",
        "the key lies in clear, without a passphrase: whoever reads this file seals in the unit's "
        "name",
        "放在别人读不到的地方；或另生成一把带口令的：mingbai seal-key new FILE --passphrase-file F",
        "keep it where nobody else reads; or make another one, with a passphrase: mingbai seal-key "
        "new FILE --passphrase-file F",
        severity="warning", file=str(path),
    )  # fmt: skip


def run_show(options: argparse.Namespace) -> int:
    from ledger.sealing import signing

    public = _public_of(options.file, options.passphrase_file)
    if options.output is not None:
        write(options.output, signing.public_pem(public))
    acting.told(options, {"key": public}, [public])
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.registry import seal_keys
    from reports.table import aligned

    with acting.signed_in(options) as (registry, user, _):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            rows = seal_keys.of_unit(conn, unit)
    table = [
        (str(row.number), row.key or "不签名 none", _STATES[row.state], row.maker,
         row.checker or "", row.reason)
        for row in rows
    ]  # fmt: skip
    head = ("序号", "公钥 public key", "状态 state", "经办 by", "确认 confirmed", "原因 reason")
    acting.told(
        options, {"keys": [_key_fields(row) for row in rows]},
        [aligned([head, *table]) if table else "尚无密钥 no key yet"],
    )  # fmt: skip
    return 0


def run_change(options: argparse.Namespace) -> int:
    from ledger.sealing import keys

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        public = "" if options.none else _public_of(options.key, options.passphrase_file)
        row = keys.ask(registry, unit, public, user, now, options.reason)
    acting.told(
        options, _key_fields(row),
        [f"已申请换钥 asked: {row.key or '不签名 none'}",
         "  由另一人确认 another person confirms it: mingbai seal-key confirm …"],
    )  # fmt: skip
    return 0


def run_confirm(options: argparse.Namespace) -> int:
    from ledger.sealing import keys

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = keys.confirm(registry, unit, user, now)
    acting.told(
        options, {**_key_fields(row), "state": "confirmed", "checker": user.id},
        [f"已换钥 changed: {row.key or '不签名 none'}"],
    )  # fmt: skip
    return 0


def run_withdraw(options: argparse.Namespace) -> int:
    from ledger.sealing import keys

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        row = keys.withdraw(registry, unit, user, now)
    acting.told(options, {**_key_fields(row), "state": "withdrawn"}, ["已撤回 taken back"])
    return 0


def _key_fields(row: KeyRow) -> dict[str, object]:
    return {
        "number": row.number, "key": row.key or None, "state": row.state, "reason": row.reason,
        "maker": row.maker, "made_at": row.made_at, "checker": row.checker,
        "checked_at": row.checked_at,
    }  # fmt: skip


# ---- files and words ---------------------------------------------------------------------------


def _public_of(path: Path, passphrase_file: str | None) -> str:
    """The public key of a file that holds it, or that holds its private half."""
    from ledger.sealing import signing

    if b"PRIVATE KEY" in seal_key_files.small_file(path):
        return seal_key_files.read_key(path, passphrase_file).public
    return signing.read_public(seal_key_files.small_file(path))


def _write_secret(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, and none in place of another."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise CannotRun(
            finding(
                "cannot-write", f"无法写入：{fault.strerror}", f"cannot write: {fault.strerror}",
                "换一个位置；已有的文件不会被覆盖",
                "choose another place; a file that is there is never overwritten", file=str(path),
            )
        ) from fault  # fmt: skip


def _month(word: str) -> Month:
    try:
        return acting.month(word)
    except argparse.ArgumentTypeError as fault:
        raise CannotRun(_usage(str(fault), str(fault))) from fault


def _usage(zh: str, en: str) -> Finding:
    return finding(
        "usage", f"命令写法有误：{zh}", f"the command is not written right: {en}",
        "mingbai seal --help 列出写法", "see mingbai seal --help",
    )  # fmt: skip
