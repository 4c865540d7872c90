"""A plan written as TOML, read strictly. Every fault is a finding.

A sheet says the same in rows: :mod:`importers.plans`.

```toml
[plan]
id = "jc-2026"                      # small letters, digits, hyphens
name = "2026年基层活动补助"
payer = "qinghe"
pool = "120000.00"                  # money is text: "1234.50"
due = 2026-04-30
decision = "青工〔2026〕3号"
account = "Expenses:508-补助下级支出"
fund = "F02"
money = "Assets:102-银行存款:01-基本户"
floor = "500.00"                    # for each unit; cap, floor_per_head likewise

[base]
kind = "heads"                      # heads, fixed, past
on = 2026-03-31                     # heads: on which day; past: year = 2025

[units]
below = "qinghe"                    # every unit below, or list = ["xue", "yuan"]
level = "grass-roots"               # of these, one level only

[weights.region]
"革命老区" = "1.2"

[weights.level]
grass-roots = "1.0"

[[unit]]                            # what holds for one unit alone
id = "xue"
base = 12                           # where bases are fixed
floor = "800.00"
```
"""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import Refused, Words, refuse_if
from ledger.plans.plan import (
    BASES,
    HEADS,
    PAST,
    Plan,
    UnitTerms,
    bad_plan,
    faults_of,
    weight_of,
)
from ledger.rules.fields import Fields

if TYPE_CHECKING:
    from ledger.errors import Finding

_LARGEST: Final = 256 * 1024


def read_plan(data: bytes, name: str) -> Plan:
    """The plan in a file; Refused with every finding if it is faulty."""
    faults: list[Finding] = []
    top = Fields(_parsed(data, name), Words("", ""), name, faults, bad_plan)
    plan = _plan(top, hashlib.sha256(data).hexdigest())
    top.done()
    for fault in faults_of(plan):
        at = f"{fault.at}: "
        faults.append(bad_plan(name, f"{at}{fault.what.zh}", f"{at}{fault.what.en}"))
    refuse_if(faults)
    return plan


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > _LARGEST:
        most = _LARGEST // 1024
        raise Refused(bad_plan(name, f"文件超过 {most} KB", f"more than {most} KB"))
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        said = str(fault)[:80]
        raise Refused(bad_plan(name, f"不是 TOML：{said}", f"no TOML: {said}")) from fault


def _plan(top: Fields, digest: str) -> Plan:
    head, base, units = (_needed(top, key) for key in ("plan", "base", "units"))
    kind = base.one_of("kind", tuple(BASES))
    if not head.has("pool"):
        head.say("pool 缺失", "pool is missing")
    weights = top.table("weights")
    plan = Plan(
        id=head.filled("id"),
        name=head.filled("name"),
        payer=head.filled("payer"),
        pool=head.amount("pool") or 0,
        due=head.day("due", needed=True) or date.min,
        decision=head.filled("decision"),
        account=head.filled("account"),
        fund=head.filled("fund"),
        money=head.filled("money"),
        base=kind,
        on=base.day("on", needed=True) if kind == HEADS else None,
        year=base.number("year", 2000, 2998) if kind == PAST else None,
        below=units.filled("below") if units.has("below") else "",
        units=units.texts("list") if units.has("list") else (),
        level=units.filled("level") if units.has("level") else "",
        digest=digest,
        floor=head.amount("floor") or 0,
        cap=head.amount("cap"),
        floor_per_head=head.amount("floor_per_head") or 0,
        regions=_weights(weights, "region"),
        levels=_weights(weights, "level"),
        file=top.file,
        terms=_terms(top),
    )
    for table in (head, base, units, weights):
        if table is not None:
            table.done()
    return plan


def _needed(top: Fields, key: str) -> Fields:
    found = top.table(key)
    if found is None:
        if not top.had(key):
            top.say(f"缺少 [{key}]", f"[{key}] is missing")
        return Fields({}, Words(key, key), top.file, [])  # what is not there lacks nothing else
    return found


def _weights(table: Fields | None, key: str) -> dict[str, Fraction]:
    of_key = None if table is None else table.table(key)
    return {} if of_key is None else {name: _weight(of_key, name) for name in of_key}


def _weight(fields: Fields, key: str) -> Fraction:
    found = weight_of(fields.raw(key))
    if found is None:
        shown = key[:40] if key.isprintable() else "?"
        fields.say(f'{shown} 的权重写作 "1.2"', f'the weight of {shown} is written "1.2"')
    return Fraction(1) if found is None else found


def _terms(top: Fields) -> dict[str, UnitTerms]:
    found: dict[str, UnitTerms] = {}
    for fields in top.tables("unit", Words("单位", "unit")) if top.has("unit") else ():
        unit = fields.filled("id")
        if unit and unit in found:
            fields.say("重复", "it is there twice")
        given = fields.number("base", 0, 10**9) if fields.has("base") else None
        found[unit] = UnitTerms(
            None if given is None else Fraction(given),
            _weight(fields, "weight") if fields.has("weight") else None,
            fields.amount("floor"),
            fields.amount("cap"),
        )
        fields.done()
    return found
