"""Which rules a command goes by: those that ship, and local files of a folder and a unit."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.errors import CannotRun, finding
from ledger.layout import UNIT_NAME

if TYPE_CHECKING:
    from ledger.rules.rulebook import Rulebook
    from ledger.rules.table import Place


def add_where(parser: argparse.ArgumentParser) -> None:
    """The options that say whose local files count, and for whom a rule is asked."""
    parser.add_argument(
        "--dir", type=Path, metavar="DIR",
        help="联合会目录：其 rules/ 中的本地规则优先 federation folder with local rules",
    )  # fmt: skip
    acting.add_unit(parser, required=False)
    parser.add_argument("--province", default="", metavar="P", help="省份，如 北京市 province")
    parser.add_argument(
        "--kind", action="append", default=[], metavar="K", help="单位性质 a kind of unit"
    )


def rulebook(options: argparse.Namespace) -> tuple[Rulebook, Place]:
    """All rules at hand, and who asks; warnings about local files go to standard error."""
    from ledger.rules.rulebook import load
    from ledger.rules.table import Place

    folder: Path | None = options.dir
    if folder is not None and not folder.is_dir():
        raise CannotRun(
            finding(
                "no-folder",
                "没有这个目录",
                "there is no such folder",
                "检查路径",
                "check the path",
                file=str(folder),
            )
        )
    if options.unit is not None and not UNIT_NAME.fullmatch(options.unit):
        raise CannotRun(
            finding(
                "bad-unit",
                f"不是单位代号：{options.unit[:40]}",
                f"not a unit: {options.unit[:40]}",
                "代号由小写字母、数字和连字符组成",
                "a unit is lower-case letters, digits and hyphens",
            )
        )
    book, warnings = load(folder, options.unit)
    for warning in warnings:
        print(warning, file=sys.stderr)
    return book, Place(options.province, frozenset(options.kind), options.unit or "")
