"""The line to an SFTP server: connected when it is needed, and once more when it was lost.

The server's key is judged before anything of ours is said, so that a name that leads
elsewhere gains nothing. A lost connection is opened again, a refused one is not.
"""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from inventory_pipeline.connectors.depots.options import SftpServer
from inventory_pipeline.connectors.depots.sftp_keys import SSH_PORT, load_host_keys, load_own_key
from inventory_pipeline.connectors.extras import load_extra
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.patience import compute_backoff
from inventory_pipeline.errors import SourceError, SourceRefusedError, SourceUnavailableError

if TYPE_CHECKING:
    import paramiko

# What nobody should still speak; the rest of the choice is paramiko's.
WEAK = {
    "ciphers": ["3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc"],
    "macs": ["hmac-md5", "hmac-md5-96", "hmac-sha1-96"],
}
# paramiko tells its own log what it then raises; here it is said once, by us.
_LOG = f"{__name__}.paramiko"

Result = TypeVar("Result")


class SftpLine:
    """One connection to one server."""

    def __init__(self, server: SftpServer, *, root: str, world: Surroundings) -> None:
        self._server, self._root, self._world = server, root, world
        self._paramiko: Any = load_extra("paramiko", extra="sftp")
        self._transport: paramiko.Transport | None = None
        self._client: paramiko.SFTPClient | None = None
        self.address = server.host + ("" if server.port == SSH_PORT else f":{server.port}")

    def do(self, work: "Callable[[paramiko.SFTPClient], Result]") -> Result:
        """Do something there; after a lost connection once more, a few times.

        Raises:
            SourceUnavailableError: nobody answers, or not in time.
            SourceRefusedError: a key nobody named, or they do not let us in.
            OSError: the server says no to what was asked.
        """
        for failures in range(1, self._server.retries + 2):
            try:
                return self._try(work)
            except _LostError as error:
                self.close()
                if failures > self._server.retries:
                    raise SourceUnavailableError(f"{self.address}: {error}") from None
                self._world.sleep(compute_backoff(failures, self._world.jitter()))
        raise AssertionError

    def close(self) -> None:
        """Close what is open."""
        transport, self._transport, self._client = self._transport, None, None
        if transport is not None:
            with suppress(OSError, EOFError):
                transport.close()

    def _try(self, work: "Callable[[paramiko.SFTPClient], Result]") -> Result:
        try:
            client = self._client or self._connect()
            with self._watching():
                return work(client)
        except (SourceError, FileNotFoundError, PermissionError):
            raise
        except TimeoutError:
            raise _LostError("it does not answer in time") from None
        except (self._paramiko.SSHException, self._paramiko.SFTPError, EOFError) as error:
            raise _LostError(f"the connection was lost ({type(error).__name__})") from None
        except OSError as error:
            if self._transport is not None and self._transport.is_active():
                raise
            what = "it cannot be reached" if self._transport is None else "the connection was lost"
            reason = error.strerror or type(error).__name__
            raise _LostError(f"{what} ({reason})") from None

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Cut the connection if the block takes longer than a file may."""
        transport, seconds = self._transport, self._server.timeouts.feed.total_seconds()
        has_passed = threading.Event()

        def cut() -> None:
            has_passed.set()
            if transport is not None:
                transport.close()

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception:
            if has_passed.is_set():
                raise SourceUnavailableError(
                    f"{self.address}: not all came within {seconds:g} s"
                ) from None
            raise
        finally:
            timer.cancel()

    def _connect(self) -> "paramiko.SFTPClient":
        keys = load_host_keys(self._server, root=self._root)
        transport = self._open_transport()
        if keys.kinds:
            transport.get_security_options().key_types = keys.kinds
        try:
            transport.start_client(timeout=self._server.timeouts.connect.total_seconds())
        except self._paramiko.ssh_exception.IncompatiblePeer as error:
            raise SourceRefusedError(
                f"{self.address} and we have no way to speak safely in common ({error}); "
                "has the server's key become one of another kind?"
            ) from None
        keys.judge(transport.get_remote_server_key())
        self._log_in(transport)
        channel = transport.open_session()
        channel.settimeout(self._server.timeouts.read.total_seconds())
        channel.invoke_subsystem("sftp")
        self._client = client = self._paramiko.SFTPClient(channel)
        return client  # type: ignore[no-any-return]

    def _open_transport(self) -> "paramiko.Transport":
        seconds = self._server.timeouts.connect.total_seconds()
        line = socket.create_connection((self._server.host, self._server.port), timeout=seconds)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport: paramiko.Transport = self._paramiko.Transport(line, disabled_algorithms=WEAK)
        self._transport = transport
        logging.getLogger(_LOG).setLevel(logging.CRITICAL)
        transport.set_log_channel(_LOG)
        transport.banner_timeout = transport.handshake_timeout = seconds
        transport.auth_timeout = transport.channel_timeout = seconds
        return transport

    def _log_in(self, transport: "paramiko.Transport") -> None:
        server, root = self._server, self._root
        user = server.user if isinstance(server.user, str) else server.user.reveal(root)
        own = load_own_key(server, root=root) if server.key else None
        try:
            if own is not None:
                transport.auth_publickey(user, own)
            elif server.password is not None:
                transport.auth_password(user, server.password.reveal(root))
        except self._paramiko.AuthenticationException:
            raise SourceRefusedError(
                f"{self.address} does not let this user in: the user or the "
                f"{'key' if server.key else 'password'} is wrong"
            ) from None
        if not transport.is_authenticated():
            raise SourceRefusedError(f"{self.address} wants more than one proof of who we are")


class _LostError(Exception):
    """The connection is gone, or was never there; another one may do."""
