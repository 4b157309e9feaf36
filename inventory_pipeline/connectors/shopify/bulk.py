"""Bulk: the shop is asked to write all levels into one file, which is fetched when it is done.

The file is that of the operation we began, and of no other. It is taken only if the operation
came to its end without an error: what a failed one leaves behind is a part of the levels.

Source: https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_wire import Deadline
from inventory_pipeline.connectors.json_take import take, take_count, take_list
from inventory_pipeline.connectors.looks import Looks
from inventory_pipeline.connectors.shopify.desk import ShopifyDesk
from inventory_pipeline.connectors.shopify.documents import (
    BULK_CANCEL,
    BULK_ITEMS,
    BULK_START,
    BULK_STATE,
)
from inventory_pipeline.errors import (
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)

logger = logging.getLogger(__name__)

_SECONDS_TO_CANCEL = 10.0
# While others of this app run, as many as the shop allows at once.
_BUSY = {"OPERATION_IN_PROGRESS", "LIMIT_REACHED"}
_RUNNING = ("CREATED", "RUNNING", "CANCELING")
_DONE, _DENIED = "COMPLETED", "ACCESS_DENIED"


@dataclass(frozen=True)
class Operation:
    """One operation that came to its end.

    Attributes:
        begun_at: when it was created, as the shop wrote it; no number is older.
        objects, roots: lines its file must have, and those of them that are items.
        url: where the file lies; none: the shop wrote none. Signed, so it is never shown.
    """

    gid: str
    begun_at: str
    objects: int
    roots: int
    url: str | None


class Bulk:
    """Runs one operation through one door."""

    def __init__(
        self, desk: ShopifyDesk, door: HttpDoor, until: Deadline, *, sleep: Callable[[float], None]
    ) -> None:
        self._desk, self._door, self._until, self._sleep = desk, door, until, sleep

    def run(self) -> Operation:
        """Begin an operation of our own and wait for its end.

        Raises:
            SourceUnavailableError: it did not end in time; it was told to stop.
            SourceRefusedError: the token may not read what was asked for.
            SourceContractError: it failed, was canceled or expired; parts are not taken.
        """
        gid = self._begin()
        try:
            return self._wait_for(gid)
        except SourceUnavailableError:
            self._cancel(gid)
            raise

    def _begin(self) -> str:
        looks = self._start_looks()
        while True:
            # Asked again after silence it may run twice: what nobody waits for harms nobody.
            data = self._ask(BULK_START, {"query": BULK_ITEMS})
            begun = take(data, "bulkOperationRunQuery")
            errors = take_list(begun, "userErrors")
            if not errors:
                return str(take(begun, "bulkOperation", "id"))
            if not {str(take(error, "code")) for error in errors} <= _BUSY:
                said = f"{take(errors[0], 'code')} {take(errors[0], 'message')}"
                raise SourceContractError(
                    f"the shop does not begin the bulk operation: {self._door.scribe.redact(said)}"
                )
            looks.wait("other bulk operations of this app are running")

    def _wait_for(self, gid: str) -> Operation:
        looks = self._start_looks()
        while True:
            state = take(self._ask(BULK_STATE, {"id": gid}), "bulkOperation")
            if state is None or take(state, "id") != gid:
                raise SourceContractError(f"the shop shows no operation {gid}, which it began")
            status = str(take(state, "status"))
            if status not in _RUNNING:
                return self._close(gid, state, status)
            looks.wait(f"the bulk operation {gid} is {status}")

    def _close(self, gid: str, state: Any, status: str) -> Operation:
        code = take(state, "errorCode")
        if code == _DENIED:
            raise SourceRefusedError(
                f"the bulk operation {gid} ended with {code}: a scope is missing"
            )
        if status != _DONE or code is not None:
            said = self._door.scribe.redact(f"{status} {code or ''}".strip())
            raise SourceContractError(
                f"the bulk operation {gid} ended as {said}; what it leaves behind is a part of "
                "the levels and is not taken"
            )
        url = take(state, "url")
        return Operation(
            gid=gid,
            begun_at=str(take(state, "createdAt")),
            objects=take_count(state, "objectCount"),
            roots=take_count(state, "rootObjectCount"),
            url=None if url is None else self._door.scribe.guard(str(url)),
        )

    def _start_looks(self) -> Looks:
        return Looks(self._until, self._sleep)

    def _cancel(self, gid: str) -> None:
        """Tell the shop to stop, so that the next hour does not wait for this one."""
        logger.warning("gave up waiting operation=%s", gid)
        until = self._door.start_deadline(_SECONDS_TO_CANCEL, "not canceled in time")
        with suppress(SourceError):
            self._desk.ask(self._door, until, BULK_CANCEL, {"id": gid})

    def _ask(self, document: str, variables: dict[str, Any]) -> Any:
        return self._desk.ask(self._door, self._until, document, variables)
