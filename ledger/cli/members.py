"""mingbai member: who belongs to a unit. Names are sealed; commands and books hold ids.

Members come from a list in a file, not from the command's words, which everyone who lists processes
can read.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.cli import acting
from ledger.errors import Finding, Refused, finding, refuse_if

if TYPE_CHECKING:
    from ledger.registry.persons import PersonData

#: The columns of a member list. Only number and name have to be there.
COLUMNS: Final = {
    "number": ("会员编号", "编号", "number"),
    "name": ("姓名", "name"),
    "joined": ("入会日期", "joined"),
    "phone": ("手机", "电话", "phone"),
    "identity": ("证件号", "身份证号", "identity"),
    "account": ("银行账号", "账号", "account"),
}
_MOST: Final = 20_000


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    member = commands.add_parser("member", help="会员 members of a unit")
    parts = member.add_subparsers(dest="part", required=True, metavar="PART")
    add = parts.add_parser("add", help="按名单登记会员 enter the members of a list")
    acting.add_folder(add)
    acting.add_unit(add)
    add.add_argument(
        "file", metavar="FILE", type=Path,
        help="名单 CSV 或 XLSX：会员编号、姓名、入会日期、手机、证件号、银行账号 a list: "
        "number, name, joined, phone, identity, account",
    )  # fmt: skip
    acting.add_json(add)
    acting.add_user(add)
    add.set_defaults(run=run_add)

    listed = parts.add_parser("list", help="列出会员 list members, by id")
    acting.add_folder(listed)
    acting.add_unit(listed)
    listed.add_argument(
        "--names", action="store_true", help="连同姓名，记入操作日志 with names; the log keeps it"
    )
    acting.add_json(listed)
    acting.add_user(listed)
    listed.set_defaults(run=run_list)

    erase = parts.add_parser("erase", help="删除个人信息 erase a person's data for good")
    acting.add_folder(erase)
    acting.add_unit(erase)
    erase.add_argument("member", metavar="MEMBER", help="会员 m-…")
    erase.add_argument("--reason", required=True, metavar="TEXT", help="依据 why")
    acting.add_user(erase)
    erase.set_defaults(run=run_erase)


# ---- entering a list ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Listed:
    """One line of a member list."""

    row: int
    number: str
    joined: date
    data: PersonData


def run_add(options: argparse.Namespace) -> int:
    from importers.tables import table_of
    from ledger import clock, workflow
    from ledger.registry import members, oplog, persons

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "record", unit)
        rows = table_of(options.file.read_bytes(), options.file.name)
        people = _people(rows, options.file.name, now.date())
        with registry.write() as conn:
            ids = []
            for one in people:
                person = persons.add(conn, registry.vault, one.data, now)
                ids.append(
                    members.add(
                        conn, person=person, unit=unit, number=one.number, joined=one.joined
                    )
                )
            oplog.record(
                conn, at=now, user=user.id, unit=unit, action="member.add",
                object=f"{len(ids)} members",
            )  # fmt: skip
    if options.json:
        told = [{"id": i, "number": p.number} for i, p in zip(ids, people, strict=True)]
        print(json.dumps({"members": told}, ensure_ascii=False))
    else:
        print(f"已登记 {len(ids)} 名会员 members entered")
    return 0


def _people(rows: list[list[str]], file: str, today: date) -> list[_Listed]:
    """The persons of a list; Refused with every row that is not right."""
    for place, row in enumerate(rows):
        heads = ["".join(cell.split()).lower() for cell in row]
        found = {
            key: next((heads.index(name) for name in names if name in heads), None)
            for key, names in COLUMNS.items()
        }
        if found["number"] is not None and found["name"] is not None:
            return _below(rows[place + 1 : place + 1 + _MOST], place + 2, found, file, today)
    raise Refused(
        finding(
            "member-list",
            "名单中没有「会员编号」和「姓名」两列",
            "the list has no columns for the member's number and name",
            "首行写列名：会员编号、姓名、入会日期、手机、证件号、银行账号",
            "name the columns in the first row: number, name, joined, phone, identity, account",
            file=file,
        )
    )


def _below(
    rows: list[list[str]], first: int, columns: dict[str, int | None], file: str, today: date
) -> list[_Listed]:
    from ledger.registry.persons import PersonData

    people: list[_Listed] = []
    faults: list[Finding] = []
    for place, row in enumerate(rows, start=first):
        cell = {
            key: row[at].strip() if at is not None and at < len(row) else ""
            for key, at in columns.items()
        }
        if not any(cell.values()):
            continue
        try:
            joined = date.fromisoformat(cell["joined"][:10]) if cell["joined"] else today
        except ValueError:
            faults.append(_bad_row(file, place, "入会日期有误", "the day of joining is wrong"))
            continue
        if not cell["number"] or len(cell["number"]) > 20 or not cell["name"]:
            faults.append(_bad_row(file, place, "缺编号或姓名", "number or name is missing"))
        elif cell["number"] in {one.number for one in people}:
            faults.append(_bad_row(file, place, "编号重复", "the number stands here twice"))
        accounts = (cell["account"],) if cell["account"] else ()
        data = PersonData(cell["name"], cell["phone"], cell["identity"], accounts)
        people.append(_Listed(place, cell["number"], joined, data))
    refuse_if(faults)
    return people


def _bad_row(file: str, row: int, zh: str, en: str) -> Finding:
    return finding(
        "member-row", zh, en, "改正此行；名单要么全收，要么不收",
        "correct this row; the list is taken whole or not at all", file=file, line=row,
    )  # fmt: skip


# ---- listing and erasing -----------------------------------------------------------------------


def run_list(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.registry import members, oplog, persons

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "record" if options.names else "browse", unit)
        names: dict[str, str] = {}
        with registry.write() as conn:
            known = members.all_members(conn, unit)
            if options.names:
                for row in known:
                    data = persons.read(conn, registry.vault, row.person)
                    names[row.id] = data.name if data else "已删除 erased"
                oplog.record(
                    conn, at=now, user=user.id, unit=unit, action="member.names",
                    object=f"{len(known)} members",
                )  # fmt: skip
    rows = [
        {"id": row.id, "number": row.number, "state": row.state, "joined": row.joined.isoformat()}
        | ({"name": names[row.id]} if options.names else {})
        for row in known
    ]
    if options.json:
        print(json.dumps({"members": rows}, ensure_ascii=False))
    else:
        for told in rows:
            print("  ".join(told.values()))
        print(f"{len(rows)} 名会员 members")
    return 0


def run_erase(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.registry import members, oplog, persons

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "administer", "*")
        with registry.write() as conn:
            row = members.find(conn, options.member)
            if row is None or row.unit != unit:
                raise Refused(
                    finding(
                        "no-member",
                        f"单位 {unit} 没有会员 {options.member[:20]}",
                        f"unit {unit} has no member {options.member[:20]}",
                        "用 mingbai member list 查看会员",
                        "see the members with mingbai member list",
                    )
                )
            persons.erase(conn, row.person)
            oplog.record(
                conn, at=now, user=user.id, unit=unit, action="person.erase", object=row.id,
                detail=options.reason[:200],
            )  # fmt: skip
        registry.wipe()
    print(
        f"已删除个人信息 erased: {row.id}\n"
        "  账簿不变；旧备份中的密钥须一并销毁\n"
        "  the books stay as they are; destroy the key in old backups as well"
    )
    return 0
