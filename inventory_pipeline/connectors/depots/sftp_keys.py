"""Keys of SFTP: the server's, which is known beforehand, and ours."""

import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
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
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ConfigError(f"known_hosts {path} cannot be read: {reason}") from None
    revoked = {word for line in lines if line.startswith("@revoked") for word in line.split()}
    keys = frozenset(f"{kind} {key}" for kind, key in _find_keys(lines, host) if key not in revoked)
    if not keys:
        raise ConfigError(f"known_hosts {path} has no key of {host}")
    return HostKeys(keys, frozenset())


def _find_keys(lines: Sequence[str], host: str) -> Iterator[tuple[str, str]]:
    """Yield kind and key of every line that names the host, as it is or hashed."""
    book = load_extra("paramiko", extra="sftp").HostKeys
    for line in lines:
        names, _, rest = line.partition(" ")
        if line.startswith(("#", "@")) or len(rest.split()) < 2:
            continue
        for name in names.split(","):
            # Malformed salts raise whatever base64 raises.
            with suppress(ValueError):
                if name == host or (name.startswith("|1|") and book.hash_host(host, name) == name):
                    kind, key = rest.split()[:2]
                    yield kind, key


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
