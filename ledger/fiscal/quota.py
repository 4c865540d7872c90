"""Fiscal quota: what the treasury released, what was drawn, and what is left when the year ends.

Quota may be drawn like money. What was not used when its year ends is cancelled, and what was
approved and never released is recognised; both stand as quota to be returned until they are
restored in a later year. Each step is a draft for another person to approve. The chart names the
accounts (:class:`ledger.chart_form.QuotaAccounts`).

Source: 《政府会计制度》财会〔2017〕25号, accounts 1011, 1201 and 8001;
《工会会计制度》财会〔2021〕7号, accounts 111 and 121.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.account import account_code, is_budgetary
from ledger.chart import load_chart
from ledger.draft_text import draft_from_json
from ledger.entry import Draft, Posting, build_draft, meta_of, safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.fiscal.quota_standing import QuotaYear, quota_years
from ledger.money import CNY, Money
from ledger.registry import drafts, entries, oplog, units

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.chart import Chart
    from ledger.registry import Registry, User

#: The voucher's metadata that says which step of a quota it is.
QUOTA: Final = "quota"
GRANT, DRAW, CANCEL, UNRELEASED, RESTORE = "grant", "draw", "cancel", "unreleased", "restore"


#: Quota that comes and goes is entered like money; the year's end and the return move none.
_CLASSES: Final = {GRANT: "收", DRAW: "付"}


@dataclass(frozen=True, slots=True)
class Accounts:
    """The book's accounts of quota: what may be drawn, what comes back, and its income."""

    held: str
    returnable: str
    income: str


@dataclass(frozen=True, slots=True)
class Step:
    """What is proposed: a fund, an amount, a day, the notice it rests on, and words."""

    unit: str
    fund: str
    amount: Money
    day: date
    document: str = ""
    narration: str = ""


def grant(registry: Registry, step: Step, user: User, now: datetime) -> str:
    """Quota arrived by a notice: Dr quota, Cr fiscal income. The draft's id."""
    refuse_if(_no_document(step))
    with _at_work(registry, step, user, now) as desk:
        accounts = desk.accounts
        words = step.narration or f"收到零余额账户用款额度 {step.document}"
        return desk.propose(GRANT, words, accounts.held, accounts.income)


def draw(registry: Registry, step: Step, account: str, user: User, now: datetime) -> str:
    """Quota was drawn for ``account``; refused beyond what the fund holds of it."""
    with _at_work(registry, step, user, now) as desk:
        held = desk.year(step.day).held + desk.taking(desk.accounts.held)
        refuse_if(desk.beyond(held, "可用额度", "held"))
        words = step.narration or "支用零余额账户用款额度"
        return desk.propose(DRAW, words, account, desk.accounts.held)


def unused(
    registry: Registry, step: Step, approved: Money | None, user: User, now: datetime
) -> list[str]:
    """The year's end of ``step.day``'s year: cancel what is left, recognise what never came.

    ``approved`` is the year's indicator of authorised payment; without it nothing is recognised
    beyond what was released. ``step.amount`` is not asked: the book says it. Refused while drafts
    on quota wait, if more was released than approved, and if nothing is left.
    """
    refuse_if(_not_the_end(step.day))
    with _at_work(registry, step, user, now) as desk:
        refuse_if(desk.waiting())
        year = desk.year(step.day)
        left = year.held  # no draft waits
        never = 0 if approved is None else approved.fen - year.granted - year.unreleased
        if never < 0:
            raise Refused(_released_more(Money(year.granted + year.unreleased)))
        if left < 0 or (not left and not never):
            raise Refused(_nothing_left(step))
        accounts = desk.accounts
        found = []
        if left:
            words = f"{step.day.year} 年末注销未使用的用款额度 {step.document}".rstrip()
            found.append(desk.propose(CANCEL, words, accounts.returnable, accounts.held, left))
        if never:
            words = f"{step.day.year} 年末确认未下达的用款额度 {step.document}".rstrip()
            found.append(
                desk.propose(UNRELEASED, words, accounts.returnable, accounts.income, never)
            )
        return found


