"""The command ``mingbai``: arguments in, exit status out.

Every command is one function in the module of its group. Heavy libraries are imported inside the
commands that need them, so that a warm report starts in a few hundredths of a second. Whatever goes
wrong ends as findings on standard error and exit status 1 (refused, findings) or 2 (cannot run).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from functools import cache
from io import TextIOWrapper
from typing import NoReturn

from ledger.cli import (
    aid,
    allocation,
    asset,
    audit,
    backing_up,
    books,
    budget,
    calendar,
    campaign,
    closing,
    consolidating,
    contract,
    deadlines,
    decision,
    donors,
    dues,
    exporting,
    federation,
    gift,
    inbox,
    keys,
    levy,
    listing,
    measure,
    members,
    objection,
    people,
    plan,
    profiles,
    public_serving,
    publishing,
    quota,
    ratios,
    reconciling,
    reporting,
    sealing,
    sheets,
    signing,
    statements,
    statistics,
    stocktake,
    transfers,
    tree,
    unit_rules,
    validating,
    venue,
    verifying,
    vouchers,
    waiver,
)
from ledger.errors import CannotRun, Finding, LedgerError, finding

GROUPS = (
    federation,
    public_serving,
    tree,
    statistics,
    people,
    members,
    dues,
    levy,
    donors,
    campaign,
    gift,
    deadlines,
    calendar,
    objection,
    audit,
    ratios,
    asset,
    stocktake,
    allocation,
    quota,
    aid,
    budget,
    contract,
    decision,
    venue,
    plan,
    transfers,
    statements,
    inbox,
    unit_rules,
    listing,
    keys,
    profiles,
    sheets,
    vouchers,
    closing,
    waiver,
    sealing,
    books,
    backing_up,
    verifying,
    reconciling,
    reporting,
    publishing,
    exporting,
    signing,
    validating,
    consolidating,
    measure,
)


class _Parser(argparse.ArgumentParser):
    """An argument parser that answers in the words of a finding."""

    def error(self, message: str) -> NoReturn:
        raise CannotRun(
            finding(
                "usage",
                f"命令写法有误：{message}",
                f"the command is not written right: {message}",
                f"{self.prog} --help 列出写法",
                f"see {self.prog} --help",
            )
        )


@cache
def build_parser() -> argparse.ArgumentParser:
    """The whole command line, built once; documents are generated from it."""
    parser = _Parser(
        prog="mingbai",
        description="明白账 a fund and asset ledger for group organisations",
        epilog="退出状态 exit status: 0 完成 done; 1 有问题或被拒绝 findings or refused; "
        "2 无法运行 cannot run",
    )
    parser.add_argument("--version", action="store_true", help="版本 version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for group in GROUPS:
        group.add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    try:
        status = _answer(list(sys.argv[1:] if arguments is None else arguments))
        # What is still in the buffer finds out here, not when Python ends, that nobody reads it.
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output went away; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _answer(words: list[str]) -> int:
    as_json = "--json" in words
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no Chinese gets escapes in place of a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = _parse(words)
        if options.version:
            from importlib.metadata import version

            print(f"mingbai {version('mingbai')}")
            return 0
        if options.command is None:
            build_parser().print_help()
            return 0
        return int(options.run(options))
    except CannotRun as fault:
        _tell(fault.findings, as_json)
        return 2
    except LedgerError as fault:
        _tell(fault.findings, as_json)
        return 1
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return 130
    except UnicodeEncodeError:
        _tell([_unwritable()], as_json)
        return 1
    except OSError as fault:
        _tell([_of_system(fault)], as_json)
        return 2


def _parse(words: list[str]) -> argparse.Namespace:
    """The command's options.

    argparse gives words behind an option to no positional that may be empty, as the drafts of
    ``approve DIR --unit U DRAFT`` are: a command says in ``rest`` what they are.
    """
    parser = build_parser()
    options, left = parser.parse_known_args(words)
    rest: str = getattr(options, "rest", "")
    if left and (not rest or any(word.startswith("-") for word in left)):
        parser.error(f"不认识 unrecognized: {' '.join(left)[:200]}")
    if left:
        setattr(options, rest, [*getattr(options, rest), *left])
    return options


def _tell(findings: Sequence[Finding], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"findings": [f.as_json() for f in findings]}, ensure_ascii=False))
        return
    for found in findings:
        print(found, file=sys.stderr)


def _unwritable() -> Finding:
    return finding(
        "not-text",
        "命令中有不是 UTF-8 的字符，无法保存",
        "the command holds bytes that are not UTF-8 and cannot be kept",
        "文件名或文字改用 UTF-8",
        "write file names and words in UTF-8",
    )


def _of_system(fault: OSError) -> Finding:
    return finding(
        "system",
        f"系统拒绝了这一操作：{fault.strerror}",
        f"the system refused this: {fault.strerror}",
        "检查路径、权限与磁盘空间",
        "check the path, its permissions and the disk's space",
        file=str(fault.filename) if fault.filename else None,
    )


if __name__ == "__main__":
    sys.exit(main())
