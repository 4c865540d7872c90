"""mingbai inbox, answer, set-aside, match, undo: what waits, and what a person does about it."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.account import account_code, account_label
from ledger.cli import acting, dues_cash, lines
from ledger.entry import size_fen
from ledger.errors import Finding, Refused, finding
from ledger.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from importers.drafting import OtherSide
    from importers.staging import Inbox
    from importers.undoing import Undoing, Undone
    from ledger.registry import Registry, User
    from ledger.workflow import Waiting


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    inbox = commands.add_parser("inbox", help="待办 what waits: questions, parked rows, drafts")
    acting.add_folder(inbox)
    acting.add_unit(inbox)
    acting.add_json(inbox)
    acting.add_user(inbox)
    inbox.set_defaults(run=run_inbox)

    answer = commands.add_parser("answer", help="回答一笔流水 say what a statement line was")
    acting.add_folder(answer)
    acting.add_unit(answer)
    answer.add_argument(
        "line", type=acting.number, metavar="LINE", help="流水编号 the line's number"
    )
    answer.add_argument(
        "--suggested", action="store_true",
        help="照建议入账 enter it as the inbox suggests",
    )  # fmt: skip
    answer.add_argument(
        "--credit", nargs="+", action="append", default=[], metavar="X",
        help="贷方：科目 [金额] [资金] [键=值 …] credit: account [amount] [fund] [key=value …]",
    )  # fmt: skip
    answer.add_argument(
        "--debit", nargs="+", action="append", default=[], metavar="X",
        help="借方：科目 [金额] [资金] [键=值 …] debit: account [amount] [fund] [key=value …]",
    )  # fmt: skip
    answer.add_argument(
        "--member", metavar="NUMBER",
        help="某会员的缴款（部分、多缴或重复均可），付出时为退款 "
        "a member's payment, in part or above; of money out their refund",
    )  # fmt: skip
    answer.add_argument(
        "--for", dest="codes", action="append", default=[], metavar="CODE",
        help="与 --member 同用：缴费码或预缴款 with --member: the claims, or credits, meant",
    )  # fmt: skip
    dues_cash.add_kinds(answer)
    answer.add_argument("--fund", default="", metavar="F", help="资金 fund of every entry")
    answer.add_argument("--narration", default="", metavar="TEXT", help="摘要 narration")
    answer.add_argument("--payee", default="", metavar="TEXT", help="往来单位 payee (no persons)")
    answer.add_argument("--decision", default="", metavar="TEXT", help="决议文号 decision number")
    answer.add_argument("--paper", action="append", default=[], type=Path, help="附件 a paper file")
    answer.add_argument(
        "--date", type=acting.day, metavar="DAY",
        help="入账日，流水所属月份已结账时用 a later day, where the line's month is closed",
    )  # fmt: skip
    acting.add_json(answer)
    acting.add_user(answer)
    answer.set_defaults(run=run_answer)

    aside = commands.add_parser(
        "set-aside", help="搁置流水，或处置搁置的行 set a line aside, or dispose of a parked row"
    )
    acting.add_folder(aside)
    acting.add_unit(aside)
    aside.add_argument(
        "line", type=_line_or_row, metavar="LINE",
        help="流水编号，或 文件:行 a line's number, or FILE:ROW of a parked row",
    )  # fmt: skip
    aside.add_argument("--reason", required=True, metavar="TEXT", help="原因 reason")
    acting.add_json(aside)
    acting.add_user(aside)
    aside.set_defaults(run=run_set_aside)

    match = commands.add_parser(
        "match", help="按现有规则与应收重新匹配问题 match the open questions again"
    )
    acting.add_folder(match)
    acting.add_unit(match)
    acting.add_json(match)
    acting.add_user(match)
    match.set_defaults(run=run_match)

    undo = commands.add_parser("undo", help="撤销一次导入 take a whole import back")
    acting.add_folder(undo)
    acting.add_unit(undo)
    undo.add_argument(
        "file", type=acting.number, metavar="BATCH", help="文件编号 the number of its file"
    )
    what = undo.add_mutually_exclusive_group()
    what.add_argument(
        "--reason", default="未说明原因 no reason given", metavar="TEXT",
        help="原因，写入冲销摘要 the reason, which the reversals tell",
    )  # fmt: skip
    what.add_argument(
        "--keep", action="store_true", help="不再撤销，撤回冲销草稿 leave it in place after all"
    )
    acting.add_json(undo)
    acting.add_user(undo)
    undo.set_defaults(run=run_undo)


def _line_or_row(text: str) -> tuple[int, int | None]:
    """``17`` is a line, ``3:12`` the twelfth row of the third file."""
    found = re.fullmatch(r"([0-9]{1,18})(?::([0-9]{1,9}))?", text)
    if found is None:
        raise argparse.ArgumentTypeError("写流水编号，或 文件:行 a line's number, or FILE:ROW")
    return int(found[1]), int(found[2]) if found[2] else None


# ---- inbox -------------------------------------------------------------------------------------


def run_inbox(options: argparse.Namespace) -> int:
    from importers import staging, undoing
    from ledger import clock, workflow

    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        now = clock.now()
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "browse", unit)
        waits = staging.inbox(registry, unit, now.date())
        leaving = undoing.under_way(registry, unit)
        drafts = workflow.waiting(registry, unit)
    if options.json:
        told = {
            **waits.as_json(),
            "drafts": [_draft_json(draft, waits.lines.get(draft.id)) for draft in drafts],
            "undoing": [file.as_json() for file in leaving],
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(_inbox_text(waits))
        print(_drafts_text(drafts, waits.lines))
        for file in leaving:
            print(_leaving_text(file))
    return 0


def _leaving_text(file: Undoing) -> str:
    parts = [
        f"正在撤销 being undone: 文件 file {file.file} {file.name}（{file.reason}）："
        f"{len(file.reversals)} 张冲销待审核 reversals wait"
    ]
    if file.without:
        parts.append(
            f"  {len(file.without)} 张凭证没有冲销草稿：再次 mingbai undo，或 --keep 放弃\n"
            f"  {len(file.without)} vouchers have no reversal: undo again, or give up with --keep"
        )
    return "\n".join(parts)


def _inbox_text(waits: Inbox) -> str:
    from reports.table import aligned

    parts = ["没有问题 no questions"]
    if waits.questions:
        head = ("编号 line", "日期 day", "金额 amount", "对方 from/to", "摘要 memo", "为何 why")
        rows = [
            (str(q.number), q.day, q.amount.shown, q.counterparty, q.memo, q.reason)
            for q in waits.questions
        ]
        parts = ["问题 questions", aligned([head, *rows], right={0, 2})]
    if any(q.suggestion for q in waits.questions):
        parts.append("建议 suggestions（mingbai answer DIR --unit U LINE --suggested）")
    for q in waits.questions:
        if q.suggestion is not None:
            parts.append(f"  {q.number}: {q.suggestion.score}/100 {q.suggestion.narration}")
    if waits.clearing:
        parts.append("在途未结平 clearing accounts that are not back to zero")
    for left in waits.clearing:
        parts.append(
            f"  {account_code(left.account)} {account_label(left.account)} {left.fund} "
            f"{left.amount.grouped}，自 since {left.since}"
        )
    if waits.parked:
        parts.append("搁置的行 parked rows")
    for row in waits.parked:
        cells = " | ".join(cell for cell in row.cells if cell.strip())[:120]
        name = waits.files.get(row.file, "")
        parts.append(f"  {row.file}:{row.row} {name}：{row.reason}：{cells}")
    return "\n".join(parts)


def _draft_json(waiting: Waiting, line: int | None) -> dict[str, Any]:
    draft = waiting.draft
    return {
        "id": waiting.id,
        "line": line,
        "state": waiting.state,
        "day": draft.day.isoformat(),
        "class": draft.kind,
        "narration": draft.narration,
        "payee": draft.payee,
        "maker": waiting.maker,
        "approvals": list(waiting.approvals),
        "needed": waiting.needed,
        "note": waiting.note,
        "warnings": [found.as_json() for found in waiting.warnings],
        "postings": [
            {"account": p.account, "amount": p.amount.text, "fund": p.fund} for p in draft.postings
        ],
        "papers": list(draft.papers),
    }


def _drafts_text(drafts: list[Waiting], behind: dict[str, int]) -> str:
    from reports.table import aligned

    if not drafts:
        return "没有待审核的草稿 no drafts wait"
    rows = [
        (
            waiting.id,
            str(behind.get(waiting.id, "")),
            waiting.draft.day.isoformat(),
            Money(size_fen(waiting.draft.postings)).grouped,
            f"{len(waiting.approvals)}/{waiting.needed}",
            "退回 returned" if waiting.state == "returned" else "",
            waiting.draft.narration,
        )
        for waiting in drafts
    ]
    head = (
        "草稿 draft", "流水 line", "日期 day", "金额 amount", "审核 signed", "", "摘要 narration",
    )  # fmt: skip
    told = [f"注意 note: {waiting.id} {found}" for waiting in drafts for found in waiting.warnings]
    return "\n".join(["待审核 drafts", aligned([head, *rows], right={1, 3}), *told])


# ---- answer ------------------------------------------------------------------------------------


def run_answer(options: argparse.Namespace) -> int:
    from importers import staging
    from ledger import clock, workflow
    from ledger.registry import papers

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "record", unit)
        if options.suggested:
            _only_suggested(options)
            draft_id = staging.accept_suggestion(
                registry, unit, options.line, user, now, day=options.date
            )
        elif options.member is not None:
            draft_id = _answer_member(registry, unit, options, user, now)
        else:
            line = staging.question(registry, unit, options.line)
            sides = _sides(registry, unit, options, Money(line.fen, line.currency))
            digests = [
                papers.store(registry, unit, p, user=user.id, now=now) for p in options.paper
            ]
            draft_id = staging.answer(
                registry, unit, options.line, sides, user, now,
                narration=options.narration, payee=options.payee, decision=options.decision,
                papers=tuple(digests), day=options.date,
            )  # fmt: skip
        told = workflow.warnings_of(registry, [draft_id])
    print(
        json.dumps({"draft": draft_id, **acting.as_json(told)}, ensure_ascii=False)
        if options.json
        else acting.with_warnings(f"草稿待审核 the draft waits for a checker: {draft_id}", told)
    )
    return 0


def _answer_member(
    registry: Registry, unit: str, options: argparse.Namespace, user: User, now: datetime
) -> str:
    """What a member paid, or was paid back: the entries follow from what they owe."""
    import sys

    from importers import staging

    if options.credit or options.debit or options.fund or options.payee or options.paper:
        raise Refused(
            finding(
                "member-alone",
                "--member 按会员的应收入账，不能再写科目、资金等",
                "--member enters what the member owes: accounts, funds and papers are not said",
                "去掉其他选项，或去掉 --member 自行回答",
                "leave the other options out, or answer without --member",
            )
        )
    with registry.read() as conn:
        up = options.up and (dues_cash.account_of(conn, unit, options.up[0]), options.up[1])
    whose = staging.OfMember(
        options.member, tuple(options.codes), options.rule, options.voluntary, up
    )
    draft_id, warnings = staging.answer_member(
        registry, unit, options.line, whose, user, now, narration=options.narration,
        day=options.date,
    )  # fmt: skip
    for warning in warnings:
        print(warning, file=sys.stderr)
    return draft_id


def _only_suggested(options: argparse.Namespace) -> None:
    """A suggestion is taken as it stands, on its own day or a later one; what else is typed would
    be lost, so it is refused."""
    others = (
        options.credit, options.debit, options.fund, options.narration, options.payee,
        options.decision, options.paper, options.member, options.codes, options.voluntary,
        options.rule, options.up,
    )  # fmt: skip
    if any(others):
        raise Refused(
            finding(
                "suggested-alone",
                "--suggested 照建议入账，除 --date 外不能另写科目、摘要等",
                "--suggested enters what is suggested: only --date can be said beside it",
                "去掉其他选项，或去掉 --suggested 自行回答",
                "leave the other options out, or answer without --suggested",
            )
        )


def _sides(
    registry: Registry, unit: str, options: argparse.Namespace, amount: Money
) -> list[OtherSide]:
    """What stands against the money account: credits for money in, debits for money out.

    Both may be given where a fee was kept back: the gross on one side, the fee on the other. An
    amount may be left out where there is one entry.
    """
    from importers.drafting import OtherSide
    from ledger.registry import entries

    came = amount.fen > 0
    usual, other = (options.credit, options.debit) if came else (options.debit, options.credit)
    if not usual:
        raise Refused(_wrong_side(came))
    with registry.read() as conn:
        known = entries.accounts(conn, unit)
    sides = []
    for words, adds in ((usual, True), (other, False)):
        for part in words:
            line = lines.parse(part, options.fund, known)
            if line.amount is None and len(usual) + len(other) > 1:
                raise Refused(_no_amount(part))
            size = line.amount if line.amount is not None else abs(amount)
            signed = Money(size.fen if came == adds else -size.fen, amount.currency)
            sides.append(OtherSide(line.account, line.fund, signed, line.meta))
    return sides


def _wrong_side(came: bool) -> Finding:
    side = "--credit" if came else "--debit"
    return finding(
        "wrong-side",
        f"这笔流水是{'收入' if came else '付出'}，对方用 {side}",
        f"this line is money {'in' if came else 'out'}: use {side}",
        f"写作 {side} 科目 [金额] [资金]",
        f"write {side} ACCOUNT [AMOUNT] [FUND]",
    )


def _no_amount(words: list[str]) -> Finding:
    typed = " ".join(words)[:80]
    return finding(
        "bad-line",
        f"分录行「{typed}」没有金额：有几行时各行都写金额",
        f"line “{typed}” has no amount: of several, each has its own",
        "写作 --credit 科目 金额 [资金]",
        "write --credit ACCOUNT AMOUNT [FUND]",
    )


def run_set_aside(options: argparse.Namespace) -> int:
    from importers import staging
    from ledger import clock

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        number, row = options.line
        if row is None:
            staging.set_aside(registry, unit, number, user, now, options.reason)
        else:
            staging.dispose(registry, unit, number, row, user, now, options.reason)
    if options.json:
        print(json.dumps({"set-aside": number if row is None else f"{number}:{row}"}))
    elif row is None:
        print(f"已搁置流水 line set aside: {number}")
    else:
        print(f"已处置搁置的行 parked row disposed of: {number}:{row}")
    return 0


# ---- match, undo -------------------------------------------------------------------------------


def run_match(options: argparse.Namespace) -> int:
    from importers import staging
    from ledger import clock

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        done = staging.match_again(registry, unit, user, now)
    if options.json:
        print(json.dumps(done.as_json()))
    else:
        print(
            f"新草稿 new drafts {len(done.drafts)}，仍是问题 still questions {len(done.questions)}"
        )
    return 0


def run_undo(options: argparse.Namespace) -> int:
    from importers import undoing
    from ledger import clock

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        if options.keep:
            withdrawn = undoing.give_up(registry, unit, options.file, user, now)
            told: dict[str, Any] = {"kept": options.file, "withdrawn": withdrawn}
            words = f"文件 {options.file} 不再撤销 is kept，撤回 {withdrawn} 张冲销 withdrawn"
        else:
            done = undoing.undo(registry, unit, options.file, user, now, options.reason)
            told, words = done.as_json(), _undone_text(done)
    print(json.dumps(told) if options.json else words)
    return 0


def _undone_text(done: Undone) -> str:
    if done.done:
        return (
            f"已撤销文件 {done.file} 的导入，{done.lines} 笔流水 import undone, {done.lines} lines"
        )
    count = len(done.reversals)
    return (
        f"文件 {done.file} 正在撤销：{count} 张冲销凭证待审核，全部记账后可重新导入\n"
        f"  being undone: {count} reversals wait for a checker; once they are posted the file "
        "may be imported again"
    )
