"""mingbai members: who belongs to a unit, what is known of them, and how that changes.

Names are sealed; commands and books hold ids and numbers. Persons' data come from a list in a file,
not from the command's words, which everyone who lists processes can read.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting, members_change
from ledger.errors import Refused, finding
from ledger.money import Money

if TYPE_CHECKING:
    from ledger.dues.enrolling import Enrolled
    from ledger.dues.member_file import MemberFile


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("members", help="会员 members of a unit")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    _add_import(parts)
    _add_list(parts)
    show = parts.add_parser(
        "show", help="会员的资料、沿革与会费 what is known of a member, its history, and dues"
    )
    members_change.add_member(show)
    show.add_argument(
        "--names",
        action="store_true",
        help="连同个人资料，记入操作日志 with who it is; it is logged",
    )
    acting.add_json(show)
    acting.add_user(show)
    show.set_defaults(run=run_show)
    members_change.add_commands(parts)

    erase = parts.add_parser("erase", help="删除个人信息 erase a person's data for good")
    acting.add_folder(erase)
    acting.add_unit(erase)
    erase.add_argument("member", metavar="MEMBER", help="会员 m-…")
    erase.add_argument("--reason", required=True, metavar="TEXT", help="依据 why")
    acting.add_user(erase)
    erase.set_defaults(run=run_erase)


def _add_import(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add = parts.add_parser(
        "import", help="按名单登记或更新会员 enter or update the members of a list"
    )
    acting.add_folder(add)
    acting.add_unit(add)
    add.add_argument(
        "file", metavar="FILE", type=Path,
        help="名单 CSV 或 XLSX：模板 members，或会员编号、姓名两列的表 the template members, "
        "or a list of numbers and names",
    )  # fmt: skip
    add.add_argument("--rule", metavar="RULE", help="资料用于此规则的会费 the rule it is for")
    add.add_argument(
        "--accept",
        action="store_true",
        help="已登记会员的变动照此登记 enter changes of known members",
    )
    add.add_argument("--check", action="store_true", help="只检查，不登记 look only")
    acting.add_json(add)
    acting.add_user(add)
    add.set_defaults(run=run_import)


def _add_list(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listed = parts.add_parser("list", help="列出会员 list members, by number")
    acting.add_folder(listed)
    acting.add_unit(listed)
    listed.add_argument(
        "--state", choices=["active", "left", "transferred", "merged"],
        help="只列此状态 of this state only",
    )  # fmt: skip
    listed.add_argument("--number", default="", metavar="N", help="编号以此开头 number begins so")
    listed.add_argument("--after", default="", metavar="N", help="自此编号之后 behind this number")
    listed.add_argument("--most", type=acting.number, metavar="N", help="至多几名 how many")
    listed.add_argument(
        "--names", action="store_true", help="连同姓名，记入操作日志 with names; the log keeps it"
    )
    acting.add_json(listed)
    acting.add_user(listed)
    listed.set_defaults(run=run_list)


# ---- entering a list ---------------------------------------------------------------------------


def run_import(options: argparse.Namespace) -> int:
    from importers.read import file_bytes
    from importers.roster import enter_roster
    from ledger import clock
    from ledger.dues.enrolling import differing

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        data, name = file_bytes(options.file), options.file.name
        done = enter_roster(
            registry, unit, data, name, user, now,
            rule=options.rule, accept=options.accept, check=options.check,
        )  # fmt: skip
    asks = not done.entered and not options.check
    if options.json:
        told = done.as_json()
        if asks:
            told["findings"].append(differing(done, name).as_json())
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(_enrolled_text(done))
        if asks:
            print(differing(done, name))
    return 1 if asks else 0


def _enrolled_text(done: Enrolled) -> str:
    parts = []
    for one in done.changed:
        parts.append(f"{one.number}  {one.member}")
        parts += [f"  {told.zh}  {told.en}" for told in one.changes]
    parts += [str(found) for found in done.warnings]
    zh, en = ("已登记", "entered") if done.entered else ("没有登记", "not entered")
    parts.append(
        f"{zh} {en}：新会员 new {len(done.fresh)}，变动 changed {len(done.changed)}，"
        f"未变 unchanged {done.same}"
    )
    return "\n".join(parts)


# ---- listing and showing -----------------------------------------------------------------------


def run_list(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.registry import members, oplog, persons

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "record" if options.names else "browse", unit)
        with registry.read() as conn:
            known = members.page(
                conn, unit, begins=options.number, state=options.state or "",
                after=options.after, most=options.most,
            )  # fmt: skip
        people = {}
        if options.names:
            with registry.write() as conn:
                people = persons.read_many(conn, registry.vault, {row.person for row in known})
                oplog.record(
                    conn, at=now, user=user.id, unit=unit, action="member.names",
                    object=f"{len(known)} members",
                )  # fmt: skip
    rows: list[dict[str, str]] = []
    for row in known:
        told = {"id": row.id, "number": row.number, "state": row.state,
                "joined": row.joined.isoformat()}  # fmt: skip
        if options.names:
            data = people.get(row.person)
            told["name"] = data.name if data else "已删除 erased"
        rows.append(told)
    if options.json:
        print(json.dumps({"members": rows}, ensure_ascii=False))
    else:
        print(
            "\n".join([*("  ".join(told.values()) for told in rows), f"{len(rows)} 名会员 members"])
        )
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.dues.explaining import member_called
    from ledger.dues.member_file import member_file

    now = clock.now()
    with acting.opened(options.folder) as registry:
        user = acting.acting_user(registry, options, now)
        row = member_called(registry, options.member, options.unit)
        workflow.demand(user, "record" if options.names else "browse", row.unit)
        found = member_file(registry, row, user, now, names=options.names)
    if options.json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        print(_file_text(found))
    return 0


def _file_text(found: MemberFile) -> str:
    row = found.row
    parts = [f"会员 member {row.id}  单位 unit {row.unit}  编号 number {row.number}  {row.state}"]
    if found.person is not None:
        one = found.person
        parts.append(
            f"  {one.name}  手机 phone {one.phone or '-'}  证件 identity {one.identity or '-'}"
            f"  账号 accounts {'、'.join(one.accounts) or '-'}"
        )
    if found.into is not None:
        parts.append(f"  已并入 merged into {found.into.id}（{found.into.number}）")
    parts += [f"  同一人 the same person: {one.id}（{one.number}）" for one in found.same]
    for rule in found.rules:
        parts.append(f"{rule.rule}")
        parts += [f"  {fact.zh}  {fact.en}" for fact in rule.facts]
        for version in rule.versions:
            parts.append(
                f"  第 {version.number} 版 version，{found.login(version.user)}，{version.at}"
            )
            parts += [f"    {told.zh}  {told.en}" for told in version.changes]
    for merge in found.merges:
        parts.append(
            f"合并 merge {merge.row.member} → {merge.row.into}，自 from {merge.row.since}："
            f"{merge.reason}（{found.login(merge.row.user)}，{merge.row.at}）"
        )
        if merge.row.undone_at is not None:
            parts.append(f"  已撤销 undone {merge.row.undone_at}：{merge.undone}")
    parts += [members_change.transfer_text(one) for one in found.transfers]
    for month in found.months:
        codes = "、".join(f"{c.code} {Money(c.fen).grouped} {c.state}" for c in month.claims)
        parts.append(f"{month.month} {month.rule}：应缴 owes {Money(month.fen).grouped}  {codes}")
    parts += [
        f"{c.month} {c.code}  {Money(c.fen, c.currency).grouped}  {c.state}"
        for c in found.other_claims
    ]
    return "\n".join(parts)


# ---- erasing -----------------------------------------------------------------------------------


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
                        "用 mingbai members list 查看会员",
                        "see the members with mingbai members list",
                    )
                )
            if persons.names_in(conn, registry.vault, options.reason):
                raise Refused(
                    finding(
                        "name-in-log",
                        "依据中有已登记人员的姓名，操作日志不留姓名",
                        "the reason names a registered person; the log holds no names",
                        "改写依据，不写姓名",
                        "say why without the name",
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
