"""Priors: what was proven on a path is likelier there again, and nowhere else."""

import polars as pl
import pytest

from inventory_pipeline.diagnose.priors import Priors, build_priors
from inventory_pipeline.diagnose.verdict import judge
from inventory_pipeline.model.causes import CAUSES
from inventory_pipeline_tests.support.cases import case

TOTAL = sum(cause.weight for cause in CAUSES.values())


def learn(*rows: tuple[str, str, int]) -> Priors:
    closed = [("storefront", "available", abc_class, cause, n) for abc_class, cause, n in rows]
    names = ["mirror", "fact", "abc_class", "cause", "finding_count"]
    return build_priors(pl.DataFrame(closed, schema=names, orient="row"))


def test_nothing_learnt_leaves_the_catalogue_as_it_is() -> None:
    priors = learn(("A", "event_duplicated", 9))

    assert priors.find("erp", "on_hand", "A") == {}
    assert Priors().find("storefront", "available", "A") == {}


def test_a_cause_seen_on_a_path_is_heavier_there() -> None:
    known = learn(("A", "event_duplicated", 50)).find("storefront", "available", "C")

    assert known["event_duplicated"] > 10 * CAUSES["event_duplicated"].weight
    assert known["movement_dropped"] == pytest.approx(CAUSES["movement_dropped"].weight / 2)
    assert sum(known.values()) == pytest.approx(TOTAL)


def test_a_class_learns_more_from_its_own() -> None:
    priors = learn(("A", "event_duplicated", 20), ("B", "decrement_missing", 20))
    of_a = priors.find("storefront", "available", "A")
    of_b = priors.find("storefront", "available", "B")

    assert of_a["event_duplicated"] > of_b["event_duplicated"]
    assert of_b["decrement_missing"] > of_a["decrement_missing"]


def test_two_accounts_of_one_jump_are_told_apart_by_what_was_common() -> None:
    asked = case(
        "8 20 20 20\n9 24 20 24\n10 24 20 24",
        "09:05 storefront order_placed 4 S1\n09:10 shelf receipt 4 W1",
        heard=None,
    )

    assert judge(asked, {}).cause == "decrement_missing"
    seen = learn(("A", "event_duplicated", 30)).find("storefront", "available", "A")
    assert judge(asked, seen).cause == "event_duplicated"
