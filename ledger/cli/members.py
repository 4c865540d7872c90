"""mingbai member: who belongs to a unit. Names are sealed; commands and books hold ids.

Members come from a list in a file, not from the command's words, which everyone who lists processes
can read.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ledger.cli import acting
from ledger.errors import Refused, finding


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    member = commands.add_parser("member", help="会员 members of a unit")
    parts = member.add_subparsers(dest="part", required=True, metavar="PART")
    add = parts.add_parser("add", help="按名单登记会员 enter the members of a list")
    acting.add_folder(add)
    acting.add_unit(add)
    add.add_argument(
        "file", metavar="FILE", type=Path,
        help="名单 CSV 或 XLSX：模板 members，或会员编号、姓名两列的表 the template members, "
        "or a list of numbers and names",
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


def run_add(options: argparse.Namespace) -> int:
    from importers.read import file_bytes
    from importers.roster import enter_roster
    from ledger import clock

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        data = file_bytes(options.file)
        done = enter_roster(registry, unit, data, options.file.name, user, now)
    if options.json:
        told = [{"id": id, "number": number} for id, number in done.members]
        print(json.dumps({"members": told}, ensure_ascii=False))
    else:
        print(f"已登记 {len(done.members)} 名会员 members entered")
    return 0


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
