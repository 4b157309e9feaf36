"""Readings leave by fact and key number, each with its own units, however they came in."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_pipeline.ingest import keys
from inventory_pipeline.ingest.keys import KeyBook
from inventory_pipeline.ingest.numbered import number_readings
from inventory_pipeline.ingest.plain import Plain
from inventory_pipeline.ingest.words import encode
from inventory_pipeline.model.frames import INSTANT, OBSERVATION

NOON = datetime(2026, 4, 6, 12, tzinfo=UTC)
TEXTS = ("sku", "location_id", "fact")
READINGS = st.dictionaries(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from("xyz"), st.sampled_from(["f", "g"])),
    st.tuples(st.integers(-(2**40), 2**40), st.integers(0, 3), st.booleans()),
    max_size=30,
)


def tabulate(rows: list[tuple[tuple[str, str, str], tuple[int, int, bool]]]) -> pl.DataFrame:
    cells = [(*names, units, NOON - timedelta(hours=age)) for names, (units, age, _) in rows]
    return pl.DataFrame(cells, schema=OBSERVATION, orient="row")


def code(frame: pl.DataFrame) -> Plain:
    return Plain(
        **encode(frame, TEXTS),
        units=frame["units"].to_numpy(),
        observed_at=frame["observed_at"].to_physical().to_numpy(),
    )


@pytest.mark.slow
@pytest.mark.parametrize("is_wide", [False, True])
@settings(max_examples=60, deadline=None)
@given(hours=st.lists(READINGS, min_size=1, max_size=3))
def test_every_reading_keeps_its_units_and_its_instant(is_wide: bool, hours: list[dict]) -> None:
    book = KeyBook()
    with pytest.MonkeyPatch.context() as patch:
        if is_wide:
            patch.setattr(keys, "_CELLS_PER_KEY", 0)
            patch.setattr(keys, "_MIN_CELLS", -1)
        for readings in hours:
            rows = list(readings.items())
            plain, others = ([row for row in rows if row[1][2] is odd] for odd in (False, True))

            numbered = number_readings(book, code(tabulate(plain)), tabulate(others))

            skus = book.skus.known.gather(book.sku_of[numbered.key_id])
            places = book.places.known.gather(book.place_of[numbered.key_id])
            facts = book.facts.known.gather(numbered.fact_id)
            moments = pl.Series(numbered.observed_at).cast(pl.Int64).cast(INSTANT)
            seen = dict(
                zip(zip(skus, places, facts, strict=True),
                    zip(numbered.units.tolist(), moments, strict=True), strict=True)
            )  # fmt: skip
            wanted = {n: (units, NOON - timedelta(hours=age)) for n, (units, age, _) in rows}
            assert seen == wanted
            order = list(zip(numbered.fact_id.tolist(), numbered.key_id.tolist(), strict=True))
            assert order == sorted(set(order))
