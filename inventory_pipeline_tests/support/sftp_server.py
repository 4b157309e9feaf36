"""An SFTP server in a thread: a folder of this machine, with faults on demand.

It speaks by paramiko's server side. The real OpenSSH is a peer of its own; here a test can
make the server do what OpenSSH never would.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from paramiko import SFTP_FAILURE, SFTP_OK, SFTPAttributes, SFTPHandle, SFTPServer

USER, PASSWORD = "acme", "correct horse"
OnRead = Callable[["Sftp", str, int], None]
OnCommand = Callable[["Sftp", str, str], None]


@dataclass
class Sftp:
    """A running server.

    Attributes:
        on_read: called with the path and the offset before each read; it may do damage.
        on_command: called with every command and its path before it is done.
        commands: what was asked, in order.
        allows_rename: whether files may be moved.
    """

    root: Path
    host_key: paramiko.PKey
    port: int = 0
    on_read: OnRead | None = None
    on_command: OnCommand | None = None
    commands: list[str] = field(default_factory=list)
    allows_rename: bool = True
    refuses_logins: bool = False
    user_key: paramiko.PKey | None = None
    logins: list[str] = field(default_factory=list)
    transports: list[paramiko.Transport] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        return self.host_key.fingerprint

    def hang_up(self) -> None:
        """Cut every connection."""
        for transport in list(self.transports):
            transport.close()

    def count(self, command: str) -> int:
        return sum(one.split()[0] == command for one in self.commands)


@contextmanager
def serving_sftp(root: Path, host_key: paramiko.PKey | None = None) -> Iterator[Sftp]:
    """Serve a folder on 127.0.0.1 at a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sftp = Sftp(root, host_key or paramiko.ECDSAKey.generate(), listener.getsockname()[1])
        thread = threading.Thread(target=_accept, args=(listener, sftp), daemon=True)
        thread.start()
        try:
            yield sftp
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            sftp.hang_up()


def _accept(listener: socket.socket, sftp: Sftp) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(line, sftp), daemon=True).start()


def _serve(line: socket.socket, sftp: Sftp) -> None:
    with suppress(OSError, EOFError, paramiko.SSHException):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = paramiko.Transport(line)
        transport.set_log_channel("tests.sftp")
        sftp.transports.append(transport)
        transport.add_server_key(sftp.host_key)
        transport.set_subsystem_handler("sftp", SFTPServer, _Folder, sftp)
        transport.start_server(event=threading.Event(), server=_Login(sftp))


class _Login(paramiko.ServerInterface):
    def __init__(self, sftp: Sftp) -> None:
        self._sftp = sftp

    def get_allowed_auths(self, username):
        return "password,publickey"

    def check_auth_password(self, username, password):
        self._sftp.logins.append(f"password {username}")
        fits = (username, password) == (USER, PASSWORD) and not self._sftp.refuses_logins
        return paramiko.AUTH_SUCCESSFUL if fits else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        self._sftp.logins.append(f"publickey {username}")
        return paramiko.AUTH_SUCCESSFUL if key == self._sftp.user_key else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


class _Folder(paramiko.SFTPServerInterface):
    def __init__(self, server, sftp: Sftp) -> None:
        super().__init__(server)
        self._sftp = sftp

    def _find(self, path: str) -> Path:
        return Path(f"{self._sftp.root}/{path.lstrip('/')}")

    def _note(self, command: str, path: str) -> None:
        self._sftp.commands.append(f"{command} {path}")
        if self._sftp.on_command is not None:
            self._sftp.on_command(self._sftp, command, path)

    def lstat(self, path):
        self._note("lstat", path)
        return _answer(lambda: SFTPAttributes.from_stat(os.lstat(self._find(path))))

    def stat(self, path):
        self._note("stat", path)
        return _answer(lambda: SFTPAttributes.from_stat(self._find(path).stat()))

    def mkdir(self, path, attr):
        self._note("mkdir", path)
        return _answer(lambda: self._find(path).mkdir() or SFTP_OK)

    def rename(self, oldpath, newpath):
        self._note("rename", oldpath)
        if not self._sftp.allows_rename:
            return paramiko.SFTP_PERMISSION_DENIED
        if self._find(newpath).exists():
            return SFTP_FAILURE
        return _answer(lambda: self._find(oldpath).rename(self._find(newpath)) and SFTP_OK)

    def remove(self, path):
        self._note("remove", path)
        return _answer(lambda: self._find(path).unlink() or SFTP_OK)

    def open(self, path, flags, attr):
        self._note("open" if flags == os.O_RDONLY else "create", path)
        if flags == os.O_RDONLY:
            return _answer(lambda: _File(self._find(path), path, self._sftp))
        return _answer(lambda: _NewFile(os.open(self._find(path), flags, 0o644)))


class _File(SFTPHandle):
    def __init__(self, place: Path, path: str, sftp: Sftp) -> None:
        super().__init__()
        self.readfile = place.open("rb")
        self._place, self._path, self._sftp = place, path, sftp

    def stat(self):
        return SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))

    def read(self, offset, length):
        if self._sftp.on_read is not None:
            self._sftp.on_read(self._sftp, self._path, offset)
        return super().read(offset, length)


class _NewFile(SFTPHandle):
    def __init__(self, handle: int) -> None:
        super().__init__()
        self.writefile = os.fdopen(handle, "wb")


def _answer(work):
    try:
        return work()
    except OSError as error:
        return SFTPServer.convert_errno(error.errno)
