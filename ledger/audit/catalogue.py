"""Every audit procedure, in the order in which results are told, with the figures in force."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from ledger.audit.known import KINDS
from ledger.audit.procedures import (
    money,
    numbering,
    patterns,
    payments,
    persons,
    registered,
    timing,
)
from ledger.audit.procedures.procedure import Parameter, Procedure
from ledger.errors import CannotRun, Words, finding

_DATA: Final = Path(__file__).with_name("procedures.toml")
#: A federation's own figures, in its folder: apart from dated rules, which `ledger/rules` reads.
OWN_FILE: Final = Path("rules") / "audit" / "figures.toml"
_FACTS: Final = frozenset({"of", "zh", "en", "source", "caveat_zh", "caveat_en"})
#: Figures by which something is divided or counted.
_AT_LEAST_ONE: Final = frozenset({"unit", "count"})
_RUNS: Final = {
    "altered-history": registered.altered_history,
    "number-gaps": numbering.number_gaps,
    "same-maker-and-checker": persons.own_checker,
    "back-dating": timing.back_dating,
    "late-posting": timing.late_posting,
    "cut-off": timing.cut_off,
    "duplicates": payments.duplicates,
    "split-under-limit": payments.splits,
    "round-sums": payments.round_sums,
    "weekend-cash": payments.weekend_cash,
    "unusual-accounts": patterns.unusual_accounts,
    "benford": patterns.benford,
    "related-parties": registered.related_parties,
    "restricted-fund-overdrawn": money.overdrawn_funds,
    "gift-on-wrong-fund": registered.gifts_astray,
    "expired-restriction": registered.expired_gifts,
    "currency-rounding": money.exchange_rates,
    "unmatched-remittance": money.loose_transfers,
    "asset-expensed": registered.expensed_assets,
    "depreciation-early": registered.early_depreciation,
    "missing-document": registered.missing_papers,
    "leaked-name": registered.leaked_names,
    "receipt-gap": registered.receipt_gaps,
    "wrong-exemption": registered.wrong_exemptions,
    "tier-boundary": registered.wrong_assessments,
}


def procedures(federation: Path) -> tuple[Procedure, ...]:
    """All of them, with a federation's own figures in place of the shipped ones.

    Raises: CannotRun for a file of figures that names no procedure or parameter there is.
    """
    own = _own(federation / OWN_FILE)
    return tuple(_procedure(name, own.get(name, {})) for name in _RUNS)


def _procedure(name: str, own: Mapping[str, Parameter]) -> Procedure:
    facts = _shipped()[name]
    return Procedure(
        name, facts.get("of", "vouchers"), Words(facts["zh"], facts["en"]), facts["source"],
        Words(facts["caveat_zh"], facts["caveat_en"]), {**_parameters(facts), **own}, _RUNS[name],
    )  # fmt: skip


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    if set(data) != set(_RUNS):
        raise LookupError(sorted(set(data) ^ set(_RUNS)))
    kinds = {facts.get("of", "vouchers") for facts in data.values()}
    if not kinds <= {"vouchers", *KINDS}:
        raise LookupError(sorted(kinds))
    return data


def _parameters(facts: Mapping[str, Any]) -> dict[str, Parameter]:
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in facts.items()
        if key not in _FACTS
    }


def _own(path: Path) -> dict[str, dict[str, Parameter]]:
    if not path.is_file():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as fault:
        raise _bad("不是 TOML", "it is no TOML") from fault
    found: dict[str, dict[str, Parameter]] = {}
    for name, values in data.items():
        known = _parameters(_shipped().get(name, {}))
        if not isinstance(values, dict) or name not in _RUNS:
            raise _bad(f"没有审计程序 {name[:40]}", f"there is no procedure {name[:40]}")
        for key, value in values.items():
            if key not in known or not _is_like(key, value, known[key]):
                raise _bad(
                    f"{name} 的参数 {key[:40]} 无此项或不是这样的值",
                    f"{name} has no such parameter, or not of that kind: {key[:40]}",
                )
        found[name] = _parameters(values)
    return found


def _is_like(key: str, value: object, shipped: Parameter) -> bool:
    if isinstance(shipped, int):
        return type(value) is int and value >= (1 if key in _AT_LEAST_ONE else 0)
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _bad(zh: str, en: str) -> CannotRun:
    return CannotRun(
        finding(
            "bad-audit-figures", zh, en, "改正此文件；程序与参数见 mingbai audit run --list",
            "correct the file; mingbai audit run --list has procedures and parameters",
            file=OWN_FILE.as_posix(),
        )
    )  # fmt: skip
