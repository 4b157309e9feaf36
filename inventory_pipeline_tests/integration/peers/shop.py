"""One shop, three doors: a shelf that drops files, and Tryton by REST and by SQL.

Nothing but an ``inventory.yaml``: that is the point.
"""

from pathlib import Path

from inventory_pipeline.model.hours import compute_slug
from inventory_pipeline_tests.integration.peers.adventureworks import Line, write_shelf
from inventory_pipeline_tests.integration.peers.tryton import DATABASE, READER, Tryton

SETTINGS = """
business: {{name: AdventureWorks}}
storage: {{directory: local}}
systems:
  shelf:
    role: wms
    connector: files
    options: {{counts: "exports/counts-{{hour}}.csv", settle: 0s}}
  erp:
    role: erp
    connector: rest
    numbers: {{decimal: "."}}
    options:
      base_url: {tryton.url}
      auth: {{kind: bearer, token: {{file: secrets/key}}}}
      feeds:
        counts:
          path: model/product.product
          query: {{f: [code, quantity]}}
          headers:
            X-Tryton-Context:
              base64url_json:
                {{company: {tryton.company}, locations: [{tryton.storage}], with_childs: true}}
          paging: {{kind: range, size: 100}}
          columns:
            item_id: code
            location_id: {{constant: STO}}
            fact: {{constant: on_hand}}
            quantity: quantity
            as_of: {{constant: "{{fetched_at}}"}}
  erp_tables:
    role: erp
    connector: sql
    numbers: {{decimal: "."}}
    options:
      drivername: postgresql
      host: 127.0.0.1
      port: {tryton.cluster.port}
      database: {database}
      username: {reader}
      password: {{file: secrets/reader}}
      feeds:
        counts:
          fixed: {{fact: on_hand, as_of: "{{fetched_at}}"}}
          query: |
            select
                p.code as item_id,
                l.code as location_id,
                sum(case when m.to_location = l.id then 1 else -1 end * m.internal_quantity)
                    as quantity
            from stock_move as m
            join product_product as p on p.id = m.product
            join stock_location as l on l.id in (m.to_location, m.from_location)
            where m.state = 'done' and l.type = 'storage'
            group by p.code, l.code
            order by p.code, l.code
catalog: {{locations: locations.csv}}
facts:
  on_hand: {{owner: shelf, reason: a bin can be walked to and counted}}
mirrors:
  - {{system: erp, fact: on_hand, expects: on_hand}}
  - {{system: erp_tables, fact: on_hand, expects: on_hand}}
"""


def write_shop(folder: Path, tryton: Tryton, stock: list[Line], hour_at) -> Path:
    """Write configuration, secrets, locations and the shelf's file; return the configuration."""
    for name in ("exports", "secrets"):
        (folder / name).mkdir()
    (folder / "secrets" / "key").write_text(tryton.key)
    (folder / "secrets" / "reader").write_text(tryton.reader_password)
    # Tryton's total counts every one of our locations: one place of theirs, fourteen of ours.
    places = sorted({line.location for line in stock})
    rows = ["location_id,system,their_location_id", *(f"{place},erp,STO" for place in places)]
    (folder / "locations.csv").write_text("\n".join(rows))
    path = folder / "exports" / f"counts-{compute_slug(hour_at)}.csv"
    write_shelf(path, stock, as_of=hour_at.isoformat())
    settings = folder / "inventory.yaml"
    settings.write_text(SETTINGS.format(tryton=tryton, database=DATABASE, reader=READER))
    return settings
