"""The writer: class B, one number is one inventory adjustment that carries our key.

The key is the adjustment's external id, under which it is created once and found for ever after
(docs.oracle.com: "Using the Upsert Operation", section_156335203191; "External IDs Overview",
section_N3433806). Sent again it is the same adjustment with the same one line, because the
lines are replaced and not added to ("Replacing a Sublist", section_1545297048; without that
they would be: "Updating a Sublist", section_1545295601). The record: section_0817101055.

Counts and lines are in an item's base unit, what an adjustment is given in its stock unit. An
item whose two units differ is refused; nobody would notice twelve instead of one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from inventory_pipeline.connectors.http_receiver import HttpReceiver, Request
from inventory_pipeline.connectors.json_take import read_decimal
from inventory_pipeline.connectors.netsuite.desk import NetsuiteDesk
from inventory_pipeline.connectors.netsuite.options import ON_HAND, NetsuiteOptions, Write
from inventory_pipeline.connectors.netsuite.queries import BALANCE, ITEMS, UNITS
from inventory_pipeline.connectors.rest_writer import RestWrite, RestWriter
from inventory_pipeline.model.delivery import Line

# An adjustment is kept for ever; ten years stand for that.
_LIFETIME = "3650d"


def build_netsuite_writer(
    options: NetsuiteOptions, write: Write, place: Mapping[str, Any]
) -> "NetsuiteWriter":
    """Return the writer of one account."""
    desk = NetsuiteDesk(options=options, **place)
    described = RestWrite.model_validate(_describe_write(options, write))
    receiver = HttpReceiver(options.build_rest(), described, root=desk.root, world=desk.world)
    return NetsuiteWriter(receiver, described, desk=desk, options=options, write=write)


class NetsuiteWriter(RestWriter):
    """Adds to what lies of one item at one location."""

    def __init__(
        self,
        receiver: HttpReceiver,
        described: RestWrite,
        *,
        desk: NetsuiteDesk,
        options: NetsuiteOptions,
        write: Write,
    ) -> None:
        super().__init__(receiver, described, system=desk.system)
        self._directory = _Directory(desk, options, write)
        self._desk, self._account = desk, options

    def prepare(self, lines: Sequence[Line]) -> None:
        """Look up what the lines name as it is now, so that ``encode`` asks nobody.

        Raises:
            SourceError: NetSuite could not be read; nothing is known.
        """
        self._directory.learn(lines)

    def encode(self, lines: Sequence[Line], key: str) -> bytes:
        """Return the exact bytes of one request.

        Raises:
            SourceError: the lines were not prepared, and NetSuite could not be read.
        """
        self._directory.learn_new(lines)
        known = [replace(line, item_id=self._directory.find(line) or "") for line in lines]
        return super().encode(known, key)

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        """Return the number each line is about; None: NetSuite shows none, or no whole one.

        Raises:
            SourceError: NetSuite could not be read.
        """
        self.prepare(lines)
        return {line.receipt_id: self._read_one(line) for line in lines}

    def _read_one(self, line: Line) -> int | None:
        item, quantity = self._directory.find_item(line), self._find_quantity(line)
        if item is None or not quantity or not line.location_id.isdigit():
            return None
        rows = self._desk.ask(BALANCE, [item, line.location_id])
        units = rows[0].get(quantity) if rows else None
        number = None if units is None else read_decimal(units)
        return int(number) if number is not None and number == int(number) else None

    def _find_quantity(self, line: Line) -> str:
        return self._account.facts.get(line.fact, "")

    def _find_objection(self, line: Line, body: bytes) -> str:
        if self._find_quantity(line) != ON_HAND:
            return f"only the fact read from {ON_HAND} is added to, not {line.fact}"
        if not line.location_id.isdigit():
            return f"the location {line.location_id!r} is no internal id"
        asked = json.loads(Request.decode(body).body)
        if not asked["inventory"]["items"][0]["item"]["id"]:
            return self._directory.explain(line)
        return ""


class _Directory:
    """Remembers the internal ids of items, and why one cannot be adjusted."""

    def __init__(self, desk: NetsuiteDesk, options: NetsuiteOptions, write: Write) -> None:
        self._desk, self._options, self._write = desk, options, write
        self._ids: dict[str, list[str]] = {}
        self._rates: dict[str, str | None] = {}

    def learn(self, lines: Iterable[Line]) -> None:
        """Look up what the lines name, known or not: a name may have moved to another item."""
        for name in sorted({line.item_id for line in lines}):
            self._ids[name] = self._find_ids(name)
            if self._write.units == "check" and len(self._ids[name]) == 1:
                rows = self._desk.ask(UNITS, self._ids[name])
                self._rates |= {str(row.get("item")): row.get("rate") for row in rows}

    def learn_new(self, lines: Iterable[Line]) -> None:
        """Look up what was never looked up."""
        new = [line for line in lines if line.item_id not in self._ids]
        if new:
            self.learn(new)

    def find_item(self, line: Line) -> str | None:
        """Return the internal id of the line's item; None: there is no such item, or several."""
        ids = self._ids.get(line.item_id, [])
        return ids[0] if len(ids) == 1 else None

    def find(self, line: Line) -> str | None:
        """Return the internal id of an item that can be adjusted."""
        return None if self.explain(line) else self.find_item(line)

    def explain(self, line: Line) -> str:
        """Return why the line's item cannot be adjusted, if it cannot."""
        ids = self._ids.get(line.item_id, [])
        if len(ids) != 1:
            return f"{len(ids)} items are called {line.item_id!r}"
        if self._write.units == "base":
            return ""
        if ids[0] not in self._rates:
            return f"the item {ids[0]} shows no unit"
        rate = self._rates[ids[0]]
        if rate is not None and read_decimal(rate) != 1:
            return f"it is adjusted in a unit of {rate} and counted in ones; adjust it in NetSuite"
        return ""

    def _find_ids(self, name: str) -> list[str]:
        if self._options.identify_by == "id":
            return [name] if name.isascii() and name.isdigit() else []
        # What is found in another case is another name.
        rows = self._desk.ask(ITEMS, [name])
        return [str(row.get("item")) for row in rows if row.get("code") == name]


def _describe_write(options: NetsuiteOptions, write: Write) -> dict[str, Any]:
    place = {"id": "{location_id}"}
    line = {"item": {"id": "{item_id}"}, "location": place, "adjustQtyBy": "{quantity}"}
    subsidiary = {} if write.subsidiary is None else {"subsidiary": {"id": str(write.subsidiary)}}
    return {
        "class": "B",
        "key_lifetime": _LIFETIME,
        "rate": options.rate_limit.per_second,
        "add": {
            "method": "PUT",
            "path": "record/v1/inventoryAdjustment/eid:{key}",
            "query": {"replace": "inventory"},
            "body": {
                "account": {"id": str(write.adjustment_account)},
                "adjLocation": place,
                **subsidiary,
                "memo": "{reference}",
                "inventory": {"items": [line]},
            },
        },
    }
