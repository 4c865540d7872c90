"""What a chart of accounts holds: accounts, the forms of statements, and their lines.

Values alone: :mod:`ledger.chart` reads them from data, :mod:`ledger.chart_proof` proves them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from ledger.account import BUDGETARY, ROOTS, component_code
from ledger.errors import Words

DEBIT: Final = "debit"
CREDIT: Final = "credit"
#: How a line measures its accounts: what they hold when the year begins, what they hold at the end
#: of the period, or what they moved in it.
BEGIN: Final = "begin"
END: Final = "end"
MOVED: Final = "moved"
#: The kinds of forms: balances at a moment, income and expenses, and receipts and payments of cash.
BALANCE: Final = "balance"
FLOW: Final = "flow"
CASH: Final = "cash"
#: The two directions of cash, and the counterpart that stands for all that no line names.
IN: Final = "in"
OUT: Final = "out"
REST: Final = "*"

DEBIT_TYPES: Final = ("Assets", "Expenses")
#: What a budgetary account holds (see :data:`ledger.account.BUDGETARY`).
BUDGET_INCOME: Final = "income"
BUDGET_SPENDING: Final = "spending"
BUDGET_SURPLUS: Final = "surplus"
BUDGET_KINDS: Final = (BUDGET_INCOME, BUDGET_SPENDING, BUDGET_SURPLUS)
#: How well a chart is known: read in the rule's own text, read in a text about it, or remembered.
CONFIRMED: Final = "confirmed"
CONFIDENCES: Final = (CONFIRMED, "secondary", "recalled")
#: When a line is printed: see :class:`FormLine`.
SHOWS: Final = ("always", "nonzero", "month", "year", "year-nonzero")
NO_MIRROR: Final = "none"
YEAR_BEGIN: Final = Words("年初余额", "Beginning of year")


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """One account of a chart. ``code`` holds the parent's code in front: ``50101`` under ``501``.

    ``capital``: its balance is tied up in things. ``optional``: known, but not opened with the
    book. ``restricted``: it stands in the column of restricted income and net assets. ``lots``: it
    holds things piece by piece, each a commodity of its own at cost. ``budgetary``: it stands in
    the budgetary half and holds budgetary ``income``, ``spending`` or ``surplus``. ``mirror``: the
    budgetary account that moves with it (``none`` where a detail does not, unlike its parent).
    """

    code: str
    name: Words
    type: str
    normal: str
    capital: bool = False
    parent: str = ""
    optional: bool = False
    restricted: bool = False
    lots: bool = False
    use: str = ""  # of a rule of uses: ``party/training``
    budgetary: str = ""
    mirror: str = ""


@dataclass(frozen=True, slots=True)
class BookAccount:
    """An account as a new book opens it; without a currency it takes lots held at cost."""

    name: str
    name_en: str
    capital: bool
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of a form. ``accounts`` and ``sums`` are signed terms: account codes (or a type),
    and codes of other lines. A detail that is taken out of its parent's line stands there with the
    opposite sign: ``+1402 -140291``.

    ``at`` says how the accounts are measured. ``show``: ``always``, ``nonzero``, ``month`` (in a
    year's statement only if not zero), ``year`` (in a year's statement only) or ``year-nonzero``.
    ``memo`` lines repeat what other lines hold.

    A line of a cash form may have a ``flow`` instead of a formula. It holds what of the cash was
    received from, and paid for, the accounts named in ``received`` and ``paid`` (``*`` for all that
    no line names), as an amount of cash coming in (``in``) or going out (``out``).
    """

    code: str
    label: Words
    accounts: tuple[tuple[int, str], ...] = ()
    sums: tuple[tuple[int, str], ...] = ()
    at: str = ""
    level: int = 1
    style: str = "line"
    show: str = "always"
    memo: bool = False
    flow: str = ""
    received: tuple[str, ...] = ()
    paid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one statement. ``kind`` is ``balance``, ``flow`` or ``cash``.

    ``proof`` names the two totals that are always equal, or the one line of the result (of a cash
    form: the net increase of cash). ``split`` shows unrestricted, restricted and total side
    by side. ``begin`` and ``end`` head the columns of a balance sheet where the rule calls them
    otherwise.
    """

    id: str
    number: str
    title: Words
    kind: str
    lines: tuple[FormLine, ...]
    proof: tuple[str, ...]
    split: bool = False
    begin: Words = YEAR_BEGIN
    end: Words | None = None
    budgetary: bool = False

    def line(self, code: str) -> FormLine | None:
        return next((line for line in self.lines if line.code == code), None)

    def terms(self, code: str) -> list[tuple[int, str]]:
        """The signed account terms of a line with its sums resolved; KeyError for no such line."""
        line = self.line(code)
        if line is None:
            raise KeyError(code)
        found = list(line.accounts)
        for sign, other in line.sums:
            found += [(sign * inner, term) for inner, term in self.terms(other)]
        return found

    def flows(self, code: str) -> dict[str, int]:
        """How a line adds up the flow lines of a cash form: +1 or -1 by their codes.

        A line that holds another twice gives 2. KeyError if there is no such line.
        """
        line = self.line(code)
        if line is None:
            raise KeyError(code)
        if line.flow:
            return {code: 1}
        found: Counter[str] = Counter()
        for sign, other in line.sums:
            for inner, times in self.flows(other).items():
                found[inner] += sign * times
        return dict(found)


@dataclass(frozen=True, slots=True)
class QuotaAccounts:
    """The codes on which fiscal quota stands: ``held`` may be drawn on, ``returnable`` was not
    used or released when its year ended and comes back, ``income`` is what a grant of it is."""

    held: str
    returnable: str
    income: str


@dataclass(frozen=True)
class Chart:
    """A chart of accounts, as one rule fixes it from ``effective_from`` on, to ``effective_to``.

    ``source`` is the rule's title and number, ``issued`` its day, ``confidence`` how well it is
    known: ``confirmed`` (read in a copy of the text), ``secondary`` or ``recalled``.
    ``surplus_to`` are the accounts that income and expenses are carried to; ``carried`` are further
    accounts that are carried there. ``banks`` are the accounts that bank statements prove; ``cash``
    those whose movements the cash-flow statement explains. ``quota`` names the accounts of fiscal
    quota, where units of this chart have any.
    """

    id: str
    version: str
    name: Words
    source: str
    basis: Words
    confidence: str
    effective_from: date
    accounts: tuple[ChartAccount, ...]
    forms: tuple[Form, ...]
    surplus_to: tuple[str, ...]
    issued: date | None = None
    effective_to: date | None = None
    carried: tuple[str, ...] = ()
    banks: tuple[str, ...] = ()
    cash: tuple[str, ...] = ()
    quota: QuotaAccounts | None = None

    @property
    def confirmed(self) -> bool:
        return self.confidence == CONFIRMED

    def in_force(self, first: date, last: date) -> bool:
        """Whether the rule holds on every day from ``first`` to ``last``."""
        ended = self.effective_to is not None and self.effective_to < last
        return self.effective_from <= first and not ended

    @cached_property
    def mirrors(self) -> dict[str, str]:
        """By code of an account: the budgetary account that moves with it.

        Details move as their parents do; who does not is named with nothing.

        >>> from ledger.chart import load_chart
        >>> load_chart("government-2019").mirrors["1011"]
        '800101'
        """
        found: dict[str, str] = {}
        for account in self.accounts:
            said = account.mirror or found.get(account.parent, "")
            if said:
                found[account.code] = "" if said == NO_MIRROR else said
        return found

    @cached_property
    def by_code(self) -> dict[str, ChartAccount]:
        return {account.code: account for account in self.accounts}

    def form(self, id: str) -> Form | None:
        return next((form for form in self.forms if form.id == id), None)

    def book_name(self, account: ChartAccount) -> str:
        """``Expenses:501-职工活动支出:01-职工教育支出`` for the account ``50101``."""
        if account.budgetary and not account.parent:
            return f"{BUDGETARY}:{account.code}-{account.name.zh}"
        if not account.parent:
            return f"{account.type}:{account.code}-{account.name.zh}"
        parent = self.by_code[account.parent]
        own = account.code.removeprefix(parent.code)
        return f"{self.book_name(parent)}:{own}-{account.name.zh}"

    def book_accounts(self) -> tuple[BookAccount, ...]:
        """What a new book opens: every account that is not optional, parents before children.

        >>> from ledger.chart import load_chart
        >>> [a.name for a in load_chart("npo-2004").book_accounts() if not a.currency]
        ['Assets:1501-固定资产', 'Assets:1601-无形资产']
        """
        return tuple(
            BookAccount(
                self.book_name(account),
                account.name.en,
                account.capital,
                "" if account.lots else "CNY",
            )
            for account in self.accounts
            if not account.optional
        )

    def path(self, book_account: str) -> tuple[ChartAccount, ...]:
        """The chart's accounts that a book account belongs to, the widest first.

        Accounts belong by their codes, component by component, under the same root. An account
        that the chart does not know gives an empty path.

        >>> from ledger.chart import load_chart
        >>> chart = load_chart("union-2021-basic")
        >>> [a.code for a in chart.path("Assets:102-银行存款:01-工行基本户")]
        ['102']
        """
        root, *components = book_account.split(":")
        found: list[ChartAccount] = []
        code = ""
        budgetary = book_account.startswith(f"{BUDGETARY}:")
        if budgetary:
            components = components[1:]
        for component in components:
            part = component_code(component)
            code += part
            account = self.by_code.get(code) if part else None
            if account is None or account.type != root or bool(account.budgetary) != budgetary:
                break
            found.append(account)
        return tuple(found)

    def sign(self, term: str) -> int:
        """+1 where the normal side of an account or a type is debit, -1 where it is credit."""
        if term in ROOTS:
            return 1 if term in DEBIT_TYPES else -1
        return 1 if self.by_code[term].normal == DEBIT else -1
