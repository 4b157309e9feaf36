"""The scene: a case with its account and its jumps, worked out once for every cause."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from inventory_pipeline.diagnose.account import Account, compute_owner_rest, open_account
from inventory_pipeline.diagnose.case import Case, Message, Move, Stray
from inventory_pipeline.diagnose.claim import BY_ID, BY_INFERENCE, BY_SHAPE, BY_SIZE, Claim
from inventory_pipeline.diagnose.jumps import Jump, find_doubled, find_jumps, find_missed
from inventory_pipeline.diagnose.matching import Entry, EntryKind
from inventory_pipeline.diagnose.points import find_start

INFERRED = "inferred"


@dataclass(frozen=True)
class Scene:
    """What every cause looks at."""

    case: Case

    @cached_property
    def account(self) -> Account | None:
        return open_account(self.case)

    @cached_property
    def jumps(self) -> tuple[Jump, ...]:
        return find_jumps(self.case.points) if self.case.points else ()

    @cached_property
    def owner_rest(self) -> int:
        """Return what the owner's number changed beyond its movements since the agreement."""
        if len(self.case.points) < 2:
            return 0
        start = self.case.points[find_start(self.case.points)]
        return compute_owner_rest(self.case, start) or 0

    @property
    def is_blind(self) -> bool:
        """Return whether the mirror keeps no log: then size and time are all there is."""
        return self.account is None

    @property
    def has_only_counts(self) -> bool:
        """Return whether neither a log nor a movement tells of anything."""
        return self.is_blind and all(m.kind == INFERRED for m in self.case.moves or ())

    @cached_property
    def jumps_by_movement(self) -> bool:
        """Return whether every jump has the size of a movement near it."""
        return bool(self.jumps) and all(
            find_missed(self.case, jump) or find_doubled(self.case, jump) for jump in self.jumps
        )

    def find_entries(self, *kinds: EntryKind) -> Iterator[Entry]:
        """Yield the entries of these kinds; what the mirror wrote to another key is not missing."""
        for entry in self.account.entries if self.account else ():
            if entry.kind in kinds and not (entry.kind == "missing" and self._find_stray(entry)):
                yield entry

    def find_astray(self) -> Iterator[tuple[Entry, Stray]]:
        """Yield movements that the mirror wrote to another key, with that key."""
        for entry in self.account.entries if self.account else ():
            stray = self._find_stray(entry) if entry.kind == "missing" else None
            if stray is not None:
                yield entry, stray

    def _find_stray(self, entry: Entry) -> Stray | None:
        name = entry.move.movement_id if entry.move else ""
        return next((stray for stray in self.case.strays if stray.movement_id == name), None)

    def find_messages(self, move: Move) -> list[Message]:
        """Return what the middleware tells of a movement."""
        names = set(move.names)
        return [m for m in self.case.messages or () if names & {m.reference_id, m.event_id}]


def claim_entry(cause: str, scene: Scene, entry: Entry) -> Claim:
    """Return a claim on one entry of the account; by id and balanced it is as good as proven."""
    account = scene.account
    is_sure = account is not None and account.is_balanced and entry.is_by_id and account.has_ids
    ids = [entry.move.movement_id] if entry.move else []
    ids += [step.row.change_id for step in entry.steps]
    ids += [m.movement_id for m in _find_papers(entry)]
    return Claim(
        cause=cause,
        units=entry.units,
        at=entry.at,
        strength=BY_ID if is_sure else BY_SIZE + entry.is_by_id,
        shown_at=entry.shown_at,
        ids=tuple(dict.fromkeys(ids)),
        is_proven_by_ids=is_sure,
        correction=-entry.units,
    )


def add_up(case: Case, claims: Sequence[Claim]) -> tuple[int, ...]:
    """Return what claims on rows of the log add together, hour by hour."""
    return tuple(
        sum(c.units for c in claims if c.shown_at is not None and c.shown_at <= p.hour_at)
        for p in case.points
    )


def _find_papers(entry: Entry) -> list[Move]:
    """Return the movements that bear the reference of what the entry is about.

    An order, a return and its replacement hang together; they are not one record.
    """
    told = {step.row.reference_id for step in entry.steps}
    about = [m for m in entry.moves if m is entry.move or told.intersection(m.names)]
    shared = {m.reference_id or m.movement_id for m in about}
    return [m for m in entry.moves if (m.reference_id or m.movement_id) in shared]


def claim_jump(cause: str, jump: Jump, move: Move | None, *, choices: int = 1) -> Claim:
    """Return a claim on one jump; every other movement of the same size makes it weaker."""
    is_named = move is not None and move.kind != INFERRED
    unnamed = BY_SHAPE if move is None else BY_INFERENCE
    return Claim(
        cause=cause,
        units=jump.units,
        at=jump.high,
        strength=BY_SIZE / max(choices, 1) if is_named else unnamed,
        ids=(move.movement_id,) if move is not None and is_named else (),
        correction=-jump.units,
    )


def is_lone_rise(scene: Scene, jump: Jump) -> bool:
    """Return whether the mirror alone rose in a jump: what it should show did not move."""
    return jump.units > 0 and not any(jump.low < m.at <= jump.high for m in scene.case.moves or ())
