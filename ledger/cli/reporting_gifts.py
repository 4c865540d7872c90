"""Statements of gifts of one campaign only."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ledger.errors import CannotRun, finding

if TYPE_CHECKING:
    from reports.statements.source import Source


def of_campaign(source: Source, options: argparse.Namespace) -> Source:
    """The source with one campaign's gifts; CannotRun where it has none of that code."""
    from dataclasses import replace

    from ledger.gifts.standing import none_known

    if source.gifts is None:
        raise CannotRun(
            finding(
                "usage", f"报表 {options.name} 不分募捐活动",
                f"the statement {options.name} is not of campaigns",
                "--campaign 只用于 gift-disclosure 与 campaign",
                "--campaign goes with gift-disclosure and campaign",
            )
        )  # fmt: skip
    found = source.gifts.of(options.campaign)
    if not (found.funds or found.campaigns):
        raise none_known("no-campaign", "已公开的募捐活动", "campaign that is published",
                         options.campaign, "campaign list")  # fmt: skip
    return replace(source, gifts=found)
