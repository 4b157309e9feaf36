"""The depot: what every place that files are dropped in can do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from inventory_pipeline.errors import SourceContractError


@dataclass(frozen=True)
class Seen:
    """What one look at a file showed.

    Attributes:
        identity: another one as soon as the file is another one or was written again.
        size: in bytes; None: the place does not say.
        written_at: when it was last written, in seconds, by the place's own clock; None: unknown.
        age_seconds: for how long it is known to be unchanged, by one clock; None: unknown.
        owner: number of the user it belongs to, where users of this machine own files.
    """

    identity: tuple[object, ...]
    size: int | None = None
    written_at: float | None = None
    age_seconds: float | None = None
    owner: int | None = None


class Copy:
    """The private copy of one file while it is made; ``start`` begins it anew."""

    def __init__(self, file: BinaryIO, *, name: str, max_bytes: int) -> None:
        self.file, self._name, self._max_bytes = file, name, max_bytes

    @property
    def size(self) -> int:
        """Return how many bytes it has by now."""
        return self.file.tell()

    def start(self) -> None:
        """Forget what was taken before."""
        self.file.seek(0)
        self.file.truncate()

    def add(self, part: bytes) -> None:
        """Take the next bytes.

        Raises:
            SourceContractError: they are more than a file may have.
        """
        self.file.write(part)
        self._refuse_beyond(self.size)

    def check(self, seen: Seen) -> None:
        """Raise SourceContractError if a file that was looked at is too large to be taken."""
        self._refuse_beyond(seen.size or 0)

    def _refuse_beyond(self, size: int) -> None:
        if size > self._max_bytes:
            raise SourceContractError(
                f"{self._name} has {size:,} bytes or more, wanted at most "
                f"{self._max_bytes:,}; raise max_megabytes if that is right"
            )


class Depot(Protocol):
    """One place of dropped files.

    Attributes:
        is_atomic: a name never stands for a file that is still being written.
        poll_seconds: how often it may be asked whether a file is there by now.
    """

    is_atomic: bool
    poll_seconds: float

    def describe(self, name: str) -> str:
        """Return what messages call a file."""

    def look(self, name: str) -> Seen:
        """Look at one file.

        Raises:
            FileAbsentError: no such file.
            SourceUnavailableError: nobody answers.
            SourceRefusedError: a link, what is no plain file, no right, a way out of the depot.
        """

    def copy(self, name: str, copy: Copy, fits: Callable[[Seen], None]) -> Seen:
        """Copy a file whole, and return what it was when it was opened.

        Args:
            fits: called with that before the first byte; it raises what the file lacks.

        Raises:
            SourceUnavailableError: as ``look``, or the bytes ended too early.
        """

    def write(self, name: str, body: bytes) -> None:
        """Put a small file under a name, whole or not at all, in place of what stands there.

        Raises:
            SourceError: it could not be written, or nobody knows.
        """

    def remove(self, name: str) -> None:
        """Take a file away; one that is not there is away.

        Raises:
            SourceError: it could not be taken away, or nobody knows.
        """

    def move(self, name: str, to: str) -> None:
        """Give a file another name below the depot; make the folders, replace nothing.

        Raises:
            SourceError: it could not be moved, and stays where it is.
        """
