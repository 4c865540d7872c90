"""mingbai sign: a finished PDF with a signature after it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.errors import CannotRun, Finding, finding

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

_LARGEST: Final = 1 << 20  # bytes of a key or a certificate


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sign = commands.add_parser(
        "sign",
        help="给写好的 PDF 签名 sign a finished PDF",
        description="签名的 PDF 是另一个文件：公开的原件不变，签名接在其后。"
        "要逐字节重建、核对摘要的是未签名的原件。 A signed PDF is another file: the published "
        "one unchanged, with the signature after it. What is rebuilt and compared byte for byte is "
        "the unsigned one.",
    )
    sign.add_argument("file", metavar="FILE", type=Path, help="PDF")
    sign.add_argument(
        "--p12", metavar="F", type=Path, help="PKCS#12：密钥与证书 key and certificate"
    )
    sign.add_argument("--key", metavar="F", type=Path, help="PEM 私钥 private key")
    sign.add_argument(
        "--cert", metavar="F", type=Path,
        help="PEM 证书，及其上级 its certificate, and those above it",
    )  # fmt: skip
    sign.add_argument(
        "--passphrase-file", metavar="F",
        help="密钥的口令在此文件首行，- 为标准输入 the key's passphrase is this file's first line; "
        "- for stdin",
    )  # fmt: skip
    sign.add_argument("--reason", default="", metavar="TEXT", help="签名事由 why it is signed")
    sign.add_argument("-o", "--output", metavar="OUT", type=Path, required=True, help="PDF")
    sign.add_argument("--json", action="store_true", help="JSON")
    sign.set_defaults(run=run_sign)


def run_sign(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.cli.reporting import write_whole
    from reports import signing_pdf

    signing_pdf.require()
    if bool(options.p12) == bool(options.key) or bool(options.key) != bool(options.cert):
        raise CannotRun(_one_key())
    if options.output.resolve() == options.file.resolve():
        raise CannotRun(_another_file())
    data = _read(options.file, None)
    moment = clock.now().replace(microsecond=0)
    signed = signing_pdf.sign_pdf(data, _signer(options), moment, reason=options.reason)
    write_whole(options.output, signed)
    if options.json:
        print(json.dumps({"file": str(options.output), "unsigned": len(data), "size": len(signed)}))
    else:
        print(
            f"已写入 wrote {options.output}：前 {len(data):,} 字节是原件 "
            f"the first {len(data):,} bytes are the file as it was"
        )
    return 0


def _signer(options: argparse.Namespace) -> SimpleSigner:
    from ledger.cli import passwords
    from reports import signing_pdf

    passphrase = passwords.of_file(options.passphrase_file)
    if options.p12:
        return signing_pdf.of_pkcs12(_read(options.p12, _LARGEST), passphrase)
    key, certificates = _read(options.key, _LARGEST), _read(options.cert, _LARGEST)
    return signing_pdf.of_pem(key, certificates, passphrase)


def _read(path: Path, most: int | None) -> bytes:
    """A file as a whole; CannotRun where it cannot be read or is far too large to be a key."""
    try:
        if most is not None and path.stat().st_size > most:
            raise CannotRun(_unread(path, "too large"))
        return path.read_bytes()
    except OSError as fault:
        raise CannotRun(_unread(path, str(fault.strerror))) from fault


def _unread(path: Path, why: str) -> Finding:
    return finding(
        "cannot-read", f"无法读取：{why}", f"cannot be read: {why}",
        "核对文件", "look at the file", file=str(path),
    )  # fmt: skip


def _one_key() -> Finding:
    return finding(
        "usage", "密钥用 --p12，或用 --key 与 --cert",
        "a key is given by --p12, or by --key and --cert",
        "mingbai sign --help", "mingbai sign --help",
    )  # fmt: skip


def _another_file() -> Finding:
    return finding(
        "usage", "签名的是另一个文件，不能盖掉原件",
        "a signed one is another file; the first one stays",
        "用 -o 写到别处", "name another file with -o",
    )  # fmt: skip
