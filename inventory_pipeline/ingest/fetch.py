"""Fetch: one feed of one hour into the landing, or the reason why there is none."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from inventory_pipeline.errors import SourceError, SourceUnavailableError
from inventory_pipeline.ingest.landed import Landed
from inventory_pipeline.ingest.landing import Landing
from inventory_pipeline.model.hours import HOUR, compute_key, floor_hour
from inventory_pipeline.model.ports import Clock, Connector, FetchContext, Fetched

logger = logging.getLogger(__name__)

# How far a source's clock may run ahead of ours before its times are impossible.
SKEW = timedelta(minutes=15)


@dataclass(frozen=True)
class Absence:
    """Why there is no answer: ``missing`` nobody spoke, ``failed`` what came is unusable."""

    status: str
    reason: str


def is_observable(hour_at: datetime, *, now: datetime, reads_past: bool) -> bool:
    """Return whether asking the source now still tells about ``hour_at``.

    A live system can be asked about the running hour and the one that just closed; a
    source that keeps its answers by hour (file drops) can be asked any time.
    """
    return reads_past or floor_hour(now) - HOUR <= hour_at <= floor_hour(now)


def fetch_feed(
    connector: Connector,
    landing: Landing,
    *,
    system: str,
    feed: str,
    hour_at: datetime,
    clock: Clock,
) -> Landed | Absence:
    """Ask the source once and land what it says; equal bytes are not landed again."""
    if not is_observable(hour_at, now=clock.now(), reads_past=connector.reads_past):
        return Absence("missing", f"{compute_key(hour_at)} was not observed and cannot be now")
    before = landing.find(system, feed, hour_at)
    asked_at = clock.now()
    with landing.open_writer(system, feed, hour_at) as writer:
        context = FetchContext(
            hour_at=hour_at,
            now=clock.now,
            known_watermark=_find_watermark(connector, landing, system, feed, hour_at),
            staging=str(writer.staging),
        )
        try:
            fetched = connector.fetch(feed, context, writer.add)
        except SourceUnavailableError as error:
            return before or Absence("missing", str(error))
        except SourceError as error:
            logger.warning("fetch failed system=%s feed=%s: %s", system, feed, error)
            return before or Absence("failed", str(error))
        if before and before.manifest.digest == writer.digest:
            return _tidy_up(before, fetched)
        now = clock.now()
        reference_at = hour_at if connector.reads_past else min(max(now, hour_at), hour_at + HOUR)
        landed = writer.commit(
            fetched, asked_at=asked_at, fetched_at=now, reference_at=reference_at
        )
    return _tidy_up(landed, fetched)


def _find_watermark(
    connector: Connector, landing: Landing, system: str, feed: str, hour_at: datetime
) -> datetime | None:
    """Return from when on the source must be asked so that hours without an answer leave no hole.

    That is when the last whole answer of an earlier hour was asked for, which may lie within
    this hour or days before it; never after the hour began.
    """
    if connector.reads_past:
        return None
    before = landing.find_whole_before(system, feed, hour_at)
    return min(before.asked_at, hour_at) if before else None


def _tidy_up(landed: Landed, fetched: Fetched) -> Landed:
    """Let the source move away what is landed; what it could not is a note of this hour."""
    if fetched.when_landed is None:
        return landed
    notes = fetched.when_landed()
    for note in notes:
        logger.warning("left at the source system=%s: %s", landed.manifest.system, note)
    manifest = replace(landed.manifest, notes=(*landed.manifest.notes, *notes))
    return Landed(landed.folder, manifest)
