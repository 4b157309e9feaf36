"""``files``, writing: dropped once under its key whatever happens, and acknowledged by a file."""

import csv
import hashlib
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.file_options import FilesOptions
from inventory_pipeline.connectors.files import FilesConnector
from inventory_pipeline_tests.support.write_targets import build_line, write_ack

FOLDER = "outbox/shelf"
LINES = [build_line(), build_line("A2", receipt_id="r2", before=None, operation="add", quantity=-1)]


def build(tmp_path, **write):
    options = {"counts": "c-{hour}.csv"} | ({"write": write} if write else {})
    checked = FilesOptions.model_validate(options)
    return FilesConnector(system="shelf", options=checked, root=str(tmp_path)).build_writer()


def send(tmp_path, lines=LINES, key="k1", **write):
    writer = build(tmp_path, **write)
    return writer.send(lines, key, writer.encode(lines, key))


def find_outcomes(answer):
    return [line.outcome for line in answer.lines.values()]


def find_words(answer):
    return " ".join(line.evidence for line in answer.lines.values())


def test_a_folder_takes_corrections_without_any_option(tmp_path):
    assert find_outcomes(send(tmp_path)) == ["waiting", "waiting"]
    with (tmp_path / FOLDER / "corrections-k1.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {
        "receipt_id": "r1", "item_id": "A1", "location_id": "L1", "fact": "on_hand",
        "operation": "set", "quantity": "12", "before": "10", "reference": "urn:receipt:r1",
        "reason": "correction",
    }  # fmt: skip
    assert (rows[1]["operation"], rows[1]["quantity"], rows[1]["before"]) == ("add", "-1", "")
    left = {path.name for path in (tmp_path / FOLDER).iterdir()}
    assert left == {"corrections-k1.csv", "corrections-k1.csv.sent"}


def test_a_file_that_was_taken_away_is_waited_for_and_never_dropped_again(tmp_path):
    send(tmp_path)
    path = tmp_path / FOLDER / "corrections-k1.csv"
    path.unlink()
    for _ in range(3):
        answer = send(tmp_path)
        assert find_outcomes(answer) == ["waiting", "waiting"]
        assert "dropped before" in find_words(answer)
    assert not path.exists()


@pytest.mark.parametrize("died", ["in the draft", "after the bytes", "after the marker"])
def test_a_death_on_the_way_drops_the_file_once(tmp_path, died):
    """F-68 for this door: what is on the disk after each step leads on to one file."""
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    body = build(tmp_path).encode(LINES, "k1")
    hidden = folder / ".corrections-k1.csv.tmp"
    if died == "in the draft":
        Path(f"{hidden}.draft").write_bytes(body[:20])
    else:
        hidden.write_bytes(body)
    if died == "after the marker":
        digest = f"sha256 {hashlib.sha256(body).hexdigest()}\n"
        (folder / "corrections-k1.csv.sent").write_text(digest)
    send(tmp_path)
    assert (folder / "corrections-k1.csv").read_bytes() == body
    assert not hidden.exists()
    (folder / "corrections-k1.csv").unlink()
    send(tmp_path)
    assert not (folder / "corrections-k1.csv").exists()


def test_other_bytes_under_the_same_key_are_said_loudly_and_left_alone(tmp_path):
    send(tmp_path)
    path = tmp_path / FOLDER / "corrections-k1.csv"
    for prepare in (lambda: path.write_bytes(b"foreign"), path.unlink):
        prepare()
        answer = send(tmp_path, [build_line(quantity=99)])
        assert find_outcomes(answer) == ["ambiguous"]
        assert "other bytes" in find_words(answer)
    assert not path.exists()


