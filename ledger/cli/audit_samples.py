"""mingbai audit sample, papers, mark: samples drawn, kept as working papers, and noted on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ledger.cli import acting

if TYPE_CHECKING:
    from ledger.audit.drawing import DrawnSample
    from ledger.audit.working_papers import Paper

_MARKS = ("seen", "exception", "cleared")


def add_parts(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sample = acting.add_part(
        parts, "sample", "按种子抽样 draw a sample that anybody draws again", run=run_sample
    )
    sample.add_argument("--seed", type=acting.number, required=True, metavar="N", help="种子 seed")
    sample.add_argument(
        "--size", type=acting.number, required=True, metavar="N", help="样本量 how many"
    )
    sample.add_argument(
        "--method", choices=["mus", "random"], default="mus",
        help="货币单元抽样，或随机 by monetary units, or at random",
    )  # fmt: skip
    sample.add_argument("--period", type=acting.period, help="期间，缺省为全部 of this period only")
    sample.add_argument(
        "--entries", type=acting.number, default=0, metavar="N",
        help="只用账簿的前 N 条记录，以重抽从前的样本 of the book's first N entries: to draw an "
        "earlier sample again",
    )  # fmt: skip
    papers = acting.add_part(
        parts, "papers", "审计底稿：列出，或看一份 list working papers, or show one",
        of_one_unit=False, run=run_papers,
    )  # fmt: skip
    papers.add_argument("codes", nargs="*", metavar="CODE", help="底稿编号 its code: DG2026-0001-3")
    papers.set_defaults(rest="codes")
    mark = acting.add_part(
        parts, "mark", "在底稿上注明一项 note what was found of an item",
        code=("CODE", "底稿编号 code of the paper"), run=run_mark,
    )  # fmt: skip
    mark.add_argument("place", type=acting.number, metavar="ITEM", help="第几项 which item")
    mark.add_argument(
        "--as", dest="mark", required=True, choices=_MARKS,
        help="已查、有异常、异常已说明 seen, an exception, cleared",
    )  # fmt: skip
    mark.add_argument("--text", default="", metavar="TEXT", help="所见，封存 what was seen; sealed")


def run_sample(options: argparse.Namespace) -> int:
    from ledger.audit import working_papers
    from ledger.audit.drawing import Terms, draw_sample
    from ledger.cli.progress import told
    from ledger.registry import oplog

    with acting.looking(options, options.unit) as (registry, user, now):
        terms = Terms(
            options.unit, options.seed, options.size, options.method, options.period,
            options.entries,
        )  # fmt: skip
        with told("抽样 sampling") as progress:
            drawn = draw_sample(registry, terms, progress)
        code = ""
        if user is not None and user.may("audit", options.unit):
            code = working_papers.keep_sample(registry, drawn, user, now).code
        elif user is not None:
            with registry.write() as conn:
                oplog.record(
                    conn, at=now, user=user.id, unit=options.unit, action="audit.sample",
                    object="*",
                )  # fmt: skip
    fields = drawn.as_json() | ({"paper": code} if code else {})
    acting.told(options, fields, list(_drawn(drawn, code)))
    return 0


def _drawn(drawn: DrawnSample, code: str) -> Iterator[str]:
    told = drawn.as_json()
    for one in told["vouchers"]:
        top = " 全查 above the interval" if one["top"] else ""
        yield f"{one['day']}  {one['voucher']}  {one['amount']}  附件 papers {one['papers']}{top}"
    yield (
        f"从 {told['population']} 张凭证、合计 {told['total']} 中抽出 {len(told['vouchers'])} 张 "
        f"drawn from {told['population']} vouchers of {told['total']}"
    )
    for words, count in drawn.left_out:
        if count:
            yield f"未计入 left out: {words.zh} {words.en} {count}"
    yield f"账簿 book: {drawn.entries} 条记录 entries，链 chain {drawn.chain}"
    if drawn.seal is None:
        yield "尚未封存 nothing was sealed yet"
    else:
        yield f"最近封存 newest seal: {drawn.seal.month} v{drawn.seal.version} {drawn.seal.digest}"
    yield f"样本 sample: {drawn.sample.id}"
    if code:
        yield f"底稿 kept: {code}"


def run_papers(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.audit import working_papers
    from ledger.registry import audit_papers

    code = acting.one_word(options.codes)
    with acting.signed_in_to_look(options) as (registry, user, _now):
        if options.unit:
            workflow.demand(user, "audit", options.unit)
        asked = [options.unit] if options.unit else acting.units_seen(registry, user, "audit")
        with registry.read() as conn:
            rows = audit_papers.of_units(conn, asked)
        if code:
            unit = options.unit or next((r.unit for r in rows if r.code == code), "")
            paper = working_papers.read(registry, unit, code, user)
            acting.told(options, paper.as_json(), list(_paper(paper)))
            return 0
        found = [working_papers.read(registry, row.unit, row.code, user) for row in rows]
    fields = {"papers": [_head(paper) for paper in found]}
    acting.told(options, fields, [_line(one) for one in found] or ["没有底稿 no working papers"])
    return 0


def _head(paper: Paper) -> dict[str, Any]:
    told = paper.as_json()
    del told["items"]
    return told | {"marks": {mark or "open": count for mark, count in paper.counts().items()}}


def _line(paper: Paper) -> str:
    from ledger.audit.working_papers import KIND_WORDS

    row, kind = paper.row, KIND_WORDS[paper.row.kind]
    return f"{row.unit} {row.code}  {row.at[:10]}  {kind.zh} {kind.en}  {_counts(paper.counts())}"


def _counts(counts: Mapping[str, int]) -> str:
    from ledger.audit.working_papers import MARK_WORDS

    told = [f"未查 to look at {counts['']}"]
    told += [f"{words.zh} {words.en} {counts[mark]}" for mark, words in MARK_WORDS.items()]
    return "，".join(told)


def _paper(paper: Paper) -> Iterator[str]:
    from ledger.audit.working_papers import MARK_WORDS

    yield _line(paper)
    for item in paper.items:
        mark = MARK_WORDS.get(item.mark)
        state = f"{mark.zh} {mark.en}" if mark else "未查 to look at"
        test = f"{item.row.test}  " if item.row.test else ""
        yield f"  {item.row.place}. {test}{item.row.ref or item.row.unit}  {state}"
        yield from (f"      {text}" for _, text, _, _ in item.notes if text)


def run_mark(options: argparse.Namespace) -> int:
    from ledger.audit.working_papers import MARK_WORDS, note

    with acting.signed_in_to_look(options) as (registry, user, now):
        item = note(
            registry, acting.known_unit(registry, options.unit), options.code, options.place,
            options.mark, options.text, user, now,
        )  # fmt: skip
    words = MARK_WORDS[item.mark]
    acting.told(options, item.as_json(), [f"{item.row.ref}：{words.zh} {words.en}"])
    return 0
