"""A finished PDF is signed: another file, verified by the library, refused where it must be."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from ledger.errors import CannotRun, LedgerError
from reports import signing_pdf
from reports.pdf import render_tagged_pdf
from tests.cli.command import mingbai
from tests.reports.house import annual

MOMENT = datetime(2027, 1, 20, 9, 30, tzinfo=UTC)
PASSPHRASE = "示例口令 sample"


@cache
def pair(name: str = "清河县青石镇中心小学工会委员会") -> tuple[Any, x509.Certificate]:
    """A key and a certificate of its own, valid from 2020 to 2050."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .add_extension(x509.KeyUsage(*(place < 2 for place in range(9))), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def p12() -> bytes:
    key, certificate = pair()
    sealed = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    return pkcs12.serialize_key_and_certificates(b"unit", key, certificate, None, sealed)


def pem(key: Any, certificate: x509.Certificate) -> tuple[bytes, bytes]:
    return (
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate.public_bytes(serialization.Encoding.PEM),
    )


@cache
def unsigned() -> bytes:
    return render_tagged_pdf(annual())


def verified(data: bytes) -> Any:
    (embedded,) = PdfFileReader(BytesIO(data)).embedded_signatures
    context = ValidationContext(trust_roots=[embedded.signer_cert], moment=MOMENT)
    return validate_pdf_signature(embedded, context)


def test_a_signed_file_is_the_published_one_with_a_signature_after_it() -> None:
    signed = signing_pdf.sign_pdf(unsigned(), signing_pdf.of_pkcs12(p12(), PASSPHRASE), MOMENT)
    assert signed.startswith(unsigned())
    status = verified(signed)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.signer_reported_dt == MOMENT
    assert status.coverage.name == "ENTIRE_FILE"


def test_the_only_moment_in_what_is_added_is_the_one_that_was_given() -> None:
    """No clock, no name of the library; title and dates of the file stay those of its period."""
    signer = signing_pdf.of_pem(*pem(*pair()), None)
    signed = signing_pdf.sign_pdf(unsigned(), signer, MOMENT, reason="公开")
    (embedded,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    assert str(embedded.sig_object["/M"]).startswith("D:20270120093000")
    assert "/Name" not in embedded.sig_object
    assert b"pyHanko" not in signed
    assert signed.count(b"/ModDate") == 2  # of the document and of the file attached to it
    reader = pypdf.PdfReader(BytesIO(signed))
    assert reader.metadata is not None
    assert str(reader.metadata["/ModDate"]) == "D:20261231000000+08'00'"


def test_a_figure_that_is_changed_after_signing_is_found() -> None:
    signed = bytearray(
        signing_pdf.sign_pdf(unsigned(), signing_pdf.of_pem(*pem(*pair()), None), MOMENT)
    )
    at = signed.index(b'"amount": "12345.67"')
    signed[at + 11 : at + 19] = b"92345.67"
    assert not verified(bytes(signed)).intact


def _refused(rule: str, act: Any) -> None:
    with pytest.raises(LedgerError) as told:
        act()
    assert [one.rule for one in told.value.findings] == [rule]


def test_what_cannot_be_signed_is_refused_with_its_reason() -> None:
    signer = signing_pdf.of_pem(*pem(*pair()), None)
    signed = signing_pdf.sign_pdf(unsigned(), signer, MOMENT)
    sign = signing_pdf.sign_pdf
    _refused("signed-already", lambda: sign(signed, signer, MOMENT))
    _refused("no-pdf", lambda: sign(b"hello", signer, MOMENT))
    _refused("no-pdf", lambda: sign(unsigned()[:2000], signer, MOMENT))
    late = datetime(2051, 1, 1, tzinfo=UTC)
    _refused("certificate-not-valid", lambda: sign(unsigned(), signer, late))
    _refused("no-key", lambda: signing_pdf.of_pkcs12(p12(), "another"))
    _refused("no-key", lambda: signing_pdf.of_pkcs12(b"no key", None))
    _refused("no-key", lambda: signing_pdf.of_pem(b"no key", b"no certificate", None))


def test_a_certificate_of_another_key_signs_nothing() -> None:
    key, _ = pem(*pair())
    _, certificate = pem(*pair("another"))
    signer = signing_pdf.of_pem(key, certificate, None)
    _refused("key-of-another", lambda: signing_pdf.sign_pdf(unsigned(), signer, MOMENT))


def test_the_command_writes_another_file_and_leaves_the_first(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(unsigned())
    (tmp_path / "k.p12").write_bytes(p12())
    (tmp_path / "word").write_text(PASSPHRASE + "\n", encoding="utf-8")
    words = ["sign", str(tmp_path / "a.pdf"), "--p12", str(tmp_path / "k.p12")]
    out = tmp_path / "b.pdf"
    told = mingbai(*words, "--passphrase-file", str(tmp_path / "word"), "-o", str(out), "--json")
    assert told.status == 0, told
    assert json.loads(told.out)["unsigned"] == len(unsigned())
    assert (tmp_path / "a.pdf").read_bytes() == unsigned()
    assert verified(out.read_bytes()).intact
    wrong = mingbai(*words, "-o", str(tmp_path / "c.pdf"))
    assert wrong.status == 1
    assert "no-key" in wrong.err
    assert not (tmp_path / "c.pdf").exists()
    same = mingbai(*words, "-o", str(tmp_path / "a.pdf"))
    assert same.status == 2
    assert (tmp_path / "a.pdf").read_bytes() == unsigned()
    assert mingbai("sign", str(tmp_path / "a.pdf"), "-o", str(out)).status == 2
    gone = mingbai("sign", str(tmp_path / "gone.pdf"), *words[2:], "-o", str(out))
    assert gone.status == 2
    assert "cannot-read" in gone.err


def test_without_the_library_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_pdf, "find_spec", lambda _: None)
    with pytest.raises(CannotRun, match=r"mingbai\[signing\]"):
        signing_pdf.require()
