"""``archive``: what is landed is moved aside where it was dropped, and never lost on the way."""

import pytest

from inventory_pipeline.errors import SourceUnavailableError
from inventory_pipeline.ingest.fetch import Absence, fetch_feed
from inventory_pipeline.ingest.landing import Landing
from inventory_pipeline_tests.support.far_files import (
    NAME,
    build_far,
    name_s3,
    name_sftp,
    write_count,
)
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, HOUR_AT, SLUG, land
from inventory_pipeline_tests.support.sftp_server import serving_sftp


class Stopped:
    def now(self):
        return FETCHED_AT


class Shelf:
    """A place that files are dropped in, whichever it is: relative name → bytes."""

    def __init__(self, root, server=None):
        self.root, self.server = root, server

    def put(self, name, body):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def find(self):
        files = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files}


class Bucket:
    def __init__(self, s3, server):
        self.s3, self.server = s3, server

    def put(self, name, body):
        self.s3.put(f"out/{name}", body)

    def find(self):
        return {key.removeprefix("out/"): self.s3.get(key) for key in self.s3.list_keys()}


@pytest.fixture(params=["here", "sftp", "s3"])
def shelf(request, tmp_path):
    root = tmp_path / "far" / "out"
    root.mkdir(parents=True)
    if request.param == "here":
        yield Shelf(root)
    elif request.param == "s3":
        s3 = request.getfixturevalue("s3")
        yield Bucket(s3, name_s3(s3, tmp_path))
    else:
        with serving_sftp(root.parent) as server:
            yield Shelf(root, name_sftp(server, tmp_path))


def build(shelf, tmp_path, **options):
    root = tmp_path if shelf.server else shelf.root
    return build_far(root, shelf.server, **{"settle": "0s", "archive": "read", **options})


def fetch(connector, tmp_path):
    return fetch_feed(
        connector, Landing(tmp_path / "landing"),
        system="shelf", feed="counts", hour_at=HOUR_AT, clock=Stopped(),
    )  # fmt: skip


def test_a_landed_file_and_what_belongs_to_it_are_moved_aside(shelf, tmp_path):
    body = write_count("A")
    shelf.put(NAME, body)
    shelf.put(f"{NAME}.done", b"")
    landed = fetch(build(shelf, tmp_path, done=True), tmp_path)
    assert shelf.find() == {f"read/{NAME}": body, f"read/{NAME}.done": b""}
    assert landed.manifest.notes == (f"read {NAME}",)
    assert len(list(landed.read_pages())) == 1


def test_nothing_is_moved_before_it_is_landed(shelf, tmp_path):
    shelf.put(NAME, write_count("A"))
    connector = build(shelf, tmp_path)
    fetched, _ = land(connector, "counts", tmp_path / "somewhere")  # as ``doctor`` reads
    assert list(shelf.find()) == [NAME]
    assert fetched.when_landed() == ()
    assert list(shelf.find()) == [f"read/{NAME}"]


def test_the_hour_of_a_file_that_is_always_called_the_same_is_in_its_folder(shelf, tmp_path):
    shelf.put("in/counts.csv", write_count("A"))
    connector = build(shelf, tmp_path, counts="in/counts.csv", archive="read/{hour}")
    fetch(connector, tmp_path)
    assert list(shelf.find()) == [f"read/{SLUG}/in/counts.csv"]


def test_a_file_in_the_archive_is_never_replaced(shelf, tmp_path):
    shelf.put(NAME, write_count("B"))
    shelf.put(f"read/{NAME}", write_count("A"))
    landed = fetch(build(shelf, tmp_path), tmp_path)
    assert shelf.find() == {NAME: write_count("B"), f"read/{NAME}": write_count("A")}
    assert "is there already" in landed.manifest.notes[-1]
    assert len(list(landed.read_pages())) == 1


def test_a_file_that_was_written_again_meanwhile_stays_where_it_is(shelf, tmp_path):
    shelf.put(NAME, write_count("A"))
    fetched, _ = land(build(shelf, tmp_path), "counts", tmp_path / "somewhere")
    shelf.put(NAME, write_count("A", "B"))
    assert "was written again after it was read" in fetched.when_landed()[0]
    assert list(shelf.find()) == [NAME]


