"""``mingbai show``: a reference opened to its vouchers, and they to their papers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli import membership
from ledger.cli.showing_records import find, is_record
from ledger.errors import Refused, finding
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.unitfacts import read_facts, units_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.entry import Voucher
    from reports.statement import Backing

_NUMBER = re.compile(r"(收|付|转)-[0-9]{6}-[0-9]{4,}")
_MEMBER = re.compile(r"m-[0-9A-Z]{10}")
_PAPER = re.compile(r"(?:sha256:)?([0-9a-f]{8,64})")


def show(federation: Path, ref: str, *, as_json: bool) -> str:
    """What ``ref`` names, as text or JSON; Refused if it names nothing."""
    unit, slash, rest = ref.partition("/")
    if _MEMBER.fullmatch(ref):
        found = membership.find(federation, ref)
        return membership.as_json(found) if as_json else membership.as_text(found)
    if slash and _NUMBER.fullmatch(rest):
        return _voucher(federation, unit, rest, as_json=as_json)
    if not slash and _NUMBER.fullmatch(ref):
        return _voucher_anywhere(federation, ref, as_json=as_json)
    if not slash and (paper := _PAPER.fullmatch(ref)):
        return _paper(federation, paper[1], as_json=as_json)
    if ref.count("/") in (3, 4):
        return _figure(federation, unit, ref, as_json=as_json)
    if is_record(ref):
        return _record(federation, ref, as_json=as_json)
    raise _unknown(ref)


def _unknown(ref: str) -> Refused:
    return Refused(
        finding(
            "unknown-ref",
            f"不认识的引用：{ref[:80]}",
            f"this reference names nothing: {ref[:80]}",
            "凭证 U/收-202603-0001，报表数字 U/balance-sheet/2026-03/1，附件 sha256:…，"
            "会员 m-…，草稿 dr-…，应收编号，捐赠 U/JZ…，活动 U/HD…，帮扶批次 U/BF…，"
            "资产 U/FA-00012，资产申请 ZB…，阵地 U/CD…，预约 U/YY…，审计发现 U/SJ…，"
            "评价 U/PJ…，流水 U/line-17",
            "a voucher U/收-202603-0001, a figure U/balance-sheet/2026-03/1, a paper sha256:…, "
            "a member m-…, a draft dr-…, a claim's code, a gift U/JZ…, a campaign U/HD…, "
            "a batch of aid U/BF…, an asset U/FA-00012, its request ZB…, a venue U/CD…, "
            "a booking U/YY…, an audit finding U/SJ…, an evaluation U/PJ…, a line U/line-17",
        )
    )


def _record(federation: Path, ref: str, *, as_json: bool) -> str:
    found = find(federation, ref)
    if found is None:
        raise _unknown(ref)
    if isinstance(found, tuple):
        return _voucher(federation, *found, as_json=as_json)
    return found.drawn(as_json=as_json)


# ---- vouchers ----------------------------------------------------------------------------------


def _voucher_anywhere(federation: Path, number: str, *, as_json: bool) -> str:
    units = units_of(federation)
    if len(units) == 1:
        return _voucher(federation, units[0], number, as_json=as_json)
    raise _unknown(number)


def _voucher(federation: Path, unit: str, number: str, *, as_json: bool) -> str:
    read_facts(federation, unit)
    folder = unit_folder(federation, unit)
    voucher = Model.open(folder).voucher(number)
    return _voucher_json(voucher, folder) if as_json else _voucher_text(voucher, folder)


def _paper_file(folder: Path, digest: str) -> str:
    found = sorted((folder / "documents" / digest[:2]).glob(f"{digest}*"))
    return found[0].relative_to(folder.parent.parent).as_posix() if found else ""


def _voucher_text(voucher: Voucher, folder: Path) -> str:
    from reports.table import aligned

    draft = voucher.draft
    lines = [
        f"凭证 voucher {voucher.ref}  {draft.day.isoformat()}",
        f"摘要 narration: {draft.narration}",
    ]
    if draft.payee:
        lines.append(f"往来单位 payee: {draft.payee}")
    head = ("科目 account", "资金 fund", "借方 debit", "贷方 credit")
    rows = [
        (
            posting.account,
            posting.fund,
            posting.amount.grouped if posting.amount.fen >= 0 else "",
            (-posting.amount).grouped if posting.amount.fen < 0 else "",
        )
        for posting in draft.postings
    ]
    lines.append(aligned([head, *rows], right={2, 3}))
    lines.append(
        f"制单 maker {voucher.maker}  审核 checkers {' '.join(voucher.checkers)}  "
        f"记账 posted {voucher.posted.isoformat(sep=' ')}"
    )
    lines += [f"{key}: {value}" for key, value in draft.meta]
    if draft.reverses:
        lines.append(f"冲销 reverses: {draft.unit}/{draft.reverses}")
    lines.append(f"链 chain: {voucher.chain}")
    for paper in draft.papers:
        place = _paper_file(folder, paper) or "缺失 missing"
        lines.append(f"附件 paper sha256:{paper}\n  {place}")
    if not draft.papers:
        lines.append("没有附件 no papers")
    return "\n".join(lines)


def _voucher_json(voucher: Voucher, folder: Path) -> str:
    draft = voucher.draft
    told: dict[str, Any] = {
        "ref": voucher.ref,
        "number": voucher.number,
        "id": voucher.id,
        "unit": draft.unit,
        "day": draft.day.isoformat(),
        "narration": draft.narration,
        "payee": draft.payee,
        "postings": [
            {
                "account": p.account,
                "fund": p.fund,
                "amount": p.amount.text,
                "currency": p.amount.currency,
                "meta": dict(p.meta),
            }
            for p in draft.postings
        ],
        "maker": voucher.maker,
        "checkers": list(voucher.checkers),
        "posted": voucher.posted.isoformat(),
        "reverses": draft.reverses,
        "meta": dict(draft.meta),
        "chain": voucher.chain,
        "papers": [
            {"ref": f"sha256:{paper}", "file": _paper_file(folder, paper)} for paper in draft.papers
        ],
    }
    return json.dumps(told, ensure_ascii=False)


# ---- figures -----------------------------------------------------------------------------------


def _figure(federation: Path, unit: str, ref: str, *, as_json: bool) -> str:
    from ledger.period import Period
    from reports.sources import source_for
    from reports.statements.catalogue import backing

    parts = ref.split("/")
    if parts[1] == "gifts" and len(parts) == 5:
        return _of_gifts(federation, unit, ref, as_json=as_json)
    if parts[1] == "assets" and len(parts) == 5:
        return _of_assets(federation, unit, ref, as_json=as_json)
    try:
        period = Period.parse(parts[2])
    except ValueError as fault:
        raise _unknown(ref) from fault
    source = source_for(federation, unit, parts[1], period)
    found = backing(source, ref)
    if as_json:
        return _figure_json(found)
    from reports.text import render_backing

    return render_backing(found)


def _of_gifts(federation: Path, unit: str, ref: str, *, as_json: bool) -> str:
    """A figure of a campaign, of a gift or of all gifts, as of a day."""
    from reports.gift_figures import backing

    return _of_registry(federation, unit, ref, backing, as_json=as_json)


def _of_assets(federation: Path, unit: str, ref: str, *, as_json: bool) -> str:
    """A figure of an asset, of a class or of all assets, as of a day."""
    from reports.asset_figures import backing

    return _of_registry(federation, unit, ref, backing, as_json=as_json)


def _of_registry(
    federation: Path, unit: str, ref: str, backing: Callable[..., Backing], *, as_json: bool
) -> str:
    from ledger.registry import Registry
    from reports.text import render_backing

    read_facts(federation, unit)
    registry = Registry.open(federation)
    try:
        found = backing(registry, unit, *ref.split("/")[2:])
    finally:
        registry.close()
    return _figure_json(found) if as_json else render_backing(found)


def _figure_json(found: Backing) -> str:
    told = {
        "ref": found.ref,
        "label": found.label.zh,
        "label_en": found.label.en,
        "opening": None if found.opening is None else found.opening.text,
        "amount": found.measured or (None if found.closing is None else found.closing.text),
        "vouchers": [
            {
                "number": line.number,
                "day": line.day.isoformat(),
                "narration": line.narration,
                "account": line.account,
                "fund": line.fund,
                "amount": line.measured or line.amount.text,
                "papers": [f"sha256:{paper}" for paper in line.papers],
            }
            for line in found.postings
        ],
    }
    return json.dumps(told, ensure_ascii=False)


# ---- papers ------------------------------------------------------------------------------------


def _paper(federation: Path, prefix: str, *, as_json: bool) -> str:
    found = [
        (unit, path)
        for unit in units_of(federation)
        for path in sorted(
            (unit_folder(federation, unit) / "documents" / prefix[:2]).glob(f"{prefix}*")
        )
    ]
    if len({_digest_of(path) for _, path in found}) != 1:
        raise _unknown(f"sha256:{prefix}")
    unit, path = found[0]
    digest = _digest_of(path)
    vouchers = _vouchers_of(federation, unit, digest)
    place = path.relative_to(federation).as_posix()
    if as_json:
        told = {"ref": f"sha256:{digest}", "unit": unit, "file": place, "vouchers": vouchers}
        return json.dumps(told, ensure_ascii=False)
    listed = "、".join(vouchers) or "无 none"
    return f"附件 paper sha256:{digest}\n  {place}\n  凭证 vouchers: {listed}"


def _digest_of(path: Path) -> str:
    return path.name.partition(".")[0]


def _vouchers_of(federation: Path, unit: str, digest: str) -> list[str]:
    model = Model.open(unit_folder(federation, unit))
    numbers = [line.number for line in model.lines() if digest in line.papers]
    return [f"{unit}/{number}" for number in dict.fromkeys(numbers)]
