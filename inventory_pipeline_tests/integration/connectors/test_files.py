"""``files`` on real files: one fetch, any number of parses, missing is never zero."""

import os
from pathlib import Path

import polars as pl
import pytest

from inventory_pipeline.connectors.parquet_table import CODED_FROM
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.ports import FetchContext
from inventory_pipeline_tests.support.file_sources import (
    COLUMNS,
    FETCHED_AT,
    HOUR_AT,
    SLUG,
    build_files,
    land,
    write_csv,
    write_ndjson,
)

ROWS = [("00123", "L1", "on_hand", "5", "2026-04-06T10:00:00Z")]


def test_the_page_is_the_file_byte_for_byte(tmp_path):
    source = tmp_path / f"counts-{SLUG}.csv"
    write_csv(source, COLUMNS, ROWS)
    shelf = build_files(tmp_path, counts="counts-{hour}.csv")
    fetched, pages = land(shelf, "counts", tmp_path / "landing")
    assert [page.kind for page in pages] == ["csv"]
    assert Path(pages[0].path).read_bytes() == source.read_bytes()
    assert (pages[0].hour_at, pages[0].fetched_at) == (HOUR_AT, FETCHED_AT)
    assert fetched.is_complete
    assert "unchanged" in fetched.end_marker


@pytest.mark.parametrize(("end", "doubts"), [("\n", 0), ("\r\n", 0), ("", 1)])
def test_a_last_line_that_may_be_cut_off_is_noted(tmp_path, end, doubts):
    (tmp_path / "counts.csv").write_text(f"{','.join(COLUMNS)}\nA,L1,on_hand,1,t{end}", newline="")
    (tmp_path / "counts.csv.done").touch()
    for done, expected in ((False, doubts), (True, 0)):
        shelf = build_files(tmp_path, counts="counts.csv", done=done)
        fetched, _ = land(shelf, "counts", tmp_path / f"landing-{done}")
        assert fetched.notes.count("its last line has no line end") == expected


def test_a_page_nobody_took_over_is_deleted(tmp_path):
    write_csv(tmp_path / "counts.csv", COLUMNS, ROWS)
    staging = tmp_path / "staging"
    staging.mkdir()
    context = FetchContext(HOUR_AT, lambda: FETCHED_AT, staging=str(staging))
    seen = []
    build_files(tmp_path, counts="counts.csv").fetch("counts", context, seen.append)
    assert Path(seen[0].path).parent == staging
    assert list(staging.iterdir()) == []


def test_a_missing_file_is_missing_and_says_where_it_was_looked_for(tmp_path):
    shelf = build_files(tmp_path, counts="exports/counts-{hour}.csv")
    with pytest.raises(SourceUnavailableError) as caught:
        land(shelf, "counts", tmp_path / "landing")
    assert str(caught.value) == (
        f"shelf: counts: there is no file {tmp_path}/exports/counts-{SLUG}.csv"
    )


def test_an_empty_file_is_a_broken_promise(tmp_path):
    (tmp_path / "counts.csv").touch()
    with pytest.raises(SourceContractError, match="is empty"):
        land(build_files(tmp_path, counts="counts.csv"), "counts", tmp_path / "landing")


@pytest.mark.parametrize("feed", ["movements", "levels", "events", "syncs", "changes"])
def test_an_empty_file_of_events_is_an_hour_without_any(tmp_path, feed):
    (tmp_path / "feed.ndjson").touch()
    system = build_files(tmp_path, **{feed: "feed.ndjson"})
    fetched, pages = land(system, feed, tmp_path / "landing")
    assert fetched.is_complete
    parsed = system.parse(feed, pages)
    assert (parsed.rows.height, parsed.rejected.height) == (0, 0)


@pytest.mark.parametrize(("feed", "name"), [("counts", "f.ndjson"), ("movements", "f.csv")])
def test_a_file_that_could_say_nothing_in_words_may_not_be_empty(tmp_path, feed, name):
    (tmp_path / name).touch()
    with pytest.raises(SourceContractError, match="is empty"):
        land(build_files(tmp_path, **{feed: name}), feed, tmp_path / "landing")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "counts.csv").mkdir()
    with pytest.raises(SourceRefusedError, match="a folder"):
        land(build_files(tmp_path, counts="counts.csv"), "counts", tmp_path / "landing")


def test_a_file_above_the_limit_is_refused_before_it_is_copied(tmp_path):
    with (tmp_path / "counts.csv").open("wb") as file:
        os.ftruncate(file.fileno(), (1 << 20) + 1)
    shelf = build_files(tmp_path, counts="counts.csv", max_megabytes=1)
    with pytest.raises(SourceContractError, match="wanted at most 1,048,576; raise max_megabytes"):
        land(shelf, "counts", tmp_path / "landing")


