"""Rule files, read strictly: every fault is a finding, and a faulty file gives no table at all.

A file is TOML with any number of ``[[table]]``. ``ledger/rules/data/README.md`` says what stands in
one. What the tables of several files say of each other is looked at in
:mod:`ledger.rules.rulebook`.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from fractions import Fraction
from typing import Any, Final

from ledger.errors import Finding, Refused, Words
from ledger.rules.aid_reading import aid_kinds, aid_limits
from ledger.rules.asset_reading import asset_classes
from ledger.rules.charity_reading import deadline, ratios
from ledger.rules.disclosure_tables import ShareTable
from ledger.rules.fields import Fields, bad_rule
from ledger.rules.proof import check_rates
from ledger.rules.rate_tables import (
    FloorTable,
    Part,
    RateRow,
    RateTable,
    RemittanceRow,
    RemittanceTable,
    SplitTable,
    Status,
    Term,
)
from ledger.rules.spending_tables import (
    ENTER,
    HOWS,
    SIDES,
    CarryTable,
    MajorTable,
    ParallelRow,
    ParallelTable,
    RevisionTable,
    Use,
    UseTable,
)
from ledger.rules.table import CONFIDENCES, SHIPPED, Head, Rounding, Scope
from ledger.rules.tables import KINDS, Table
from ledger.rules.terms import TERMS

_LARGEST: Final = 256 * 1024
_MOST_TABLES: Final = 200
_CODE = re.compile(r"[0-9]{2,12}")
_AT_LINE = re.compile(r"at line ([0-9]+)")


def read_tables(data: bytes, file: str, origin: int = SHIPPED) -> tuple[list[Table], list[Finding]]:
    """The tables of a file, and warnings about them; Refused with every finding if it is faulty."""
    faults: list[Finding] = []
    top = Fields(_parsed(data, file), Words("", ""), file, faults)
    tables = [_table(fields, origin) for fields in _tables(top)]
    top.done()
    for table in tables:
        if isinstance(table, RateTable) and not faults:
            faults += check_rates(table)
    errors = [fault for fault in faults if fault.severity == "error"]
    if errors:
        raise Refused(*errors)
    return [table for table in tables if table is not None], faults


def _parsed(data: bytes, file: str) -> dict[str, Any]:
    if len(data) > _LARGEST:
        raise Refused(bad_rule(file, "规则文件超过 256 KB", "a rule file has at most 256 KB"))
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise Refused(bad_rule(file, "不是 UTF-8 文字", "it is not text in UTF-8")) from fault
    except tomllib.TOMLDecodeError as fault:
        at = _AT_LINE.search(str(fault))
        raise Refused(
            bad_rule(
                file, f"不是合规的 TOML：{fault}", f"not TOML: {fault}", int(at[1]) if at else None
            )
        ) from fault
    except (RecursionError, ValueError) as fault:
        # Brackets without end, and numbers of more digits than Python reads.
        raise Refused(bad_rule(file, "不是合规的规则文件", "this is not a rule file")) from fault


def _tables(top: Fields) -> list[Fields]:
    found = top.tables("table", Words("规则表", "table"))
    if len(found) > _MOST_TABLES:
        top.say(f"规则表超过 {_MOST_TABLES} 张", f"there are more than {_MOST_TABLES} tables")
        return []
    return found


def _table(fields: Fields, origin: int) -> Table | None:
    # Before anything is taken out: the digest holds every figure of the table.
    digest = fields.digest()
    kind = fields.one_of("kind", tuple(KINDS))
    head = _head(fields, origin, digest)
    table: Table
    if kind == "rates":
        table = _rates(fields, head)
    elif kind == "split":
        table = _split(fields, head)
    elif kind == "remittance":
        table = _remittance(fields, head)
    elif kind == "floor":
        table = FloorTable(head, fields.amount("per_head") or 0, fields.text("article", ""))
        if table.per_head <= 0:
            fields.say("per_head 缺失或为零", "per_head is missing or zero")
    elif kind == "revisions":
        table = RevisionTable(
            head, fields.number("revisions", 0, 99),
            fields.one_of("beyond", ("warn", "refuse"), "warn") == "refuse",
            fields.text("article", ""),
        )  # fmt: skip
    elif kind == "carry-over":
        table = CarryTable(head, fields.number("years", 0, 99), fields.text("article", ""))
    elif kind == "parallel":
        table = _parallel(fields, head)
    elif kind == "major":
        table = _major(fields, head)
    elif kind == "aid-kinds":
        table = aid_kinds(fields, head)
    elif kind == "aid-limits":
        table = aid_limits(fields, head)
    elif kind == "share":
        table = _share(fields, head)
    elif kind == "deadline":
        table = deadline(fields, head)
    elif kind == "ratios":
        table = ratios(fields, head)
    elif kind == "asset-classes":
        table = asset_classes(fields, head)
    else:
        table = _uses(fields, head)
    fields.done()
    return table


def _head(fields: Fields, origin: int, digest: str) -> Head:
    begins = fields.day("effective_from", needed=True) or date.min
    ends = fields.day("effective_to", needed=False)
    if ends is not None and ends < begins:
        fields.say("effective_to 早于 effective_from", "effective_to lies before effective_from")
    scope = fields.table("scope")
    where = Scope()
    if scope is not None:
        where = Scope(scope.text("province", ""), scope.slug("kind", ""), scope.slug("unit", ""))
        scope.done()
    return Head(
        id=fields.slug("id"),
        version=fields.slug("version"),
        rule=fields.slug("rule"),
        name=fields.words("name"),
        source=fields.filled("source"),
        confidence=fields.one_of("confidence", CONFIDENCES),
        effective_from=begins,
        effective_to=ends,
        issued=fields.day("issued", needed=False),
        scope=where,
        note=fields.text("note", ""),
        origin=origin,
        file=fields.file,
        digest=digest,
    )


# ---- rates ---------------------------------------------------------------------------------------


def _rates(fields: Fields, head: Head) -> RateTable:
    rounding = fields.rounding(None)
    payer = fields.one_of("payer", ("member", "employer"))
    statuses = tuple(_status(one) for one in fields.tables("statuses", Words("身份", "status")))
    rows = tuple(_row(one, head, rounding) for one in fields.tables("rows", Words("行", "row")))
    return RateTable(
        head=head,
        payer=payer,
        period=fields.one_of("period", ("month", "year")),
        statuses=statuses,
        default_status=fields.slug("default_status", ""),
        rows=rows,
        terms=tuple(
            term
            for one in fields.tables("terms", Words("条款", "term"))
            if (term := _term(one)) is not None
        ),
    )


def _status(fields: Fields) -> Status:
    base = fields.slug("base", "")
    status = Status(
        id=fields.slug("id"),
        name=fields.words("name"),
        base=base,
        base_name=fields.words("base_name", needed=bool(base)),
        fixing=fields.one_of("fixing", ("", "current", "year-start"), ""),
    )
    fields.done()
    return status


def _row(fields: Fields, head: Head, rounding: Rounding) -> RateRow:
    first, last = _bounds(fields)
    least, most = fields.amount("least"), fields.amount("most")
    if (least is None) != (most is None) or (least is not None and least > (most or 0)):
        fields.say("least 与 most 要成对，且不倒置", "least and most stand together, in order")
    rate, fixed = fields.share("rate"), fields.amount("fixed")
    if sum(one is not None for one in (rate, fixed, least)) != 1:
        fields.say(
            "rate、fixed、least 与 most 三者要有且只有一样",
            "a row has exactly one of rate, fixed, or least and most",
        )
    base_unit = fields.amount("base_unit", 1) or 0
    if base_unit < 1:
        fields.say("base_unit 要大于零", "base_unit is above zero")
    row = RateRow(
        id=fields.slug("id"),
        statuses=fields.texts("statuses"),
        name=fields.words("name"),
        article=fields.text("article", ""),
        confidence=fields.one_of("confidence", CONFIDENCES, head.confidence),
        rounding=fields.rounding(rounding),
        first=first,
        last=last,
        rate=rate,
        fixed=fixed,
        least=least,
        most=most,
        cap=fields.amount("cap"),
        base_unit=max(base_unit, 1),
    )
    fields.done()
    return row


def _bounds(fields: Fields) -> tuple[int, int | None]:
    """``above`` and ``below`` leave the named base out, ``from`` and ``up_to`` hold it."""
    lower = [key for key in ("above", "from") if fields.has(key)]
    upper = [key for key in ("below", "up_to") if fields.has(key)]
    if len(lower) > 1 or len(upper) > 1:
        fields.say(
            "下限只写 above 或 from，上限只写 below 或 up_to",
            "the lower bound is above or from, the upper one below or up_to",
        )
    above, begins = fields.amount("above"), fields.amount("from")
    below, up_to = fields.amount("below"), fields.amount("up_to")
    first = above + 1 if above is not None else (begins or 0)
    last = below - 1 if below is not None else up_to
    if last is not None and last < first:
        fields.say("上限低于下限", "the upper bound lies below the lower one")
    return first, last


def _term(fields: Fields) -> Term | None:
    name = fields.text("name")
    term = TERMS.get(name)
    value: str | int = ""
    if term is None:
        fields.say("不认识这一条款", "there is no such term")
        fields.raw("value")
    elif term.amount:
        value = fields.amount("value") or 0
    elif term.choices:
        value = fields.one_of("value", term.choices)
    else:
        value = fields.number("value", term.least, term.most)
    confidence = fields.one_of("confidence", CONFIDENCES)
    found = Term(name, value, fields.filled("source"), confidence)
    fields.done()
    return found if term is not None else None


# ---- the others ----------------------------------------------------------------------------------


def _split(fields: Fields, head: Head) -> SplitTable:
    parts = []
    for one in fields.tables("parts", Words("份", "part")):
        share = one.share("share")
        if share is None and not one.had("share"):
            one.say("缺 share", "share is missing")
        parts.append(
            Part(
                to=one.slug("to"),
                name=one.words("name"),
                share=share or Fraction(0),
                article=one.text("article", ""),
                confidence=one.one_of("confidence", CONFIDENCES, head.confidence),
            )
        )
        one.done()
    if sum((part.share for part in parts), Fraction(0)) != 1:
        fields.say("各份合计不是 1", "the shares do not add up to 1")
    fields.once([part.to for part in parts], "to")
    return SplitTable(head, tuple(parts))


def _remittance(fields: Fields, head: Head) -> RemittanceTable:
    rounding = fields.rounding(None)
    rows = []
    for one in fields.tables("rows", Words("行", "row")):
        share = one.share("share")
        if share is None and not one.had("share"):
            one.say("缺 share", "share is missing")
        rows.append(
            RemittanceRow(
                id=one.slug("id"),
                payer=one.slug("payer"),
                to=one.slug("to"),
                name=one.words("name"),
                share=share or Fraction(0),
                of=one.words("of"),
                article=one.text("article", ""),
                confidence=one.one_of("confidence", CONFIDENCES, head.confidence),
                rounding=one.rounding(rounding),
                due=one.yearly_day("due"),
            )
        )
        one.done()
    fields.once([row.id for row in rows], "id")
    fields.once([f"{row.payer} → {row.to}" for row in rows], "payer → to")
    if not rows:
        fields.say("没有行", "there is no row")
    return RemittanceTable(head, tuple(rows))


def _major(fields: Fields, head: Head) -> MajorTable:
    threshold = fields.amount("threshold") or 0
    if threshold <= 0:
        fields.say("threshold 缺失或为零", "threshold is missing or zero")
    report = fields.number("report_days", 0, 366) if fields.has("report_days") else None
    return MajorTable(
        head, threshold, fields.number("days", 1, 366), report, fields.text("article", "")
    )


def _share(fields: Fields, head: Head) -> ShareTable:
    share = fields.share("share") or Fraction(0)
    if not 0 < share <= 1:
        fields.say("share 缺失或为零", "share is missing or zero")
    years = fields.number("years", 1, 99) if fields.has("years") else None
    above = fields.one_of("bound", ("from", "above"), "from") == "above"
    return ShareTable(head, share, above, years, fields.text("article", ""))


def _uses(fields: Fields, head: Head) -> UseTable:
    uses = []
    for one in fields.tables("uses", Words("用途", "use")):
        uses.append(
            Use(
                one.slug("id"),
                one.words("name"),
                one.text("article", ""),
                one.one_of("confidence", CONFIDENCES, head.confidence),
            )
        )
        one.done()
    fields.once([use.id for use in uses], "id")
    if not uses:
        fields.say("没有用途", "there is no use")
    return UseTable(head, tuple(uses))


def _parallel(fields: Fields, head: Head) -> ParallelTable:
    rows = []
    for one in fields.tables("rows", Words("行", "row")):
        how = one.one_of("how", HOWS, ENTER)
        row = ParallelRow(
            id=one.slug("id"),
            side=one.one_of("side", SIDES),
            accounts=one.texts("accounts"),
            how=how,
            to=one.text("to", ""),
            kind=one.slug("kind", ""),
            name=one.words("name"),
            article=one.text("article", ""),
            confidence=one.one_of("confidence", CONFIDENCES, head.confidence),
        )
        if bool(row.to) != (how == ENTER):
            one.say("只有 enter 的行写 to", "a row has to if, and only if, it is entered")
        if not row.accounts or not all(map(_CODE.fullmatch, (*row.accounts, row.to or "00"))):
            one.say("accounts 与 to 是科目编号", "accounts and to are codes of accounts")
        rows.append(row)
        one.done()
    fields.once([row.id for row in rows], "id")
    said = [
        f"{code} {side} {row.kind}".strip()
        for row in rows
        for code in row.accounts
        for side in (SIDES[:2] if row.side == "both" else (row.side,))
    ]
    fields.once(said, "accounts")
    if not rows:
        fields.say("没有行", "there is no row")
    return ParallelTable(head, tuple(rows))
