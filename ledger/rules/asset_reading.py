"""Regimes of assets and their classes, out of a rule file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.rules.assets import (
    CHOSEN,
    GROUPS,
    METHODS,
    NO_RESIDUAL,
    STARTS,
    AssetClass,
    AssetTable,
    AssetTerm,
)
from ledger.rules.fields import SLUG
from ledger.rules.table import CONFIDENCES

if TYPE_CHECKING:
    from ledger.rules.fields import Fields
    from ledger.rules.table import Head

#: A life of a hundred years is the longest that is taken.
LONGEST_LIFE: Final = 1200
_GENERAL: Final = "general"
_SPECIAL: Final = "special"
_NO_THRESHOLD: Final = "none"
_CODE = re.compile(r"[0-9]{2,12}")


def asset_classes(fields: Fields, head: Head) -> AssetTable:
    terms: list[AssetTerm] = []
    known = _charts(fields)
    thresholds = _thresholds(fields, head, terms)
    timing = _term(fields, "timing", head, terms)
    starts = timing.one_of("starts", STARTS) if timing else STARTS[0]
    residual = _term(fields, "residual", head, terms)
    allowed = residual.one_of("allowed", (NO_RESIDUAL, CHOSEN)) if residual else NO_RESIDUAL
    by = _term(fields, "methods", head, terms)
    methods = _methods(by, "allowed") if by else ()
    nominal = _nominal(fields, head, terms)
    count = _term(fields, "count", head, terms) if fields.has("count") else None
    count_months = count.number("months", 1, 120) if count else None
    for inner in (timing, residual, by, count):
        if inner is not None:
            inner.done()
    classes = [
        _class(one, head, thresholds, starts, methods)
        for one in fields.tables("classes", Words("类别", "class"))
    ]
    fields.once([one.id for one in classes], "id")
    fields.once([one.name.zh for one in classes], "name")
    if not classes:
        fields.say("没有类别", "there is no class")
    return AssetTable(
        head, known, thresholds[_GENERAL], thresholds[_SPECIAL], starts, methods, allowed, nominal,
        count_months, tuple(terms), tuple(classes),
    )  # fmt: skip


def _term(fields: Fields, name: str, head: Head, terms: list[AssetTerm]) -> Fields | None:
    """The table under ``name``, whose article and confidence are taken."""
    inner = fields.table(name)
    if inner is None:
        if not fields.had(name):
            fields.say(f"缺 {name}", f"{name} is missing")
        return None
    terms.append(
        AssetTerm(
            name,
            inner.filled("article"),
            inner.one_of("confidence", CONFIDENCES, head.confidence),
        )
    )
    return inner


def _charts(fields: Fields) -> tuple[str, ...]:
    named = fields.texts("charts")
    fields.once(named, "charts")
    for name in named:
        if not SLUG.fullmatch(name):
            fields.say(
                "charts 应为科目表代号，如 union-2021-basic",
                "charts are ids of charts of accounts, as union-2021-basic",
            )
    return named


def _thresholds(fields: Fields, head: Head, terms: list[AssetTerm]) -> dict[str, int | None]:
    found: dict[str, int | None] = {_GENERAL: None, _SPECIAL: None, _NO_THRESHOLD: None}
    if not fields.has("thresholds"):
        return found
    inner = _term(fields, "thresholds", head, terms)
    if inner is None:
        return found
    for name in (_GENERAL, _SPECIAL):
        if not inner.has(name):
            inner.say(f"缺 {name}", f"{name} is missing")
        found[name] = inner.amount(name)
    inner.done()
    return found


def _nominal(fields: Fields, head: Head, terms: list[AssetTerm]) -> int | None:
    """The nominal amount; None where the rule keeps a memo register instead."""
    if not fields.has("nominal"):
        return None
    inner = _term(fields, "nominal", head, terms)
    if inner is None:
        return None
    amount = inner.amount("amount")
    if not amount:
        inner.say("amount 缺失或为零", "amount is missing or zero")
    inner.done()
    return amount


def _methods(fields: Fields, key: str) -> tuple[str, ...]:
    named = fields.texts(key)
    fields.once(named, key)
    if not named or not set(named) <= set(METHODS):
        known = " ".join(METHODS)
        fields.say(f"{key} 由这些组成：{known}", f"{key} are some of {known}")
    return tuple(name for name in named if name in METHODS)


def _class(
    one: Fields,
    head: Head,
    thresholds: dict[str, int | None],
    starts: str,
    methods: tuple[str, ...],
) -> AssetClass:
    depreciated = one.one_of("depreciated", ("yes", "no"), "yes") == "yes"
    lives = {
        key: one.number(key, 1, LONGEST_LIFE) if one.has(key) else None
        for key in ("least", "usual", "most")
    }
    _check_lives(one, depreciated, lives["least"], lives["usual"], lives["most"])
    capital = one.text("capital", "")
    if capital and not _CODE.fullmatch(capital):
        one.say("capital 是科目编号", "capital is the code of an account")
    found = AssetClass(
        id=one.slug("id"),
        name=one.words("name"),
        group=one.one_of("group", tuple(GROUPS)),
        depreciated=depreciated,
        **lives,
        threshold=thresholds[
            one.one_of("threshold", (_GENERAL, _SPECIAL, _NO_THRESHOLD), _GENERAL)
        ],
        starts=one.one_of("starts", STARTS, starts),
        methods=_methods(one, "methods") if one.has("methods") else methods,
        capital=capital,
        article=one.text("article", ""),
        confidence=one.one_of("confidence", CONFIDENCES, head.confidence),
    )
    one.done()
    return found


def _check_lives(
    one: Fields, depreciated: bool, least: int | None, usual: int | None, most: int | None
) -> None:
    if not depreciated:
        if least or usual or most:
            one.say("不计提折旧的类别没有年限", "a class that is not depreciated has no life")
        return
    if least is not None and most is not None and least > most:
        one.say("least 大于 most", "least is above most")
    elif usual is not None and not (least or 1) <= usual <= (most or LONGEST_LIFE):
        one.say("usual 不在 least 与 most 之间", "usual does not lie from least to most")
