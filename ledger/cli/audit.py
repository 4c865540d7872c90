"""mingbai audit: what auditors look for, find and say."""

from __future__ import annotations

import argparse

from ledger.cli import (
    audit_evaluations,
    audit_findings,
    audit_procedures,
    audit_query,
    audit_samples,
)

#: Who adds parts to the group, in the order in which its help lists them.
PARTS = (audit_procedures, audit_samples, audit_query, audit_findings, audit_evaluations)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("audit", help="审计 what auditors look for, find and say")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    for module in PARTS:
        module.add_parts(parts)
