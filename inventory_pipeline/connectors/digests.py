"""Digests: what stands in FILE.sha256, and what FILE has. Pure but for reading the file."""

import hashlib
import re
from typing import BinaryIO

from inventory_pipeline.errors import SourceContractError

# How many hexadecimal digits each has. MD5 finds what was cut off, not what was forged.
LENGTHS = {"sha256": 64, "sha512": 128, "md5": 32}
CHUNK = 1 << 20


def compute_digest(file: BinaryIO, kind: str) -> str:
    """Return the digest of a whole file in small letters."""
    digest = hashlib.new(kind, usedforsecurity=False)
    file.flush()
    file.seek(0)
    while part := file.read(CHUNK):
        digest.update(part)
    return digest.hexdigest()


def parse_digest(text: bytes, kind: str, *, name: str) -> str:
    """Return the digest that a file named ``name`` holds, alone or as sha256sum writes it.

    Raises:
        SourceContractError: it holds none, or several.
    """
    length = LENGTHS[kind]
    word = rf"(?<![0-9a-f])[0-9a-f]{{{length}}}(?![0-9a-f])"
    found: list[str] = re.findall(word, text.decode("latin-1").lower())
    if len(found) != 1:
        raise SourceContractError(
            f"{name} holds {len(found)} digests; wanted one of {length} hexadecimal digits"
        )
    return found[0]
