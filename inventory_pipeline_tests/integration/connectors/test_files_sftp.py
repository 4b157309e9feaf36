"""``files`` over SFTP: the server is the named one, the file is whole, no link is followed."""

import base64
import hashlib
import hmac
import logging
import os
import socket
import sys
import time
import tracemalloc
from pathlib import Path

import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.model.ports import FetchContext
from inventory_pipeline_tests.support.far_files import (
    NAME,
    build_far,
    name_sftp,
    write_count,
    write_secret,
)
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, HOUR_AT, land
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.sftp_server import PASSWORD, USER, serving_sftp


@pytest.fixture
def out(tmp_path):
    """The folder the partner drops into, with one count in it."""
    (tmp_path / "far" / "out").mkdir(parents=True)
    (tmp_path / "far" / "out" / NAME).write_bytes(write_count("A", "B"))
    return tmp_path / "far" / "out"


@pytest.fixture
def sftp(out):
    with serving_sftp(out.parent) as server:
        yield server


@pytest.fixture
def read(sftp, tmp_path):
    def fetch(clock=None, server=None, **options):
        shelf = build_far(tmp_path, server or name_sftp(sftp, tmp_path), clock, **options)
        fetched, pages = land(shelf, "counts", tmp_path / "landing")
        return fetched, shelf.parse("counts", pages).rows["item_id"].to_list()

    return fetch


def test_a_drop_is_read_as_it_stands_and_its_digest_is_told(read, out):
    fetched, items = read()
    assert items == ["A", "B"]
    assert fetched.is_complete
    digest = hashlib.sha256((out / NAME).read_bytes()).hexdigest()
    assert fetched.end_marker == f"file of 112 bytes, unchanged for 30 s, sha256 {digest}"


def test_a_key_nobody_named_is_refused_before_anything_is_said(read, sftp, tmp_path):
    other = paramiko.ECDSAKey.generate()
    with pytest.raises(SourceRefusedError, match="a key nobody named") as caught:
        read(server=name_sftp(sftp, tmp_path, host_key=other.fingerprint))
    assert sftp.fingerprint in str(caught.value)
    assert sftp.logins == []


def test_one_of_several_named_keys_is_enough_while_a_server_changes_its_own(read, sftp, tmp_path):
    keys = [paramiko.ECDSAKey.generate().fingerprint, sftp.fingerprint]
    assert read(server=name_sftp(sftp, tmp_path, host_key=keys))[1] == ["A", "B"]


def write_known_hosts(folder: Path, *lines: str) -> Path:
    (folder / "known_hosts").write_text("\n".join(lines) + "\n")
    return folder / "known_hosts"


def hash_host(host: str) -> str:
    salt = os.urandom(20)
    digest = hmac.new(salt, host.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("write_host", [str, hash_host])
def test_a_known_hosts_file_names_the_server_as_openssh_writes_it(read, sftp, tmp_path, write_host):
    key = f"{sftp.host_key.get_name()} {sftp.host_key.get_base64()}"
    write_known_hosts(tmp_path, f"{write_host(f'[127.0.0.1]:{sftp.port}')} {key}")
    server = name_sftp(sftp, tmp_path, host_key=None, known_hosts="known_hosts")
    assert read(server=server)[1] == ["A", "B"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{host} {other}", "a key nobody named"),
        ("elsewhere {key}", "has no key of"),
        ("@revoked {host} {key}\n{host} {key}", "has no key of"),
        ("", "has no key of"),
    ],
)
def test_a_known_hosts_file_that_does_not_name_this_key_lets_nobody_in(
    read, sftp, tmp_path, line, said
):
    other = paramiko.ECDSAKey.generate()
    keys = [f"{key.get_name()} {key.get_base64()}" for key in (sftp.host_key, other)]
    text = line.format(host=f"[127.0.0.1]:{sftp.port}", key=keys[0], other=keys[1])
    write_known_hosts(tmp_path, text)
    with pytest.raises(SourceRefusedError, match=said):
        read(server=name_sftp(sftp, tmp_path, host_key=None, known_hosts="known_hosts"))
    assert sftp.logins == []


