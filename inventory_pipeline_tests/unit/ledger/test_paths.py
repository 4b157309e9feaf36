"""How old news can be: the clock of each path, and the quickest way to its source."""

from datetime import timedelta
from typing import Any

import pytest

from inventory_pipeline.config.models import Settings
from inventory_pipeline.ledger.paths import build_paths, compute_chain_lags

HOUR = timedelta(hours=1)


def build(*handoffs: dict[str, Any], web: dict[str, Any] | None = None) -> Settings:
    roles = {"wms": "wms", "erp": "erp", "web": "storefront", "threepl": "threepl"}
    systems: dict[str, Any] = {n: {"role": r, "connector": "files"} for n, r in roles.items()}
    systems["web"] |= {"decrements_at": "order", **(web or {})}
    return Settings.model_validate(
        {
            "business": {"name": "T"},
            "systems": systems,
            "facts": {"on_hand": {"owner": "wms"}},
            "handoffs": list(handoffs),
        }
    )


def path(name: str, source: str, target: str, *kinds: str, every: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {"path": name, "source": source, "target": target}
    clock = {"sync": {"trigger": "batch", "every": every}} if every else {}
    return {**told, "carries": list(kinds), **clock}


def lags(settings: Settings) -> dict[str, float]:
    chains = compute_chain_lags(build_paths(settings), ["wms"])
    return {key[0]: lag / HOUR for key, lag in chains.items()}


def test_a_chain_adds_up_from_the_owner() -> None:
    chain = build(path("a", "wms", "erp", every="24h"), path("b", "erp", "web", every="4h"))

    assert lags(chain) == {"a": 24, "b": 28}


def test_of_two_ways_the_quicker_one_counts() -> None:
    ways = build(
        path("slow", "wms", "erp", every="24h"),
        path("quick", "wms", "erp", every="1h"),
        path("on", "erp", "web", every="4h"),
    )

    assert lags(ways) == {"slow": 24, "quick": 1, "on": 5}


def test_a_circle_ends_and_news_to_the_owner_has_its_own_lag_only() -> None:
    circle = build(
        path("down", "wms", "web", every="4h"),
        path("up", "web", "wms", every="1h"),
        path("round", "web", "erp", every="2h"),
        path("back", "erp", "web", every="2h"),
    )

    assert lags(circle) == {"down": 4, "up": 1, "round": 6, "back": 8}


def test_what_is_reached_from_no_owner_has_its_own_lag_only() -> None:
    assert lags(build(path("b", "erp", "web", every="4h"))) == {"b": 4}


def test_a_target_that_polls_what_arrived_reads_it_later_still() -> None:
    polled = {"sync": {"trigger": "poll", "every": "1h"}}

    assert lags(build(path("a", "wms", "web", every="4h"), web=polled)) == {"a": 5}


@pytest.mark.parametrize(
    ("handoff", "kinds"),
    [
        (path("a", "wms", "erp", "order_placed", "receipt"), ("receipt",)),
        (path("a", "wms", "web", "order_placed", "shipment"), ("order_placed",)),
        (path("a", "threepl", "web", "shipment"), ("shipment",)),
    ],
)
def test_a_target_must_hear_of_what_moves_its_number_and_of_what_a_3pl_ships(
    handoff: dict[str, Any], kinds: tuple[str, ...]
) -> None:
    [built] = build_paths(build(handoff))

    assert built.kinds == kinds


def test_a_path_that_names_a_fact_carries_all_that_moves_it() -> None:
    [built] = build_paths(build(path("a", "wms", "erp", "on_hand")))

    assert {"receipt", "shipment", "adjustment"} <= set(built.kinds)
    assert "order_placed" not in built.kinds