def restore(registry: Registry, step: Step, user: User, now: datetime) -> str:
    """Quota of an earlier year came back by a notice; refused beyond what is to be returned."""
    refuse_if(_no_document(step))
    with _at_work(registry, step, user, now) as desk:
        accounts = desk.accounts
        held = desk.year(step.day).returnable + desk.taking(accounts.returnable)
        refuse_if(desk.beyond(held, "应返还额度", "to be returned"))
        words = step.narration or f"恢复上年用款额度 {step.document}"
        return desk.propose(RESTORE, words, accounts.held, accounts.returnable)


def years(registry: Registry, unit: str, user: User) -> list[QuotaYear]:
    """Quota by year and fund, as posted; who may browse the unit may ask."""
    workflow.demand(user, "browse", unit)
    with registry.read() as conn:
        chart = load_chart(units.find(conn, unit).chart)
    return quota_years(registry.folder, unit, chart)


# ---- proposing ---------------------------------------------------------------------------------


@contextmanager
def _at_work(registry: Registry, step: Step, user: User, now: datetime) -> Iterator[_Desk]:
    """One step at work: the right was asked, the unit is locked, its accounts are known."""
    workflow.demand(user, "record", step.unit)
    with registry.write() as conn:
        registry.lock_unit(conn, step.unit)
        chart = load_chart(units.find(conn, step.unit).chart)
        yield _Desk(conn, registry, step, user, now, chart, _accounts(conn, step.unit, chart))


@dataclass(frozen=True)
class _Desk:
    conn: Connection
    registry: Registry
    step: Step
    user: User
    now: datetime
    chart: Chart
    accounts: Accounts

    def propose(
        self, part: str, words: str, debit: str, credit: str, fen: int | None = None
    ) -> str:
        step = self.step
        amount = step.amount if fen is None else Money(fen)
        lines = (Posting(debit, amount, step.fund), Posting(credit, -amount, step.fund))
        draft = build_draft(
            unit=step.unit, day=step.day, kind=_CLASSES.get(part, "转"),
            narration=safe_text(words),
            postings=lines, source=self._source(part, amount),
            meta=meta_of({QUOTA: part, "document": safe_text(step.document)}),
        )  # fmt: skip
        id = workflow.propose_in(self.conn, self.registry, draft, self.user.id, self.now)
        oplog.record(
            self.conn, at=self.now, user=self.user.id, unit=step.unit, action=f"quota.{part}",
            object=id, detail=amount.text,
        )  # fmt: skip
        return id

    def _source(self, part: str, amount: Money) -> str:
        """A notice gives one voucher, a year's end too; what is drawn is entered freely."""
        step = self.step
        if part == DRAW:
            return "user"
        about = safe_text(step.document, 120) if part in (GRANT, RESTORE) else str(step.day.year)
        return f"quota:{part}:{step.fund}:{about}:{amount.text}"

    def year(self, day: date) -> QuotaYear:
        """The fund's quota in the year of ``day``, as posted; what earlier years left opens it."""
        found = QuotaYear(day.year, self.step.fund)
        for one in quota_years(self.registry.folder, self.step.unit, self.chart):
            if one.fund != self.step.fund or one.year > day.year:
                continue
            if one.year == day.year:
                return one
            found.opening, found.opening_return = one.held, one.returnable
        return found

    def taking(self, account: str) -> int:
        """What waiting drafts take from the fund on an account; not above zero."""
        return sum(
            posting.amount.fen
            for draft in self._undecided()
            for posting in draft.postings
            if posting.account == account
            and posting.fund == self.step.fund
            and posting.amount.fen < 0
        )

    def _undecided(self) -> Iterable[Draft]:
        for row in drafts.in_states(self.conn, self.step.unit, drafts.UNDECIDED):
            yield draft_from_json(row.payload)

    def waiting(self) -> list[Finding]:
        """A finding while drafts on the fund's quota wait: a year ends with what stands."""
        accounts = {self.accounts.held, self.accounts.returnable}
        if not any(
            posting.account in accounts and posting.fund == self.step.fund
            for draft in self._undecided()
            for posting in draft.postings
        ):
            return []
        return [
            finding(
                "quota-waiting",
                f"资金 {self.step.fund} 尚有涉及额度的草稿未审核",
                f"drafts on the quota of fund {self.step.fund} wait for a checker",
                "先审核、改正或撤回这些草稿",
                "approve, correct or withdraw them first",
            )
        ]

    def beyond(self, held: int, zh: str, en: str) -> list[Finding]:
        if self.step.amount.fen <= held:
            return []
        most = Money(max(held, 0)).grouped
        return [
            finding(
                "quota-exceeded",
                f"资金 {self.step.fund} 的{zh}只有 {most}，本次 {self.step.amount.grouped}",
                f"fund {self.step.fund} has {most} of quota {en}; this is "
                f"{self.step.amount.grouped}",
                "核对金额与资金；已填未审的草稿也计算在内",
                "check amount and fund; drafts that wait are counted",
            )
        ]