def test_a_missing_known_hosts_file_is_one_clear_error(read, sftp, tmp_path):
    with pytest.raises(SourceRefusedError, match=r"known_hosts .* cannot be read: No such"):
        read(server=name_sftp(sftp, tmp_path, host_key=None, known_hosts="known_hosts"))


def test_a_server_whose_key_became_another_kind_is_refused(read, sftp, tmp_path):
    key = Ed25519PrivateKey.generate().public_key()
    text = key.public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    ).decode()
    with pytest.raises(SourceRefusedError, match="become one of another kind"):
        read(server=name_sftp(sftp, tmp_path, host_key=text))
    assert sftp.logins == []


def test_a_wrong_password_is_said_once_and_never_shown(read, sftp, tmp_path, caplog):
    secret = write_secret(tmp_path, "hunter2 wrong", "wrong")
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceRefusedError) as caught:
        read(server=name_sftp(sftp, tmp_path, password=secret))
    assert "does not let this user in" in str(caught.value)
    assert sftp.logins == [f"password {USER}"]
    assert "hunter2" not in str(caught.value) + caplog.text


def write_key(folder: Path, sftp, password: bytes | None) -> dict[str, str]:
    key = Ed25519PrivateKey.generate()
    lock = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, lock
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    sftp.user_key = paramiko.Ed25519Key(data=base64.b64decode(public.split()[1]))
    return write_secret(folder, text, "id_ed25519")


@pytest.mark.parametrize("password", [None, b"open sesame"])
def test_a_private_key_logs_in_locked_or_not(read, sftp, tmp_path, password):
    key = write_key(tmp_path, sftp, password)
    lock = write_secret(tmp_path, password.decode(), "lock") if password else None
    server = name_sftp(sftp, tmp_path, password=None, key=key, key_password=lock)
    assert read(server=server)[1] == ["A", "B"]
    assert f"publickey {USER}" in sftp.logins


@pytest.mark.parametrize("given", [None, "wrong"])
def test_a_locked_key_without_its_password_says_so_and_shows_nothing(read, sftp, tmp_path, given):
    key = write_key(tmp_path, sftp, b"open sesame")
    lock = write_secret(tmp_path, given, "lock") if given else None
    with pytest.raises(SourceRefusedError, match="key: this is no private key") as caught:
        read(server=name_sftp(sftp, tmp_path, password=None, key=key, key_password=lock))
    assert "key_password" in str(caught.value)
    assert "PRIVATE" not in str(caught.value)


def test_a_missing_file_is_missing_and_says_where_it_was_looked_for(read, sftp, out):
    (out / NAME).unlink()
    with pytest.raises(SourceUnavailableError) as caught:
        read()
    assert str(caught.value) == (
        f"shelf: counts: there is no file sftp://127.0.0.1:{sftp.port}/out/{NAME}"
    )


def test_a_file_is_waited_for_and_asked_after_now_and_then(read, out):
    (out / NAME).rename(out / "later")

    class Partner(Clockwork):
        def sleep(self, seconds):
            super().sleep(seconds)
            if len(self.slept) == 3:
                (out / "later").rename(out / NAME)

    clock = Partner()
    assert read(clock, wait="60s", settle="0s")[1] == ["A", "B"]
    assert clock.slept == [5.0] * 3


def test_a_file_without_its_done_is_still_being_written(read, out):
    with pytest.raises(SourceUnavailableError, match=r"\.done is not: it is still being written"):
        read(done=True)
    (out / f"{NAME}.done").touch()
    assert read(done=True)[0].end_marker.startswith(".done file seen, 112 bytes")
    os.utime(out / NAME, (time.time() + 60,) * 2)
    with pytest.raises(SourceUnavailableError, match="it is being written again"):
        read(done=True)


def test_a_file_must_be_the_same_in_two_looks_with_time_between(read, out):
    os.utime(out / NAME, (FETCHED_AT.timestamp() - 10,) * 2)
    clock = Clockwork()
    read(clock, settle="45s")
    assert clock.slept == [45.0]
    # Longer ago than two clocks may be apart: then it is old for sure.
    os.utime(out / NAME, (FETCHED_AT.timestamp() - 3600,) * 2)
    clock = Clockwork()
    read(clock, settle="45s")
    assert clock.slept == []


