"""Plain rows and the rows of a second look together say what cell by cell alone would say."""

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_pipeline.connectors.parquet_table import CODED
from inventory_pipeline.ingest.counts import KEY, SourceWords, compute_readings
from inventory_pipeline.ingest.identity import load_catalog
from inventory_pipeline.ingest.plain import Plain, split_plain
from inventory_pipeline.ingest.words import Coded, encode_series, find_repeats, pair
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import INSTANT, OBSERVATION

NOON = datetime(2026, 4, 6, 12, tzinfo=UTC)
WORDS = SourceWords(
    system="erp", zone=None, decimal=".", thousands="", units={"on_hand": "CS"},
    latest=NOON + timedelta(hours=1),
)  # fmt: skip

# Good cells of each column, and cells that ask for a second look.
ITEMS = (["A", "B", "C"], ["SET", "", None, "x\n", "é" * 300])
PLACES = (["L1", "L2", "theirs"], ["", None, "L\x00"])
FACTS = (["on_hand", "committed"], ["", None])
UNITS = (["", "EA", " cs ", "CS"], [None, "PAL", "?"])
BINS = (["", None], ["1", "2"])
TEXTS = (["0", "3", "12", "-4", "007", "1.0"], ["-0", "1.5", "", None, "available", "1000000000"])
WHOLES = ([0, 3, 12, -4], [None, 10**9, -(2**63), 2**63 - 1])
MOMENTS = (
    ["2026-04-06T11:00:00Z", "2026-04-06T13:00:00+02:00", "2026-03-01T00:00:00Z"],
    ["1999-01-01T00:00Z", "2026-04-06T11:00:00", "2026-04-06", "", None, "2027-01-01T00:00:00Z"],
)
INSTANTS = (
    [NOON, NOON - timedelta(days=1), NOON - timedelta(days=40)],
    [NOON + timedelta(days=300), datetime(1999, 1, 1, tzinfo=UTC), None],
)


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> list[Catalog]:
    """Return a catalogue without words of its own, one with, and one whose words change."""
    folder = tmp_path_factory.mktemp("catalog")
    write(folder, "items.csv", "sku,is_bundle", "A,", "SET,yes")
    write(folder, "locations.csv", "location_id,system,their_location_id", "L1,erp,theirs")
    steady = ["A1,erp,A,CS,12", "A1,erp,A,EA,1", "B,erp,B,CS,1/2", "A2,erp,C,PAL,", "X,wms,C,CS,5"]
    write(folder, "steady.csv", "sku,system,item_id,unit,eaches_per_unit", *steady)
    moving = ["A1,erp,A,CS,12,,2026-04-01", "A2,erp,A,CS,10,2026-04-01,", "B,erp,B,CS,6,,"]
    write(
        folder, "moving.csv", "sku,system,item_id,unit,eaches_per_unit,valid_from,valid_to", *moving
    )
    none = load_catalog(folder, items=None, locations=None, identities=None)
    named = [
        load_catalog(folder, items="items.csv", locations="locations.csv", identities=name)
        for name in ("steady.csv", "moving.csv")
    ]
    return [none, *named]


