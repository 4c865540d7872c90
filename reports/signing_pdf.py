"""A finished PDF, signed with a key and a certificate: the one place that imports pyHanko.

What is published is the unsigned file, which anyone can make again to the byte. A signed one is
another file: the published bytes as they were, and the signature after them. Whoever compares it
with a publication cuts it where those end.

The signature is PAdES B-B (SHA-256), invisible, at a given moment. It says that the file was not
changed since, and who held the key; that the name in the certificate is the unit's own is for its
issuer to say. Time stamps and revocation lists are not fetched.

Source: ETSI EN 319 142-1 (PAdES baseline); ISO 32000-2, 12.8.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import CannotRun, Finding, Refused, finding

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

#: The name of the field that holds the signature.
FIELD: Final = "Mingbai"


def require() -> None:
    """CannotRun where the library that signs is not installed."""
    if find_spec("pyhanko") is None:
        raise CannotRun(
            finding(
                "no-signing", "没有安装用于签名的库", "the library that signs is not installed",
                "pip install 'mingbai[signing]'", "pip install 'mingbai[signing]'",
            )
        )  # fmt: skip


def of_pkcs12(data: bytes, passphrase: str | None) -> SimpleSigner:
    """Key and certificates of a PKCS#12 file (.p12, .pfx); Refused if it cannot be opened."""
    from pyhanko.sign.signers import SimpleSigner

    with _opening():
        signer: SimpleSigner = SimpleSigner.load_pkcs12_data(data, [], _bytes(passphrase))
        return signer


def of_pem(key: bytes, certificates: bytes, passphrase: str | None) -> SimpleSigner:
    """A key, and its certificate with those above it, as PEM; Refused if they cannot be read."""
    from pyhanko.keys.pemder import (
        load_certs_from_pemder_data,
        load_private_key_from_pemder_data,
    )
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator import registry

    with _opening():
        own, *above = load_certs_from_pemder_data(certificates)
        stores: Any = registry.SimpleCertificateStore
        return SimpleSigner(
            signing_key=load_private_key_from_pemder_data(key, _bytes(passphrase)),
            signing_cert=own,
            cert_registry=stores.from_certs(above),
        )


def sign_pdf(data: bytes, signer: SimpleSigner, moment: datetime, *, reason: str = "") -> bytes:
    """The file with a signature after it; ``moment`` is aware and stands in the signature.

    Refused for what is no PDF or is signed already, where the certificate is not valid at that
    moment, and where it is not the key's.
    """
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    _refuse_outdated(signer, moment)

    class SignerThen(PdfSigner):
        def init_signing_session(self, *arguments: Any, **named: Any) -> Any:
            session = super().init_signing_session(*arguments, **named)
            session.system_time = moment
            return session

    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason or None,
    )
    writer = _unsigned(data)
    tool = SignerThen(meta, signer=signer, new_field_spec=SigFieldSpec(FIELD))
    signed = bytes(tool.sign_pdf(writer).getvalue())
    if not signed.startswith(data) or not _holds(signed):
        raise Refused(
            finding(
                "key-of-another", "私钥与证书不是一对", "the key is not that of the certificate",
                "核对两个文件", "look at both files",
            )
        )  # fmt: skip
    return signed


def _unsigned(data: bytes) -> Any:
    """The file, ready to be added to. Its dates stay those of its period."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import enumerate_sig_fields

    class Writer(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            """The library would write the machine's clock and its own name here."""

    try:
        writer = Writer(BytesIO(data))
        signed = any(True for _ in enumerate_sig_fields(writer))
    except Exception as fault:  # the library has no one class for what it cannot read
        raise Refused(
            finding(
                "no-pdf", "这不是可以签名的 PDF", "this is no PDF that can be signed",
                "用 mingbai report 或 publish 写出的文件", "take one that mingbai has written",
            )
        ) from fault  # fmt: skip
    if signed:
        raise Refused(
            finding(
                "signed-already", "文件已经签名", "the file is signed already",
                "签未签名的原件", "sign the file as it was published",
            )
        )  # fmt: skip
    return writer


def _holds(signed: bytes) -> bool:
    """Whether the signature is that of its certificate over the whole file."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    (embedded,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    context = ValidationContext(trust_roots=[embedded.signer_cert], allow_fetching=False)
    logger = logging.getLogger("pyhanko")
    was, logger.disabled = logger.disabled, True
    try:
        status = validate_pdf_signature(embedded, context)
    finally:
        logger.disabled = was
    return bool(status.intact and status.valid)


def _refuse_outdated(signer: SimpleSigner, moment: datetime) -> None:
    certificate: Any = signer.signing_cert
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    if not begins <= moment <= ends:
        days = f"{begins:%Y-%m-%d} … {ends:%Y-%m-%d}"
        raise Refused(
            finding(
                "certificate-not-valid", f"证书的有效期是 {days}",
                f"the certificate is valid {days}",
                "换一张有效的证书", "take one that is valid now",
            )
        )  # fmt: skip


@contextmanager
def _opening() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, OSError, AttributeError) as fault:
        raise Refused(_unopened()) from fault


def _unopened() -> Finding:
    return finding(
        "no-key", "密钥或证书打不开：不是 PKCS#12 或 PEM，或口令不对",
        "the key or certificate cannot be opened: no PKCS#12 or PEM, or another passphrase",
        "核对文件，并用 --passphrase-file 给出口令",
        "look at the file, and give its passphrase with --passphrase-file",
    )  # fmt: skip


def _bytes(passphrase: str | None) -> bytes | None:
    return None if passphrase is None else passphrase.encode()
