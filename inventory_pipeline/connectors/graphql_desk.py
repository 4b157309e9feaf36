"""The desk of a GraphQL system: one document asked outside of any feed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from inventory_pipeline.connectors.graphql import GraphqlConnector
from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_wire import Answer, Deadline, Question
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.json_take import take


def _read_clock() -> datetime:
    # A writer is given no clock; this one matters only where an answer names a date to wait
    # for and not its own.
    return datetime.now(UTC)


class GraphqlDesk(GraphqlConnector):
    """Speaks to one system: its address, its token, its ways of saying no."""

    def ask(self, door: HttpDoor, until: Deadline, document: str, variables: Any) -> Any:
        """Ask one document and return its ``data``; passing failures are waited for.

        Raises:
            SourceError: as the door, and for errors inside an answer with status 200.
        """
        kept: list[Any] = []

        def judge(answer: Answer) -> None:
            self._judge_answer(door, answer, ())
            found = load_strictly(decode_text(answer.body))
            self._refuse_errors(door, found)
            kept.append(take(found, "data"))

        question = write_question(door, render_body(document, variables))
        label = str(door.egress.base)
        door.ask(question, until, judge=judge, badge=self._badge, label=label)
        return kept[-1]

    @contextmanager
    def open_door(
        self, now: Callable[[], datetime] = _read_clock
    ) -> Iterator[tuple[HttpDoor, Deadline]]:
        """Yield a door to the system and how long it may take there."""
        seconds = self._options.timeouts.feed.total_seconds()
        with HttpDoor(self._options, root=self._root, world=self._world, now=now) as door:
            yield door, door.start_deadline(seconds, f"not all came within {seconds:g} s")


def render_body(document: str, variables: Any) -> bytes:
    """Return the one way to write a request: keys sorted, no spaces, ASCII."""
    words = {"query": document, "variables": variables}
    return json.dumps(words, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def write_question(door: HttpDoor, body: bytes) -> Question:
    """Return the request that carries a body as it is."""
    return replace(door.scribe.write(Call(method="POST", body={}), {}), body=body)
