"""A stand-in for Odoo, over JSON-2 and XML-RPC, as far as quants, moves and adjustments go.

Endpoints and errors: odoo/documentation, content/developer/reference/external_api.rst (JSON-2)
and external_rpc_api.rst (XML-RPC); addons/rpc/controllers/json2.py and xmlrpc.py of odoo/odoo
(named arguments, fault codes, None that is never marshalled). Fields and what an adjustment
does: addons/stock/models/stock_quant.py (action_apply_inventory, _compute_is_outdated, the
conflict wizard, _unlink_zero_quants) and stock_move_line.py. Odoo answers what is asked for by
``fields``, many2one fields as ids when ``load`` is not ``_classic_read``.
"""

import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from inventory_pipeline.connectors.odoo.connector import OdooConnector
from inventory_pipeline.connectors.odoo.options import OdooOptions
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, answer_json
from inventory_pipeline_tests.support.vendors.vendor import Level

KEY = "6578616d706c65206a736f6e20617069206b6579"
DATABASE, LOGIN, USER = "shop", "reader@shop.example", 7
QUANTS, MOVES, PLACES, PRODUCTS = (
    "stock.quant",
    "stock.move.line",
    "stock.location",
    "product.product",
)
Record = dict[str, Any]
_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "in": lambda a, b: a in b,
}


# Methods that take no ids first (@api.model), and the order of their arguments.
_OF_THE_MODEL = ("search", "search_read", "search_count", "create", "check_access_rights")
_POSITIONS = {
    "search": ("domain", "offset", "limit", "order"),
    "search_read": ("domain", "fields", "offset", "limit", "order"),
    "search_count": ("domain",),
    "create": ("vals_list",),
    "check_access_rights": ("operation", "raise_exception"),
    "read": ("fields", "load"),
    "write": ("vals",),
}


