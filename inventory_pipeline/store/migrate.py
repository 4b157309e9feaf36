"""Numbered migrations: files 0001_*.sql, 0002_*.sql ..., applied once, in order."""

from functools import cache
from importlib import resources

from inventory_pipeline.errors import StoreError


@cache
def find_migrations(store: str) -> tuple[str, ...]:
    """Return the SQL text of every migration of ``store``, oldest first.

    Raises:
        StoreError: the numbers have a hole or stand twice.
    """
    folder = resources.files("inventory_pipeline.store.migrations").joinpath(store)
    files = sorted(
        (place for place in folder.iterdir() if place.name.endswith(".sql")),
        key=lambda place: place.name,
    )
    numbers = [int(place.name[:4]) for place in files]
    if numbers != list(range(1, len(files) + 1)):
        raise StoreError(f"migrations of {store} are numbered {numbers}, wanted 1, 2, 3 ...")
    return tuple(place.read_text(encoding="utf-8") for place in files)