def test_the_hour_asked_for_is_the_hour_read(tmp_path):
    later = HOUR_AT.replace(hour=11)
    write_csv(tmp_path / f"counts-{SLUG}.csv", COLUMNS, ROWS)
    write_csv(tmp_path / "counts-2026-04-06T11.csv", COLUMNS, [("B", *ROWS[0][1:])])
    shelf = build_files(tmp_path, counts="counts-{hour}.csv")
    for hour_at, item in ((HOUR_AT, "00123"), (later, "B")):
        _, pages = land(shelf, "counts", tmp_path / f"landing-{hour_at.hour}", hour_at=hour_at)
        assert shelf.parse("counts", pages).rows["item_id"].to_list() == [item]


def test_columns_the_file_lacks_are_filled_from_the_hour(tmp_path):
    write_csv(tmp_path / "stock.csv", ("sku", "qty"), [("A", "5"), ("B", "6")])
    shelf = build_files(
        tmp_path,
        counts="stock.csv",
        columns={"counts": {"item_id": "sku", "quantity": "qty"}},
        fixed={"counts": {"fact": "on_hand", "location_id": "L1", "as_of": "{hour_start}"}},
    )
    rows = shelf.parse("counts", land(shelf, "counts", tmp_path / "landing")[1]).rows
    assert rows.select("row", "item_id", "location_id", "fact", "quantity", "as_of").rows() == [
        (1, "A", "L1", "on_hand", "5", "2026-04-06T10:00:00Z"),
        (2, "B", "L1", "on_hand", "6", "2026-04-06T10:00:00Z"),
    ]


@pytest.mark.parametrize("feed", list(RAW_FEEDS))
def test_every_feed_of_the_contract_is_read_with_its_columns(tmp_path, feed):
    required, optional = RAW_FEEDS[feed]
    columns = [*optional, *required]
    write_ndjson(tmp_path / "feed.jsonl", columns, [[f"{name}!" for name in columns]])
    system = build_files(tmp_path, **{feed: "feed.jsonl"})
    rows = system.parse(feed, land(system, feed, tmp_path / "landing")[1]).rows
    assert rows.row(0, named=True) == {"row": 1, **{name: f"{name}!" for name in columns}}


def test_an_unknown_feed_names_the_known_ones(tmp_path):
    shelf = build_files(tmp_path, counts="counts.csv", events="events.csv")
    for ask in (shelf.parse, lambda feed, _: land(shelf, feed, tmp_path)):
        with pytest.raises(ConfigError, match="no feed 'conts'; there is counts, events"):
            ask("conts", [])


def test_a_file_must_belong_to_its_owner_where_one_is_named(tmp_path):
    write_csv(tmp_path / "counts.csv", COLUMNS, ROWS)
    for owner, said in (
        ("daemon", "wanted daemon"),
        ("no-such-user", "no user 'no-such-user'"),
    ):
        shelf = build_files(tmp_path, counts="counts.csv", owner=owner)
        with pytest.raises(SourceRefusedError, match=said):
            land(shelf, "counts", tmp_path / "landing")


def test_pages_under_each_other_count_their_rows_on(tmp_path):
    write_csv(tmp_path / "counts.csv", COLUMNS, [*ROWS, *ROWS])
    shelf = build_files(tmp_path, counts="counts.csv")
    _, pages = land(shelf, "counts", tmp_path / "landing")
    assert shelf.parse("counts", [*pages, *pages]).rows["row"].to_list() == [1, 2, 3, 4]
    assert shelf.parse("counts", []).rows.height == 0


@pytest.mark.parametrize("locations", [["L1"], ["L1", None, "L2"]])
def test_names_of_many_rows_are_the_same_texts_on_one_page_and_on_two(tmp_path, locations):
    height = CODED_FROM + 5
    frame = pl.DataFrame(
        {
            "item_id": [f"{n % 1000:05}" for n in range(height)],
            "location_id": [locations[n % len(locations)] for n in range(height)],
            "fact": ["on_hand"] * height,
            "quantity": [str(n) for n in range(height)],
            "as_of": ["2026-04-06T10:00:00Z"] * height,
        }
    )
    frame.write_parquet(tmp_path / "counts.parquet")
    shelf = build_files(tmp_path, counts="counts.parquet")
    _, pages = land(shelf, "counts", tmp_path / "landing")

    one, two = (shelf.parse("counts", pages * times).rows.drop("row") for times in (1, 2))

    assert isinstance(one.schema["item_id"], pl.Categorical)
    assert one.schema["quantity"] == pl.String
    assert one.rows() == frame.rows()
    assert two.rows() == frame.rows() * 2
