"""What the outbox may rely on, whatever the receiver: the same for every writer."""

from contextlib import contextmanager

import pytest

from inventory_pipeline.errors import SourceError
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline_tests.support.write_databases import serving_postgres, serving_sqlite
from inventory_pipeline_tests.support.write_targets import (
    build_line,
    serving_folder,
    serving_shop,
)

HOSTILE = [
    "../../etc/passwd", "..", "=cmd()", "a\nb", "a\r\nb", 'quote"d', "o'brien; drop table stock",
    "%2F", "a/b", "a b", "ü†☃", "{item_id}", ":before", "a,b", "%s", "00123", "null", "?x=1#y",
]  # fmt: skip
KINDS = ["rest", "graphql", "sqlite", "postgres", "files"]


@contextmanager
def serving(kind, request, tmp_path, numbers):
    if kind in ("rest", "graphql"):
        opened = serving_shop(kind, numbers)
    elif kind == "sqlite":
        opened = serving_sqlite(tmp_path, numbers)
    elif kind == "postgres":
        opened = serving_postgres(tmp_path, request.getfixturevalue("postgres"), numbers)
    else:
        opened = serving_folder(tmp_path, numbers)
    with opened as target:
        yield target


@pytest.fixture(params=KINDS)
def target(request, tmp_path):
    numbers = {"A1": 10, "A2": 10, **dict.fromkeys(HOSTILE, 10)}
    with serving(request.param, request, tmp_path, numbers) as opened:
        opened.kind = request.param
        yield opened


def look(answer):
    """Return receipt → outcome; whatever was said is short and on one line."""
    for line in answer.lines.values():
        assert 0 < len(line.evidence) <= 200
        assert line.evidence.isprintable()
    return {receipt: line.outcome for receipt, line in answer.lines.items()}


def test_it_says_what_it_offers(target):
    writer = target.writer
    assert isinstance(writer, Writer)
    assert writer.delivery_class in "AB"
    assert writer.key_lifetime.total_seconds() >= 3600
    assert writer.operations == {"set", "add"}
    assert writer.max_lines >= 1
    assert writer.rate is None
    assert writer.caches_errors is False


def test_the_bytes_are_the_same_whoever_makes_them(target):
    lines = [build_line("ü/'\"\n%2F")]
    body = target.writer.encode(lines, "key-1")
    assert body == target.build().encode(lines, "key-1")
    if target.kind != "files":  # there the name carries the key
        assert body != target.writer.encode(lines, "key-2")
    assert b"secret" not in body


def test_a_number_is_set(target):
    assert look(target.send(build_line())) == {"r1": "confirmed"}
    assert target.show("A1") == 12


def test_a_number_is_added_to(target):
    line = build_line(operation="add", quantity=-3)
    assert look(target.send(line)) == {"r1": "confirmed"}
    assert target.show("A1") == 7


def test_a_number_that_moved_is_left_alone(target):
    target.put("A1", 8)
    assert look(target.send(build_line())) == {"r1": "stale"}
    assert target.show("A1") == 8


def test_an_item_that_is_gone_is_refused(target):
    assert look(target.send(build_line("gone"))) == {"r1": "refused"}


def test_the_same_key_takes_effect_once(target):
    line = build_line(operation="add", quantity=5, before=None)
    assert look(target.send(line)) == {"r1": "confirmed"}
    assert look(target.send(line)) == {"r1": "confirmed"}
    assert target.show("A1") == 15
    assert look(target.send(line, key="key-2")) == {"r1": "confirmed"}
    assert target.show("A1") == 20


def test_the_stored_bytes_are_what_is_sent(target):
    """F-55: what was stored is sent, even if we would word it otherwise by now."""
    body = target.writer.encode([build_line()], "key-1")
    now = build_line(quantity=99, reason="other")
    target.writer.send([now], "key-1", body)
    target.work()
    assert target.show("A1") == 12


@pytest.mark.parametrize("item", HOSTILE)
def test_an_identifier_arrives_as_it_is(target, item):
    assert look(target.send(build_line(item))) == {"r1": "confirmed"}
    assert target.show(item) == 12
    assert target.show("A1") == 10


def test_many_lines_go_as_one_or_not_at_all(target):
    if target.writer.max_lines == 1:
        pytest.skip("one line a request")
    lines = build_line("A1"), build_line("gone", receipt_id="r2"), build_line("A2", receipt_id="r3")
    outcomes = look(target.send(*lines))
    if target.kind == "files":  # the receiver of a file answers line by line
        assert outcomes == {"r1": "confirmed", "r2": "refused", "r3": "confirmed"}
        return
    assert outcomes == {"r1": "unapplied", "r2": "refused", "r3": "unapplied"}
    assert target.show("A1") == target.show("A2") == 10
    assert look(target.send(lines[0], lines[2], key="key-2")) == {
        "r1": "confirmed",
        "r3": "confirmed",
    }
    assert target.show("A1") == target.show("A2") == 12


def test_a_number_is_read_back(target):
    lines = [build_line("A1"), build_line("gone", receipt_id="r2")]
    if target.kind == "files":
        with pytest.raises(SourceError, match="next counts export"):
            target.writer.read(lines)
    else:
        assert target.writer.read(lines) == {"r1": 10, "r2": None}


BREAKING = {
    "rest": ["after", "before", "error", "reset"],
    "graphql": ["after", "before", "error", "reset"],
    "postgres": ["after", "before"],
}


@pytest.mark.parametrize(
    ("kind", "fault"), [(kind, fault) for kind, faults in BREAKING.items() for fault in faults]
)
def test_nobody_knows_then_the_same_key_and_bytes_settle_it(request, tmp_path, kind, fault):
    """F-50, F-51, F-52: the effect is there once, whether the first try had it or not."""
    with serving(kind, request, tmp_path, {"A1": 10}) as target:
        line = build_line(operation="add", quantity=5)
        target.break_next(fault)
        assert look(target.send(line)) == {"r1": "ambiguous"}
        assert target.show("A1") == (10 if fault == "before" else 15)
        assert look(target.send(line)) == {"r1": "confirmed"}
        assert target.show("A1") == 15
