"""mingbai objection: what people say of a published line, and the answer that everybody reads."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.errors import Refused, finding

if TYPE_CHECKING:
    from ledger.disclosing.objection_standing import Standing

_CODE = ("CODE", "意见编号 its code: YJ2026-0001-5")
_KINDS = ("objection", "question")
_CHANNELS = ("letter", "phone", "visit", "meeting", "online")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("objection", help="对公开内容的意见 what people say of a line")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    add = acting.add_part(
        parts, "add", "登记一项异议或询问 enter an objection or question", run=run_add
    )
    add.add_argument("--kind", default="objection", choices=_KINDS, help="异议、询问 which")
    add.add_argument(
        "--ref", required=True, metavar="REF",
        help="所指的一行 which line: U/付-202603-0001, U/balance-sheet/2026-03/1",
    )  # fmt: skip
    add.add_argument("--on", required=True, type=acting.day, metavar="DAY", help="收到日 when")
    text = add.add_mutually_exclusive_group(required=True)
    text.add_argument("--text", metavar="TEXT", help="原文，加密保存 as written; it is sealed")
    text.add_argument("--file", type=Path, metavar="FILE", help="原文的文件 a file with it")
    add.add_argument(
        "--words", default="", metavar="TEXT",
        help="供公开的文字，不写人名、号码 what everybody may read; no names or numbers",
    )  # fmt: skip
    add.add_argument("--by", default="letter", choices=_CHANNELS, help="途径 how it came")
    answer = acting.add_part(
        parts, "answer", "答复，待另一人确认 answer it; another confirms", code=_CODE,
        run=run_answer,
    )  # fmt: skip
    answer.add_argument("--words", required=True, metavar="TEXT", help="答复 the answer")
    answer.add_argument("--note", default="", metavar="TEXT", help="更正的说明 why another one")
    for name, help, run in (
        ("confirm", "确认并公开另一人的答复 publish what another wrote", run_confirm),
        ("back", "退回待确认的答复 send the answer back", run_back),
    ):
        acting.add_part(parts, name, help, code=_CODE, run=run)
    acting.add_part(parts, "list", "列出意见 list them", run=run_list).add_argument(
        "--late", action="store_true", help="只列迟答和未答的逾期意见 only those that are late"
    )
    show = acting.add_part(
        parts, "show", "一项意见与答复 one of them, with its answers", code=_CODE, run=run_show
    )
    show.add_argument(
        "--original", action="store_true", help="打开原文，记入日志 open it as written; logged"
    )


def run_add(options: argparse.Namespace) -> int:
    from ledger.cli.showing import show
    from ledger.disclosing.objections import Said, add

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        text = options.text if options.text is not None else _text(options.file)
        said = Said(unit, options.kind, options.ref, options.on, text, options.words, options.by)
        row = add(registry, said, user, now, lambda ref: show(registry.folder, ref, as_json=True))
    acting.told(
        options, {"code": row.code, "reference": row.reference},
        [f"已登记 entered: {row.code}  {row.reference}"],
    )  # fmt: skip
    return 0


def _text(path: Path) -> str:
    try:
        return acting.paper(path)[1].decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refused(
            finding(
                "not-text", "原文不是 UTF-8 文字", "what was written is not text in UTF-8",
                "存为 UTF-8 文本", "save it as text in UTF-8", file=path.name,
            )
        ) from fault  # fmt: skip


def run_answer(options: argparse.Namespace) -> int:
    from ledger.disclosing.objections import answer

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        one = answer(registry, unit, options.code, options.words, user, now, options.note)
    return _tell(options, one.number, one.state, "答复待另一人确认 the answer waits")


def run_confirm(options: argparse.Namespace) -> int:
    from ledger.disclosing.objections import confirm

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        one = confirm(registry, unit, options.code, user, now)
    return _tell(options, one.number, one.state, "答复已公开 the answer is published")


def run_back(options: argparse.Namespace) -> int:
    from ledger.disclosing.objections import send_back

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        one = send_back(registry, unit, options.code, user, now)
    return _tell(options, one.number, one.state, "答复已退回 sent back")


def _tell(options: argparse.Namespace, number: int, state: str, said: str) -> int:
    told = {"code": options.code, "answer": number, "state": state}
    acting.told(options, told, [f"{options.code}：{said}"])
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.disclosing.objection_standing import late, standings

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        found = standings(registry, unit, now.date())
    found = late(found) if options.late else found
    acting.told(
        options, {"objections": [one.as_json() for one in found]},
        [line for one in found for line in _lines(one)] or ["没有意见 nothing was said"],
    )  # fmt: skip
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.disclosing.objection_standing import standing
    from ledger.disclosing.objections import original

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        workflow.demand(user, "browse", unit)
        found = standing(registry, unit, options.code, now.date())
        text = original(registry, unit, options.code, user, now) if options.original else None
    fields = found.as_json() | ({} if text is None else {"original": text})
    lines = list(_lines(found))
    acting.told(options, fields, lines if text is None else [*lines, f"  原文 as written: {text}"])
    return 0


def _lines(one: Standing) -> Iterator[str]:
    from ledger.disclosing.objection_standing import KINDS, STATE_WORDS
    from ledger.disclosing.words import both

    row, duty = one.row, one.duty
    late = f"  迟 late {one.days_late} 天 days" if one.days_late else ""
    yield (
        f"{row.code}  {row.day}  {both(KINDS[row.kind])}  {row.reference}  "
        f"{both(STATE_WORDS[one.state])}{late}"
    )
    if duty is None:
        yield "  答复期限 time to answer: 没有装入规则 no rule loaded: disclosure-objection"
    else:
        due = duty.last_day or "没有写日期 no day"
        yield f"  答复期限 to be answered by {due}（{duty.rule.head.key}）"
    if row.words:
        yield f"  公开文字 words: {row.words}"
    for each in one.answers:
        note = f"  说明 {each.note}" if each.note else ""
        yield f"  {each.number}  {each.day or each.at[:10]}  {each.state}  {each.words}{note}"
