"""OpenSSH: the real SFTP server, on the loopback, with keys of its own, gone with the test.

Under root its sessions belong to ``nobody`` and see nothing but a folder below /srv (a folder
below /tmp may not be a root directory: anybody can write beside it). Otherwise they are ours.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inventory_pipeline_tests.integration.peers.tryton import find_port

START_SECONDS = 20


@dataclass
class Sshd:
    """A running server.

    Attributes:
        root: the folder it shows, on the disk; folder: the same one as a client sees it.
        public_key: of the server; user_key: path of the private key that logs in.
    """

    port: int
    user: str
    root: Path
    folder: str
    public_key: str
    fingerprint: str
    user_key: Path

    def put(self, name: str, body: bytes) -> Path:
        """Drop a file as the partner would."""
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
        if os.geteuid() == 0:
            for made in (path, path.parent):
                shutil.chown(made, self.user)
        return path


def find_sshd() -> str | None:
    """Return the server's program; it is off the PATH of most users."""
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def running_sshd() -> Iterator[Sshd]:
    """Serve a new empty folder."""
    program, is_root = find_sshd(), os.geteuid() == 0
    if program is None:
        raise FileNotFoundError("no OpenSSH server here; apt-get install openssh-server")
    keys = Path(tempfile.mkdtemp(prefix="inventory-sshd-"))
    root = Path(tempfile.mkdtemp(prefix="inventory-sftp-", dir="/srv" if is_root else None))
    try:
        sshd = _prepare(keys, root, is_root=is_root)
        with _serving(program, _write_config(keys, sshd, is_root=is_root), keys, sshd.port):
            yield sshd
    finally:
        shutil.rmtree(keys)
        shutil.rmtree(root)


def _prepare(keys: Path, root: Path, *, is_root: bool) -> Sshd:
    for name in ("host", "user"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / name)]
        subprocess.run(words, check=True)
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(keys / "host.pub")],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    shutil.copyfile(keys / "user.pub", keys / "authorized")
    keys.chmod(0o755)
    root.chmod(0o755)
    user = "nobody" if is_root else pwd.getpwuid(os.getuid()).pw_name
    (root / "out").mkdir()
    if is_root:
        Path("/run/sshd").mkdir(exist_ok=True)
        shutil.chown(root / "out", user)
    return Sshd(
        port=find_port(),
        user=user,
        root=root / "out",
        folder="/out" if is_root else str(root / "out"),
        public_key=" ".join((keys / "host.pub").read_text().split()[:2]),
        fingerprint=shown.stdout.split()[1],
        user_key=keys / "user",
    )


def _write_config(keys: Path, sshd: Sshd, *, is_root: bool) -> Path:
    lines = [
        f"Port {sshd.port}", "ListenAddress 127.0.0.1", f"HostKey {keys / 'host'}",
        f"PidFile {keys / 'pid'}", f"AuthorizedKeysFile {keys / 'authorized'}",
        "StrictModes no", "UsePAM no", "PasswordAuthentication no",
        "KbdInteractiveAuthentication no", "Subsystem sftp internal-sftp",
        "ForceCommand internal-sftp", f"AllowUsers {sshd.user}",
    ]  # fmt: skip
    if is_root:
        lines.append(f"ChrootDirectory {sshd.root.parent}")
    (keys / "config").write_text("\n".join([*lines, ""]))
    return keys / "config"


@contextmanager
def _serving(program: str, config: Path, keys: Path, port: int) -> Iterator[None]:
    with (keys / "log").open("wb") as log:
        process = subprocess.Popen([program, "-D", "-e", "-f", config], stdout=log, stderr=log)
    try:
        _wait_until_ready(port, process, keys / "log")
        yield
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait_until_ready(port: int, process: subprocess.Popen, log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
                if line.recv(8).startswith(b"SSH-2.0"):
                    return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"sshd did not start: {log.read_text()[-500:]}")
