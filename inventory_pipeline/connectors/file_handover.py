"""File handover: a file given away once, under a name that stands for it for ever.

The order is: the bytes under a hidden name, then the marker ``NAME.sent`` with their digest, then
the file's own name. So after an end at any step: marker and hidden file mean *not yet there*,
marker alone means *handed over*, whether or not the receiver has taken the file away since. A
server may be lost in the middle of a step; what follows the bytes is then *unsure*, never *not
done*.
"""

import hashlib
import posixpath
import tempfile

from inventory_pipeline.connectors.depots.depot import Copy, Depot
from inventory_pipeline.errors import (
    FileAbsentError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
)

LARGEST = 16 << 20


class OtherBytesError(Exception):
    """Something else stands, or stood, under this name."""


class UnsureError(Exception):
    """The file may have been put down, or may not."""


def hand_over(depot: Depot, name: str, body: bytes) -> bool:
    """Put ``body`` under ``name``, once for ever; return whether it was put there just now.

    Raises:
        OtherBytesError: other bytes stand there, or were handed over under this name.
        UnsureError: nobody knows whether it is there.
        SourceError: it cannot be written; nothing was handed over.
    """
    folder, last = posixpath.split(name)
    hidden, marker = posixpath.join(folder, f".{last}.tmp"), f"{name}.sent"
    digest = f"sha256 {hashlib.sha256(body).hexdigest()}\n".encode()
    seen, there = read_whole(depot, marker), read_whole(depot, name)
    if seen not in (None, digest) or there not in (None, body):
        raise OtherBytesError(f"other bytes stand or stood under {depot.describe(name)}")
    if seen is not None and read_whole(depot, hidden) is None:
        return False
    if seen is None and there is None:
        depot.write(hidden, body)
    try:
        if seen is None:
            depot.write(marker, digest)
        if there is None:
            depot.move(hidden, name)
        else:
            depot.remove(hidden)
    except SourceError as error:
        raise UnsureError(str(error)) from None
    return there is None


def read_whole(depot: Depot, name: str) -> bytes | None:
    """Return what stands under a name; None if nothing does, and only then.

    Raises:
        SourceError: it is no plain file, too large, not ours to read, or nobody answers.
    """
    with tempfile.TemporaryFile() as taken:
        try:
            depot.copy(name, Copy(taken, name=name, max_bytes=LARGEST), lambda _seen: None)
        except FileAbsentError:
            return None
        except SourceContractError as error:
            raise SourceRefusedError(str(error)) from None
        taken.seek(0)
        return taken.read()
