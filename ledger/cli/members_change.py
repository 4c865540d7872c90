"""mingbai members change, merge, transfer: what a person records of members, one by one."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Final

from ledger.cli import acting
from ledger.errors import Finding, Refused, finding

if TYPE_CHECKING:
    from ledger.dues.change import Change
    from ledger.dues.transferring import Transfer

_STATES: Final = {
    "asked": "待接收 waits",
    "accepted": "已接收 accepted",
    "refused": "不接收 refused",
    "withdrawn": "已撤回 withdrawn",
}


def add_member(parser: argparse.ArgumentParser) -> None:
    acting.add_folder(parser)
    acting.add_unit(parser, required=False)
    parser.add_argument(
        "member",
        metavar="MEMBER",
        help="会员代号 m-…，或编号加 --unit an id, or a number with --unit",
    )


def add_commands(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    _add_change(parts)
    merge = parts.add_parser(
        "merge", help="找出并合并重复登记的会员 find members entered twice and make them one"
    )
    acting.add_folder(merge)
    acting.add_unit(merge)
    merge.add_argument(
        "who", metavar="DOUBLE INTO", nargs="*",
        help="重复的会员，和并入哪一位；不写则列出 the double, and into whom; none lists",
    )  # fmt: skip
    merge.add_argument(
        "--since", type=acting.day, metavar="DAY", help="自此月起只一人应缴 from when"
    )
    merge.add_argument("--reason", default="", metavar="TEXT", help="依据 why")
    merge.add_argument("--undo", action="store_true", help="撤销合并 take the merge back")
    acting.add_json(merge)
    acting.add_user(merge)
    merge.set_defaults(run=run_merge, rest="who")
    _add_transfer(parts)


def _add_change(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    change = parts.add_parser(
        "change", help="登记会员的变动 record what changes of a member, from a day on"
    )
    add_member(change)
    change.add_argument(
        "--since", required=True, type=acting.day, metavar="DAY", help="自何日起 from"
    )
    change.add_argument("--rule", metavar="RULE", help="哪一种会费 for which dues")
    change.add_argument("--status", metavar="S", help="缴费身份 status, by id or Chinese name")
    change.add_argument("--base", type=acting.fen, metavar="M", help="基数，元 base in yuan")
    change.add_argument("--kind", default="", metavar="K", help="基数种类 pay, pension, …")
    change.add_argument(
        "--chosen", type=acting.fen, metavar="M", help="核定数额 chosen within a range"
    )
    change.add_argument(
        "--decision", default="", metavar="TEXT", help="依据的决议 the paper behind it"
    )
    change.add_argument(
        "--reduction", type=acting.fen, metavar="M", help="减免后数额 what remains to pay"
    )
    change.add_argument(
        "--until", type=acting.month, metavar="MONTH", help="减免止月（不含） up to"
    )
    change.add_argument("--reason", default="", metavar="TEXT", help="减免原因 why it is reduced")
    change.add_argument(
        "--study", default="", metavar="TEXT", help="支部研究 the branch's resolution"
    )
    change.add_argument(
        "--approval", default="", metavar="TEXT", help="上级批准 the approval above"
    )
    change.add_argument("--reduction-ends", action="store_true", help="减免到此为止 it ends")
    change.add_argument("--frequency", choices=["monthly", "quarterly"], help="交纳周期 how often")
    change.add_argument(
        "--employer", metavar="NAME", help="工作单位，空为无 employer; empty for none"
    )
    change.add_argument("--consent", action="append", default=[], metavar="C",
                        help="同意 payroll-deduction, named-in-roll")  # fmt: skip
    change.add_argument("--consent-ends", metavar="C", help="不再同意 a consent taken back")
    change.add_argument("--left", action="store_true", help="自该日起离会 is a member no more")
    change.add_argument("--returned", action="store_true", help="自该日起重新入会 is one again")
    change.add_argument("--joined", type=acting.day, metavar="DAY", help="更正入会日期 correct it")
    acting.add_json(change)
    acting.add_user(change)
    change.set_defaults(run=run_change)


def _add_transfer(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    move = parts.add_parser(
        "transfer",
        help="转接：提出、接收、拒收、撤回；不写会员则列出 ask for, accept, refuse or withdraw a "
        "transfer between units; with none of them list what waits",
    )
    acting.add_folder(move)
    acting.add_unit(move)
    move.add_argument("who", metavar="MEMBER", nargs="*", help="会员编号或代号 number or id")
    move.add_argument("--to", metavar="U", help="转往的单位 the new unit")
    move.add_argument(
        "--on", type=acting.day, metavar="DAY", help="在新单位的第一天 first day there"
    )
    move.add_argument(
        "--paid-through",
        type=acting.month,
        metavar="MONTH",
        help="原单位收至 the old unit's last month",
    )
    move.add_argument("--letter", default="", metavar="TEXT", help="介绍信号 the letter's number")
    move.add_argument("--accept", metavar="T", help="接收此转接 take this transfer t-…")
    move.add_argument(
        "--number", default="", metavar="N", help="在新单位的编号 number in the new unit"
    )
    move.add_argument("--refuse", metavar="T", help="不接收 do not take it")
    move.add_argument("--withdraw", metavar="T", help="撤回 keep the member after all")
    move.add_argument("--reason", default="", metavar="TEXT", help="拒收或撤回的原因 why")
    acting.add_json(move)
    acting.add_user(move)
    move.set_defaults(run=run_transfer, rest="who")


# ---- change ------------------------------------------------------------------------------------


def run_change(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues.changing import change_member
    from ledger.dues.explaining import member_called

    now = clock.now()
    with acting.opened(options.folder) as registry:
        user = acting.acting_user(registry, options, now)
        row = member_called(registry, options.member, options.unit)
        done = change_member(registry, row, _change(options), user, now)
    if options.json:
        told = {"member": row.id, "number": row.number, "rules": [one.as_json() for one in done]}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(f"{row.number}  {row.id}")
    for one in done:
        print(f"{one.rule} 第 {one.version} 版 version")
        for change in one.changes:
            print(f"  {change.zh}  {change.en}")
        for found in one.warnings:
            print(found)
    return 0


def _change(options: argparse.Namespace) -> Change:
    from ledger.dues.change import Change

    return Change(
        options.since,
        rule=options.rule,
        status=options.status,
        base=options.base,
        base_kind=options.kind,
        chosen=options.chosen,
        decision=options.decision,
        reduction=options.reduction,
        until=options.until,
        reason=options.reason,
        study=options.study,
        approval=options.approval,
        reduction_ends=options.reduction_ends,
        frequency=options.frequency,
        employer=options.employer,
        consents=tuple(options.consent),
        consent_ends=options.consent_ends,
        left=options.left,
        returned=options.returned,
        joined=options.joined,
    )


# ---- merge -------------------------------------------------------------------------------------


def run_merge(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues import merging
    from ledger.dues.explaining import member_called

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        if len(options.who) > 2:
            raise Refused(_usage("至多写两位会员", "two members at the most"))
        if not options.who:
            found = merging.doubles(registry, unit, user)
            if options.json:
                print(json.dumps({"doubles": [one.as_json() for one in found]}, ensure_ascii=False))
            else:
                for one in found:
                    print(
                        f"{one.other.number} {one.other.id} → {one.member.number} {one.member.id}"
                        f"  姓名与{one.what.zh}相同 same name and {one.what.en}"
                    )
                print(f"{len(found)} 对可能重复 perhaps doubles")
            return 0
        double = member_called(registry, options.who[0], unit)
        if options.undo:
            merging.unmerge(registry, double, options.reason, user, now)
            told = {"member": double.id, "into": None}
        else:
            if len(options.who) < 2:
                raise Refused(_usage("写明并入哪一位", "say into whom"))
            into = member_called(registry, options.who[1], unit)
            merging.merge(registry, double, into, options.reason, user, now, options.since)
            told = {"member": double.id, "into": into.id}
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    elif options.undo:
        print(f"已撤销合并 taken apart: {double.id}")
    else:
        print(f"已合并 merged: {told['member']} → {told['into']}")
    return 0


# ---- transfer ----------------------------------------------------------------------------------


def run_transfer(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.dues import transferring
    from ledger.dues.explaining import member_called
    from ledger.dues.member_file import transfer_json

    now = clock.now()
    asked = [*options.who, options.accept, options.refuse, options.withdraw]
    if sum(one is not None for one in asked) > 1:
        raise Refused(_usage("一次只办一件", "one thing at a time"))
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        if options.who:
            if options.to is None or options.on is None or options.paid_through is None:
                raise Refused(_usage("写明 --to、--on 与 --paid-through",
                                     "say --to, --on and --paid-through"))  # fmt: skip
            row = member_called(registry, options.who[0], unit)
            told = {"id": transferring.ask(
                registry, row, options.to, options.on, options.paid_through, options.letter, user,
                now)}  # fmt: skip
        elif options.accept is not None:
            new = transferring.accept(registry, options.accept, options.number, user, now)
            told = {"id": options.accept, "member": new}
        elif options.refuse is not None:
            transferring.refuse(registry, options.refuse, options.reason, user, now)
            told = {"id": options.refuse, "state": "refused"}
        elif options.withdraw is not None:
            transferring.withdraw(registry, options.withdraw, options.reason, user, now)
            told = {"id": options.withdraw, "state": "withdrawn"}
        else:
            workflow.demand(user, "browse", unit)
            found = transferring.waiting(registry, unit, user)
            if options.json:
                rows = [transfer_json(one) for one in found]
                print(json.dumps({"transfers": rows}, ensure_ascii=False))
            else:
                print("\n".join([*map(transfer_text, found), f"{len(found)} 项待接收 wait"]))
            return 0
    print(json.dumps(told, ensure_ascii=False) if options.json else "  ".join(told.values()))
    return 0


def transfer_text(one: Transfer) -> str:
    row = one.row
    told = (
        f"转接 transfer {row.id}：{row.member}（{one.number}）{row.from_unit} → {row.to_unit}，"
        f"{row.day} 起 from，原单位收至 paid through {row.paid_through}，{_STATES[row.state]}"
    )
    if one.letter:
        told += f"，{one.letter}"
    return f"{told}：{one.answer}" if one.answer else told


def _usage(zh: str, en: str) -> Finding:
    return finding(
        "usage", zh, en, "mingbai members --help 列出写法", "see mingbai members --help",
    )  # fmt: skip