def write(folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


@st.composite
def snapshots(draw: st.DrawFn) -> pl.DataFrame:
    """Rows of a counts feed, typed or as text, with or without the optional columns."""
    height = draw(st.integers(0, 12))
    quantity, kind = draw(st.sampled_from([(TEXTS, pl.String), (WHOLES, pl.Int64)]))
    moments, instant = draw(st.sampled_from([(MOMENTS, pl.String), (INSTANTS, INSTANT)]))
    columns = {
        "item_id": (ITEMS, pl.String), "location_id": (PLACES, pl.String),
        "fact": (FACTS, pl.String), "quantity": (quantity, kind), "as_of": (moments, instant),
    }  # fmt: skip
    columns |= {"unit": (UNITS, pl.String)} if draw(st.booleans()) else {}
    columns |= {"bin": (BINS, pl.String)} if draw(st.booleans()) else {}
    rows = {}
    for name, ((good, odd), dtype) in columns.items():
        # Mostly good: a snapshot in which every row is odd has no plain row to get wrong.
        cells = st.sampled_from(good * 4 + odd if draw(st.booleans()) else good)
        drawn = draw(st.lists(cells, min_size=height, max_size=height))
        rows[name] = pl.Series(drawn, dtype=dtype)
    return pl.DataFrame({"row": pl.Series(range(1, height + 1), dtype=pl.Int64), **rows})


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(raw=snapshots(), number=st.integers(0, 2), is_coded=st.booleans())
def test_both_ways_together_say_what_cell_by_cell_says(
    catalogs: list[Catalog], raw: pl.DataFrame, number: int, is_coded: bool
) -> None:
    catalog = catalogs[number]
    wanted = compute_readings(raw, catalog, WORDS)

    plain, others = split_plain(code_names(raw) if is_coded else raw, catalog, WORDS)
    readings = compute_readings(others, catalog, WORDS)

    seen = pl.concat([list_readings(plain), readings.observations]).sort(KEY)
    assert seen.to_dicts() == wanted.observations.sort(KEY).to_dicts()
    for name in ("availabilities", "bins", "quarantine", "unknowns"):
        assert getattr(readings, name).to_dicts() == getattr(wanted, name).to_dicts(), name
    assert (readings.conflicts, readings.repeats) == (wanted.conflicts, wanted.repeats)


def code_names(raw: pl.DataFrame) -> pl.DataFrame:
    """Return the rows as a connector gives them that numbers the names of many rows."""
    names = [name for name in CODED if name in raw.columns]
    return raw.with_columns(
        pl.col(name).cast(pl.Categorical(pl.Categories.random())) for name in names
    )


def list_readings(plain: Plain) -> pl.DataFrame:
    names = {
        name: getattr(plain, name).texts.gather(getattr(plain, name).codes)
        for name in ("sku", "location_id", "fact")
    }
    moments = pl.Series(plain.observed_at, dtype=pl.Int64).cast(INSTANT)
    return pl.DataFrame({**names, "units": plain.units, "observed_at": moments}, schema=OBSERVATION)


def test_a_good_snapshot_needs_no_second_look(catalogs: list[Catalog]) -> None:
    raw = pl.DataFrame(
        {"row": [1, 2], "item_id": ["A", "B"], "location_id": ["L1", "L1"],
         "fact": ["on_hand"] * 2, "quantity": ["4", "6"], "as_of": ["2026-04-06T11:00:00Z"] * 2}
    )  # fmt: skip

    plain, others = split_plain(raw, catalogs[1], WORDS)

    assert others.is_empty()
    assert list_readings(plain)["units"].to_list() == [48, 3]


def test_one_bad_row_takes_its_own_key_alone_to_the_second_look(catalogs: list[Catalog]) -> None:
    raw = pl.DataFrame(
        {"row": [1, 2, 3], "item_id": ["A", "B", "A"], "location_id": ["L1"] * 3,
         "fact": ["on_hand"] * 3, "quantity": ["4", "6", "?"],
         "as_of": ["2026-04-06T11:00:00Z"] * 3}
    )  # fmt: skip

    plain, others = split_plain(raw, catalogs[1], WORDS)

    assert others["row"].to_list() == [1, 3]
    assert list_readings(plain)["sku"].to_list() == ["B"]


@pytest.mark.parametrize("limit", [0, 1 << 26])
def test_pairs_and_repeats_are_found_with_and_without_a_table(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory_pipeline.ingest.words._TABLE_LIMIT", limit)
    rows = [*product("abc", "xy"), ("a", "x")]
    first, second = (encode_series(pl.Series([row[n] for row in rows])) for n in (0, 1))

    codes, left, right = pair(first, second)

    texts = [(first.texts[int(left[c])], second.texts[int(right[c])]) for c in codes]
    assert texts == rows
    assert find_repeats(first, second).tolist() == [True, *[False] * 5, True]


def test_a_column_of_one_text_is_coded_like_any_other() -> None:
    coded = encode_series(pl.Series(["a", "a"]))

    assert coded.texts.gather(coded.codes).to_list() == ["a", "a"]
    assert encode_series(pl.Series([], dtype=pl.String)).codes.size == 0
    assert Coded(np.array([0, 0]), pl.Series(["a"])).spread(np.array([7])).tolist() == [7, 7]
