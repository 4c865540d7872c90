"""``mingbai serve-public``: what was published, served to everyone, without any registry."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

from ledger.cli import acting


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser(
        "serve-public", help="对外提供已公布的目录 serve a folder that was published"
    )
    serve.add_argument(
        "out", type=Path, metavar="OUT", help="mingbai publish 生成的目录 what publish made"
    )
    serve.add_argument("--host", default="127.0.0.1", metavar="HOST", help="监听地址 address")
    serve.add_argument("--port", type=acting.port, default=5001, metavar="PORT", help="端口 port")
    serve.set_defaults(run=run_serve_public)


def run_serve_public(options: argparse.Namespace) -> int:
    from reports.web.public import serve_public

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C
    serve_public(options.out, options.host, options.port, announce=acting.announce)
    return 0