def test_a_file_that_grew_between_the_looks_is_read_again(read, out):
    class Partner(Clockwork):
        def sleep(self, seconds):
            if not self.slept:
                with (out / NAME).open("ab") as file:
                    file.write(b"C,L1,on_hand,1,2026-04-06T10:00:00Z\n")
            super().sleep(seconds)

    assert read(Partner())[1] == ["A", "B", "C"]


def test_a_file_that_never_rests_is_not_taken(read, sftp, out):
    def grow(*_):
        with (out / NAME).open("ab") as file:
            file.write(b"C,L1,on_hand,1,2026-04-06T10:00:00Z\n")

    sftp.on_read = grow
    with pytest.raises(SourceUnavailableError, match="changed while it was read, 2 times"):
        read(settle="0s")


@pytest.mark.parametrize("kind", ["sha256", "sha512", "md5"])
def test_a_declared_digest_is_checked_against_what_came(read, out, kind):
    body = (out / NAME).read_bytes()
    (out / f"{NAME}.{kind}").write_text(f"{hashlib.new(kind, body).hexdigest().upper()}  {NAME}\n")
    assert read(digest=kind)[1] == ["A", "B"]
    (out / NAME).write_bytes(body[:-1])
    with pytest.raises(SourceContractError, match="it is not whole, or was changed on its way"):
        read(digest=kind)


@pytest.mark.parametrize("text", ["", "no digest", "0" * 64 + " a\n" + "1" * 64 + " b\n"])
def test_a_digest_file_that_does_not_say_one_digest_is_refused(read, out, text):
    (out / f"{NAME}.sha256").write_text(text)
    with pytest.raises(SourceContractError, match="digests; wanted one of 64 hexadecimal digits"):
        read(digest="sha256")


def test_a_digest_that_is_not_there_yet_means_still_being_written(read):
    with pytest.raises(SourceUnavailableError, match=r"\.sha256 is not: it is still being written"):
        read(digest="sha256")


def test_a_connection_lost_in_the_middle_is_made_again_and_the_file_read_from_the_start(
    read, sftp, out
):
    items = [f"{number:06}" for number in range(20_000)]
    (out / NAME).write_bytes(write_count(*items))
    cuts = []

    def cut_once(server, _path, offset):
        if offset > 100_000 and not cuts:
            cuts.append(offset)
            server.hang_up()

    sftp.on_read = cut_once
    assert read()[1] == items
    assert cuts
    assert sftp.count("open") == 2


def test_a_file_that_always_breaks_off_is_missing_and_nothing_of_it_is_kept(sftp, out, tmp_path):
    (out / NAME).write_bytes(write_count(*(f"{number:06}" for number in range(20_000))))
    sftp.on_read = lambda server, _path, offset: offset > 100_000 and server.hang_up()
    staging, given = tmp_path / "staging", []
    staging.mkdir()
    shelf = build_far(tmp_path, name_sftp(sftp, tmp_path, retries=1))
    context = FetchContext(HOUR_AT, lambda: FETCHED_AT, staging=str(staging))
    with pytest.raises(SourceUnavailableError, match="the connection was lost"):
        shelf.fetch("counts", context, given.append)
    assert given == []
    assert list(staging.iterdir()) == []
    assert sftp.count("open") == 2


def test_a_server_that_drips_is_cut_after_the_time_a_file_may_take(read, sftp, out, tmp_path):
    (out / NAME).write_bytes(write_count(*(f"{number:06}" for number in range(60_000))))
    sftp.on_read = lambda *_: time.sleep(0.2)
    server = name_sftp(sftp, tmp_path, timeouts={"connect": "5s", "read": "5s", "feed": "1s"})
    started = time.monotonic()
    with pytest.raises(SourceUnavailableError, match="not all came within 1 s"):
        read(server=server)
    assert time.monotonic() - started < 5
    assert sftp.count("open") == 1


