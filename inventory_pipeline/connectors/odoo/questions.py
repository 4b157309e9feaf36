"""Questions: which records of which model are read, and which of their fields. Pure.

Fields and models: odoo/odoo, addons/stock/models (stock_quant.py, stock_move_line.py,
stock_location.py) and addons/product; the endpoints: odoo/documentation,
content/developer/reference/external_api.rst and external_rpc_api.rst.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inventory_pipeline.connectors.json_columns import RowPlan
from inventory_pipeline.connectors.json_tables import plan_table
from inventory_pipeline.connectors.odoo.options import Feed, OdooOptions
from inventory_pipeline.connectors.rest import RestFeed
from inventory_pipeline.model.frames import RAW_FEEDS

QUANTS, MOVES = "stock.quant", "stock.move.line"
PLACES, PRODUCTS = "stock.location", "product.product"
Domain = list[list[Any]]

# Archived records still name stock. Without a language names are those of the database.
_EVERYTHING = {"active_test": False}
_SINCE = "{since:%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Table:
    """What is read of one model.

    Attributes:
        columns: our name → Odoo's field.
        domain: what else a record has to be, besides coming after the one before.
        is_counted: the number of rows is asked for before and after, and has to fit.
    """

    model: str
    columns: Mapping[str, str]
    domain: Domain = field(default_factory=list)
    is_counted: bool = False

    @property
    def plan(self) -> RowPlan:
        """Return where its columns stand in an answer."""
        return plan_table(self.columns)


def describe_tables(feed: Feed, options: OdooOptions) -> list[Table]:
    """Return what a feed is put together from; what the rest names comes first."""
    first = _describe_quants(options) if feed == "counts" else _describe_moves(options)
    return [first, _describe_places(options), _describe_products(options)]


def build_feed(feed: Feed, table: Table, options: OdooOptions) -> RestFeed:
    """Return the paged request: by id, so that rows that come or go shift no page."""
    named = {
        "domain": [*table.domain, ["id", ">", "{after.id}"]],
        "fields": list(table.columns.values()),
        "order": "id",
        "limit": "{limit}",
        # Not names of products and people beside their ids: nobody asked for those.
        "load": "",
        "context": _EVERYTHING,
    }
    path, body = write_call(options, table.model, "search_read", None, named)
    first, *others = RAW_FEEDS[feed][0]
    return RestFeed.model_validate(
        {
            "path": path,
            "method": "POST",
            "body": body,
            "paging": {"kind": "keyset", "size": options.page_size, "after": {"id": 0}},
            # The rows are read by this connector itself; the columns only tell pages apart.
            "columns": {first: "id", **{name: {"constant": ""} for name in others}},
        }
    )


def write_call(
    options: OdooOptions,
    model: str,
    method: str,
    ids: Sequence[int] | None,
    named: Mapping[str, Any],
) -> tuple[str, dict[str, Any]]:
    """Return path and body of one call; the door turns it into XML where XML is spoken."""
    if options.transport == "json2":
        which = {} if ids is None else {"ids": list(ids)}
        return f"json/2/{model}/{method}", {**which, **named}
    # ``create`` looks at its first positional argument, whatever else it is given.
    rest = {key: value for key, value in named.items() if key != "vals_list"}
    listed = [named["vals_list"]] if "vals_list" in named else []
    args = [*([list(ids)] if ids is not None else []), *listed]
    return "xmlrpc/2/object", {"model": model, "method": method, "args": args, "kwargs": rest}


def build_domain(options: OdooOptions) -> Domain:
    """Return which quants are counted."""
    return [["location_id.usage", "in", options.counted], *_find_ours(options)]


def build_owned(options: OdooOptions) -> Domain:
    """Return which quants are left out because somebody else owns them."""
    company = [["company_id", "=", options.company]] if options.company is not None else []
    return [["location_id.usage", "in", options.counted], *company, ["owner_id", "!=", False]]


def _find_ours(options: OdooOptions) -> Domain:
    company = [["company_id", "=", options.company]] if options.company is not None else []
    owner = [["owner_id", "=", False]] if options.consigned == "leave_out" else []
    return [*company, *owner]


def _describe_quants(options: OdooOptions) -> Table:
    quantities = {name: name for name in dict.fromkeys(options.facts.values())}
    columns = {"id": "id", "product": "product_id", "place": "location_id", **quantities}
    return Table(QUANTS, columns, build_domain(options), is_counted=True)


def _describe_moves(options: OdooOptions) -> Table:
    columns = {
        "id": "id",
        "product": "product_id",
        "source": "location_id",
        "target": "location_dest_id",
        "quantity": options.move_quantity,
        "moved_at": "date",
        "recorded_at": "write_date",
        "reference": "reference",
    }
    if options.move_reference == "origin":
        columns["origin"] = "origin"
    if options.move_quantity == "qty_done":
        columns["unit"] = "product_uom_id"
    domain = [["state", "=", "done"], ["write_date", ">=", _SINCE], *_find_ours(options)]
    return Table(MOVES, columns, domain)


def _describe_places(options: OdooOptions) -> Table:
    columns = {"id": "id", "name": "complete_name", "usage": "usage"}
    if options.locate_by == "warehouse":
        columns["warehouse"] = "warehouse_id"
    return Table(PLACES, columns)


def _describe_products(options: OdooOptions) -> Table:
    columns = {"id": "id", "code": "default_code", "active": "active"}
    if options.move_quantity == "qty_done":
        columns["unit"] = "uom_id"
    return Table(PRODUCTS, columns)
