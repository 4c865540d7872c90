"""Names of accounts, funds and the unit as they are published: none that may be somebody's.

A name that holds a registered person's name, or a number of a person, is replaced by its code, and
a finding says so without repeating it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger import privacy
from ledger.account import component_code
from ledger.chart import load_chart
from ledger.errors import Finding, Words, finding
from ledger.money import CNY

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.publishing.reading import FullBook
    from ledger.publishing.values import PublicAccount, PublicFund


class Labels:
    """``renamed`` gives the published name of each account that has another one."""

    def __init__(self, full: FullBook, named: Callable[[str], bool]) -> None:
        self.findings: list[Finding] = []
        self._named = named
        self._chart = load_chart(full.facts.chart)
        whole = [account.name for account in full.accounts]
        whole += [account.name_en for account in full.accounts]
        whole += [text for fund in full.funds for text in (fund.name, fund.name_en)]
        whole += [*full.facts.name]
        # Hardly ever does any hold a name: all are asked at once.
        self._clean = not self._holds("\n".join(whole))
        self.unit = full.facts.name
        if not self._is_clean(*self.unit):
            self._tell(full.facts.unit)
            self.unit = Words(full.facts.unit, full.facts.unit)
        self.renamed: dict[str, str] = {}
        self.accounts: dict[str, PublicAccount] = {}
        for account in full.accounts:
            self._take(account)
        self.funds: dict[str, PublicFund] = {}
        for fund in full.funds:
            kept = fund
            if not self._is_clean(fund.name, fund.name_en):
                self._tell(fund.code)
                kept = replace(fund, name=fund.code, name_en=fund.code)
            self.funds[fund.code] = kept

    def chart_name(self, account: str) -> str:
        """The English name of an account that the chart has and the book did not open."""
        path = self._chart.path(account)
        return path[-1].name.en if path else ""

    def _take(self, account: PublicAccount) -> None:
        path = self._chart.path(account.name)
        bank = path and path[0].code in self._chart.banks
        if bank and account.name.startswith("Assets:") and account.name.count(":") > 1:
            return  # all accounts with banks stand on one
        name, english = account.name, account.name_en or self.chart_name(account.name)
        if not self._is_clean(name, english):
            root, *parts = name.split(":")
            kept = [
                part if self._is_clean(part) else component_code(part) or f"X{place}"
                for place, part in enumerate(parts)
            ]
            name = ":".join((root, *kept))
            english = english if self._is_clean(english) else ""
            self._tell(name)
        if name != account.name:
            self.renamed[account.name] = name
        self.accounts[name] = replace(
            account, name=name, name_en=english, currency=account.currency or CNY
        )

    def _is_clean(self, *texts: str) -> bool:
        return self._clean or not any(map(self._holds, texts))

    def _holds(self, text: str) -> bool:
        return bool(privacy.kinds_in(text)) or self._named(text)

    def _tell(self, code: str) -> None:
        self.findings.append(
            finding(
                "name-published",
                f"{code} 的名称中含有个人信息，公布时以代码代替",
                f"the name of {code} holds something of a person; its code is published instead",
                "改用不含个人信息的名称",
                "give it a name that holds nothing of a person",
            )
        )
