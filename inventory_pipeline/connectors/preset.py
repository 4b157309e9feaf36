"""Presets: a vendor's system as the rest or graphql connector, with settled options."""

from typing import Protocol

from inventory_pipeline.connectors.graphql import GraphqlConnector, GraphqlOptions
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.rest import RestConnector, RestOptions


class RestKind(Protocol):
    """Options of a vendor that can be said in those of ``rest``."""

    def build_rest(self) -> RestOptions:
        """Return the same for the rest connector."""


class GraphqlKind(Protocol):
    """Options of a vendor that can be said in those of ``graphql``."""

    def build_graphql(self) -> GraphqlOptions:
        """Return the same for the graphql connector."""


class RestPreset(RestConnector):
    """Reads (and writes) one vendor's system through the rest connector."""

    def __init__(
        self, *, system: str, options: RestKind, root: str, world: Surroundings | None = None
    ) -> None:
        super().__init__(system=system, options=options.build_rest(), root=root, world=world)


class GraphqlPreset(GraphqlConnector):
    """Reads (and writes) one vendor's system through the graphql connector."""

    def __init__(
        self, *, system: str, options: GraphqlKind, root: str, world: Surroundings | None = None
    ) -> None:
        super().__init__(system=system, options=options.build_graphql(), root=root, world=world)
