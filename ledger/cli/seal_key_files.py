"""The files of a sealing key as commands name them: the key, what a key elsewhere answers."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.cli import passwords
from ledger.errors import CannotRun, finding

if TYPE_CHECKING:
    from ledger.sealing.signing import SigningKey

#: Where the sealing key lies, if no option says.
VARIABLE: Final = "MINGBAI_SEAL_KEY"
_LARGEST: Final = 16_384


def add_key(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--key", type=Path, metavar="FILE",
        help=f"用此密钥签名，缺省为 {VARIABLE} 所指 sign with this key; by default {VARIABLE}",
    )  # fmt: skip


def add_elsewhere(parser: argparse._ActionsContainer) -> None:
    """What is signed elsewhere: the request that goes there, and the response that comes back."""
    parser.add_argument(
        "--request", type=Path, metavar="FILE",
        help="写出请求文件，在别处签名 write what is to be signed elsewhere",
    )  # fmt: skip
    parser.add_argument(
        "--response", type=Path, metavar="FILE",
        help="别处的签名：64 字节，或 base64、十六进制 the signature that came back",
    )  # fmt: skip


def add_passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--passphrase-file", metavar="F",
        help=f"密钥口令在此文件首行，缺省取自 {passwords.SEAL_VARIABLE} "
        "the key's passphrase is this file's first line",
    )  # fmt: skip


def own_key(options: argparse.Namespace) -> SigningKey | None:
    """The key of ``--key``, or of the environment; None without one."""
    named = options.key or os.environ.get(VARIABLE)
    return read_key(Path(named), options.passphrase_file) if named else None


def read_key(path: Path, passphrase_file: str | None) -> SigningKey:
    """The private key in a file, its passphrase asked for where it has one."""
    from ledger.sealing import signing

    data = small_file(path)
    locked = signing.is_locked(data)
    return signing.read_key(data, passwords.ask_passphrase(passphrase_file) if locked else "")


def small_file(path: Path) -> bytes:
    """What is in a small file that was named; CannotRun where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as fault:
        raise CannotRun(
            finding(
                "no-file", f"无法读取：{fault.strerror}", f"cannot read: {fault.strerror}",
                "检查路径与权限", "check its path and permissions", file=str(path),
            )
        ) from fault  # fmt: skip


#: How a request is signed with nothing but openssl.
SIGNED_WITH: Final = "  openssl pkeyutl -sign -rawin -inkey KEY -in REQUEST -out RESPONSE"
