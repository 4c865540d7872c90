"""mingbai draft, approve, return, withdraw, reverse, accept, reopen: drafts and vouchers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.account import account_code, account_label
from ledger.cli import acting, lines
from ledger.entry import Draft, Voucher, build_draft, meta_of, size_fen, voucher_class
from ledger.errors import Refused, finding
from ledger.money import Money
from ledger.parallelcheck import OUTSIDE

if TYPE_CHECKING:
    from ledger.registry import Registry
    from ledger.workflow import Waiting


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    draft = commands.add_parser("draft", help="填制凭证草稿 enter a draft voucher")
    _common(draft)
    draft.add_argument("--date", required=True, type=acting.day, help="业务日期 business day")
    draft.add_argument("--narration", required=True, metavar="TEXT", help="摘要 narration")
    draft.add_argument("--payee", default="", metavar="TEXT", help="往来单位 payee (no persons)")
    draft.add_argument("--fund", required=True, metavar="F", help="资金 fund of every line")
    for side, zh in (("debit", "借方"), ("credit", "贷方")):
        draft.add_argument(
            f"--{side}",
            nargs="+",
            action="append",
            default=[],
            metavar="X",
            help=f"{zh}：科目 金额 [资金] [键=值 …] {side}: account amount [fund] [key=value …]",
        )
    draft.add_argument("--paper", action="append", default=[], type=Path, help="附件 a paper file")
    draft.add_argument("--kind", choices=["收", "付", "转"], help="凭证类别 voucher class")
    draft.add_argument("--decision", default="", help="决议文号 decision number")
    draft.add_argument(
        "--allocation", default="", metavar="CODE",
        help="所用拨款；其他款项写 other the allocation that is spent; other for other money",
    )  # fmt: skip
    draft.add_argument(
        "--finding", default="", metavar="CODE",
        help="更正哪一项审计发现 the audit finding that it corrects, which it links",
    )  # fmt: skip
    draft.add_argument(
        "--outside-budget", default="", metavar="TEXT",
        help="不纳入预算的理由（政府会计） why it has no budgetary half",
    )  # fmt: skip
    draft.set_defaults(run=run_draft)

    approve = commands.add_parser("approve", help="审核草稿 approve drafts")
    _common(approve)
    approve.add_argument("drafts", nargs="*", metavar="DRAFT", help="草稿编号 draft ids")
    approve.add_argument("--all", action="store_true", help="全部待审核 all that wait")
    approve.set_defaults(run=run_approve, rest="drafts")

    back = commands.add_parser("return", help="退回草稿 return a draft to its maker")
    _common(back)
    back.add_argument("draft", metavar="DRAFT", help="草稿编号 draft id")
    back.add_argument("--reason", required=True, metavar="TEXT", help="原因 reason")
    back.set_defaults(run=run_return)

    withdraw = commands.add_parser("withdraw", help="撤回自己的草稿 take one's own draft back")
    _common(withdraw)
    withdraw.add_argument("draft", metavar="DRAFT", help="草稿编号 draft id")
    withdraw.set_defaults(run=run_withdraw)

    reverse = commands.add_parser("reverse", help="冲销凭证 propose the reversal of a voucher")
    _common(reverse)
    reverse.add_argument("number", metavar="NUMBER", help="凭证号 voucher number")
    reverse.add_argument("--reason", required=True, metavar="TEXT", help="原因 reason")
    reverse.add_argument("--date", type=acting.day, help="冲销日期，缺省今日 day; today by default")
    reverse.set_defaults(run=run_reverse)

    accept = commands.add_parser("accept", help="接收手写的 Beancount 草稿 accept written drafts")
    _common(accept)
    accept.add_argument("file", metavar="FILE", type=Path, help="Beancount 文本 Beancount text")
    accept.set_defaults(run=run_accept)

    reopen = commands.add_parser(
        "reopen", help="重开最近结账的月份：一人申请，另一人确认 open the last closed month, by two"
    )
    _common(reopen)
    reopen.add_argument("month", type=acting.month, metavar="MONTH", help="月份 2026-03")
    how = reopen.add_mutually_exclusive_group(required=True)
    how.add_argument("--reason", metavar="TEXT", help="申请并写明原因 ask for it, with the reason")
    how.add_argument("--confirm", action="store_true", help="另一人确认 another person confirms")
    how.add_argument("--withdraw", action="store_true", help="撤回申请 take back what was asked")
    reopen.set_defaults(run=run_reopen)


def _common(parser: argparse.ArgumentParser) -> None:
    acting.add_folder(parser)
    acting.add_unit(parser)
    acting.add_user(parser)
    acting.add_json(parser)


def run_draft(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.allocations.naming import naming
    from ledger.audit.standing import standing
    from ledger.registry import entries, papers

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "record", unit)
        with registry.read() as conn:
            known = entries.accounts(conn, unit)
            finding_code = standing(conn, unit, options.finding).row.code if options.finding else ""
        postings = [lines.posting(words, 1, options.fund, known) for words in options.debit]
        postings += [lines.posting(words, -1, options.fund, known) for words in options.credit]
        if options.allocation:
            postings = naming(postings, options.allocation, known)
        digests = [
            papers.store(registry, unit, path, user=user.id, now=now) for path in options.paper
        ]
        draft = build_draft(
            unit=unit,
            day=options.date,
            kind=options.kind or voucher_class(postings),
            narration=options.narration,
            payee=options.payee,
            postings=tuple(postings),
            papers=tuple(dict.fromkeys(digests)),
            links=(finding_code,) if finding_code else (),
            meta=meta_of({"decision": options.decision, OUTSIDE: options.outside_budget}),
        )
        draft_id = workflow.propose(registry, draft, user, now)
        half = _half(workflow.find_waiting(registry, draft_id).draft, draft)
        told = workflow.warnings_of(registry, [draft_id])
    text = "\n".join(
        [
            f"草稿待审核 draft waits for a checker: {draft_id}",
            *(f"  平行记账 budgetary half: {'  '.join(line)}" for line in half),
        ]
    )
    said = {"draft": draft_id, **({"half": [list(line) for line in half]} if half else {})}
    _say(options, {**said, **acting.as_json(told)}, acting.with_warnings(text, told))
    return 0


def _half(whole: Draft, typed: Draft) -> list[tuple[str, str, str]]:
    """The budgetary lines that the rule added to what was typed: account, fund, amount."""
    return [
        (f"{account_code(line.account)} {account_label(line.account)}", line.fund, line.amount.text)
        for line in whole.postings[len(typed.postings) :]
    ]


def run_approve(options: argparse.Namespace) -> int:
    from ledger import clock, workflow

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        ids = list(dict.fromkeys(options.drafts))
        if options.all:
            ids = [
                row.id
                for row in workflow.waiting(registry, unit)
                if row.state == "waiting" and row.maker != user.id and user.id not in row.approvals
            ]
        elif not ids:
            raise Refused(
                finding(
                    "no-draft",
                    "没有写明要审核的草稿",
                    "no draft is named",
                    "写草稿编号，或用 --all",
                    "name drafts, or use --all",
                )
            )
        told = workflow.warnings_of(registry, ids)
        done = workflow.approve_many(registry, unit, ids, user, now) if ids else []
    posted = [result for result in done if isinstance(result, Voucher)]
    pending = [result for result in done if not isinstance(result, Voucher)]
    _say(
        options,
        {
            "posted": [voucher.number for voucher in posted],
            "waiting": [{"draft": w.id, "needed": w.needed} for w in pending],
            **acting.as_json(told),
        },
        acting.with_warnings(
            "\n".join(
                [f"已记账 posted: {v.number}  {v.draft.narration}" for v in posted]
                + [f"还需另一位审核人 needs another checker: {w.id}" for w in pending]
                or ["没有待审核的草稿 nothing waits"]
            ),
            told,
        ),
    )
    return 0


def run_return(options: argparse.Namespace) -> int:
    from ledger import clock, workflow

    now = clock.now()
    with acting.opened(options.folder) as registry:
        _of_unit(registry, options)
        user = acting.acting_user(registry, options, now)
        workflow.send_back(registry, options.draft, user, now, options.reason)
    _say(options, {"returned": options.draft}, f"已退回 returned: {options.draft}")
    return 0


def run_withdraw(options: argparse.Namespace) -> int:
    from ledger import clock, workflow

    now = clock.now()
    with acting.opened(options.folder) as registry:
        _of_unit(registry, options)
        user = acting.acting_user(registry, options, now)
        workflow.withdraw(registry, options.draft, user, now)
    _say(options, {"withdrawn": options.draft}, f"已撤回 withdrawn: {options.draft}")
    return 0


def _of_unit(registry: Registry, options: argparse.Namespace) -> None:
    from ledger import workflow

    waiting: Waiting = workflow.find_waiting(registry, options.draft)
    if waiting.draft.unit != acting.known_unit(registry, options.unit):
        raise Refused(
            finding(
                "no-draft",
                f"单位 {options.unit} 没有草稿 {options.draft[:40]}",
                f"unit {options.unit} has no draft {options.draft[:40]}",
                "用 mingbai inbox 查看待办",
                "see what waits with mingbai inbox",
            )
        )


def run_reverse(options: argparse.Namespace) -> int:
    from ledger import clock, reversing, workflow

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        draft_id = reversing.reverse(
            registry,
            unit,
            options.number.removeprefix(f"{unit}/"),
            user,
            now,
            day=options.date or now.date(),
            reason=options.reason,
        )
        told = workflow.warnings_of(registry, [draft_id])
    text = f"冲销草稿待审核 reversal waits for a checker: {draft_id}"
    _say(options, {"draft": draft_id, **acting.as_json(told)}, acting.with_warnings(text, told))
    return 0


def run_accept(options: argparse.Namespace) -> int:
    from ledger import clock, gate, workflow
    from ledger.registry import entries

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "record", unit)
        with registry.read() as conn:
            accounts = entries.accounts(conn, unit)
            funds = entries.funds(conn, unit)
        drafts: list[Draft] = gate.read_foreign(
            gate.read_file(options.file),
            unit=unit,
            source="user",
            name=options.file.name,
            accounts={name: row.currency for name, row in accounts.items()},
            funds=funds,
        )
        ids = workflow.propose_many(registry, unit, drafts, user, now)
        told = workflow.warnings_of(registry, ids)
    size = Money(sum(size_fen(one.postings) for one in drafts))
    _say(
        options,
        {"drafts": ids, **acting.as_json(told)},
        acting.with_warnings(
            f"{len(ids)} 笔草稿待审核，共 {size.grouped} drafts wait for a checker: "
            f"{' '.join(ids)}",
            told,
        ),
    )
    return 0


def run_reopen(options: argparse.Namespace) -> int:
    """One person asks, another confirms; until then the month stays closed."""
    from ledger import reopening

    month = options.month
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        if options.confirm:
            row = reopening.confirm(registry, unit, month, user, now)
            done, text = "reopened", f"已重开 reopened: {month}（{row.reason}）"
        elif options.withdraw:
            row = reopening.withdraw(registry, unit, month, user, now)
            done, text = "withdrawn", f"已撤回重开申请 taken back: {month}"
        else:
            row = reopening.ask(registry, unit, month, user, now, options.reason)
            done = "asked"
            text = (
                f"已申请重开 asked: {month}\n  由另一人确认 another person confirms it: "
                f"mingbai reopen {options.folder} --unit {unit} {month} --confirm"
            )
    _say(options, {done: str(month), "reason": row.reason, "asked_by": row.maker}, text)
    return 0


def _say(options: argparse.Namespace, fields: dict[str, object], text: str) -> None:
    print(json.dumps(fields, ensure_ascii=False) if options.json else text)
