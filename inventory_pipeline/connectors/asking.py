"""Asking: one JSON answer outside of any feed, and what it says a token may do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.http import Badge, HttpDoor, judge_json, judge_status
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_wire import Answer, Deadline
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.errors import SourceRefusedError


def ask_json(
    door: HttpDoor,
    until: Deadline,
    call: Call,
    *,
    badge: Badge,
    label: str,
    also: tuple[int, ...] = (),
) -> Any:
    """Return what one request is answered; None for a status of ``also``.

    Args:
        label: what is asked for; begins every message.

    Raises:
        SourceError: as the door; the answer is no strict JSON.
    """
    kept: list[Any] = []

    def judge(answer: Answer) -> None:
        judge_status(answer, also=also)
        if answer.status in also:
            kept.append(None)
        else:
            judge_json(answer)
            kept.append(load_strictly(decode_text(answer.body)))

    door.ask(door.scribe.write(call, {}), until, judge=judge, badge=badge, label=label)
    return kept[-1]


@dataclass(frozen=True)
class Scopes:
    """What a token must be allowed, and what more is too much.

    Attributes:
        needed: without each of them nothing can be read.
        spare: fits scopes that a system which only reads has no use for.
    """

    needed: Sequence[str]
    spare: str

    def judge(self, granted: Sequence[str], *, allowed: Sequence[str] = ()) -> list[str]:
        """Return a note if the token may do more than it has to.

        Args:
            granted: what the vendor says that it may.
            allowed: spare scopes that are needed all the same, to write.

        Raises:
            SourceRefusedError: a needed scope is missing.
        """
        missing = [scope for scope in self.needed if scope not in granted]
        if missing:
            raise SourceRefusedError(
                f"the token lacks the scope {missing[0]}; it has "
                f"{', '.join(sorted(granted)) or 'none'}: give it one more"
            )
        excess = [
            scope
            for scope in sorted(set(granted))
            if re.fullmatch(self.spare, scope) and scope not in allowed
        ]
        if not excess:
            return []
        need = f"needs only {', '.join(allowed)} of these" if allowed else "only reads"
        return [f"the token may {', '.join(excess)}; this system {need}: give it a smaller one"]
