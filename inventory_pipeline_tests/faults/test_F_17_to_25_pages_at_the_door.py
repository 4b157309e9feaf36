"""F-17 to F-25 at the door: pages that do not hold together never call themselves whole."""

import json
from dataclasses import replace

import pytest

from inventory_pipeline.errors import SourceContractError, SourceUnavailableError
from inventory_pipeline.model.ports import Fetched
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.http_sources import (
    GRAPHQL,
    PAGE,
    REST,
    Served,
    build_counts,
    build_graphql,
    build_rest,
    find_columns,
    serving,
)
from inventory_pipeline_tests.support.stand_in import Asked, Reply, answer_json

ROWS = build_counts(300)
KINDS = pytest.mark.parametrize("kind", ["rest", "graphql"])


def read(served: Served, folder) -> tuple[Fetched, list[str]]:
    fetched, pages = land(served.connector, "counts", folder)
    return fetched, served.connector.parse("counts", pages).rows["quantity"].to_list()


def rebuild(served: Served, **options) -> None:
    """Give the rest connector other options for its feed."""
    feed = {**REST, "columns": find_columns(ROWS), **options}
    served.connector = build_rest(served.server.url, feeds={"counts": feed})


def change(edit):
    """Return a spoil that edits the JSON of an answer, knowing where its page starts."""

    def spoil(asked: Asked, reply: Reply) -> Reply:
        answer = json.loads(reply.body)
        start = int(asked.first("skip", "0")) if asked.method == "GET" else 0
        if asked.method == "POST":
            start = int(asked.json["variables"]["after"] or 0)
        edit(answer, start)
        return replace(reply, body=json.dumps(answer).encode())

    return spoil


def test_F_17_a_middle_page_that_comes_empty_ends_it_as_not_whole(tmp_path) -> None:
    lose = change(lambda answer, at: answer.update(entries=[] if at == PAGE else answer["entries"]))
    with serving("rest", ROWS, spoil=lose) as it:
        fetched, quantities = read(it, tmp_path)
    assert not fetched.is_complete
    assert "100 of 300 declared rows" in fetched.end_marker
    assert quantities == [str(n) for n in range(100)]


def test_F_17_a_middle_page_that_a_cursor_leaps_over_ends_it_as_not_whole(tmp_path) -> None:
    def leap(answer, _at) -> None:
        info = answer["data"]["levels"]["pageInfo"]
        answer["data"]["levels"]["totalCount"] = 300
        info["endCursor"] = "200" if info["endCursor"] == "100" else info["endCursor"]

    with serving("graphql", ROWS, spoil=change(leap)) as it:
        total = {"total": "data.levels.totalCount"}
        feed = {**GRAPHQL, "columns": find_columns(ROWS), **total}
        it.connector = build_graphql(it.server.url, feeds={"counts": feed})
        fetched, quantities = read(it, tmp_path)
    assert (fetched.is_complete, len(quantities)) == (False, 200)
    assert "200 of 300 declared rows" in fetched.end_marker


def test_F_18_a_lost_last_page_is_not_whole_where_a_total_is_declared(tmp_path) -> None:
    lose = change(lambda answer, at: answer.update(entries=[] if at == 200 else answer["entries"]))
    with serving("rest", ROWS, spoil=lose) as it:
        fetched, quantities = read(it, tmp_path)
    assert (fetched.is_complete, len(quantities)) == (False, 200)


def test_F_18_a_promise_of_more_without_a_cursor_is_not_whole(tmp_path) -> None:
    def forget(answer, at) -> None:
        if at == 200:
            answer["data"]["levels"]["pageInfo"] = {"hasNextPage": True, "endCursor": None}

    with serving("graphql", ROWS, spoil=change(forget)) as it:
        fetched, _ = read(it, tmp_path)
    assert (fetched.is_complete, fetched.is_suspect) == (False, True)
    assert "promises more" in fetched.end_marker


def test_F_18_a_short_page_in_the_middle_is_not_taken_for_the_last(tmp_path) -> None:
    def cap(_: Asked, reply: Reply) -> Reply:
        answer = json.loads(reply.body)
        return answer_json({"entries": answer["entries"][:60]})

    with serving("rest", ROWS, spoil=cap) as it:
        rebuild(it, total=None)
        fetched, quantities = read(it, tmp_path)
    assert fetched.is_complete
    assert quantities == [str(n) for n in range(300)]


@KINDS
def test_F_19_a_page_that_comes_again_and_again_is_noticed(tmp_path, kind) -> None:
    first: list[bytes] = []

    def repeat(_: Asked, reply: Reply) -> Reply:
        first.append(reply.body)
        answer = json.loads(first[0])
        # Something beside the rows changes, as request ids do.
        answer["request"] = len(first)
        if kind == "graphql":
            answer["data"]["levels"]["pageInfo"]["endCursor"] = str(100 * len(first))
        return answer_json(answer)

    with serving(kind, ROWS, spoil=repeat) as it:
        fetched, quantities = read(it, tmp_path)
        assert len(it.server.asked) == 2
    assert (fetched.is_complete, fetched.is_suspect) == (False, True)
    assert "page 2 repeats page 1" in fetched.end_marker
    assert quantities == [str(n) for n in range(100)]


