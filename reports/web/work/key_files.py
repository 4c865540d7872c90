"""Small files that go where a private key is and come back: requests, public keys, signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import make_response, request

from ledger.errors import Refused, finding
from ledger.sealing import signing
from reports.web.work.members import bad_field

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

#: A key's file and an answer are smaller, in bytes.
_LARGEST: Final = 16_384


def sent_file(name: str) -> bytes:
    """A small file of the form, empty where there is none; Refused for a private key."""
    sent = request.files.get(name)
    data = sent.read(_LARGEST + 1) if sent is not None else b""
    if b"PRIVATE KEY" in data:
        raise Refused(
            finding(
                "private-key", "这是私钥文件：没有保存，但它已经离开了保管处",
                "this file is a private key: nothing of it was kept, but it left its place",
                "另生成一把密钥；上传的只能是公钥（openssl pkey -in KEY -pubout）或签名",
                "make another key; only its public half (openssl pkey -in KEY -pubout) or a "
                "signature is sent here",
            )
        )  # fmt: skip
    if len(data) > _LARGEST:
        raise Refused(
            finding(
                "file-large", "文件太大：公钥与签名不到 16 KB",
                "the file is too large: a public key or a signature is below 16 KB",
                "核对所选的文件", "check which file was chosen",
            )
        )  # fmt: skip
    return data


def sent_signature() -> bytes:
    """The 64 bytes of the form's ``response``; Refused for none, and for what is no signature."""
    data = sent_file("response")
    if not data:
        raise Refused(bad_field("选择签名文件", "choose the file of the signature"))
    return signing.read_signature(data)


def request_file(data: bytes, name: str) -> Response:
    """What is signed elsewhere, as a file: exactly its bytes."""
    return make_response(
        data, 200,
        {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )  # fmt: skip
