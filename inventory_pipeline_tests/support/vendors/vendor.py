"""What every vendor's stand-in offers the suite that runs over all of them.

A stand-in answers as the vendor's published documents say, to whatever is asked; it knows
nothing of our options but what arrives over HTTP.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from inventory_pipeline.model.ports import Connector
from inventory_pipeline_tests.support.file_sources import FETCHED_AT
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn

# Nothing here is slow but a busy machine.
PATIENT = {"connect": "5s", "read": "5s", "answer": "20s", "feed": "60s"}
Spoil = Callable[[Asked, Reply], Reply]


@dataclass(frozen=True)
class Level:
    """What one place of the vendor holds of one item.

    Attributes:
        quantities: by the vendor's own name. A value stands in the answer as it is given
            here, so that a test may put in None, "1.5" or a fraction.
        as_of: the vendor's own time of it, as text as the vendor writes it; none: the default.
    """

    item_id: str
    location_id: str
    quantities: Mapping[str, Any]
    as_of: str | None = None


class Vendor(Protocol):
    """One vendor, as the suite sees it.

    Attributes:
        name: of the connector.
        quantity: their name of the quantity that the default options read.
        fact: the fact it is read as.
        has_time: whether the vendor says as of when each number is.
        page: how many levels the given options ask for a page.
    """

    name: str
    quantity: str
    fact: str
    has_time: bool
    page: int

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        """Answer one request, tokens and pages alike."""

    def is_page(self, asked: Asked) -> bool:
        """Return whether a request asks for a page of levels (not for a token, say)."""

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> Connector:
        """Return the connector on this stand-in; secrets come from files in ``folder``."""


@dataclass
class Served:
    """A connector, the server it reads, and the clock it waits by."""

    connector: Connector
    server: StandIn
    clock: Clockwork
    pages: list[Asked] = field(default_factory=list)


@contextmanager
def serving_vendor(
    vendor: Vendor,
    levels: Sequence[Level],
    folder: Path,
    *,
    spoil: Spoil | None = None,
    **options: Any,
) -> Iterator[Served]:
    """Serve levels as a vendor does; ``spoil`` may change or replace every page of them."""
    pages: list[Asked] = []

    def plan(asked: Asked) -> Reply:
        reply = replace(vendor.answer(levels, asked), date=FETCHED_AT)
        if not vendor.is_page(asked):
            return reply
        pages.append(asked)
        return spoil(asked, reply) if spoil else reply

    clock = Clockwork()
    with StandIn(plan) as server:
        connector = vendor.build(server.url, folder, clock, **{"timeouts": PATIENT, **options})
        yield Served(connector, server, clock, pages)
