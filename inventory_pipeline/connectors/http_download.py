"""Downloads: a large file that an answer links to, saved outside of memory.

The one case where an answer may name another host than the configured one, and only one of
those the configuration allows. Whoever stands there is told nothing of us: no credential, no
header of the system. The link itself may be signed and is never shown.
"""

import http.client
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from inventory_pipeline.connectors.egress import Place, parse_place
from inventory_pipeline.connectors.http import HttpDoor, Surroundings, judge_status
from inventory_pipeline.connectors.http_auth import FixedBadge
from inventory_pipeline.connectors.http_body import read_body, save_unpacked
from inventory_pipeline.connectors.http_options import HttpOptions, WayOptions
from inventory_pipeline.connectors.http_wire import Answer, Deadline, Question
from inventory_pipeline.errors import SourceContractError, SourceRefusedError

_HEADERS = {"Accept": "*/*", "User-Agent": "inventory-pipeline"}
_OK = 200
# What a signed link is answered with that is not taken, or that leads nowhere.
_DENIED, _GONE = (401, 403), (400, 404, 410)


@dataclass(frozen=True)
class Downloads:
    """How files are fetched.

    Attributes:
        hosts: names they may lie on; ``*.example.com`` stands for every name below.
        most: bytes that a file may have, unpacked.
        option: the key of the configuration that holds ``hosts``, for messages.
    """

    way: WayOptions
    hosts: Sequence[str]
    most: int
    option: str
    root: str
    world: Surroundings
    now: Callable[[], datetime]

    @contextmanager
    def saving(self, link: str, until: Deadline, *, staging: str | None) -> Iterator[str]:
        """Save the file into ``staging`` and yield its path; it goes, unless it was moved away.

        Raises:
            SourceRefusedError: the link leads to a host that is not allowed.
            SourceUnavailableError: it did not come in time, or was cut off.
            SourceContractError: it is larger than allowed, or the link leads nowhere any more.
        """
        place = self._find_place(link)
        with tempfile.NamedTemporaryFile(dir=staging, prefix="download-", delete=False) as file:
            path = Path(file.name)
            try:
                self._save(place, file.file, until)
                file.close()
                yield str(path)
            finally:
                path.unlink(missing_ok=True)

    def _find_place(self, link: str) -> Place:
        try:
            place = parse_place(link)
        except ValueError as error:
            raise SourceRefusedError(f"the link to the file is not followed: {error}") from None
        if not any(_is_within(place.host, pattern) for pattern in self.hosts):
            raise SourceRefusedError(
                f"the file lies on {place.host[:80]}; {self.option} allows "
                f"{', '.join(self.hosts) or 'no host'}"
            )
        return place

    def _save(self, place: Place, file: IO[bytes], until: Deadline) -> None:
        def take(response: http.client.HTTPResponse) -> bytes:
            if response.status != _OK:
                return read_body(response)
            save_unpacked(response, file, most=self.most)
            return b""

        with HttpDoor(
            self._build_options(place), root=self.root, world=self.world, now=self.now
        ) as door:
            door.ask(
                Question(place, headers=_HEADERS, take=take),
                until,
                judge=_judge,
                badge=FixedBadge(None),
                label=f"the file on {place.host}",
            )

    def _build_options(self, place: Place) -> HttpOptions:
        # A large file is not bound to the patience for one page.
        timeouts = self.way.timeouts.model_copy(update={"answer": self.way.timeouts.feed})
        # What is allowed on the way to the system is not allowed on the way to another host.
        mine = {"timeouts": timeouts, "allow_plain_http": False, "allow_private": False}
        given = {name: getattr(self.way, name) for name in WayOptions.model_fields}
        try:
            return HttpOptions(
                base_url=f"{place.scheme}://{_write_host(place.host)}:{place.port}",
                **(given | mine),
            )
        except ValueError:
            raise SourceRefusedError(
                f"the link to the file on {place.host[:80]} is not encrypted"
            ) from None


def _judge(answer: Answer) -> None:
    if answer.status in (*_DENIED, *_GONE):
        kind = SourceRefusedError if answer.status in _DENIED else SourceContractError
        raise kind(f"HTTP {answer.status}: the link to the file is not taken")
    judge_status(answer)
    if answer.status != _OK:
        raise SourceContractError(f"HTTP {answer.status}; wanted the whole file")


def _is_within(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _write_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host