def test_a_file_that_was_read_before_is_not_waited_for(shelf, tmp_path):
    shelf.put(f"read/{NAME}", write_count("A"))
    with pytest.raises(SourceUnavailableError, match=r"was read before: it is .*read/counts"):
        land(build(shelf, tmp_path, wait="9h"), "counts", tmp_path / "landing")


def test_a_second_look_at_the_same_hour_keeps_what_is_landed(shelf, tmp_path):
    shelf.put(NAME, write_count("A"))
    connector = build(shelf, tmp_path)
    first = fetch(connector, tmp_path)
    assert fetch(connector, tmp_path).manifest == first.manifest
    shelf.put(NAME, write_count("A"))  # delivered again, byte for byte
    again = fetch(connector, tmp_path)
    assert again.manifest.attempt == 1
    assert "is there already" in again.manifest.notes[-1]


def test_a_server_that_forbids_moving_is_a_note_and_no_failure(tmp_path):
    root = tmp_path / "far" / "out"
    root.mkdir(parents=True)
    (root / NAME).write_bytes(write_count("A"))
    with serving_sftp(root.parent) as server:
        server.allows_rename = False
        landed = fetch(build(Shelf(root, name_sftp(server, tmp_path)), tmp_path), tmp_path)
    assert not isinstance(landed, Absence)
    assert landed.manifest.notes[-1].startswith(f"{NAME} is read and not in the archive: sftp://")
    assert "does not allow it" in landed.manifest.notes[-1]
    assert (root / NAME).exists()


def test_a_server_that_is_gone_by_then_is_a_note_and_no_failure(tmp_path):
    root = tmp_path / "far" / "out"
    root.mkdir(parents=True)
    (root / NAME).write_bytes(write_count("A"))
    with serving_sftp(root.parent) as server:
        connector = build(Shelf(root, name_sftp(server, tmp_path, retries=0)), tmp_path)
        fetched, _ = land(connector, "counts", tmp_path / "somewhere")
    assert "is read and not in the archive" in fetched.when_landed()[0]


def test_an_archive_that_is_a_link_takes_nothing(tmp_path):
    root, elsewhere = tmp_path / "far" / "out", tmp_path / "far" / "elsewhere"
    root.mkdir(parents=True)
    elsewhere.mkdir()
    (root / NAME).write_bytes(write_count("A"))
    (root / "read").symlink_to(elsewhere)
    with serving_sftp(root.parent) as server:
        for shelf in (Shelf(root), Shelf(root, name_sftp(server, tmp_path))):
            fetched, _ = land(build(shelf, tmp_path), "counts", tmp_path / f"s{id(shelf)}")
            assert "is read and not in the archive" in fetched.when_landed()[0]
    assert list(elsewhere.iterdir()) == []
    assert (root / NAME).exists()


def test_an_archive_that_is_no_folder_is_a_note(tmp_path):
    root = tmp_path / "far"
    root.mkdir()
    (root / NAME).write_bytes(write_count("A"))
    (root / "read").write_text("a file where the folder should be")
    fetched, _ = land(build(Shelf(root), tmp_path), "counts", tmp_path / "somewhere")
    assert "cannot be moved to" in fetched.when_landed()[0]
    assert (root / NAME).exists()


def test_several_files_of_one_feed_are_whole_together(shelf, tmp_path):
    names = ["a-{hour}.csv", "in/b-{hour}.csv"]
    shelf.put(f"a-{SLUG}.csv", write_count("A"))
    connector = build(shelf, tmp_path, counts=names)
    with pytest.raises(SourceUnavailableError, match=r"there is no file .*in/b-"):
        land(connector, "counts", tmp_path / "half")
    assert list(shelf.find()) == [f"a-{SLUG}.csv"]
    shelf.put(f"in/b-{SLUG}.csv", write_count("B", "C"))
    landed = fetch(connector, tmp_path)
    rows = connector.parse("counts", landed.read_pages()).rows
    assert rows.select("row", "item_id").rows() == [(1, "A"), (2, "B"), (3, "C")]
    assert landed.manifest.notes == (f"read a-{SLUG}.csv", f"read in/b-{SLUG}.csv")
    assert set(shelf.find()) == {f"read/a-{SLUG}.csv", f"read/in/b-{SLUG}.csv"}
