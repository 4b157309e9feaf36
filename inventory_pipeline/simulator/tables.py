"""Tables: rows of plain values to CSV bytes, the same on every machine."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

Cell = str | int | None


def render_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return UTF-8 CSV with a header and Unix line ends; none becomes an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def render_instant(moment: datetime) -> str:
    """Return ``2026-04-06T10:55:00Z``; the moment is UTC and whole seconds."""
    return f"{moment.replace(tzinfo=None).isoformat()}Z"
