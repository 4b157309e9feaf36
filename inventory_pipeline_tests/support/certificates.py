"""A private authority and the certificates it gives, made anew for each test."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """A certificate authority that only a test trusts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = make_name("test authority")
        self.ca_file = folder / "authority.pem"
        certificate = self._sign(self.name, self.key, is_authority=True)
        self.ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def build_context(self, host: str = "localhost", *, is_expired: bool = False) -> ssl.SSLContext:
        """Return a server's context with a certificate for ``host``."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(make_name(host), key, host=host, is_expired=is_expired)
        return self._load(certificate, key)

    def build_self_signed(self, host: str = "localhost") -> ssl.SSLContext:
        """Return a server's context that nobody vouches for."""
        stranger = Authority.__new__(Authority)
        stranger.folder, stranger.key = self.folder, ec.generate_private_key(ec.SECP256R1())
        stranger.name = make_name(host)
        certificate = stranger._sign(stranger.name, stranger.key, host=host)
        return self._load(certificate, stranger.key)

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        host: str = "",
        is_authority: bool = False,
        is_expired: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        end = now - timedelta(days=1) if is_expired else now + timedelta(days=1)
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=30))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
                critical=False,
            )
        )
        if is_authority:
            builder = builder.add_extension(identifier, critical=False)
        if host:
            names = [_name_host(host)]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def _load(
        self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
    ) -> ssl.SSLContext:
        chain = self.folder / f"server-{certificate.serial_number}.pem"
        chain.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context


def _name_host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
