"""Snapshot: ShipHero is asked to write all levels into one file, which is fetched when it is done.

The file is that of the snapshot we asked for, and taken only if it says ``success``.

Sources: developer.shiphero.com/inventory-snapshot, /schema/types/inventory-snapshot,
/schema/mutations/inventory-abort-snapshot; community.shiphero.com/t/3637 (the link is null
until the snapshot is done).
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.graphql_desk import GraphqlDesk
from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_take import take, take_text
from inventory_pipeline.connectors.looks import Looks
from inventory_pipeline.connectors.shiphero.documents import (
    SNAPSHOT_START,
    SNAPSHOT_STATE,
    SNAPSHOT_STOP,
)
from inventory_pipeline.errors import SourceContractError, SourceError, SourceUnavailableError

logger = logging.getLogger(__name__)

_FIRST_LOOK = 2.0
_SECONDS_TO_STOP = 10.0
_DONE = "success"
# Every other word is a way of not being done yet.
_FAILED = ("error", "failed", "aborted", "abort", "canceled", "cancelled", "expired")


@dataclass(frozen=True)
class Ready:
    """A snapshot that is done.

    Attributes:
        begun_at: when it was asked for, as ShipHero wrote it; no number is older.
        url: where its file lies. It may be signed, so it is never shown.
    """

    id: str
    begun_at: str
    url: str


class Snapshots:
    """Asks for snapshots through one door."""

    def __init__(
        self, desk: GraphqlDesk, door: HttpDoor, until: Deadline, *, sleep: Callable[[float], None]
    ) -> None:
        self._desk, self._door, self._until, self._sleep = desk, door, until, sleep

    def take(self, asked: dict[str, Any]) -> Ready:
        """Ask for one snapshot and wait for its end.

        Args:
            asked: warehouse_id and customer_account_id, where only a part is wanted.

        Raises:
            SourceUnavailableError: it did not end in time; it was told to stop.
            SourceContractError: it failed or was aborted; parts are not taken.
        """
        # Asked again after silence it may run twice: what nobody waits for harms nobody.
        begun = self._desk.ask(self._door, self._until, SNAPSHOT_START, {"data": asked})
        shown = take(begun, "inventory_generate_snapshot", "snapshot")
        name = str(take(shown, "snapshot_id"))
        try:
            return self._wait_for(name)
        except SourceUnavailableError:
            self._stop(name)
            raise

    def _wait_for(self, name: str) -> Ready:
        looks = Looks(self._until, self._sleep, _FIRST_LOOK)
        while True:
            looks.wait(f"the snapshot {name} is not done")
            found = self._desk.ask(self._door, self._until, SNAPSHOT_STATE, {"id": name})
            shown = take(found, "inventory_snapshot", "snapshot")
            if shown is None or take(shown, "snapshot_id") != name:
                raise SourceContractError(f"ShipHero shows no snapshot {name}, which it began")
            if self._is_done(name, shown):
                return self._close(name, shown)

    def _is_done(self, name: str, shown: Any) -> bool:
        # It is written as InventorySnapshotStatus.enqueued, too.
        status = str(take(shown, "status")).rpartition(".")[2].lower()
        error = take_text(shown, "error")
        if error or status in _FAILED:
            said = self._door.scribe.redact(f"{status} {error or ''}".strip())
            raise SourceContractError(
                f"the snapshot {name} ended as {said}; what it leaves behind is a part of the "
                "levels and is not taken"
            )
        return status == _DONE

    def _close(self, name: str, shown: Any) -> Ready:
        url = take_text(shown, "snapshot_url")
        if not url:
            raise SourceContractError(f"the snapshot {name} is done and names no file")
        return Ready(name, str(take(shown, "created_at")), self._door.scribe.guard(url))

    def _stop(self, name: str) -> None:
        """Tell ShipHero to stop, so that the next hour does not wait for this one."""
        logger.warning("gave up waiting snapshot=%s", name)
        until = self._door.start_deadline(_SECONDS_TO_STOP, "not stopped in time")
        data = {"snapshot_id": name, "reason": "inventory-pipeline waits no longer"}
        with suppress(SourceError):
            self._desk.ask(self._door, until, SNAPSHOT_STOP, {"data": data})
