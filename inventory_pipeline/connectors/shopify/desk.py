"""The desk: one document asked, or one request handed over, outside of any feed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from inventory_pipeline.connectors.graphql_desk import GraphqlDesk, write_question
from inventory_pipeline.connectors.http import HttpDoor, NotSentError
from inventory_pipeline.connectors.http_wire import Answer, Deadline
from inventory_pipeline.connectors.json_take import take, take_list
from inventory_pipeline.connectors.shopify.options import ShopifyOptions
from inventory_pipeline.connectors.shopify.patience import find_wait
from inventory_pipeline.connectors.sweep import Query, Sweep, Sweeper
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceError,
)

Redact = Callable[[str], str]

_NO_ACCESS = 401


class ShopifyDesk(GraphqlDesk):
    """Speaks to one shop: its address, its token, its ways of saying no."""

    def __init__(self, *, options: ShopifyOptions, **place: Any) -> None:
        super().__init__(options=options.build_graphql(), **place)
        self._shop, self._where = options, place

    def ask_all(
        self, door: HttpDoor, until: Deadline, document: str, variables: dict[str, Any]
    ) -> Iterator[Any]:
        """Yield the nodes of every page of the one connection that a query asks for.

        Raises:
            SourceError: as ``ask``; a page that promises more leads nowhere new.
        """
        after: str | None = None
        seen: set[str | None] = set()
        while after not in seen:
            seen.add(after)
            data = self.ask(door, until, document, {**variables, "after": after})
            [page] = data.values()
            yield from take_list(page, "nodes")
            if take(page, "pageInfo", "hasNextPage") is not True:
                return
            after = take(page, "pageInfo", "endCursor")
        raise SourceContractError("a page leads back to a page that was read")

    def sweep(self, door: HttpDoor, query: Query, until: Deadline, staging: str | None) -> Sweep:
        """Read all pages of a feed whose rows this connector reads itself.

        Raises:
            SourceError: as ``ask``.
        """
        mine = replace(query, call=self._write_call(query.feed), may_wait=False)
        sweep = Sweeper(door, self._badge, mine, until).read(staging)
        sweep.sheets = {}
        return sweep

    def hand_over(self, body: bytes) -> tuple[Answer, Redact]:
        """Send a body exactly once; once more with a new token if the old one was not taken.

        Returns:
            The answer, and what makes its words fit for a message.

        Raises:
            NotSentError: nothing was sent.
            SourceError: whether it was taken is not known.
        """
        answer, redact = self._send_once(body)
        if answer.status == _NO_ACCESS and self._badge.drop():
            answer, redact = self._send_once(body)
        return answer, redact

    def _send_once(self, body: bytes) -> tuple[Answer, Redact]:
        with self.open_door() as (door, _):
            try:
                question = write_question(door, body)
            except (SourceError, ConfigError) as error:
                raise NotSentError(str(error)) from None
            return door.send(question, badge=self._badge), door.scribe.redact

    def _find_wait(self, document: Any) -> float | None:
        return find_wait(document)
