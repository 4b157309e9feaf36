"""What each source gave in the hours that were checked: evidence, or the lack of it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import polars as pl

from inventory_pipeline.report.summary import Source

SILENT = "silent"


def compute_sources(
    batches: pl.DataFrame, *, systems: Sequence[str], hours: Collection[datetime]
) -> tuple[Source, ...]:
    """Count, feed by feed, the checked hours in which it was whole and fresh.

    Args:
        batches: rows of ingest.batches, one per (system, feed, hour_at).
        systems: every configured system; one that gave nothing stands there with nothing.
        hours: the hours whose check finished.
    """
    heard = batches.filter(pl.col("hour_at").is_in(list(hours))).sort("system", "feed", "hour_at")
    sources = [
        _compute_source(str(system), str(feed), rows, len(hours))
        for (system, feed), rows in heard.group_by(["system", "feed"], maintain_order=True)
    ]
    return tuple(sorted(_with_the_silent(sources, systems, len(hours)), key=_rank))


def _with_the_silent(
    sources: Sequence[Source], systems: Sequence[str], hours: int
) -> Iterator[Source]:
    yield from sources
    for system in systems:
        if all(source.system != system for source in sources):
            others = ((SILENT, hours),) if hours else ()
            yield Source(system, "counts", hours, 0, others, None, 0, "nothing was recorded")


def _rank(source: Source) -> tuple[str, bool, str]:
    return source.system, source.feed != "counts", source.feed


def _compute_source(system: str, feed: str, rows: pl.DataFrame, hours: int) -> Source:
    tally = dict(rows.group_by("status").agg(pl.len()).sort("status").iter_rows())
    complete = int(tally.pop("complete", 0))
    silent = hours - rows.height
    if silent > 0:
        tally[SILENT] = silent
    whole = rows.filter(pl.col("status") == "complete").tail(1)
    short = rows.filter(pl.col("status") != "complete").tail(1)
    return Source(
        system=system,
        feed=feed,
        hours=hours,
        complete=complete,
        others=tuple((str(status), int(number)) for status, number in tally.items()),
        source_at=rows["source_at"].max(),  # type: ignore[arg-type]
        keys=int(whole["key_count"][0]) if whole.height else 0,
        reason=str(short["reason"][0]) if short.height else "",
    )
