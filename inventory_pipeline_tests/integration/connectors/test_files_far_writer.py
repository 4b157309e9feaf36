"""``files``, writing to a server: dropped once whatever happens on the way, and acknowledged."""

import csv
import io
from contextlib import contextmanager
from datetime import timedelta

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.depots.folder import FolderDepot
from inventory_pipeline.connectors.file_options import FilesOptions
from inventory_pipeline.connectors.file_trays import FarTray
from inventory_pipeline.connectors.files_writer import FilesWrite, FilesWriter
from inventory_pipeline.errors import SourceRefusedError, SourceUnavailableError
from inventory_pipeline_tests.support.far_files import build_far, name_s3, name_sftp
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.sftp_server import serving_sftp
from inventory_pipeline_tests.support.write_targets import build_line

LINES = [build_line(), build_line("A2", receipt_id="r2", before=None, operation="add", quantity=-1)]
WRITE = {"on_server": True, "path": "in/corrections-{key}.csv", "settle": "0s"}
NAME = "in/corrections-k1.csv"
ACK = b"receipt_id,outcome\nr1,applied\nr2,refused\n"


def find_outcomes(answer):
    return [line.outcome for line in answer.lines.values()]


def find_words(answer):
    return " ".join(line.evidence for line in answer.lines.values())


def send(writer, key="k1", lines=LINES):
    return writer.send(lines, key, writer.encode(lines, key))


class OnSftp:
    """A server that corrections are dropped on, seen from the partner's side."""

    def __init__(self, sftp, folder):
        self.server, self.top = sftp, sftp.root / "out"
        self.top.mkdir(parents=True)
        self.writer = build_far(folder, name_sftp(sftp, folder), write=WRITE).build_writer()

    def put(self, name, body):
        (self.top / name).write_bytes(body)

    def get(self, name):
        return (self.top / name).read_bytes()

    def take(self, name):
        (self.top / name).unlink()

    def list_names(self):
        found = [path for path in self.top.rglob("*") if path.is_file()]
        return sorted(str(path.relative_to(self.top)) for path in found)


class OnS3:
    def __init__(self, s3, folder):
        self.server = s3
        self.writer = build_far(folder, name_s3(s3, folder), write=WRITE).build_writer()

    def put(self, name, body):
        self.server.put(f"out/{name}", body)

    def get(self, name):
        return self.server.get(f"out/{name}")

    def take(self, name):
        self.server.client.delete_object(Bucket=self.server.bucket, Key=f"out/{name}")

    def list_names(self):
        return sorted(key.removeprefix("out/") for key in self.server.list_keys())


@pytest.fixture
def sftp(tmp_path):
    with serving_sftp(tmp_path / "far") as server:
        yield OnSftp(server, tmp_path)


@pytest.fixture(params=["sftp", "s3"])
def partner(request, tmp_path):
    if request.param == "sftp":
        return request.getfixturevalue("sftp")
    return OnS3(request.getfixturevalue("s3"), tmp_path)


def test_a_correction_lies_on_the_server_whole_with_its_marker(partner):
    answer = send(partner.writer)
    assert find_outcomes(answer) == ["waiting", "waiting"]
    assert partner.list_names() == [NAME, f"{NAME}.sent"]
    rows = list(csv.DictReader(io.StringIO(partner.get(NAME).decode())))
    assert [(row["receipt_id"], row["operation"], row["quantity"]) for row in rows] == [
        ("r1", "set", "12"), ("r2", "add", "-1"),
    ]  # fmt: skip


def test_what_the_partner_took_away_is_never_dropped_again(partner):
    send(partner.writer)
    partner.take(NAME)
    for _ in range(2):
        answer = send(partner.writer)
        assert find_outcomes(answer) == ["waiting", "waiting"]
        assert "dropped before" in find_words(answer)
    assert partner.list_names() == [f"{NAME}.sent"]


def test_the_partner_says_what_became_of_it(partner):
    send(partner.writer)
    partner.put(f"{NAME}.ack", ACK)
    assert find_outcomes(send(partner.writer)) == ["confirmed", "refused"]


def test_other_bytes_under_the_name_are_left_alone(partner):
    send(partner.writer)
    partner.put(NAME, b"somebody else's\n")
    answer = send(partner.writer)
    assert find_outcomes(answer) == ["ambiguous", "ambiguous"]
    assert "other bytes" in find_words(answer)
    assert partner.get(NAME) == b"somebody else's\n"


def test_an_empty_acknowledgement_counts_at_once_only_where_it_cannot_be_half_written(partner):
    send(partner.writer)
    partner.put(f"{NAME}.ack", b"")
    wanted = "confirmed" if isinstance(partner, OnS3) else "waiting"
    assert find_outcomes(send(partner.writer)) == [wanted] * 2


