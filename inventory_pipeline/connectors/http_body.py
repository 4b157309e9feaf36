"""Bodies: read to their true end, unpacked, and never larger than a page may be."""

import http.client
import zlib
from collections.abc import Callable

from inventory_pipeline.errors import SourceContractError, SourceUnavailableError

MAX_BODY = 64 << 20
MAX_RATIO = 100
# Small answers pack well without being bombs; the ratio is judged beyond this size.
RATIO_FROM = 1 << 20
PIECE = 256 << 10


def read_body(response: http.client.HTTPResponse) -> bytes:
    """Read and unpack the whole body.

    Raises:
        SourceUnavailableError: it was cut off.
        SourceContractError: too large, packed too tightly, or packed in a way not asked for.
    """
    if (response.length or 0) > MAX_BODY:
        raise SourceContractError(_LARGE)
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise SourceContractError(f"the answer is packed as {encoding[:40]!r}; asked for gzip")
    unpack = _Unpacker() if "gzip" in encoding else None
    pieces, size = [], 0
    while piece := response.read(PIECE):
        size += len(piece)
        if size > MAX_BODY:
            raise SourceContractError(_LARGE)
        pieces.append(unpack.feed(piece) if unpack else piece)
    _refuse_cut(response, size)
    if unpack and size:
        unpack.finish()
    return b"".join(pieces)


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


def _refuse_cut(response: http.client.HTTPResponse, size: int) -> None:
    if response.length:
        raise SourceUnavailableError(
            f"the answer was cut off after {size:,} of {size + response.length:,} bytes"
        )


_LARGE = f"the answer is larger than {MAX_BODY >> 20} MiB; ask for smaller pages"


class _Unpacker:
    """gzip, unpacked piece by piece, within the bounds of a page."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)
        self._packed = self._unpacked = 0

    def feed(self, piece: bytes) -> bytes:
        self._packed += len(piece)
        parts = []
        while piece:
            if self._stream.eof:
                self._stream = zlib.decompressobj(wbits=31)
            parts.append(self._unpack(piece))
            piece = self._stream.unconsumed_tail or self._stream.unused_data
        return b"".join(parts)

    def finish(self) -> None:
        if not self._stream.eof:
            raise SourceUnavailableError("the packed answer was cut off")

    def _unpack(self, piece: bytes) -> bytes:
        try:
            part = self._stream.decompress(piece, MAX_BODY - self._unpacked + 1)
        except zlib.error:
            raise SourceContractError("the answer says it is gzip and is not") from None
        self._unpacked += len(part)
        if self._unpacked > max(RATIO_FROM, self._packed * MAX_RATIO):
            raise SourceContractError(
                f"the answer unpacks to more than {MAX_RATIO} times its size; that is no data"
            )
        if self._unpacked > MAX_BODY:
            raise SourceContractError(_LARGE)
        return part
