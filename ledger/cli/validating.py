"""mingbai validate: published data against its schema."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    validate = commands.add_parser(
        "validate",
        help="公开数据是否合乎格式 whether published data is as its schema says",
        description="核对报表、公开包、公开目录、补助与捐赠数据的格式；数对不对由 verify 核验。"
        " Looks at the form of statements, packs, publications, grants and gifts; whether figures "
        "are true is for verify.",
    )
    validate.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help="文件或目录 a file or a folder"
    )
    validate.add_argument("--json", action="store_true", help="JSON")
    validate.set_defaults(run=run_validate)


def run_validate(options: argparse.Namespace) -> int:
    from reports.validating import validate

    found = [fault for path in options.paths for fault in validate(path)]
    if options.json:
        print(json.dumps({"findings": [one.as_json() for one in found]}, ensure_ascii=False))
    else:
        for fault in found:
            print(fault)
        if not found:
            print("合乎格式 all is as the schema says")
    return 1 if found else 0
