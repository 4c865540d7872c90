"""What one thing is depreciated by: its class, its regime, and what a unit chose within them.

Whoever enters an asset is told everything that the rule does not allow at once. What only has to be
known, such as a cost below the value from which on things are assets, is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from ledger.errors import Finding, Refused, Words, finding, refuse_if
from ledger.money import fen_text
from ledger.rules.assets import METHODS, NO_RESIDUAL, STRAIGHT_LINE, AssetClass, AssetTable
from ledger.rules.depreciation import Terms, first_month
from ledger.rules.table import NO_WORDS

#: The rule of the warning that one thing is below the value from which on such things are assets.
BELOW: Final = "below-threshold"
_NOT_CHARGED: Final = Words("此类资产不计提折旧", "assets of this class are not depreciated")
_NOMINAL: Final = Words(
    "以名义金额计量的资产不计提折旧", "what stands at a nominal amount is not depreciated"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a unit says of one thing; what it leaves out the rule says.

    ``worn``: it was used before it came (a gift, a transfer), so that its life is what is left of
    it, which may be less than the rule's least.
    """

    cost_fen: int
    acquired: date
    method: str = ""
    residual_fen: int = 0
    life_months: int | None = None
    units_total: int = 0
    worn: bool = False


@dataclass(frozen=True, slots=True)
class Wear:
    """By what a thing is depreciated; ``terms`` is None where it is not, and ``why`` says so."""

    table: AssetTable
    kind: AssetClass
    terms: Terms | None
    why: Words
    told: tuple[Finding, ...]


def class_of(table: AssetTable, word: str) -> AssetClass:
    """The class that a word names, its id or its Chinese name; Refused with those there are."""
    found = table.class_called(word)
    if found is None:
        ids = " ".join(one.id for one in table.classes)
        raise Refused(
            finding(
                "no-asset-class",
                f"{table.head.name.zh}没有类别 {word[:40]}",
                f"{table.head.key} has no class {word[:40]}",
                f"可用的类别：{ids}",
                f"classes: {ids}",
            )
        )
    return found


def wear(table: AssetTable, kind: AssetClass, choice: Choice) -> Wear:
    """What a thing of this class is depreciated by; Refused with all that the rule forbids."""
    if choice.cost_fen == table.nominal:
        return Wear(table, kind, None, _NOMINAL, ())
    told = tuple(_warnings(kind, choice))
    if not kind.depreciated:
        return Wear(table, kind, None, _NOT_CHARGED, told)
    refuse_if(list(_refusals(table, kind, choice)))
    life = choice.life_months if choice.life_months is not None else kind.usual
    return Wear(
        table,
        kind,
        Terms(
            choice.cost_fen, choice.residual_fen, life or 0, choice.method or STRAIGHT_LINE,
            first_month(choice.acquired, kind.starts), choice.units_total,
        ),
        NO_WORDS,
        told,
    )  # fmt: skip


def _warnings(kind: AssetClass, choice: Choice) -> Iterator[Finding]:
    if kind.threshold is not None and choice.cost_fen < kind.threshold:
        yield finding(
            BELOW,
            f"{kind.name.zh} {fen_text(choice.cost_fen)} 低于 {fen_text(kind.threshold)}："
            "单件不是固定资产",
            f"{kind.name.en} at {fen_text(choice.cost_fen)} is below {fen_text(kind.threshold)}:"
            " one such thing is no asset",
            "记入库存物品或支出；大批同类物资仍作固定资产",
            "enter it as supplies or spending; a large lot of one kind still is an asset",
            severity="warning",
        )


def _refusals(table: AssetTable, kind: AssetClass, choice: Choice) -> Iterator[Finding]:
    method = choice.method or STRAIGHT_LINE
    if method in METHODS and method not in kind.methods:
        allowed = "、".join(f"{METHODS[one].zh} {one}" for one in kind.methods)
        yield finding(
            "method-not-allowed",
            f"{table.head.name.zh}：{kind.name.zh}不能用{METHODS[method].zh}",
            f"{table.head.key}: {kind.id} is not depreciated by {METHODS[method].en}",
            f"可用：{allowed}",
            f"there are {' '.join(kind.methods)}",
        )
    if table.residual == NO_RESIDUAL and choice.residual_fen:
        yield finding(
            "residual-not-allowed",
            f"{table.head.name.zh}：计提折旧不考虑净残值",
            f"{table.head.key}: no residual value is considered",
            "不写净残值",
            "leave the residual value out",
        )
    yield from _life_refusals(table, kind, choice)


def _life_refusals(table: AssetTable, kind: AssetClass, choice: Choice) -> Iterator[Finding]:
    life = choice.life_months
    if life is None:
        if kind.usual is None:
            yield finding(
                "no-life",
                f"{table.head.name.zh}没有规定{kind.name.zh}的年限",
                f"{table.head.key} fixes no life for {kind.id}",
                "按法律、合同或预计写明年限，以月计",
                "say its life in months, by law, by contract or as expected",
            )
        return
    shorter = kind.least is not None and life < kind.least
    # What was used before it came has less than a whole life left.
    if kind.allows(life) or (shorter and choice.worn and life >= 1):
        return
    yield finding(
        "life-not-allowed",
        f"{kind.name.zh}的年限 {life} 个月不合规定：{kind.lives.zh}（{table.source_of(kind)}）",
        f"a life of {life} months is not what {table.head.key} says of {kind.id}: {kind.lives.en}",
        "改写年限；接受捐赠、调入的旧资产可按尚可使用年限，须注明是旧资产（--worn）",
        "give another life; what came used may have what is left of it, if that is said (--worn)",
    )
