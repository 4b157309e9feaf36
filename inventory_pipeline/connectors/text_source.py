"""Text sources: a page as UTF-8 text that a parser may map or scan. Pure.

An encoding is declared, never guessed; a NUL byte is no text; a packed file has a limit.
"""

import codecs
import gzip
import io
import mmap
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import Page

GZIP_SUFFIX = ".gz"
CHUNK = 1 << 20

# UTF-8 text: the path of a file that nobody writes, or the bytes themselves.
Source = str | bytes


@dataclass(frozen=True)
class TextForm:
    """How a text file is written; declared, never guessed."""

    encoding: str = "utf-8"
    delimiter: str = ","
    max_bytes: int = 4 << 30


def open_text(page: Page, form: TextForm) -> Source:
    """Return the page as UTF-8: its own path or bytes where nothing has to change.

    Raises:
        SourceContractError: not in the declared encoding, no whole gzip file, larger unpacked
            than allowed, or a NUL byte in it.
    """
    source: Source = page.path or page.body
    if page.kind.endswith(GZIP_SUFFIX):
        source = _unpack(source, form)
    if codecs.lookup(form.encoding).name not in ("utf-8", "utf-8-sig"):
        source = _transcode(source, form)
    _refuse_nul(source)
    return source


def open_bytes(source: Source) -> BinaryIO:
    """Open a source for reading from its start; the caller closes it."""
    return io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")


def describe_undecodable(source: Source, form: TextForm) -> str:
    """Say which byte of the source is not UTF-8, and the cure."""
    return (
        f"byte {_find_undecodable(source)} is not {form.encoding}; declare what the file is "
        "written in, such as encoding: latin-1 or encoding: cp1252"
    )


def _unpack(source: Source, form: TextForm) -> bytes:
    result = io.BytesIO()
    try:
        with open_bytes(source) as packed, gzip.GzipFile(fileobj=packed) as file:
            while part := file.read(CHUNK):
                result.write(part)
                if result.tell() > form.max_bytes:
                    raise SourceContractError(
                        f"unpacked the file is larger than {form.max_bytes >> 20} MB; "
                        "raise max_megabytes if that is right"
                    )
    except (OSError, EOFError, zlib.error) as error:
        raise SourceContractError(f"no whole gzip file: {error}") from None
    return result.getvalue()


def _transcode(source: Source, form: TextForm) -> bytes:
    decoder = codecs.getincrementaldecoder(form.encoding)()
    result = io.BytesIO()
    with open_bytes(source) as file:
        try:
            while part := file.read(CHUNK):
                result.write(decoder.decode(part).encode())
            result.write(decoder.decode(b"", final=True).encode())
        except UnicodeError as error:
            raise SourceContractError(
                f"the file is not {form.encoding}, as its encoding: says ({error})"
            ) from None
    return result.getvalue()


def _refuse_nul(source: Source) -> None:
    place = _find_nul(source)
    if place >= 0:
        raise SourceContractError(
            f"byte {place} is NUL, which no text holds; a file in UTF-16 needs encoding: utf-16"
        )


def _find_nul(source: Source) -> int:
    if isinstance(source, bytes):
        return source.find(b"\0")
    with Path(source).open("rb") as file:
        if file.seek(0, io.SEEK_END) == 0:
            return -1
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return view.find(b"\0")


def _find_undecodable(source: Source) -> int:
    decoder = codecs.getincrementaldecoder("utf-8")()
    place = 0
    with open_bytes(source) as file:
        while part := file.read(CHUNK):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(part)
            except UnicodeDecodeError as error:
                return place - pending + error.start
            place += len(part)
    return place
