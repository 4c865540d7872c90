"""All tables as a person reads them: which figures there are, from where, and how well known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.money import fen_text
from ledger.rules.assets import ADDITION, METHODS, NO_RESIDUAL, AssetClass, AssetTable
from ledger.rules.disclosure_tables import (
    AUDIENCE_WORDS,
    OF_INCOME,
    PUBLIC,
    PUBLIC_ONLY,
    DeadlineTable,
    RatioTable,
    RatioTier,
    ShareTable,
)
from ledger.rules.rate_tables import FloorTable, RateRow, RateTable, RemittanceTable, SplitTable
from ledger.rules.spending_tables import (
    ENTER,
    AidKindTable,
    AidLimit,
    AidLimitTable,
    CarryTable,
    MajorTable,
    ParallelTable,
    RevisionTable,
    UseTable,
)
from ledger.rules.table import ORIGINS, percent
from ledger.rules.tables import Table, kind_of
from ledger.rules.terms import MEANINGS, TERMS


def listing(tables: Iterable[Table]) -> str:
    """Every table with its rows and terms, in the order given."""
    return "\n\n".join("\n".join(_table(table)) for table in tables) + "\n"


def _table(table: Table) -> Iterator[str]:
    head = table.head
    until = f"–{head.effective_to}" if head.effective_to else "起"
    yield f"{head.key}  {head.name.zh} {head.name.en}  [{head.rule}, {kind_of(table)}]"
    yield f"  依据 source: {head.source}（{head.confidence}）"
    issued = f"，印发 issued {head.issued}" if head.issued else ""
    scope = head.scope.words
    yield (
        f"  有效 in force: {head.effective_from} {until}{issued}；"
        f"范围 scope: {scope.zh if scope.zh == scope.en else f'{scope.zh} {scope.en}'}；"
        f"{ORIGINS[head.origin].zh} {ORIGINS[head.origin].en}"
    )
    if head.note:
        yield f"  注 note: {head.note}"
    if isinstance(table, RateTable):
        yield from _rates(table)
    elif isinstance(table, SplitTable):
        for part in table.parts:
            known = _known(part.article, part.confidence)
            yield f"  {part.to:<20} {percent(part.share):>8}  {part.name.zh}{known}"
    elif isinstance(table, RemittanceTable):
        for row in table.rows:
            known = _known(row.article, row.confidence)
            due = f"，次年 {row.due[0]:02d}-{row.due[1]:02d} 前" if row.due else ""
            share = percent(row.share)
            yield f"  {row.id:<20} {share:>8}  {row.name.zh}：{row.of.zh}{due}{known}"
    elif isinstance(table, FloorTable):
        yield f"  每人每年 per head and year: {fen_text(table.per_head)}"
    elif isinstance(table, RevisionTable):
        beyond = "拒绝 refused" if table.refuses else "提示审批人 the approver is told"
        times = f"每年至多调整 revisions a year: {table.revisions} 次；超过则{beyond}"
        yield f"  {times}{_known(table.article, table.head.confidence)}"
    elif isinstance(table, CarryTable):
        years = f"结转 {table.years} 年未用完转为结余 unspent for {table.years} years: surplus"
        yield f"  {years}{_known(table.article, table.head.confidence)}"
    elif isinstance(table, ParallelTable):
        for line in table.rows:
            told = f"→ {line.to}" if line.how == ENTER else line.how
            kind = f" [{line.kind}]" if line.kind else ""
            known = _known(line.article, line.confidence)
            yield f"  {line.side:<6} {' '.join(line.accounts)} {told}{kind}  {line.name.zh}{known}"
    elif isinstance(table, MajorTable):
        report = (
            "" if table.report_days is None else f"，{table.report_days} 日内报告 to be reported"
        )
        yield (
            f"  达到 from {fen_text(table.threshold)}，同一对象 {table.days} 日内合计 "
            f"added up by payee{report}{f'（{table.article}）' if table.article else ''}"
        )
    elif isinstance(table, ShareTable):
        bound = "超过 above" if table.above else "达到 from"
        years = "" if table.years is None else f"，或满 {table.years} 年 or {table.years} years"
        known = _known(table.article, head.confidence)
        yield f"  {bound} {percent(table.share)}{years}{known}"
    elif isinstance(table, UseTable):
        for use in table.uses:
            yield f"  {use.id:<20} {use.name.zh}{_known(use.article, use.confidence)}"
    elif isinstance(table, AidKindTable):
        for one in table.kinds:
            under = f"{one.of}/" if one.of else ""
            yield f"  {under + one.id:<20} {one.name.zh}{_known(one.article, one.confidence)}"
    elif isinstance(table, AidLimitTable):
        for limit in table.limits:
            said = "；".join(limit_words(limit))
            known = _known(limit.article, limit.confidence)
            yield f"  {limit.id:<20} {limit.name.zh}：{said}{known}"
    elif isinstance(table, DeadlineTable):
        yield f"  {_deadline(table)}{_known(table.article, head.confidence)}"
    elif isinstance(table, RatioTable):
        for tier in table.tiers:
            known = _known(tier.article, tier.confidence)
            yield f"  {tier.id:<20} {tier.name.zh}：{_tier(tier)}{known}"
        if table.exempt:
            yield f"  年度管理费用低于 below {fen_text(table.exempt)}：不受限制 no limit"
    elif isinstance(table, AssetTable):
        yield from _assets(table)


def _assets(table: AssetTable) -> Iterator[str]:
    yield f"  适用 charts: {' '.join(table.charts) or '只供对照 for comparison only'}"
    begins = (
        "当月增加当月计提 from the month of addition"
        if table.starts == ADDITION
        else "当月增加次月计提 from the month after"
    )
    told = {
        "timing": begins,
        "residual": "不计净残值 no residual value"
        if table.residual == NO_RESIDUAL
        else "净残值自定 residual value chosen",
        "methods": "、".join(f"{METHODS[one].zh} {one}" for one in table.methods),
    }
    if table.general is not None and table.special is not None:
        told["thresholds"] = (
            f"达到 from {fen_text(table.general)}，专用设备 special {fen_text(table.special)}"
        )
    if table.nominal is not None:
        told["nominal"] = f"名义金额 nominal {fen_text(table.nominal)}"
    if table.count_months is not None:
        told["count"] = f"至少每 {table.count_months} 个月盘点 counted every so many months"
    for term in table.terms:
        yield f"  {told[term.name]}{_known(term.article, term.confidence)}"
    for one in table.classes:
        known = _known(one.article, one.confidence)
        yield f"  {one.id:<20} {one.name.zh}：{_life(table, one)}{known}"


def _life(table: AssetTable, one: AssetClass) -> str:
    if not one.depreciated:
        return "不计提折旧 not depreciated"
    usual = f"{one.usual} 个月 months" if one.usual else "年限自定 a life of its own"
    bounds = f"（{one.lives.zh}）" if one.lives.zh else ""
    begins = "" if one.starts == table.starts else f"，{one.starts}"
    by = "" if one.methods == table.methods else f"，{'、'.join(one.methods)}"
    return f"{usual}{bounds}{begins}{by}"


def _deadline(table: DeadlineTable) -> str:
    over = f"，超过 {table.over_months} 个月的 running longer" if table.over_months else ""
    only = "，公开募捐 raised from the public" if table.campaigns == PUBLIC_ONLY else ""
    whom = AUDIENCE_WORDS[table.audience]
    to = "" if table.audience == PUBLIC else f"，向{whom.zh} to {whom.en}"
    takes = f"；报表 statements: {' '.join(table.reports)}" if table.reports else ""
    packs = "，公开包即可 a pack is enough" if table.packs else ""
    return f"{table.words.zh} {table.words.en}{over}{only}{to}{takes}{packs}"


def _tier(tier: RatioTier) -> str:
    of = {True: "上年总收入 of prior income", False: "上年末净资产 of prior net assets"}
    spend = "，".join(f"≥{percent(share)} {of[base == OF_INCOME]}" for base, share in tier.spend)
    return f"支出 spending {spend}；管理费用 management ≤{percent(tier.management)}"


def limit_words(limit: AidLimit) -> Iterator[str]:
    """``每次 by payment ≤2000.00``, and what it says of aid for the same again."""
    if limit.most is not None:
        per = {"payment": "每次 by payment", "year": "每年 by year"}[limit.per]
        yield f"{per} ≤{fen_text(limit.most)}"
    if limit.within is not None:
        answer = {"refuse": "不得再发 refused", "warn": "再发时提示 told"}[limit.again]
        yield f"{limit.within} 个月内 within months：{answer}"


def _rates(table: RateTable) -> Iterator[str]:
    for status in table.statuses:
        base = f"，基数 {status.base_name.zh}" if status.base else ""
        usual = "（缺省）" if status.id == table.default_status else ""
        yield f"  身份 {status.id}  {status.name.zh}{base}{usual}"
    for row in table.rows:
        known = _known(row.article, row.confidence)
        yield f"  {row.id:<20} {_amount(row)}  {row.name.zh}{known}"
    for rounding in dict.fromkeys(row.rounding for row in table.rows if row.rate is not None):
        yield f"  取整 {rounding.words.zh}（{rounding.source}；{rounding.confidence}）"
    for term in table.terms:
        kind = TERMS[term.name]
        meaning = MEANINGS.get((term.name, str(term.value)))
        value = fen_text(int(term.value)) if kind.amount else str(term.value)
        said = meaning.zh if meaning else value
        yield f"  条款 {kind.name.zh}：{said}（{term.source}；{term.confidence}）"


def _amount(row: RateRow) -> str:
    """``3000.01–5000.00: 1 %``."""
    span = ""
    if row.first or row.last is not None:
        until = fen_text(row.last) if row.last is not None else ""
        span = f"{fen_text(row.first)}–{until}: "
    if row.fixed is not None:
        return f"{span}{fen_text(row.fixed)}"
    if row.rate is None:
        return f"{span}{fen_text(row.least or 0)}–{fen_text(row.most or 0)}"
    cap = f" ≤{fen_text(row.cap)}" if row.cap is not None else ""
    return f"{span}{percent(row.rate)}{cap}"


def _known(article: str, confidence: str) -> str:
    return f"（{article}，{confidence}）" if article else f"（{confidence}）"
