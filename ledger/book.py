"""The door to Beancount: what it says of a whole book, asked in a child process with limits.

The book's own text is the program's own, yet a file may have been altered, so Beancount reads it
where a crash or an endless include costs nothing.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from ledger import child
from ledger.errors import CannotRun, Finding, finding
from ledger.layout import included_files

_MEMORY: Final = 8 * 1024**3
_SECONDS: Final = 900


def beancount_version() -> str:
    """``Beancount 3.2.3``: what a month's closing names as its checker."""
    from importlib.metadata import version

    return f"Beancount {version('beancount')}"


def check_in_child(folder: Path) -> list[Finding]:
    """Beancount's errors about the book in ``folder``, our plugins' findings among them."""
    # The child speaks UTF-8 to us, whatever the terminal knows.
    environment = {
        **os.environ,
        "BEANCOUNT_DISABLE_LOAD_CACHE": "1",
        "PYTHONUTF8": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    try:
        errors = child.ask(
            ["-m", "ledger.book", str(folder / "book.bean")],
            seconds=_SECONDS,
            environment=environment,
            folder=None,
        )
    except child.NoAnswer as fault:
        told = ("超时", "it took too long") if fault.slow else ("进程异常退出", "its process died")
        raise CannotRun(_no_answer(*told)) from fault
    return [
        finding(
            "beancount",
            f"Beancount 核对未通过：{error['message']}",
            f"Beancount found: {error['message']}",
            "查明该处文字如何改动，从日志恢复",
            "find out how the text there was changed and restore it from the journal",
            file=_relative(folder, error["file"]),
            line=error["line"],
        )
        for error in errors
    ]


def _relative(folder: Path, file: str) -> str:
    try:
        inside = Path(file).resolve().relative_to(folder.resolve())
    except ValueError:
        return "book.bean"
    return f"units/{folder.name}/{inside.as_posix()}"


def _no_answer(zh: str, en: str) -> Finding:
    return finding(
        "beancount-failed",
        f"Beancount 未能核对账簿：{zh}",
        f"Beancount could not check the book: {en}",
        "先处理其他问题，再运行 mingbai check",
        "deal with the other findings first, then run mingbai check again",
    )


def policy_findings(folder: Path, expected: bytes) -> list[Finding]:
    """A finding if ``book.bean``, where all policy stands, is not what the program writes."""
    path = folder / "book.bean"
    have = path.read_bytes() if path.is_file() else b""
    if have == expected:
        return []
    lines = zip(have.splitlines(), expected.splitlines(), strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], lines))
    return [
        finding(
            "policy-changed",
            "book.bean 与程序写出的不同：选项、插件或包含的文件有改动",
            "book.bean is not as the program writes it: options, plugins or includes were changed",
            "从日志恢复：mingbai rebuild --from journal",
            "restore it: mingbai rebuild --from journal",
            file=f"units/{folder.name}/book.bean",
            line=same + 1,
        )
    ]


def outside_findings(unit: str, files: Iterable[str], policy: str) -> list[Finding]:
    """Files in a book that its ``book.bean`` of this text does not include, empty ones too."""
    included = included_files(policy)
    return [
        finding(
            "foreign-file",
            "账簿中有一个不是本程序写入的文件",
            "a file in the book was not written by this program",
            "移走它；其中的业务用 mingbai accept 重新提交",
            "move it away; submit what it holds with mingbai accept",
            file=f"units/{unit}/{name}",
        )
        for name in sorted(files)
        if name not in included
    ]


def main(path: str) -> int:
    """In the child: print Beancount's errors about ``path`` as JSON."""
    child.bound([(resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _SECONDS)])
    from beancount import loader

    _, errors, _ = loader.load_file(path)
    json.dump([_as_json(error) for error in errors], sys.stdout, ensure_ascii=False)
    return 0


def _as_json(error: Any) -> dict[str, object]:
    source = error.source or {}
    return {
        "message": str(error.message)[:500],
        "file": str(source.get("filename", "")),
        "line": int(source.get("lineno") or 0) or None,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
