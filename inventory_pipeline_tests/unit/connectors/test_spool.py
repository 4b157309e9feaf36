"""Pages wait in order, in memory or on disk, and leave nothing behind."""

from datetime import UTC, datetime

import pytest

from inventory_pipeline.connectors.spool import IN_MEMORY, Spool

AT = datetime(2026, 4, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize("sizes", [[], [0], [1, 2, 3], [IN_MEMORY, 1, 5], [1, IN_MEMORY, 7, 0, 2]])
def test_pages_come_back_as_they_went_in_and_nothing_stays(tmp_path, sizes):
    pages = [bytes([65 + number]) * size for number, size in enumerate(sizes)]
    spool = Spool(str(tmp_path))
    for page in pages:
        spool.add(page, AT)
    assert [body for body, _ in spool.read()] == pages
    assert [at for _, at in spool.read()] == [AT] * len(pages)
    spool.close()
    assert list(tmp_path.iterdir()) == []
