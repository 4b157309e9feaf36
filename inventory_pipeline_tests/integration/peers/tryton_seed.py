"""Load a stock list into Tryton. Runs in Tryton's own environment, through its own client.

Usage: tryton_seed.py CONFIG DATABASE < stock.json > keys.json

``stock.json`` is a list of {location, location_name, code, name, quantity}, one a product
and location. Every location becomes a storage location inside the warehouse, every quantity
one line of a stock count, confirmed as a person would confirm it.
"""

import json
import sys
from collections import defaultdict

from proteus import Model, config
from trytond.modules.company.tests.tools import create_company, get_company


def main(config_file: str, database: str) -> None:
    session = config.set_trytond(database, config_file=config_file)
    # A count brings stock from nowhere, about which Tryton would ask.
    session.skip_warning = True
    create_company()
    stock = json.load(sys.stdin)
    storage = create_locations(stock)
    products = create_products(stock)
    count_stock(stock, storage, products)
    json.dump({**create_key(), "company": get_company().id, "storage": find_storage()}, sys.stdout)


def find_storage() -> int:
    (zone,) = Model.get("stock.location").find([("code", "=", "STO")])
    return zone.id


def create_locations(stock: list) -> dict:
    Location = Model.get("stock.location")  # noqa: N806
    (zone,) = Location.find([("code", "=", "STO")])
    named = {line["location"]: line["location_name"] for line in stock}
    made = [
        Location(name=name, code=code, type="storage", parent=zone) for code, name in named.items()
    ]
    Location.save(made)
    return {location.code: location.id for location in made}


def create_products(stock: list) -> dict:
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    named = {line["code"]: line["name"] for line in stock}
    call("product.template", "create", [
        {
            "name": name,
            "default_uom": unit.id,
            "type": "goods",
            "products": [("create", [{"suffix_code": code}])],
        }
        for code, name in named.items()
    ])  # fmt: skip
    return {product.code: product.id for product in Model.get("product.product").find([])}


def count_stock(stock: list, storage: dict, products: dict) -> None:
    by_location = defaultdict(list)
    for line in stock:
        units = {"product": products[line["code"]], "quantity": line["quantity"]}
        by_location[storage[line["location"]]].append(units)
    counts = [
        {"location": location, "empty_quantity": "keep", "lines": [("create", lines)]}
        for location, lines in by_location.items()
    ]
    call("stock.inventory", "confirm", call("stock.inventory", "create", counts))


def call(model: str, method: str, *arguments: object) -> list:
    """Call a method as any client does; record by record takes minutes."""
    session = config.get_config()
    return getattr(session.get_proxy(model), method)(*arguments, session.context)


def create_key() -> dict:
    Application = Model.get("res.user.application")  # noqa: N806
    (user,) = Model.get("res.user").find([("login", "=", "admin")])
    application = Application(user=user, application="rest")
    application.save()
    return {"key": application.key}


if __name__ == "__main__":
    main(*sys.argv[1:])
