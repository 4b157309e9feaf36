"""The real OpenSSH server: a partner's drops read, checked and moved aside."""

import hashlib
import os
from pathlib import Path

import pytest

from inventory_pipeline.errors import SourceRefusedError, SourceUnavailableError
from inventory_pipeline_tests.integration.peers.sshd import find_sshd, running_sshd
from inventory_pipeline_tests.support.far_files import NAME, PATIENT, build_far, write_count
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.write_targets import build_line

pytestmark = pytest.mark.peer


@pytest.fixture
def sshd():
    if find_sshd() is None:
        pytest.skip("no OpenSSH server on this machine; apt-get install openssh-server")
    with running_sshd() as server:
        yield server


@pytest.fixture
def build(sshd, tmp_path):
    def connect(*, server=None, **options):
        named = {
            "kind": "sftp", "host": "127.0.0.1", "port": sshd.port, "user": sshd.user,
            "key": {"file": str(sshd.user_key)}, "host_key": sshd.fingerprint,
            "folder": sshd.folder, "timeouts": PATIENT, **(server or {}),
        }  # fmt: skip
        return build_far(tmp_path, named, **options)

    return connect


@pytest.fixture
def read(build, tmp_path):
    def fetch(**options):
        shelf = build(**options)
        fetched, pages = land(shelf, "counts", tmp_path / "landing")
        return fetched, shelf.parse("counts", pages).rows["item_id"].to_list()

    return fetch


def list_names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_drop_with_marker_and_digest_is_read_and_moved_aside(sshd, read):
    body = write_count(*(f"{number:07}" for number in range(100_000)))
    digest = hashlib.sha256(body).hexdigest()
    sshd.put(NAME, body)
    with pytest.raises(SourceUnavailableError, match="still being written"):
        read(done=True, digest="sha256", archive="read/{hour}")
    sshd.put(f"{NAME}.sha256", f"{digest}  {NAME}\n".encode())
    sshd.put(f"{NAME}.done", b"")
    fetched, items = read(done=True, digest="sha256", archive="read/{hour}")
    assert len(items) == 100_000
    assert fetched.end_marker == f".done file seen, {len(body):,} bytes, sha256 {digest}"
    assert fetched.when_landed() == ()
    folder = f"read/{NAME[7:20]}"
    assert list_names(sshd.root) == {f"{folder}/{NAME}{end}" for end in ("", ".done", ".sha256")}


def test_the_key_is_pinned_by_fingerprint_by_itself_or_by_known_hosts(sshd, read, tmp_path):
    sshd.put(NAME, write_count("A"))
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {sshd.public_key}\n")
    for ways in ({}, {"host_key": sshd.public_key}, {"host_key": [], "known_hosts": "known_hosts"}):
        assert read(server=ways)[1] == ["A"]
    strange = "SHA256:" + "A" * 43
    with pytest.raises(SourceRefusedError, match="a key nobody named") as caught:
        read(server={"host_key": strange})
    assert sshd.fingerprint in str(caught.value)


def test_a_key_it_does_not_know_is_refused(read, tmp_path, sshd):
    with running_sshd() as other, pytest.raises(SourceRefusedError, match="does not let this user"):
        read(server={"key": {"file": str(other.user_key)}})
    (tmp_path / "password").write_text("guess")
    with pytest.raises(SourceRefusedError, match="does not let this user in"):
        read(server={"key": None, "password": {"file": str(tmp_path / "password")}})


def test_links_are_not_followed_wherever_they_lead(sshd, read):
    sshd.put("other.csv", write_count("OTHER"))
    for target in ("/etc/passwd", "other.csv", "../../etc/passwd"):
        (sshd.root / NAME).symlink_to(target)
        with pytest.raises(SourceRefusedError, match="is a link"):
            read()
        (sshd.root / NAME).unlink()
    (sshd.root / "sub").symlink_to(".")
    with pytest.raises(SourceRefusedError, match="is a link or no folder"):
        read(counts="sub/other.csv")


def test_what_the_server_does_not_allow_is_said(sshd, read):
    if os.geteuid() != 0:
        pytest.skip("the sessions are ours: they may do everything")
    path = sshd.put(NAME, write_count("A"))
    os.chown(path, 0, 0)
    path.chmod(0o600)
    with pytest.raises(SourceRefusedError, match="does not allow it to this user"):
        read()
    path.chmod(0o644)
    os.chown(sshd.root, 0, 0)
    fetched, items = read(archive="read")
    assert items == ["A"]
    assert "does not allow it to this user" in fetched.when_landed()[0]
    assert list_names(sshd.root) == {NAME}


def test_a_file_in_the_archive_is_not_replaced(sshd, read):
    sshd.put(NAME, write_count("B"))
    sshd.put(f"read/{NAME}", write_count("A"))
    fetched, _ = read(archive="read")
    assert "is there already" in fetched.when_landed()[0]
    assert (sshd.root / "read" / NAME).read_bytes() == write_count("A")


def test_a_server_that_is_down_is_unavailable(read):
    with pytest.raises(SourceUnavailableError, match=r"127\.0\.0\.1:1: it cannot be reached"):
        read(server={"port": 1, "retries": 1})


def test_a_correction_is_dropped_once_and_its_acknowledgement_read(sshd, build):
    writer = build(write={"on_server": True, "path": "in/{key}.csv"}).build_writer()
    lines = [build_line()]
    body = writer.encode(lines, "k1")
    words = []
    for _ in range(2):
        [line] = writer.send(lines, "k1", body).lines.values()
        words.append(line.evidence)
    assert ["dropped before" in text for text in words] == [False, True]
    assert list_names(sshd.root) == {"in/k1.csv", "in/k1.csv.sent"}
    assert (sshd.root / "in/k1.csv").read_bytes() == body

    (sshd.root / "in/k1.csv").unlink()
    sshd.put("in/k1.csv.ack", b"receipt_id,outcome\nr1,applied\n")
    [line] = writer.send(lines, "k1", body).lines.values()
    assert line.outcome == "confirmed"
    assert list_names(sshd.root) == {"in/k1.csv.sent", "in/k1.csv.ack"}
