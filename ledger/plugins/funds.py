"""The rules of funds as a Beancount plugin: the same words as the posting path's.

Every posting carries a declared fund that is alive; every voucher balances within each fund;
restricted funds are not overdrawn on any day; money moves between funds by decision only; a bound
fund is spent on the uses that its rule permits; hard lines of a budget hold; a budgetary half
balances alone and says what moved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from beancount.core import convert, data

from ledger import fundcheck, parallelcheck, usecheck
from ledger.chart import mirrors_of
from ledger.entry import unbalanced
from ledger.errors import Finding
from ledger.money import Money
from ledger.plugins.ceilings import over_budget

__plugins__ = ("funds",)


class FundError(NamedTuple):
    source: data.Meta
    message: str
    entry: Any


@dataclass(frozen=True)
class _Terms:
    restriction: str
    opened: date
    closed: date | None = None


def funds(
    entries: data.Directives, _options: dict[str, Any], _config: str | None = None
) -> tuple[data.Directives, list[FundError]]:
    """The entries as they are, and an error for every breach of a fund's rules."""
    declared, errors = _declared(entries)
    capital = {
        entry.account
        for entry in entries
        if isinstance(entry, data.Open) and entry.meta.get("capital") is True
    }
    opened = _opened(entries)
    mirrors = mirrors_of(_chart(entries))
    bound, faults_of_bindings = _bindings(entries, declared)
    errors += faults_of_bindings
    by_number = {
        entry.meta.get("voucher"): entry
        for entry in entries
        if bound and isinstance(entry, data.Transaction)
    }
    days: dict[tuple[str, str], dict[date, tuple[int, Any]]] = defaultdict(dict)
    for entry in entries:
        if not isinstance(entry, data.Transaction):
            continue
        if any(_weight(posting) * 100 % 1 for posting in entry.postings):
            errors.append(_error(entry, "金额至多两位小数 an amount has at most two decimals"))
            continue
        lines = list(_lines(entry))
        if any(not line.fund for line in lines):
            errors.append(_error(entry, "每条分录须有资金 every posting carries a fund"))
            continue
        faults = _faults(entry, lines, declared, capital, opened)
        errors += [_error(entry, _words(fault)) for fault in faults]
        if "reverses" not in entry.meta:
            wrong = parallelcheck.parallel_findings(lines, entry.meta, mirrors)
            errors += [_error(entry, _words(fault)) for fault in wrong]
        if bound:
            wrong = _use_faults(entry, bound, capital, opened, by_number)
            errors += [_error(entry, _words(fault)) for fault in wrong]
        for key, fen in fundcheck.moves_of(lines, capital).items():
            held, _ = days[key].get(entry.date, (0, entry))
            days[key][entry.date] = (held + fen, entry)
    errors += _overdrafts(days, declared)
    errors += [_error(entry, words) for entry, words in over_budget(entries)]
    return entries, errors


def _declared(entries: data.Directives) -> tuple[dict[str, _Terms], list[FundError]]:
    found: dict[str, _Terms] = {}
    errors = []
    for entry in entries:
        if not isinstance(entry, data.Custom):
            continue
        values = [value.value for value in entry.values or ()]
        if entry.type == "fund" and len(values) == 3:
            code, _, restriction = map(str, values)
            if code in found or restriction not in fundcheck.RESTRICTIONS:
                errors.append(_error(entry, f"资金声明有误 bad declaration of fund {code}"))
            else:
                found[code] = _Terms(restriction, entry.date)
        elif entry.type == "fund-close" and len(values) == 1 and values[0] in found:
            found[values[0]] = replace(found[values[0]], closed=entry.date)
        elif entry.type in ("fund", "fund-close"):
            errors.append(_error(entry, "资金声明有误 bad declaration of a fund"))
    return found, errors


