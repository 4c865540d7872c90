"""What ``mingbai show`` opens in the registry: claims, drafts, lines, gifts, assets, and the like.

Persons stay behind their ids here, as in the books: whoever may know a name looks it up with the
commands that ask for a login.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.cli import showing_assets, showing_audit, showing_gifts, showing_venues
from ledger.cli.record import Record
from ledger.money import Money
from ledger.unitfacts import units_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry
    from ledger.registry.claims import ClaimRow
    from ledger.registry.staging import LineRow

_DRAFT: Final = re.compile(r"dr-[0-9A-Z]{5,12}")
_VOUCHER: Final = re.compile(r"v-[0-9A-Z]{5,12}")
_LINE: Final = re.compile(r"(?:line-)?([0-9]{1,7})")
_ASSET: Final = showing_assets.ASSET
_IMPORT: Final = re.compile(r"imp-[0-9a-f]{32}")
# Of a claim or of a list, which may go by the number of a document.
_CODE: Final = re.compile(
    r"[A-Z]{2}[0-9]{4}-[0-9]{4,}-[0-9X]|[\u3400-\u9fff]{1,16}〔20[0-9]{2}〕[0-9]{1,5}号"
)

_USE: Final = showing_venues.LINE


def is_record(ref: str) -> bool:
    """True if a reference has the shape of something that the registry keeps."""
    unit, slash, rest = ref.rpartition("/")
    if slash:
        counted = (_LINE, _CODE, _ASSET, _USE)
        return "/" not in unit and any(shape.fullmatch(rest) for shape in counted)
    shapes = (_DRAFT, _VOUCHER, _LINE, _IMPORT, _CODE, _ASSET, _USE)
    return any(shape.fullmatch(ref) for shape in shapes)


def find(federation: Path, ref: str) -> Record | tuple[str, str] | None:
    """The record of this reference; unit and number where it is a voucher's id; None for nothing.

    A line or a claim is looked for in every unit, unless the reference names one.
    """
    from ledger.registry import Registry

    units = units_of(federation)
    registry = Registry.open(federation)
    try:
        with registry.read() as conn:
            return _found(registry, conn, units, ref)
    finally:
        registry.close()


def _found(
    registry: Registry, conn: Connection, units: list[str], ref: str
) -> Record | tuple[str, str] | None:
    from ledger.registry import entries, staging

    if _VOUCHER.fullmatch(ref):
        return entries.by_id(conn, ref)
    if _DRAFT.fullmatch(ref):
        return _draft(conn, ref)
    unit, _, rest = ref.rpartition("/")
    if any(shape.fullmatch(rest) for shape in (_CODE, _ASSET, _USE)):
        of = [known for known in units if unit in ("", known)]
        told = showing_venues.find(registry, conn, of, rest)
        told = told or showing_assets.find(registry, conn, of, rest)
        told = told or showing_gifts.find(registry, conn, of, rest)
        told = told or showing_audit.find(registry, conn, of, rest)
        return told if told is not None else _claims(registry, conn, of, rest)
    named = _LINE.fullmatch(rest)
    found = []
    for known in units:
        if unit in ("", known):
            line = (
                staging.find_line(conn, registry.vault, known, int(named[1]))
                if named
                else staging.by_import_id(conn, registry.vault, known, rest)
            )
            found += [line] if line else []
    return _line(conn, found[0]) if len(found) == 1 else None


# ---- claims ------------------------------------------------------------------------------------


def _claims(registry: Registry, conn: Connection, units: list[str], ref: str) -> Record | None:
    from ledger.registry import claim_lists, claims

    facts: tuple[tuple[str, str], ...]
    for unit in units:
        one = claims.find(conn, unit, ref)
        if one is not None:
            facts = (("会员 member", one.member or ""), ("清单 list", one.list_code or ""))
            return _owed(registry, f"应收 claim {unit}/{ref}", facts, unit, [one])
        listed = claims.of_list(conn, unit, ref)
        if listed:
            whole = Money(sum(row.fen for row in listed)).grouped
            kept = claim_lists.with_codes(conn, registry.vault, unit, {ref}).get(ref)
            payroll = kept is None or kept.template == "dues-list"
            title = "代扣清单 payroll list" if payroll else "清单 list"
            facts = (
                ("笔数 claims_count", f"{len(listed)}"),
                ("合计 total", whole),
                ("附件 paper", f"sha256:{kept.digest}" if kept is not None else ""),
            )
            return _owed(registry, f"{title} {unit}/{ref}", facts, unit, listed)
    return None


def _owed(
    registry: Registry,
    heading: str,
    facts: tuple[tuple[str, str], ...],
    unit: str,
    owed: list[ClaimRow],
) -> Record:
    """Claims, each with the vouchers that say it was paid."""
    paid = _vouchers(registry, unit, owed)
    rows = tuple(
        (
            claim.month,
            claim.code,
            Money(claim.fen, claim.currency).grouped,
            claim.state,
            claim.account,
            claim.fund,
            " ".join(paid.get(claim.code, [])),
        )
        for claim in owed
    )
    data = {
        "ref": heading.rpartition(" ")[2],
        **{label.rpartition(" ")[2]: text for label, text in facts if text},
        "claims": [
            {
                "code": claim.code,
                "month": claim.month,
                "amount": Money(claim.fen, claim.currency).text,
                "state": claim.state,
                "account": claim.account,
                "fund": claim.fund,
                "vouchers": [f"{unit}/{number}" for number in paid.get(claim.code, [])],
            }
            for claim in owed
        ],
    }
    head = ("月份 month", "编号 code", "应收 owed", "状态 state", "科目 account", "资金 fund",
            "凭证 vouchers")  # fmt: skip
    return Record(heading, facts, head, rows, frozenset({2}), data)


def _vouchers(registry: Registry, unit: str, owed: list[ClaimRow]) -> dict[str, list[str]]:
    """The vouchers that name each claim, from the book itself."""
    from ledger.layout import unit_folder
    from ledger.model import Model

    codes = {claim.code for claim in owed}
    found: dict[str, list[str]] = {}
    if not codes:
        return found
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        for line in model.lines(accounts={claim.account for claim in owed}):
            for key, value in line.meta:
                if key == "claim" and value in codes:
                    numbers = found.setdefault(str(value), [])
                    if line.number not in numbers:
                        numbers.append(line.number)
    finally:
        model.close()
    return found


# ---- drafts ------------------------------------------------------------------------------------


def _draft(conn: Connection, ref: str) -> Record | None:
    from ledger.draft_text import draft_from_json
    from ledger.registry import drafts, staging

    row = drafts.find(conn, ref)
    if row is None:
        return None
    draft = draft_from_json(row.payload)
    decisions = drafts.approvals(conn, ref)
    origins = [f"{row.unit}/line-{number}" for number in staging.lines_of_draft(conn, ref)]
    voucher = f"{row.unit}/{row.number}" if row.number else ""
    facts = (
        ("状态 state", row.state),
        ("日期 day", draft.day.isoformat()),
        ("摘要 narration", draft.narration),
        ("往来单位 payee", draft.payee or ""),
        ("制单 maker", f"{row.maker} {row.created}"),
        *(
            ("审核 checker", f"{found.user} {found.decision} {found.at} {found.note}".strip())
            for found in decisions
        ),
        ("凭证 voucher", voucher),
        ("流水 lines", " ".join(origins)),
        ("附件 papers", " ".join(f"sha256:{paper}" for paper in draft.papers)),
        ("摘要值 digest", row.digest),
    )
    rows = tuple(
        (
            posting.account,
            posting.fund,
            posting.amount.grouped if posting.amount.fen >= 0 else "",
            (-posting.amount).grouped if posting.amount.fen < 0 else "",
        )
        for posting in draft.postings
    )
    data = {
        "ref": ref,
        "unit": row.unit,
        "state": row.state,
        "day": draft.day.isoformat(),
        "narration": draft.narration,
        "payee": draft.payee,
        "maker": row.maker,
        "decisions": [
            {"user": d.user, "decision": d.decision, "at": d.at, "note": d.note} for d in decisions
        ],
        "voucher": voucher,
        "lines": origins,
        "papers": [f"sha256:{paper}" for paper in draft.papers],
        "digest": row.digest,
        "postings": [
            {"account": p.account, "fund": p.fund, "amount": p.amount.text} for p in draft.postings
        ],
    }
    head = ("科目 account", "资金 fund", "借方 debit", "贷方 credit")
    return Record(f"草稿 draft {row.unit}/{ref}", facts, head, rows, frozenset({2, 3}), data)


# ---- lines of statements -----------------------------------------------------------------------


def _line(conn: Connection, line: LineRow) -> Record:
    from ledger.registry import drafts, staging, statement_files

    unit, number = line.unit, line.id
    file = statement_files.file_by_number(conn, unit, line.file)
    paper = f"sha256:{file.digest}" if file else ""
    became = staging.drafts_of_line(conn, number)
    vouchers = [
        f"{unit}/{row.number}"
        for draft in became
        if (row := drafts.find(conn, draft)) is not None and row.number
    ]
    amount = Money(line.fen, line.currency)
    balance = None if line.balance_fen is None else Money(line.balance_fen, line.currency)
    facts = (
        ("日期 day", line.day.isoformat()),
        ("金额 amount", amount.shown),
        ("余额 balance", balance.grouped if balance else ""),
        ("科目 account", line.account),
        ("状态 state", line.state),
        ("流水号 bank reference", line.bank_ref),
        ("导入标识 import id", line.import_id),
        ("草稿 drafts", " ".join(became)),
        ("凭证 vouchers", " ".join(vouchers)),
        ("对账单 paper", f"{paper} 第 {line.row} 行 row {line.row}"),
    )
    data = {
        "ref": f"{unit}/line-{number}",
        "unit": unit,
        "day": line.day.isoformat(),
        "amount": amount.text,
        "currency": line.currency,
        "balance": balance.text if balance else None,
        "account": line.account,
        "state": line.state,
        "bank_ref": line.bank_ref,
        "import_id": line.import_id,
        "drafts": became,
        "vouchers": vouchers,
        "paper": paper,
        "row": line.row,
    }
    return Record(f"流水 line {unit}/line-{number}", facts, (), (), frozenset(), data)
