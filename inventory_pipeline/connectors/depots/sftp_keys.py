"""Keys of SFTP: the server's, which is known beforehand, and ours."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory_pipeline.connectors.depots.options import SftpServer
from inventory_pipeline.connectors.extras import load_extra
from inventory_pipeline.errors import ConfigError, SourceRefusedError

if TYPE_CHECKING:
    import paramiko

SSH_PORT = 22
# One RSA key is spoken of by the kind of its signatures.
_SIGNATURES = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}


@dataclass(frozen=True)
class HostKeys:
    """The keys a server may show.

    Attributes:
        keys: public keys, as ``ssh-ed25519 AAAA...``; fingerprints: as ``SHA256:...``.
    """

    keys: frozenset[str]
    fingerprints: frozenset[str]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of key to ask for; none: any, for a fingerprint does not say."""
        if self.fingerprints:
            return ()
        kinds = sorted({key.split()[0] for key in self.keys})
        return tuple(sign for kind in kinds for sign in _SIGNATURES.get(kind, (kind,)))

    def judge(self, shown: "paramiko.PKey") -> None:
        """Raise SourceRefusedError unless this is a key of the server."""
        if f"{shown.get_name()} {shown.get_base64()}" in self.keys:
            return
        if shown.fingerprint in self.fingerprints:
            return
        raise SourceRefusedError(
            f"the server shows a key nobody named, {shown.fingerprint} ({shown.get_name()}): "
            "somebody may stand between. Ask who keeps the server for its fingerprint, and only "
            "if it is this one put it into host_key"
        )


def load_host_keys(server: SftpServer, *, root: str) -> HostKeys:
    """Return the keys that the configuration names for this server.

    Raises:
        ConfigError: the file cannot be read, or does not name the server.
    """
    if server.known_hosts is None:
        prints = frozenset(text for text in server.host_key if text.startswith("SHA256:"))
        return HostKeys(frozenset(server.host_key) - prints, prints)
    path = Path(root, server.known_hosts)
    host = server.host if server.port == SSH_PORT else f"[{server.host}]:{server.port}"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = _look_up(path, host)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ConfigError(f"known_hosts {path} cannot be read: {reason}") from None
    revoked = {word for line in lines if line.startswith("@revoked") for word in line.split()}
    keys = frozenset(key for key in found if key.split()[1] not in revoked)
    if not keys:
        raise ConfigError(f"known_hosts {path} has no key of {host}")
    return HostKeys(keys, frozenset())


def _look_up(path: Path, host: str) -> list[str]:
    book = load_extra("paramiko", extra="sftp").HostKeys(str(path))
    return [f"{key.get_name()} {key.get_base64()}" for key in (book.lookup(host) or {}).values()]


def load_own_key(server: SftpServer, *, root: str) -> Any:
    """Return our private key.

    Raises:
        ConfigError: it cannot be read, or is none.
    """
    paramiko = load_extra("paramiko", extra="sftp")
    assert server.key is not None  # noqa: S101 narrows the type: asked before
    text = server.key.reveal(root) + "\n"
    password = server.key_password.reveal(root) if server.key_password else None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text), password=password)
        except (paramiko.SSHException, ValueError, TypeError, IndexError):
            continue
    locked = "; is key_password right?" if password else ", or it is locked and needs key_password"
    raise ConfigError(f"key: this is no private key of ed25519, ecdsa or rsa{locked}")
