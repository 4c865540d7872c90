"""Account names, compared by component.

An account is ``Assets:102-银行存款:01-工行基本户``: one of Beancount's five roots, then
components of *code + name*. The code of an account is its components' codes joined:
``10201``. Comparing by component keeps ``Book`` from including ``Bookings``.

Units under government accounting enter cash that is in the budget twice. Their budgetary accounts
stand under one parent of their own, whose name has no code, so that codes read as the rule's:
``6001`` of ``Equity:B-预算会计:6001-财政拨款预算收入``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

ROOTS: Final = ("Assets", "Liabilities", "Equity", "Income", "Expenses")
_CARRIED: Final = frozenset(("Equity", "Income", "Expenses"))
#: The parent of all budgetary accounts; what stands below it sums to nothing in every voucher.
BUDGETARY: Final = "Equity:B-预算会计"

# Beancount 3 accepts more than it keeps: a component has to begin with a capital or a digit,
# else documents and queries lose the account. We also keep to letters, digits and hyphens.
_COMPONENT = re.compile(r"[A-Z0-9][A-Za-z0-9\-\u3400-\u9fff\U00020000-\U0003ffff]*")
_CODE = re.compile(r"[0-9]+")
_LONGEST = 120


def is_valid_account(name: str) -> bool:
    """True if ``name`` is an account that Beancount, Fava and we all keep."""
    return len(name) <= _LONGEST and _is_valid(name)


@lru_cache(maxsize=4096)  # a book has some hundreds of accounts and a million postings
def _is_valid(name: str) -> bool:
    root, *components = name.split(":")
    return root in ROOTS and bool(components) and all(map(_COMPONENT.fullmatch, components))


def component_code(component: str) -> str:
    """The leading digits of one component: ``102`` of ``102-银行存款``; ``""`` if none."""
    found = _CODE.match(component)
    return found[0] if found else ""


@lru_cache(maxsize=4096)
def account_code(name: str) -> str:
    """The joined code of an account: ``10201`` of ``Assets:102-银行存款:01-工行基本户``."""
    return "".join(component_code(part) for part in name.split(":")[1:])


def is_under(account: str, parent: str) -> bool:
    """True if ``account`` is ``parent`` or below it, by whole components.

    >>> is_under("Assets:102-银行存款:01-工行", "Assets:102-银行存款")
    True
    >>> is_under("Assets:1021-别的", "Assets:102")
    False
    """
    return account == parent or account.startswith(parent + ":")


def is_budgetary(account: str) -> bool:
    """True for an account of the budgetary half, and for the parent of them all.

    >>> is_budgetary("Equity:B-预算会计:8001-资金结存")
    True
    """
    return is_under(account, BUDGETARY)


def carries_over(accounts: Iterable[str]) -> bool:
    """Whether an entry on these accounts carries income and spending over to net assets.

    No money and no debt moves, and net assets take what income or spending gives: a posting on
    ``Equity:`` and one on ``Income:`` or ``Expenses:``. Between two accounts of spending alone it
    is a reclassification, which a budget measures like any spending; so is what the treasury pays
    for a unit directly, spending against income. A budgetary half says nothing of it; an entry of
    budgetary accounts alone carries over, too.

    >>> carries_over(["Income:401-会费收入", "Equity:321-工会资金结转"])
    True
    >>> carries_over(["Expenses:501-职工活动支出", "Expenses:504-行政支出"])
    False
    """
    names = list(accounts)
    roots = {name.partition(":")[0] for name in names if not is_budgetary(name)}
    if not roots:
        return bool(names)
    return "Equity" in roots and len(roots) > 1 and roots <= _CARRIED


def account_label(name: str) -> str:
    """The names without codes, for people: ``银行存款—工行基本户``.

    Budgetary accounts have names of their own; the parent of them all is left out.
    """
    if is_budgetary(name) and name != BUDGETARY:
        name = f"Equity{name.removeprefix(BUDGETARY)}"
    parts = (re.sub(r"^([0-9]+|B)-?", "", part) or part for part in name.split(":")[1:])
    return "—".join(parts)
