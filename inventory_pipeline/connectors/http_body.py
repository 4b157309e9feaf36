"""Bodies: read to their true end, unpacked, and never larger than they may be."""

import http.client
import zlib
from collections.abc import Callable, Iterator
from typing import IO

from inventory_pipeline.errors import SourceContractError, SourceUnavailableError

MAX_BODY = 64 << 20
MAX_RATIO = 100
# Small answers pack well without being bombs; the ratio is judged beyond this size.
RATIO_FROM = 1 << 20
PIECE = 256 << 10
# At most so much of a piece is unpacked at once.
_PART = 4 << 20


def read_body(response: http.client.HTTPResponse) -> bytes:
    """Read and unpack the whole body.

    Raises:
        SourceUnavailableError: it was cut off.
        SourceContractError: too large, packed too tightly, or packed in a way not asked for.
    """
    return b"".join(_read_parts(response, MAX_BODY))


def save_unpacked(response: http.client.HTTPResponse, file: IO[bytes], *, most: int) -> None:
    """Write the whole body, unpacked, over what ``file`` holds; never more than a part is held.

    Raises:
        SourceError: as ``read_body``; ``most`` bytes are the bound.
    """
    file.seek(0)
    file.truncate()
    for part in _read_parts(response, most):
        file.write(part)


def save_body(response: http.client.HTTPResponse, add: Callable[[bytes], object]) -> None:
    """Give a whole body away piece by piece, as it came.

    Raises:
        SourceUnavailableError: it was cut off.
        SourceContractError: the answer does not say where it ends.
    """
    if response.length is None and not response.chunked:
        raise SourceContractError(
            "the answer does not say how long it is, so that a cut would not be seen; "
            "wanted a Content-Length"
        )
    size = 0
    while piece := response.read(PIECE):
        size += len(piece)
        add(piece)
    _refuse_cut(response, size)


def _read_parts(response: http.client.HTTPResponse, most: int) -> Iterator[bytes]:
    if (response.length or 0) > most:
        raise _find_too_large(most)
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise SourceContractError(f"the answer is packed as {encoding[:40]!r}; asked for gzip")
    unpack = _Unpacker(most) if "gzip" in encoding else None
    size = 0
    while piece := response.read(PIECE):
        size += len(piece)
        if size > most:
            raise _find_too_large(most)
        yield from unpack.feed(piece) if unpack else (piece,)
    _refuse_cut(response, size)
    if unpack and size:
        unpack.finish()


def _refuse_cut(response: http.client.HTTPResponse, size: int) -> None:
    if response.length:
        raise SourceUnavailableError(
            f"the answer was cut off after {size:,} of {size + response.length:,} bytes"
        )


def _find_too_large(most: int) -> SourceContractError:
    return SourceContractError(f"the answer is larger than {most >> 20} MiB; ask for smaller pages")


class _Unpacker:
    """gzip, unpacked part by part, within the bounds of what may come."""

    def __init__(self, most: int) -> None:
        self._stream = zlib.decompressobj(wbits=31)
        self._most = most
        self._packed = self._unpacked = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        self._packed += len(piece)
        is_full = False
        while piece or is_full:
            if self._stream.eof:
                self._stream = zlib.decompressobj(wbits=31)
            part = self._unpack(piece)
            yield part
            piece = self._stream.unconsumed_tail or self._stream.unused_data
            # What did not fit waits inside, even if nothing packed is left.
            is_full = len(part) == _PART and not self._stream.eof

    def finish(self) -> None:
        if not self._stream.eof:
            raise SourceUnavailableError("the packed answer was cut off")

    def _unpack(self, piece: bytes) -> bytes:
        try:
            part = self._stream.decompress(piece, _PART)
        except zlib.error:
            raise SourceContractError("the answer says it is gzip and is not") from None
        self._unpacked += len(part)
        if self._unpacked > max(RATIO_FROM, self._packed * MAX_RATIO):
            raise SourceContractError(
                f"the answer unpacks to more than {MAX_RATIO} times its size; that is no data"
            )
        if self._unpacked > self._most:
            raise _find_too_large(self._most)
        return part
