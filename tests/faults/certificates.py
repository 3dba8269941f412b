"""Certificates of a test: an authority of its own and what it signs, good and bad, made when first asked for."""

import datetime
import ipaddress
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


class Certificates:
    """Kinds: good, expired, self-signed, wrong host."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.authority = folder / "authority.pem"
        certificate = self._build(self._name, self._name, self._key, (-_DAY, 30 * _DAY)).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.authority.write_bytes(_pem(certificate.sign(self._key, hashes.SHA256())))

    @cache  # noqa: B019 -- one object a test module
    def chain(self, kind: str) -> Path:
        """Return the file of certificate and key."""
        key = ec.generate_private_key(ec.SECP256R1())
        valid = (-9 * _DAY, -2 * _DAY) if kind == "expired" else (-_DAY, 30 * _DAY)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
        names: list[x509.GeneralName] = [
            x509.DNSName("elsewhere.example.org")
            if kind == "wrong host"
            else x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        ]
        issuer, signer = (subject, key) if kind == "self-signed" else (self._name, self._key)
        builder = self._build(issuer, subject, key, valid)
        certificate = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(
            signer, hashes.SHA256()
        )
        path = self._folder / f"{kind}.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(_pem(certificate) + secret)
        return path

    def _build(
        self,
        issuer: x509.Name,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        valid: tuple[datetime.timedelta, datetime.timedelta],
    ) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return x509.CertificateBuilder(
            issuer_name=issuer,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now + valid[0],
            not_valid_after=now + valid[1],
        )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
