"""Ownership: which system's book counts for on_hand, place by place and class by class."""

from dataclasses import dataclass

import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.quantities import ON_HAND


@dataclass(frozen=True)
class Ownership:
    """Who owns on_hand where.

    Attributes:
        default: the one owner; empty where none or several are named.
        by_place: location → owner, where a scope says so.
        by_sku: item → owner, where a scope names its class.
    """

    default: str
    by_place: dict[str, str]
    by_sku: dict[str, str]

    @property
    def systems(self) -> list[str]:
        """Return every owner once."""
        named = [self.default, *self.by_place.values(), *self.by_sku.values()]
        return sorted({name for name in named if name})

    def name_owner(self, *, sku: str = "sku", location_id: str = "location_id") -> pl.Expr:
        """Return an expression: the owner of a row's item at its place."""
        here = pl.col(location_id).replace_strict(
            self.by_place or {"": ""}, default=None, return_dtype=pl.String
        )
        item = pl.col(sku).replace_strict(
            self.by_sku or {"": ""}, default=None, return_dtype=pl.String
        )
        return pl.coalesce(here, item, pl.lit(self.default))


def find_ownership(settings: Settings, catalog: Catalog) -> Ownership:
    """Return who owns on_hand; a scope by both place and class holds for the place."""
    fact = settings.facts.get(ON_HAND)
    if fact is None or len(fact.owners) != 1:
        return Ownership("", {}, {})
    places = {s.location: s.owner for s in fact.scopes if s.location is not None}
    classes = {s.abc_class: s.owner for s in fact.scopes if s.location is None and s.abc_class}
    items = catalog.items.filter(pl.col("abc_class").is_in(list(classes)))
    by_sku = {sku: classes[name] for sku, name in items.select("sku", "abc_class").iter_rows()}
    return Ownership(fact.owners[0], places, by_sku)
