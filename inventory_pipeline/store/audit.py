"""The audit chain: every decision and delivery, each link holding the digest of the one before.

A chain cannot see that its own tail was cut off, so its head is also kept outside: in
``heads.log`` beside the journal, in the heartbeat file and in the daily mail.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from inventory_pipeline.store.journal import Journal, write_instant

GENESIS = "0" * 64
HEADS_FILE = "heads.log"
_TAIL_BYTES = 4096


@dataclass(frozen=True)
class Head:
    """The newest link: its number and digest; seq 0 is an empty chain."""

    seq: int = 0
    digest: str = GENESIS

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest[:16]}"


def append(journal: Journal, kind: str, subject: str, details: Any, *, now: datetime) -> None:
    """Add one link; inside a transaction it stands or falls with what it tells of."""
    with journal.transaction():
        journal.crash_at("before_chain")
        head, at = load_head(journal), write_instant(now)
        text = json.dumps(details, sort_keys=True, default=str)
        row = {"seq": head.seq + 1, "at": at, "kind": kind, "subject": subject, "details": text}
        journal.execute(
            "insert into audit (seq, at, kind, subject, details, previous, digest) "
            "values (:seq, :at, :kind, :subject, :details, :previous, :digest)",
            **row, previous=head.digest, digest=compute_digest(head.digest, row),
        )  # fmt: skip
        journal.crash_at("after_chain")


def compute_digest(previous: str, row: dict[str, Any]) -> str:
    """Return the digest of a link; its cells are told apart by JSON's own quoting."""
    cells = [row[name] for name in ("seq", "at", "kind", "subject", "details")]
    return hashlib.sha256(f"{previous}{json.dumps(cells)}".encode()).hexdigest()


def load_head(journal: Journal) -> Head:
    """Return the newest link."""
    rows = journal.query("select seq, digest from audit order by seq desc limit 1")
    return Head(rows[0]["seq"], rows[0]["digest"]) if rows else Head()


def find_break(journal: Journal, *, after: int = 0) -> str:
    """Return what is wrong with the chain, in words, or nothing.

    Args:
        after: links up to this one are taken as they stand; 0 verifies from the beginning.
    """
    rows = journal.query("select * from audit where seq >= :after order by seq", after=after)
    previous = GENESIS
    for number, row in enumerate(rows, start=max(after, 1)):
        if row["seq"] != number:
            return f"the audit chain lacks link {number}"
        if after and number == after:
            previous = row["digest"]
            continue
        if row["previous"] != previous or row["digest"] != compute_digest(previous, row):
            return f"link {number} of the audit chain ({row['kind']}) was changed by hand"
        previous = row["digest"]
    return ""


def keep_head(journal: Journal, storage: Path, *, now: datetime) -> Head:
    """Write the head to the file beside the journal, if it moved; return it."""
    head, path = load_head(journal), storage / HEADS_FILE
    if head == _read_kept(path):
        return head
    journal.crash_at("before_head")
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{write_instant(now)} {head.seq} {head.digest}\n")
        file.flush()
        os.fsync(file.fileno())
    journal.crash_at("after_head")
    return head


def find_loss(journal: Journal, storage: Path) -> str:
    """Return whether the journal is older than the head kept outside, in words, or nothing."""
    kept = _read_kept(storage / HEADS_FILE)
    if kept is None or not kept.seq:
        return ""
    rows = journal.query("select digest from audit where seq = :seq", seq=kept.seq)
    if rows and rows[0]["digest"] == kept.digest:
        return ""
    return (
        f"the journal does not hold link {kept} of the audit chain, which {HEADS_FILE} names: "
        "an older copy was put back, or the end of it was lost"
    )


def _read_kept(path: Path) -> Head | None:
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    # The last line may be half written; then the one before it is the newest head.
    for line in reversed(lines):
        parts = line.split(" ")
        if len(parts) == 3 and parts[1].isdigit() and len(parts[2]) == len(GENESIS):
            return Head(int(parts[1]), parts[2])
    return None
