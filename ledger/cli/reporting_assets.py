"""Statements of assets: of one asset only, and as the public reads them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from ledger.errors import CannotRun, Refused, finding

if TYPE_CHECKING:
    from ledger.period import Period
    from reports.statement import Statement
    from reports.statements.source import Source

HISTORY: Final = "asset-history"


def of_asset(source: Source, options: argparse.Namespace) -> Source:
    """The source with one asset alone; CannotRun where there is none of that code."""
    from dataclasses import replace

    from ledger.assets.labels import typed_code
    from ledger.words import typed

    if source.assets is None or options.name != HISTORY:
        raise CannotRun(
            finding(
                "usage", f"报表 {options.name} 不是一项资产的",
                f"the statement {options.name} is not of one asset",
                f"--asset 只用于 {HISTORY}", f"--asset goes with {HISTORY}",
            )
        )  # fmt: skip
    found = source.assets.of(typed_code(options.asset))
    if not (found.stands or found.moves):
        raise CannotRun(
            finding(
                "no-asset", f"至 {found.on} 没有资产 {typed(options.asset)}",
                f"there is no asset {typed(options.asset)} by {found.on}",
                "用 mingbai asset list 核对编号", "look its code up with mingbai asset list",
            )
        )  # fmt: skip
    return replace(source, assets=found)


def is_public(options: argparse.Namespace) -> bool:
    """Whether a statement of assets is asked for as the public reads it."""
    from reports.sources import OF_ASSETS

    return options.audience == "public" and options.name in OF_ASSETS


def public(source: Source, options: argparse.Namespace, period: Period) -> Statement:
    """Counts and sums by class; Refused for what tells of single things only."""
    from reports.statements import asset_register, depreciation
    from reports.statements.catalogue import build
    from reports.statements.head import PUBLIC, for_audience

    if options.name == HISTORY:
        raise Refused(
            finding(
                "not-public", "资产的保管沿革不对外公开",
                "the history of an asset is not for the public",
                "公开的是按类别的清册：asset-register --audience public",
                "the register by class is: asset-register --audience public",
            )
        )  # fmt: skip
    if options.name == asset_register.NAME:
        return asset_register.build_public(source, period)
    if options.name == depreciation.NAME:
        return depreciation.build_public(source, period)
    return for_audience(build(options.name, source, period), PUBLIC)
