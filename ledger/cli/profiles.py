"""mingbai profile new, list, test: the wizard that finds out an unknown statement's columns."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import Refused

if TYPE_CHECKING:
    from importers.line import Reading
    from importers.wizard import Proposal

_PREVIEW = 5
_ROLES = {
    "date": "date", "in": "in", "out": "out", "amount": "amount", "flag": "flag",
    "balance": "balance", "counterparty": "counterparty", "memo": "memo", "ref": "bank_ref",
}  # fmt: skip


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    profile = commands.add_parser("profile", help="版式 layouts of statements")
    inner = profile.add_subparsers(dest="action", metavar="ACTION", required=True)

    new = inner.add_parser("new", help="识别新版式 find out a new layout, proven by its balances")
    new.add_argument("file", metavar="FILE", type=Path, help="对账单 a statement")
    new.add_argument("--accept", action="store_true", help="保存 save it, with a redacted test")
    new.add_argument("--name", default="", metavar="NAME", help="名称 a name for the layout")
    new.add_argument("--password-file", metavar="F", help="文件密码所在文件 file of its password")
    for option in _ROLES:
        new.add_argument(f"--{option}", metavar="COL", help=f"列名 the column of: {option}")
    new.add_argument("--came", default="", metavar="WORD", help="收入的标志 the flag of money in")
    new.add_argument(
        "--went", default="", metavar="WORD", help="方向列：付出 the flag of money out"
    )
    new.set_defaults(run=run_new)

    list_ = inner.add_parser("list", help="列出已知版式 list the layouts that are known")
    list_.set_defaults(run=run_list)

    test = inner.add_parser("test", help="重读保存的样本 read every saved sample again")
    test.set_defaults(run=run_test)


def run_new(options: argparse.Namespace) -> int:
    from importers.read import file_bytes
    from importers.wizard import Told, propose
    from importers.wizard_golden import save, toml_of
    from ledger.cli import passwords

    path: Path = options.file
    columns = {
        role: (word,) for option, role in _ROLES.items() if (word := getattr(options, option))
    }
    told = Told(columns, options.came, options.went)
    password = passwords.of_file(options.password_file)
    found = propose(file_bytes(path), path.name, password, told, options.name)
    if found.profile is None or found.reading is None:
        raise Refused(*found.findings)
    print(f"版式 layout {found.profile.id}{_version(found)}\n")
    print(toml_of(found.profile))
    print(_preview(found.reading))
    if not options.accept:
        print("\n核对后加 --accept 保存 compare with the statement, then save it with --accept")
        return 0
    saved = save(found.profile, found.header, found.reading)
    print(f"\n已保存 saved {saved}")
    return 0


def _version(found: Proposal) -> str:
    return f"（{found.new_version} 的新版本 a new version）" if found.new_version else ""


def _preview(reading: Reading) -> str:
    from reports.table import aligned

    head = ("时间 time", "金额 amount", "余额 balance", "对方 counterparty", "摘要 memo")
    rows = [
        (
            line.booked_at,
            line.amount.shown,
            line.balance_after.grouped if line.balance_after is not None else "",
            line.counterparty,
            line.memo,
        )
        for line in reading.lines[:_PREVIEW]
    ]
    proofs = "  ".join(f"{name} {result}" for name, result in reading.proofs.items())
    return "\n".join(
        [
            aligned([head, *rows], right={1, 2}),
            f"{len(reading.lines)} 行 lines，{len(reading.parked)} 行搁置 parked",
            f"证明 proofs: {proofs}",
        ]
    )


def run_list(options: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes them
    from importers.profile import saved_profiles, shipped_profiles

    own = {one.id for one in saved_profiles()}
    for one in (*saved_profiles(), *shipped_profiles()):
        print(f"{one.id}\t{one.name}{'（自存 saved）' if one.id in own else ''}")
    return 0


def run_test(options: argparse.Namespace) -> int:  # noqa: ARG001
    from importers.wizard_golden import check_saved

    checked = check_saved()
    for one in checked:
        if not one.findings:
            print(f"{one.profile.id}: 相符 as it was")
    if not checked:
        print("没有保存的版式 no layouts are saved")
    wrong = [found for one in checked for found in one.findings]
    if wrong:
        raise Refused(*wrong)
    return 0
