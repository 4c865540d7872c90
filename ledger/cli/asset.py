"""mingbai asset: things of lasting use, what they cost and who keeps them."""

from __future__ import annotations

import argparse

from ledger.cli import asset_acts, asset_labels, asset_lists, asset_schedule


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("asset", help="固定资产 assets")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    asset_schedule.add_schedule(parts)
    asset_acts.add_commands(parts)
    asset_lists.add_commands(parts)
    asset_labels.add_labels(parts)
