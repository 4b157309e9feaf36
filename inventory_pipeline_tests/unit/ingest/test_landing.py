"""Landing: bytes in, the same bytes out, and nothing half-written in between."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inventory_pipeline.errors import StoreDamagedError
from inventory_pipeline.ingest.landed import Landed
from inventory_pipeline.ingest.landing import Landing
from inventory_pipeline.model.ports import Fetched, Page

HOUR = datetime(2026, 4, 6, 10, tzinfo=UTC)
DONE = Fetched(is_complete=True, end_marker="last page short")


def land(landing: Landing, *pages: Page) -> Landed:
    with landing.open_writer("erp", "counts", HOUR) as writer:
        for page in pages:
            writer.add(page)
        return writer.commit(DONE, fetched_at=HOUR, reference_at=HOUR)


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
