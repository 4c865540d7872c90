"""Two auditors at their bench, what they find of the house, and what they say of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ledger.audit import evaluations, findings
from ledger.audit.standing import Standing
from ledger.entry import Voucher
from ledger.registry import User, users
from ledger.registry.audit_evaluations import EvaluationRow
from ledger.registry.audit_findings import FindingRow
from tests.house import PASSWORD, UNIT, House

TEXT = "欧阳文远签收的发票与摘要不符，电话 13812345678。"


def another(
    house: House, login: str, role: str = "auditor", place: str = "*", person: str | None = None
) -> User:
    with house.registry.write() as conn:
        return users.add(
            conn, login=login, password=PASSWORD, now=house.now, person=person,
            roles=frozenset({(place, role)}),
        )  # fmt: skip


def voucher(house: House, **fields: Any) -> Voucher:
    return house.post(house.draft(**fields))


def opened(house: House, reference: str, **changed: Any) -> FindingRow:
    facts: dict[str, Any] = {"period": "", "severity": "medium", "text": TEXT}
    said = findings.Said(UNIT, reference, **(facts | changed))
    return findings.open_finding(house.registry, said, house.reader, house.now, lambda ref: ref)


def answered(house: House, code: str, voucher: str = "", text: str = "已更正。") -> Standing:
    return findings.answer(house.registry, UNIT, code, text, house.maker, house.now, voucher)


def closed(house: House, code: str, outcome: str = "corrected") -> Standing:
    return findings.close(
        house.registry, UNIT, code, outcome, "已核对更正凭证。", house.reader, house.now
    )


def evaluated(house: House, by: User | None = None, **changed: Any) -> EvaluationRow:
    facts: dict[str, Any] = {
        "period": "2026-02", "result": "remarks", "words": "账目可信，附件应更完整。",
    }  # fmt: skip
    said = evaluations.Said(UNIT, **(facts | changed))
    return evaluations.add(house.registry, said, by or house.reader, house.now)


def confirmed(house: House, code: str, by: User, now: datetime | None = None) -> EvaluationRow:
    return evaluations.confirm(house.registry, UNIT, code, by, now or house.now)