def acknowledge(tmp_path, body, *, age=10, key="k1"):
    path = tmp_path / FOLDER / f"corrections-{key}.csv.ack"
    path.write_bytes(body)
    os.utime(path, (path.stat().st_mtime - age,) * 2)


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [
        (b"receipt_id,outcome\nr1,applied\nr2,applied\n", ["confirmed", "confirmed"]),
        (b"receipt_id,outcome,detail\nr1,stale,is 8\nr2,refused,gone\n", ["stale", "refused"]),
        (b"\xef\xbb\xbfreceipt_id,outcome\r\nr1, Applied \r\nx,applied", ["confirmed", "waiting"]),
        (b"receipt_id,outcome\n", ["waiting", "waiting"]),
        (b"receipt_id,outcome\nr1,appl", ["ambiguous", "waiting"]),
        (b"receipt_id,outcome\nr1,applied\nr1,stale\n", ["ambiguous", "ambiguous"]),
        (b"r1,applied\n", ["ambiguous", "ambiguous"]),
        (b"\xff\xfe\x00", ["ambiguous", "ambiguous"]),
    ],
)
def test_an_acknowledgement_is_read_line_by_line(tmp_path, body, outcomes):
    send(tmp_path)
    acknowledge(tmp_path, body)
    answer = send(tmp_path)
    assert find_outcomes(answer) == outcomes
    assert ".ack" in find_words(answer)


def test_an_empty_acknowledgement_means_all_once_it_is_old_enough(tmp_path):
    send(tmp_path)
    acknowledge(tmp_path, b"")
    assert find_outcomes(send(tmp_path)) == ["waiting", "waiting"]
    assert find_outcomes(send(tmp_path, settle="0s")) == ["confirmed", "confirmed"]


def test_an_answered_file_is_not_dropped_even_if_every_trace_of_it_is_gone(tmp_path):
    (tmp_path / FOLDER).mkdir(parents=True)
    write_ack(tmp_path / FOLDER / "corrections-k1.csv.ack", ("r1", "applied"), ("r2", "applied"))
    assert find_outcomes(send(tmp_path)) == ["confirmed", "confirmed"]
    assert not (tmp_path / FOLDER / "corrections-k1.csv").exists()


@pytest.mark.parametrize("place", ["outbox", "outbox/shelf", "outbox/shelf/corrections-k1.csv"])
def test_nothing_is_written_through_a_link(tmp_path, place):
    """S12 for writing."""
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    path = root / place
    path.parent.mkdir(parents=True)
    path.symlink_to(outside / "x" if place.endswith("csv") else outside)
    answer = send(root)
    assert find_outcomes(answer) == ["unapplied", "unapplied"]
    assert answer.is_down
    assert list(outside.iterdir()) == []


def test_an_acknowledgement_that_is_a_link_is_not_read(tmp_path):
    send(tmp_path)
    (tmp_path / "secret").write_text("")
    (tmp_path / FOLDER / "corrections-k1.csv.ack").symlink_to(tmp_path / "secret")
    assert find_outcomes(send(tmp_path)) == ["ambiguous", "ambiguous"]


@pytest.mark.parametrize("key", ["../../up", "a/b", "..", "a\nb", "k" * 300])
def test_a_key_never_leads_to_another_folder(tmp_path, key):
    answer = send(tmp_path, key=key)
    assert find_outcomes(answer) == ["waiting", "waiting"]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent for path in written} <= {tmp_path / FOLDER}


def test_a_folder_that_cannot_be_written_is_down(tmp_path):
    (tmp_path / "outbox").write_text("a file where a folder should be")
    answer = send(tmp_path)
    assert find_outcomes(answer) == ["unapplied", "unapplied"]
    assert answer.is_down


@pytest.mark.parametrize(
    ("write", "message"),
    [
        ({"path": "outbox/corrections.csv"}, "name holds {key}"),
        ({"path": "{key}/corrections.csv"}, "name holds {key}"),
        ({"path": "../{key}.csv"}, "leads out"),
        ({"path": "o/{key}-{hour}.csv"}, "has a brace"),
        ({"ack": "o/ack.csv"}, "name holds {key}"),
    ],
)
def test_a_path_that_cannot_be_a_key_is_refused(tmp_path, write, message):
    with pytest.raises(ValidationError, match=message):
        build(tmp_path, **write)
