"""Where passwords come from: a file, the environment, or the keyboard; never the command's words.

Words of a command are seen by everyone who lists processes, and stay in the shell's history.
"""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Final

from ledger.errors import CannotRun, Refused, finding

VARIABLE: Final = "MINGBAI_PASSWORD"
NEW_VARIABLE: Final = "MINGBAI_NEW_PASSWORD"
SEAL_VARIABLE: Final = "MINGBAI_SEAL_PASSPHRASE"
_LONGEST: Final = 1000
#: What each variable holds, in words, and the option that gives it instead.
_NAMES: Final = {
    VARIABLE: ("口令", "password", "--password-file"),
    NEW_VARIABLE: ("新口令", "new password", "--new-password-file"),
    SEAL_VARIABLE: ("密钥口令", "passphrase", "--passphrase-file"),
}


def ask(login: str, file: str | None) -> str:
    """The password of ``login``: from ``file`` (``-`` is standard input), MINGBAI_PASSWORD, or
    typed at the terminal."""
    given = _given(file, VARIABLE)
    return _typed(f"{login} 的口令 password: ", VARIABLE) if given is None else given


def ask_new(login: str, file: str | None, *, first: bool) -> str:
    """A new password of ``login``: from ``file``, MINGBAI_NEW_PASSWORD, or typed twice.

    MINGBAI_PASSWORD serves as well where it is not needed for who acts (``first``): one variable
    for two persons would give the new one the password of the other.
    """
    given = _given(file, NEW_VARIABLE)
    if given is None and first:
        given = os.environ.get(VARIABLE)
    if given is not None:
        return given
    typed = _typed(f"{login} 的新口令 new password: ", NEW_VARIABLE)
    if typed != _typed("再输一遍 once more: ", NEW_VARIABLE):
        raise Refused(
            finding(
                "password-differs",
                "两次输入的口令不同",
                "the two passwords differ",
                "重新输入",
                "type it again",
            )
        )
    return typed


def of_file(file: str | None) -> str | None:
    """The password of a statement: the first line of ``file``; None where none is named."""
    return None if file is None else _given(file, "")


def _given(file: str | None, variable: str) -> str | None:
    if file is None:
        return os.environ.get(variable)
    if file == "-":
        text = sys.stdin.readline(_LONGEST)
    else:
        try:
            with Path(file).open(encoding="utf-8") as opened:
                text = opened.readline(_LONGEST)
        except (OSError, UnicodeDecodeError) as fault:
            zh, en, _ = _NAMES.get(variable, _NAMES[VARIABLE])
            raise CannotRun(
                finding(
                    "no-password",
                    f"{zh}文件无法读取",
                    f"the file of the {en} cannot be read",
                    f"检查路径与权限；{zh}写在第一行",
                    f"check its path and permissions; the {en} is its first line",
                    file=file,
                )
            ) from fault
    return text.rstrip("\r\n")


def _typed(prompt: str, variable: str) -> str:
    if sys.stdin.isatty():
        try:
            return getpass.getpass(prompt)
        except EOFError:
            pass
    zh, en, option = _NAMES[variable]
    raise Refused(
        finding(
            "no-password",
            f"没有{zh}：不在终端上，也没有口令文件或环境变量 {variable}",
            f"no {en}: this is no terminal, and there is no file and no {variable}",
            f"在终端上运行，或设置 {variable}，或用 {option}（- 为标准输入）",
            f"run it at a terminal, set {variable}, or use {option} (- for standard input)",
        )
    )


def passphrase(file: str | None) -> str | None:
    """The passphrase of a sealing key: from ``file`` or MINGBAI_SEAL_PASSPHRASE; None if neither
    is given. Refused for a file whose first line is empty."""
    given = _given(file, SEAL_VARIABLE)
    if file is not None and not given:
        raise Refused(
            finding(
                "no-password",
                "密钥口令文件的首行是空的",
                "the first line of the file of the key's passphrase is empty",
                "把口令写在第一行；不设口令则不写 --passphrase-file",
                "write the passphrase there; for a key without one, leave --passphrase-file out",
                file=file,
            )
        )
    return given


def ask_passphrase(file: str | None) -> str:
    """The passphrase of a sealing key that has one, typed at the terminal if it is not given."""
    given = passphrase(file)
    return _typed("密钥口令 passphrase: ", SEAL_VARIABLE) if given is None else given