def test_a_server_that_does_not_answer_is_down_and_nothing_was_written(tmp_path):
    with serving_sftp(tmp_path / "far") as server:
        pass
    writer = build_far(
        tmp_path, name_sftp(server, tmp_path, retries=0), Clockwork(), write=WRITE
    ).build_writer()
    answer = send(writer)
    assert answer.is_down
    # It might have been dropped before: only the server knows.
    assert find_outcomes(answer) == ["ambiguous", "ambiguous"]


def test_a_server_that_allows_no_writing_is_told_as_that(sftp):
    sftp.server.allows_rename = False
    answer = send(sftp.writer)
    assert find_outcomes(answer) == ["unapplied", "unapplied"]
    assert "the server does not allow it to this user" in find_words(answer)
    sftp.server.allows_rename = True
    assert find_outcomes(send(sftp.writer)) == ["waiting", "waiting"]
    assert NAME in sftp.list_names()


def test_a_line_that_is_lost_at_any_command_drops_the_file_once(sftp):
    """The command is done and its answer is lost; the partner takes a file as soon as it lies."""
    send(sftp.writer, key="k0")
    steps = len(sftp.server.commands)
    for step in range(steps):
        key, taken = f"s{step}", []
        start = len(sftp.server.commands)

        def cut(server, command, _path, at=start + step):
            if len(server.commands) == at + 1:
                server.hang_up()

        sftp.server.on_command = cut
        for _ in range(3):
            send(sftp.writer, key=key)
            name = f"in/corrections-{key}.csv"
            if name in sftp.list_names():
                taken.append(sftp.get(name))
                sftp.take(name)
        sftp.server.on_command = None
        assert len(taken) == 1, f"lost at command {step}"


class LostDepot(FolderDepot):
    """A depot whose line is lost at one change, before or after it is done."""

    is_atomic = True

    def __init__(self, root, *, at, is_done):
        super().__init__(str(root))
        self.left, self.is_done = at, is_done

    def write(self, name, body):
        self._change(lambda: super(LostDepot, self).write(name, body))

    def remove(self, name):
        self._change(lambda: super(LostDepot, self).remove(name))

    def move(self, name, to):
        """Copy and remove, as S3 does: it can be lost in between."""
        with (self._root / name).open("rb") as file:
            self.write(to, file.read())
        self.remove(name)

    def _change(self, work):
        self.left -= 1
        if self.left == 0 and not self.is_done:
            raise SourceUnavailableError("the line was lost before")
        work()
        if self.left == 0:
            raise SourceUnavailableError("the line was lost after")


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_lost_between_copy_and_removal_it_is_still_dropped_once(tmp_path, at, is_done):
    depot = LostDepot(tmp_path, at=at, is_done=is_done)
    depot._root = tmp_path

    @contextmanager
    def opening():
        yield depot

    writer = FilesWriter(FilesWrite.model_validate(WRITE), FarTray(opening), system="shelf")
    taken = 0
    path = tmp_path / NAME
    for _ in range(4):
        answer = send(writer)
        if path.exists():
            taken += 1
            path.unlink()
            path.with_name(f"{path.name}.ack").write_bytes(ACK)
    assert taken == 1
    assert find_outcomes(answer) == ["confirmed", "refused"]


def test_an_empty_acknowledgement_of_unknown_age_is_no_answer(tmp_path):
    depot = FolderDepot(str(tmp_path))

    @contextmanager
    def opening():
        yield depot

    (tmp_path / "empty").touch()
    assert FarTray(opening).read("empty", settle=timedelta()) is None
    (tmp_path / "large").write_bytes(b"x" * ((16 << 20) + 1))
    with pytest.raises(SourceRefusedError, match="16,777,217 bytes or more"):
        FarTray(opening).read("large", settle=timedelta())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"write": WRITE}, "wanted a server of kind sftp or s3"),
        (
            {"write": WRITE, "server": {"kind": "http", "base_url": "https://x.example/d"}},
            "wanted a server of kind sftp or s3",
        ),
        (
            {
                "write": {**WRITE, "path": "/in/c-{key}.csv"},
                "server": {
                    "kind": "sftp", "host": "x.example", "user": "u", "folder": "/out",
                    "password": {"env": "P"}, "host_key": f"SHA256:{'A' * 43}",
                },
            },
            "starts at the folder of the server",
        ),
    ],
)  # fmt: skip
def test_options_that_do_not_fit_are_refused(options, said):
    with pytest.raises(ValidationError, match=said):
        FilesOptions.model_validate({"counts": "c-{hour}.csv", **options})