def _accounts(conn: Connection, unit: str, chart: Chart) -> Accounts:
    """The unit's accounts of quota; Refused where its chart knows none, or they are not open."""
    if chart.quota is None:
        raise Refused(
            finding(
                "no-quota",
                f"科目表 {chart.id} 没有零余额账户用款额度与财政应返还额度",
                f"the chart {chart.id} has no accounts of fiscal quota",
                "额度只用于县级以上工会与执行政府会计制度的单位",
                "quota is for unions at county level and above and government accounting",
            )
        )
    opened = {
        account_code(name): name
        for name, row in entries.accounts(conn, unit).items()
        if row.closed is None and row.currency == CNY and not is_budgetary(name)
    }
    codes = (chart.quota.held, chart.quota.returnable, chart.quota.income)
    missing = [code for code in codes if code not in opened]
    if missing:
        raise Refused(
            finding(
                "account-not-open",
                f"科目 {'、'.join(missing)} 未开立",
                f"accounts {', '.join(missing)} are not open",
                "请会计开立",
                "have them opened",
            )
        )
    return Accounts(*(opened[code] for code in codes))


# ---- findings ----------------------------------------------------------------------------------


def _no_document(step: Step) -> list[Finding]:
    if safe_text(step.document):
        return []
    return [
        finding(
            "no-document",
            "额度须写明到账或恢复通知书的编号",
            "quota names the notice that it came by",
            "用 --document 写明",
            "give --document",
        )
    ]


def _not_the_end(day: date) -> list[Finding]:
    if (day.month, day.day) == (12, 31):
        return []
    return [
        finding(
            "not-years-end",
            f"未使用额度在年末注销，{day} 不是 12 月 31 日",
            f"unused quota is cancelled at the year's end; {day} is not 31 December",
            f"用 --on {day.year}-12-31",
            f"give --on {day.year}-12-31",
        )
    ]


def _released_more(released: Money) -> Finding:
    return finding(
        "quota-approved-less",
        f"预算指标数小于已下达与已确认的额度 {released.grouped}",
        f"the approved indicator is less than what was released and recognised, {released.grouped}",
        "核对指标文件",
        "check the document of the indicator",
    )


def _nothing_left(step: Step) -> Finding:
    return finding(
        "quota-nothing-left",
        f"资金 {step.fund} 在 {step.day.year} 年末没有未使用的额度",
        f"fund {step.fund} has no unused quota at the end of {step.day.year}",
        "有未下达的指标时，用 --approved 写明全年指标数；草稿须先审核",
        "give --approved where a part was never released; approve waiting drafts first",
    )