class OdooError(Exception):
    """What Odoo raises: a status of JSON-2, a fault code of XML-RPC, a text."""

    def __init__(self, status: int, code: int, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


class FakeOdoo:
    """One database.

    Attributes:
        tables: model → its records, each with an id.
        may_write: whether the key is that of an Inventory user.
        before: called with "model.method" before it is carried out; may raise or change tables.
        calls: "model.method" of every call so far.
    """

    def __init__(self) -> None:
        self.tables: dict[str, list[Record]] = {
            model: [] for model in (QUANTS, MOVES, PLACES, PRODUCTS)
        }
        self.may_write = False
        self.before: Callable[[str], None] = lambda _step: None
        self.calls: list[str] = []

    def add(self, model: str, **values: Any) -> int:
        number = len(self.tables[model]) + 1
        self.tables[model].append({"id": number, **_DEFAULTS[model], **values})
        return number

    def add_place(self, name: str, usage: str = "internal", warehouse: Any = 1) -> int:
        return self.add(PLACES, complete_name=name, usage=usage, warehouse_id=warehouse)

    def add_product(self, code: Any, **values: Any) -> int:
        return self.add(PRODUCTS, default_code=code, **values)

    def add_quant(self, product: int, place: int, quantity: Any, **values: Any) -> int:
        return self.add(QUANTS, product_id=product, location_id=place, quantity=quantity, **values)

    def add_move(self, product: int, source: int, target: int, quantity: Any, **values: Any) -> int:
        return self.add(
            MOVES, product_id=product, location_id=source, location_dest_id=target,
            quantity_product_uom=quantity, qty_done=quantity, **values,
        )  # fmt: skip

    def find(self, model: str, number: int) -> Record:
        return next(record for record in self.tables[model] if record["id"] == number)

    def call(self, model: str, method: str, ids: list[int] | None, named: Record) -> Any:
        """Carry out one call, as one transaction.

        Raises:
            OdooError: it is not carried out.
        """
        step = f"{model}.{method}"
        self.calls.append(step)
        self.before(step)
        if model not in self.tables:
            raise OdooError(404, 1, f"the model {model!r} does not exist")
        work = getattr(self, f"_{method}", None)
        if work is None:
            raise OdooError(404, 1, f"The method {step} does not exist")
        return work(model, ids, named)

    def _search_read(self, model: str, _ids: Any, named: Record) -> list[Record]:
        found = self._find_all(model, named)
        fields = ["id", *named["fields"]]
        unknown = [name for name in fields if name not in _DEFAULTS[model] and name != "id"]
        if unknown:
            raise OdooError(500, 1, f"ValueError: Invalid field {unknown[0]!r} on {model!r}")
        is_plain = named.get("load", "_classic_read") != "_classic_read"
        return [
            {name: self._show(record, name, is_plain=is_plain) for name in fields}
            for record in found
        ]

    def _read(self, model: str, ids: list[int], named: Record) -> list[Record]:
        wanted = {**named, "domain": [["id", "in", ids]], "context": {"active_test": False}}
        return self._search_read(model, None, wanted)

    def _search(self, model: str, _ids: Any, named: Record) -> list[int]:
        return [record["id"] for record in self._find_all(model, named)]

    def _search_count(self, model: str, _ids: Any, named: Record) -> int:
        return len(self._find_all(model, {"domain": named["domain"]}))

    def _has_access(self, _model: str, _ids: Any, named: Record) -> bool:
        return named["operation"] == "read" or self.may_write

    def _check_access_rights(self, model: str, ids: Any, named: Record) -> bool:
        return self._has_access(model, ids, named)

    def _create(self, model: str, _ids: Any, named: Record) -> list[int]:
        self._refuse_reader(named)
        made = []
        for values in named["vals_list"]:
            number = self.add(model, quantity=0.0, **values)
            self._note(self.find(model, number), values)
            made.append(number)
        return made

    def _write(self, model: str, ids: list[int], named: Record) -> bool:
        self._refuse_reader(named)
        for number in ids:
            record = self.find(model, number)
            record.update(named["vals"])
            self._note(record, named["vals"])
        return True

    def _action_apply_inventory(self, model: str, ids: list[int], named: Record) -> Any:
        self._refuse_reader(named)
        quants = [self.find(model, number) for number in ids]
        outdated = [q["id"] for q in quants if self._is_outdated(q)]
        if outdated:
            return _open_wizard("stock.inventory.conflict", ids)
        tracked = [q for q in quants if self.find(PRODUCTS, q["product_id"])["tracking"] != "none"]
        if tracked:
            return _open_wizard("stock.track.confirmation", ids)
        for quant in quants:
            quant["quantity"] += quant["inventory_diff_quantity"]
            quant["inventory_quantity_set"] = False
        return None

    def _note(self, quant: Record, values: Mapping[str, Any]) -> None:
        if "inventory_quantity" in values:
            quant["inventory_diff_quantity"] = values["inventory_quantity"] - quant["quantity"]
            quant["inventory_quantity_set"] = values.get("inventory_quantity_set", True)

    def _is_outdated(self, quant: Record) -> bool:
        noted = quant["inventory_quantity"] - quant["inventory_diff_quantity"]
        return bool(quant["inventory_quantity_set"] and noted != quant["quantity"])

    def _refuse_reader(self, named: Record) -> None:
        if named.get("context", {}).get("inventory_mode") is not True:
            raise OdooError(422, 2, "Quant's editing is restricted, you can't do this operation.")
        if not self.may_write:
            raise OdooError(403, 4, "You are not allowed to modify 'Quants' (stock.quant) records.")

    def _find_all(self, model: str, named: Record) -> list[Record]:
        hides = named.get("context", {}).get("active_test", True)
        found = [
            record
            for record in sorted(self.tables[model], key=lambda record: record["id"])
            if all(self._fits(record, *term) for term in named["domain"])
            and (record.get("active", True) or not hides)
        ]
        return found[: named.get("limit") or None]

    def _fits(self, record: Record, field: str, how: str, wanted: Any) -> bool:
        name, _, inner = field.partition(".")
        value = record[name]
        if inner:
            value = self.find(PLACES, value)[inner]
        return _TESTS[how](value, wanted)

    def _show(self, record: Record, name: str, *, is_plain: bool) -> Any:
        value = record[name]
        if name == "available_quantity" and value is ...:
            value = record["quantity"] - record["reserved_quantity"]
        if is_plain or not name.endswith("_id") or value is False:
            return value
        return [value, f"{name} {value}"]


_DEFAULTS: dict[str, Record] = {
    QUANTS: {
        "product_id": 1, "location_id": 1, "owner_id": False, "lot_id": False, "package_id": False,
        "company_id": 1, "quantity": 0.0, "reserved_quantity": 0.0, "available_quantity": ...,
        "inventory_quantity": 0.0, "inventory_diff_quantity": 0.0, "inventory_quantity_set": False,
    },
    MOVES: {
        "product_id": 1, "location_id": 1, "location_dest_id": 1, "owner_id": False,
        "company_id": 1, "quantity_product_uom": 0.0, "qty_done": 0.0, "product_uom_id": 1,
        "state": "done", "date": "2026-04-06 09:30:00", "write_date": "2026-04-06 09:30:01",
        "reference": "WH/OUT/00001", "origin": False,
    },
    PLACES: {"complete_name": "WH/Stock", "usage": "internal", "warehouse_id": 1, "active": True},
    PRODUCTS: {"default_code": False, "active": True, "uom_id": 1, "tracking": "none"},
}  # fmt: skip


def _open_wizard(model: str, ids: list[int]) -> Record:
    return {
        "name": "Conflict in Inventory Adjustment",
        "type": "ir.actions.act_window",
        "view_mode": "form",
        "views": [[False, "form"]],
        "res_model": model,
        "target": "new",
        "context": {"default_quant_ids": ids},
    }


def serve_json2(odoo: FakeOdoo, asked: Asked, key: str = KEY) -> Reply:
    """Answer one request to /json/2."""
    if asked.headers.get("authorization", "").lower() != f"bearer {key}":
        return _say_no(OdooError(401, 3, "Invalid apikey"))
    _, _, _, model, method = asked.path.split("/")
    named = asked.json
    ids = named.pop("ids", None)
    try:
        return answer_json(odoo.call(model, method, ids, named))
    except OdooError as error:
        return _say_no(error)


def serve_xmlrpc(odoo: FakeOdoo, asked: Asked, key: str = KEY) -> Reply:
    """Answer one request to /xmlrpc/2."""
    parameters, name = xmlrpc.client.loads(asked.body)
    if name in ("authenticate", "login"):
        known = parameters[:3] == (DATABASE, LOGIN, key)
        return _write_xml((USER if known else False,))
    database, user, said, model, method, args, *rest = parameters
    if (database, user, said) != (DATABASE, USER, key):
        return _write_xml(xmlrpc.client.Fault(3, "Access Denied"))
    listed, named = list(args), dict(rest[0]) if rest else {}
    ids = None if method in _OF_THE_MODEL else listed.pop(0)
    named |= dict(zip(_POSITIONS.get(method, ()), listed, strict=False))
    try:
        return _write_xml((odoo.call(model, method, ids, named),))
    except OdooError as error:
        said = error.text
        if error.code == 1:
            said = f"Traceback (most recent call last):\n  File ...\n{error.text}\n"
        return _write_xml(xmlrpc.client.Fault(error.code, said))


def _say_no(error: OdooError) -> Reply:
    said = {
        "name": "odoo.exceptions.UserError", "message": error.text, "arguments": [error.text],
        "context": {}, "debug": "Traceback (most recent call last): secret internals",
    }  # fmt: skip
    return answer_json(said, status=error.status)


def _write_xml(value: Any) -> Reply:
    try:
        text = xmlrpc.client.dumps(value, methodresponse=True, allow_none=False)
    except TypeError as error:  # None: the call was carried out all the same
        fault = xmlrpc.client.Fault(1, f"Traceback ...\nTypeError: {error}\n")
        text = xmlrpc.client.dumps(fault, methodresponse=True)
    return Reply(text.encode(), headers={"Content-Type": "text/xml; charset=utf-8"})


class OdooVendor:
    """Odoo for the suite that runs over all vendors."""

    name = "odoo"
    quantity = "quantity"
    fact = "on_hand"
    has_time = False
    page = 100

    def __init__(self, transport: str = "json2") -> None:
        self.transport = transport

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        odoo = self._fill(levels)
        return (serve_json2 if self.transport == "json2" else serve_xmlrpc)(odoo, asked)

    def is_page(self, asked: Asked) -> bool:
        if self.transport == "json2":
            return asked.path == f"/json/2/{QUANTS}/search_read"
        parameters, name = xmlrpc.client.loads(asked.body)
        return name == "execute_kw" and parameters[3:5] == (QUANTS, "search_read")

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> OdooConnector:
        (folder / "odoo-key").write_text(KEY)
        given = {
            "url": url, "key": {"file": "odoo-key"}, "locate_by": "complete_name",
            "page_size": self.page, "transport": self.transport, **options,
        }  # fmt: skip
        if self.transport == "xmlrpc":
            given |= {"login": LOGIN, "database": DATABASE}
        checked = OdooOptions.model_validate(given)
        return OdooConnector(
            system="erp", options=checked, root=str(folder), world=clock.build_world()
        )

    def _fill(self, levels: Sequence[Level]) -> FakeOdoo:
        """Return a database with these levels; one that is given twice has one id."""
        odoo = FakeOdoo()
        products = {code: odoo.add_product(code) for code in sorted({x.item_id for x in levels})}
        names = sorted({level.location_id for level in levels})
        places = {name: odoo.add_place(name) for name in names}
        keys = sorted({(level.item_id, level.location_id) for level in levels})
        numbers = {key: number for number, key in enumerate(keys, start=1)}
        for level in levels:
            quant = {**_DEFAULTS[QUANTS], **level.quantities}
            quant["id"] = numbers[level.item_id, level.location_id]
            quant["product_id"], quant["location_id"] = (
                products[level.item_id],
                places[level.location_id],
            )
            odoo.tables[QUANTS].append(quant)
        return odoo
