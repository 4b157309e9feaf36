"""Dense: one hour's counts as arrays, one place per key, so that comparing is arithmetic.

Keys are small integers given once, so a count is found by its place and never by a join.
``compare.sql`` says the same in plain SQL; a test holds the two together.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Int = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Column:
    """Units of one (system, fact), one place per key; ``units`` is 0 where absent.

    Attributes:
        is_present: the key stands in the snapshot with a number.
        is_known: the snapshot answers for the key: it is present, or the snapshot is whole
            and nothing about the key was refused. Not present and known means absent.
    """

    units: Int
    is_present: Mask
    is_known: Mask


@dataclass
class Hour:
    """All columns of one hour.

    Attributes:
        size: number of keys.
        columns: (system, fact) → Column; lacks systems that did not speak.
    """

    size: int
    columns: dict[tuple[str, str], Column] = field(default_factory=dict)

    def find(self, system: str, fact: str) -> Column | None:
        return self.columns.get((system, fact))

    def add(
        self,
        system: str,
        fact: str,
        *,
        keys: Any,
        units: Any,
        unknown_keys: Any,
        is_whole: bool,
    ) -> None:
        """Scatter the readings of one snapshot into a column."""
        dense = np.zeros(self.size, np.int64)
        is_present = np.zeros(self.size, np.bool_)
        dense[keys] = units
        is_present[keys] = True
        is_known = _mark_all(self.size) if is_whole else is_present
        if len(unknown_keys):
            is_known = is_known.copy()
            is_known[unknown_keys] = False
        self.columns[system, fact] = Column(dense, is_present, is_known)


def _mark_all(size: int) -> Mask:
    """Return a mask that is true everywhere and takes no room; it cannot be written to."""
    return np.broadcast_to(np.True_, size)


def build_silence(size: int) -> Column:
    """Return the column of a system that did not speak: nothing present, nothing known."""
    return Column(np.zeros(size, np.int64), np.zeros(size, np.bool_), np.zeros(size, np.bool_))


@dataclass(frozen=True)
class Owned:
    """One fact as its owners tell it.

    Attributes:
        column: the owner's units, key by key.
        owner_of: index into ``owners``, key by key.
    """

    column: Column
    owner_of: np.ndarray[Any, np.dtype[np.int8]]
    owners: tuple[str, ...]


def assemble(hour: Hour, fact: str, *, default: str, scopes: list[tuple[Mask, str]]) -> Owned:
    """Put a fact together from the owner of each scope.

    Args:
        scopes: pairs of a mask over keys and the system that owns the fact there; they do
            not overlap (the configuration refuses it).
    """
    owners = tuple(dict.fromkeys([default, *(owner for _, owner in scopes)]))
    owner_of = np.zeros(hour.size, np.int8)
    base = hour.find(default, fact) or build_silence(hour.size)
    if not scopes:
        return Owned(base, owner_of, owners)
    units, present, known = base.units.copy(), base.is_present.copy(), base.is_known.copy()
    for mask, owner in scopes:
        column = hour.find(owner, fact) or build_silence(hour.size)
        owner_of[mask] = owners.index(owner)
        units[mask] = column.units[mask]
        present[mask] = column.is_present[mask]
        known[mask] = column.is_known[mask]
    return Owned(Column(units, present, known), owner_of, owners)


def pool(owned: Owned, pools: Any, members: Any) -> Owned:
    """Give places that count several of ours as one the sum of their members.

    Args:
        pools: key of the pool, one per link; members: key of a member, one per link.
    """
    if not len(pools):
        return owned
    units, present = owned.column.units.copy(), owned.column.is_present.copy()
    known, owner_of = owned.column.is_known.copy(), owned.owner_of.copy()
    units[pools] = 0
    np.add.at(units, pools, owned.column.units[members])
    known[pools] = True
    np.logical_and.at(known, pools, owned.column.is_known[members])
    np.logical_or.at(present, pools, owned.column.is_present[members])
    present[pools] &= known[pools]
    owner_of[pools] = owned.owner_of[members]
    return Owned(Column(units, present, known), owner_of, owned.owners)