def _bindings(
    entries: data.Directives, declared: dict[str, _Terms]
) -> tuple[list[usecheck.Binding], list[FundError]]:
    """What binds funds to uses: each by one rule only, from a day on which it is open."""
    found: list[usecheck.Binding] = []
    errors = []
    for entry in entries:
        if not isinstance(entry, data.Custom) or entry.type != usecheck.DIRECTIVE:
            continue
        values = [str(value.value) for value in entry.values or ()]
        meta = [(key, str(text)) for key, text in entry.meta.items()]
        fund = values[0] if len(values) == 3 else ""
        terms = declared.get(fund)
        before = [one for one in found if one.fund == fund]
        if (
            terms is None
            or entry.date < terms.opened
            or any(one.rule != values[1] or one.since >= entry.date for one in before)
        ):
            errors.append(_error(entry, f"资金的用途约束有误 bad binding of fund {fund}"))
            continue
        found.append(usecheck.binding_of(fund, values[1], values[2], entry.date, meta))
    return found, errors


def _use_faults(
    entry: Any,
    bound: list[usecheck.Binding],
    capital: set[str],
    opened: date | None,
    by_number: dict[Any, Any],
) -> list[Finding]:
    """What the posting path says of the uses of a voucher, here of a whole book's."""
    lines = _spend_lines(entry)
    if entry.meta.get("reverses") is not None:
        # Whether it takes back exactly one voucher is the plugin ``house``'s to say.
        original = by_number.get(entry.meta["reverses"])
        return usecheck.same_purposes(lines, _spend_lines(original) if original else [])
    opening = fundcheck.is_opening(entry.tags, entry.date, opened)
    return usecheck.use_findings(lines, bound, entry.date, capital, opening=opening)


def _spend_lines(entry: Any) -> list[usecheck.SpendLine]:
    return [
        usecheck.SpendLine(
            posting.account,
            str((posting.meta or {}).get("fund", "")),
            int(_weight(posting) * 100),
            {key: str(text) for key, text in (posting.meta or {}).items()},
        )
        for posting in entry.postings
    ]


def _opened(entries: data.Directives) -> date | None:
    """The first day of the book, as the unit's own facts say."""
    facts = (e.date for e in entries if isinstance(e, data.Custom) and e.type == "unit")
    return next(facts, None)


def _chart(entries: data.Directives) -> str:
    """The id of the book's chart, as the unit's own facts say; nothing if they are missing."""
    for entry in entries:
        if isinstance(entry, data.Custom) and entry.type == "unit" and len(entry.values or ()) > 2:
            return str(entry.values[2].value)
    return ""


def _weight(posting: Any) -> Decimal:
    return convert.get_weight(posting).number or Decimal(0)  # type: ignore[no-untyped-call]


def _lines(entry: Any) -> Iterator[fundcheck.FundLine]:
    for posting in entry.postings:
        weight = convert.get_weight(posting)  # type: ignore[no-untyped-call]
        fund = str((posting.meta or {}).get("fund", ""))
        yield fundcheck.FundLine(posting.account, fund, weight.currency, int(weight.number * 100))


def _faults(
    entry: Any,
    lines: list[fundcheck.FundLine],
    declared: dict[str, _Terms],
    capital: set[str],
    opened: date | None,
) -> Iterator[Finding]:
    for code in dict.fromkeys(line.fund for line in lines):
        fault = fundcheck.fund_alive(code, entry.date, declared.get(code))
        if fault is not None:
            yield fault
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        sums[line.fund, line.currency] += line.fen
    yield from unbalanced(sums)
    decided = "decision" in entry.meta or any(
        "decision" in (posting.meta or {}) for posting in entry.postings
    )
    yield from fundcheck.transfer_findings(
        lines,
        capital,
        decided=decided,
        opening=fundcheck.is_opening(entry.tags, entry.date, opened),
    )


def _overdrafts(
    days: dict[tuple[str, str], dict[date, tuple[int, Any]]], declared: dict[str, _Terms]
) -> Iterator[FundError]:
    for (code, currency), changes in sorted(days.items()):
        terms = declared.get(code)
        if terms is None or not fundcheck.is_restricted(terms.restriction):
            continue
        held = 0
        for day, (fen, entry) in sorted(changes.items(), key=lambda item: item[0]):
            if held + fen < 0 and fen < 0:
                fault = fundcheck.overdrawn(code, Money(held, currency), Money(-fen, currency), day)
                yield _error(entry, _words(fault))
            held += fen


def _words(found: Finding) -> str:
    return f"[{found.rule}] {found.what.zh} {found.what.en}"


def _error(entry: Any, message: str) -> FundError:
    return FundError(entry.meta, message, entry)
