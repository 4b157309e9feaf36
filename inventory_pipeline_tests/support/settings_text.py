"""Small configurations for tests: a whole one, and a way to put one part in place of another."""

WHOLE = """\
business: {name: Harbor & Pine, time_zone: America/Los_Angeles, currency: USD}
systems:
  shelf:
    role: wms
    connector: files
    options: {counts: "shelf-{hour}.csv", movements: "moves-{hour}.csv"}
  erp: {role: erp, connector: files, options: {counts: "erp-{hour}.csv"}}
  storefront: {role: storefront, connector: files, decrements_at: order}
facts:
  on_hand: {owner: shelf, decided_on: 2026-10-01, review_on: 2027-01-01}
mirrors:
  - {system: erp, fact: on_hand, expects: on_hand, unit: CS}
  - {system: storefront, fact: available, expects: "greatest(0, on_hand - committed)"}
"""


def change(old: str, new: str, text: str = WHOLE) -> str:
    """Return ``text`` with ``old``, which must be in it, replaced by ``new``."""
    assert old in text, f"{old!r} is not in the configuration"
    return text.replace(old, new, 1)