def test_a_server_that_says_nothing_is_unavailable(read, sftp, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        server = name_sftp(
            sftp, tmp_path, port=mute.getsockname()[1], retries=0,
            timeouts={"connect": "1s", "read": "1s", "feed": "1s"},
        )  # fmt: skip
        with pytest.raises(SourceUnavailableError, match=r"127\.0\.0\.1:"):
            read(server=server)


def test_a_host_nobody_knows_is_unavailable(read, sftp, tmp_path):
    with pytest.raises(SourceUnavailableError, match=r"nowhere\.invalid"):
        read(server=name_sftp(sftp, tmp_path, host="nowhere.invalid", retries=0))


def test_a_file_above_the_limit_is_refused_unread(read, sftp, out):
    with (out / NAME).open("wb") as file:
        os.ftruncate(file.fileno(), (1 << 20) + 1)
    with pytest.raises(SourceContractError, match="wanted at most 1,048,576; raise max_megabytes"):
        read(max_megabytes=1)
    assert sftp.count("open") == 0


def test_a_file_that_grows_as_fast_as_it_is_read_does_not_hold_us(read, sftp, out):
    def pour(*_):
        with (out / NAME).open("ab") as file:
            file.write(b"x" * 200_000)

    sftp.on_read = pour
    with pytest.raises(SourceUnavailableError, match="changed while it was read"):
        read(settle="0s")


@pytest.mark.parametrize("target", ["/etc/passwd", "../secret.csv", "other.csv", "nothing"])
def test_a_link_in_place_of_the_file_is_refused_unread(read, sftp, out, target):
    (out.parent / "secret.csv").write_bytes(write_count("SECRET"))
    (out / "other.csv").write_bytes(write_count("OTHER"))
    (out / NAME).unlink()
    (out / NAME).symlink_to(target)
    with pytest.raises(SourceRefusedError, match="is a link, and links are not followed"):
        read()
    assert sftp.count("open") == 0


def test_a_link_in_place_of_a_folder_or_a_marker_is_refused(read, sftp, out):
    (out.parent / "elsewhere").mkdir()
    (out.parent / "elsewhere" / NAME).write_bytes(write_count("SECRET"))
    (out / "sub").symlink_to("../elsewhere")
    with pytest.raises(SourceRefusedError, match="is a link or no folder"):
        read(counts="sub/counts-{hour}.csv")
    (out / f"{NAME}.done").symlink_to("../elsewhere")
    with pytest.raises(SourceRefusedError, match="is a link"):
        read(done=True)
    assert sftp.count("open") == 0


def test_a_folder_or_a_pipe_in_place_of_the_file_is_refused(read, out):
    (out / NAME).unlink()
    (out / NAME).mkdir()
    with pytest.raises(SourceRefusedError, match="wanted a plain file"):
        read()
    (out / NAME).rmdir()
    os.mkfifo(out / NAME)
    with pytest.raises(SourceRefusedError, match="wanted a plain file"):
        read()


def test_a_hostile_name_is_only_a_name(read, out):
    name = "=cmd() $(id) %s [a-z]* ..;x.csv"
    (out / NAME).rename(out / name)
    assert read(counts=name)[1] == ["A", "B"]


def test_a_large_file_is_read_in_little_memory(sftp, out, tmp_path):
    with (out / NAME).open("wb") as file:
        file.write(write_count("A"))
        for _ in range(200):
            file.write(b"B,L1,on_hand,1,2026-04-06T10:00:00Z\n" * 2_000)
    shelf = build_far(tmp_path, name_sftp(sftp, tmp_path))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        fetched, _ = land(shelf, "counts", tmp_path / "landing")
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert f"{(out / NAME).stat().st_size:,} bytes" in fetched.end_marker
    assert peak < 6 << 20


def test_without_the_extra_the_error_names_the_command_that_installs_it(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "paramiko", None)
    with pytest.raises(SourceRefusedError, match=r"pip install 'inventory-pipeline\[sftp\]'"):
        read()


def test_no_secret_is_in_a_name_or_a_log(read, sftp, tmp_path, caplog):
    with caplog.at_level(logging.DEBUG):
        fetched, _ = read()
    shown = repr(fetched) + caplog.text + repr(build_far(tmp_path, name_sftp(sftp, tmp_path)))
    assert PASSWORD not in shown
