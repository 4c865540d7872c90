"""mingbai audit: the auditor's bench, part by part."""

from __future__ import annotations

import argparse

from ledger.cli import audit_query


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = commands.add_parser("audit", help="审计 the auditor's bench")
    parts = audit.add_subparsers(dest="part", metavar="PART", required=True)
    audit_query.add_parts(parts)