def test_F_19_a_cursor_that_runs_in_a_circle_is_noticed(tmp_path) -> None:
    def circle(answer, at) -> None:
        answer["data"]["levels"]["pageInfo"] = {
            "hasNextPage": True,
            "endCursor": {0: "100", 100: "200", 200: "100"}[at],
        }

    with serving("graphql", ROWS, spoil=change(circle)) as it:
        fetched, _ = read(it, tmp_path)
        assert len(it.server.asked) == 3
    assert (fetched.is_complete, fetched.is_suspect) == (False, True)
    assert "circle" in fetched.notes[-1]


def test_F_19_pages_without_end_are_left_with_the_time_of_the_feed(tmp_path) -> None:
    def more(answer, at) -> None:
        answer["entries"] = [dict(answer["entries"][0], x_item_id=f"N{len(seen)}")]
        seen.append(at)

    seen: list[int] = []
    with serving("rest", ROWS[:1] * 10_000, spoil=change(more)) as it:
        feed = {**REST, "total": None, "columns": find_columns(ROWS)}
        it.connector = build_rest(it.server.url, feeds={"counts": feed}, timeouts={"feed": "1s"})
        with pytest.raises(SourceUnavailableError, match="not all pages came within 1 s"):
            land(it.connector, "counts", tmp_path)
    assert len(seen) > 1


@KINDS
def test_F_20_rows_that_shift_between_pages_are_handed_on_twice_for_the_gate_to_see(
    tmp_path, kind
) -> None:
    shuffled = [*ROWS[:251], *ROWS[:49]]
    with serving(kind, shuffled) as it:
        fetched, quantities = read(it, tmp_path)
    assert len(quantities) == 300
    assert len(set(quantities)) == 251
    assert fetched.declared_keys in (300, None)


def mutate_while_reading(rows: list[dict[str, object]], times: int):
    """Return a spoil that puts a new first row in after the first page, so many times."""
    left = [times]

    def spoil(asked: Asked, reply: Reply) -> Reply:
        if int(asked.first("skip", "0")) == PAGE and left[0]:
            left[0] -= 1
            rows.insert(0, build_counts(1, 1_000 + left[0])[0])
        return reply

    return spoil


@pytest.mark.parametrize("has_total", [True, False])
def test_F_21_rows_inserted_between_pages_are_read_once_more(tmp_path, has_total) -> None:
    rows = build_counts(300)
    with serving("rest", rows, spoil=mutate_while_reading(rows, 1)) as it:
        rebuild(it, total="count" if has_total else None, reread_first_page=not has_total)
        fetched, quantities = read(it, tmp_path)
    assert (fetched.is_complete, fetched.is_suspect) == (True, False)
    assert sorted(quantities) == sorted(str(row["quantity"]) for row in rows)


@pytest.mark.parametrize("has_total", [True, False])
def test_F_21_rows_that_keep_moving_are_suspect(tmp_path, has_total) -> None:
    rows = build_counts(300)
    with serving("rest", rows, spoil=mutate_while_reading(rows, 9)) as it:
        rebuild(it, total="count" if has_total else None, reread_first_page=not has_total)
        fetched, _ = read(it, tmp_path)
        firsts = [asked for asked in it.server.asked if asked.first("skip") == "0"]
    assert fetched.is_suspect
    assert "changed while they were read" in fetched.notes[0]
    assert len(firsts) <= 4


@KINDS
def test_F_22_an_empty_success_is_suspect(tmp_path, kind) -> None:
    with serving(kind, []) as it:
        fetched, quantities = read(it, tmp_path)
    assert fetched.is_suspect
    assert "never read as all gone" in fetched.notes[0]
    assert quantities == []


@pytest.mark.parametrize(("declared", "is_suspect"), [(299, True), (301, False), (600, False)])
def test_F_24_a_wrong_total_is_never_whole(tmp_path, declared, is_suspect) -> None:
    with serving("rest", ROWS, spoil=change(lambda a, _: a.update(count=declared))) as it:
        fetched, quantities = read(it, tmp_path)
    assert len(quantities) >= 299
    assert not fetched.is_complete
    assert fetched.is_suspect == is_suspect


@pytest.mark.parametrize("count", [None, "many", -1, 1.5, [], True])
def test_F_24_a_total_that_is_no_number_is_a_broken_promise(tmp_path, count) -> None:
    spoil = change(lambda answer, _: answer.update(count=count))
    said = "'count' holds no whole number"
    with (
        serving("rest", ROWS, spoil=spoil) as it,
        pytest.raises(SourceContractError, match=said),
    ):
        read(it, tmp_path)


@pytest.mark.parametrize(
    "state",
    [
        {"status": "FAILED", "errorCode": "TIMEOUT", "partialDataUrl": "https://a.example/part"},
        {"status": "COMPLETED", "errorCode": "INTERNAL_SERVER_ERROR", "partialDataUrl": None},
        {"status": "RUNNING", "errorCode": None, "partialDataUrl": None},
    ],
)
def test_F_25_a_bulk_answer_that_is_only_a_part_is_refused(tmp_path, state) -> None:
    fails_when = [
        {"path": "bulk.status", "not_in": ["COMPLETED"]},
        {"path": "bulk.errorCode"},
        {"path": "bulk.partialDataUrl"},
    ]
    good = {"status": "COMPLETED", "errorCode": None, "partialDataUrl": None}
    for bulk in (good, state):
        with serving("rest", ROWS, spoil=change(lambda a, _, b=bulk: a.update(bulk=b))) as it:
            rebuild(it, fails_when=fails_when)
            if bulk is good:
                assert read(it, tmp_path)[0].is_complete
            else:
                with pytest.raises(SourceContractError, match=r"bulk\."):
                    read(it, tmp_path)
