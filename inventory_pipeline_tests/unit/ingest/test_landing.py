"""Landing: bytes in, the same bytes out, and nothing half-written in between."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inventory_pipeline.errors import StoreDamagedError
from inventory_pipeline.ingest.landed import Landed
from inventory_pipeline.ingest.landing import Landing
from inventory_pipeline.model.ports import Fetched, Page

HOUR = datetime(2026, 4, 6, 10, tzinfo=UTC)
DONE = Fetched(is_complete=True, end_marker="last page short")


def land(
    landing: Landing, *pages: Page, hour_at: datetime = HOUR, fetched: Fetched = DONE
) -> Landed:
    with landing.open_writer("erp", "counts", hour_at) as writer:
        for page in pages:
            writer.add(page)
        at = hour_at + timedelta(minutes=65)
        return writer.commit(
            fetched, asked_at=at, fetched_at=at + timedelta(minutes=9), reference_at=hour_at
        )


def test_pages_come_back_byte_for_byte_and_in_order(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    bodies = [b'{"a": 1}', b"", "é\n".encode(), bytes(range(256))]

    land(landing, *[Page(body, "json") for body in bodies])

    found = landing.find("erp", "counts", HOUR)
    assert found is not None
    pages = list(found.read_pages())
    assert [page.body for page in pages] == bodies
    assert {page.hour_at for page in pages} == {HOUR}


def test_a_page_by_path_comes_back_by_path(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "landing")
    source = tmp_path / "big.csv"
    source.write_bytes(b"a,b\n1,2\n")

    land(landing, Page(b"", "csv", path=str(source)))

    found = landing.find("erp", "counts", HOUR)
    assert found is not None
    [page] = found.read_pages()
    assert page.path is not None
    assert Path(page.path).read_bytes() == b"a,b\n1,2\n"


def test_nothing_exists_until_it_is_committed(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    with landing.open_writer("erp", "counts", HOUR) as writer:
        writer.add(Page(b"half", "csv"))

    assert landing.find("erp", "counts", HOUR) is None
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_second_answer_stands_beside_the_first(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    land(landing, Page(b"first", "csv"))
    land(landing, Page(b"second", "csv"))

    found = landing.find("erp", "counts", HOUR)
    assert found is not None
    assert [page.body for page in found.read_pages()] == [b"second"]
    assert len(list(tmp_path.rglob("*.manifest.json"))) == 2


@pytest.mark.parametrize("harm", ["change", "cut", "remove"])
def test_changed_bytes_are_never_read(tmp_path: Path, harm: str) -> None:
    landed = land(Landing(tmp_path), Page(b"0123456789", "csv"))
    path = landed.folder / landed.manifest.pages[0].file
    path.chmod(0o644)
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(b"0123456780" if harm == "change" else b"01234")

    with pytest.raises(StoreDamagedError, match="landed erp/counts of 2026-04-06T10"):
        list(landed.read_pages())


def test_a_manifest_that_is_no_manifest_says_so(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landed = land(landing, Page(b"x", "csv"))
    path = next(landed.folder.glob("*.manifest.json"))
    path.chmod(0o644)
    path.write_text(json.dumps({"pages": []}))

    with pytest.raises(StoreDamagedError, match="is no manifest"):
        landing.find("erp", "counts", HOUR)


def test_every_landed_hour_is_found(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    land(landing, Page(b"x", "csv"))

    assert landing.find_hours() == [HOUR]


def test_what_was_whole_before_skips_doubted_and_later_answers(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    doubts = (replace(DONE, is_complete=False), replace(DONE, is_suspect=True))
    for number, fetched in enumerate([DONE, *doubts, DONE]):
        land(landing, hour_at=HOUR + number * timedelta(hours=1), fetched=fetched)

    def find(hours: int) -> str | None:
        before = landing.find_whole_before("erp", "counts", HOUR + timedelta(hours=hours))
        return before and before.manifest.hour

    month = 31 * 24 + 3
    assert [find(hours) for hours in (0, 1, 2, 3, 4, month, month + 1)] == [
        None, "2026-04-06T10", "2026-04-06T10", "2026-04-06T10", "2026-04-06T13", "2026-04-06T13",
        None,
    ]  # fmt: skip


def test_a_manifest_that_does_not_say_when_it_was_asked_says_when_it_came(tmp_path: Path) -> None:
    landed = land(Landing(tmp_path))
    assert landed.asked_at == HOUR + timedelta(minutes=65)
    older = Landed(landed.folder, replace(landed.manifest, asked_at=None))
    assert older.asked_at == landed.fetched_at == HOUR + timedelta(minutes=74)
