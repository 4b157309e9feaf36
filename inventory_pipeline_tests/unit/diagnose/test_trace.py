"""The trace's order, and the four layers of an item that a channel does not show."""

from typing import Any

from inventory_pipeline.config.models import Settings
from inventory_pipeline.diagnose.checklist import Logs, build_checklist
from inventory_pipeline.diagnose.trace import build_traces, order_systems
from inventory_pipeline_tests.support.cases import at


def build_settings(*paths: tuple[str, str]) -> Settings:
    roles = {"shelf": "wms", "erp": "erp", "shop": "storefront", "mall": "marketplace"}
    return Settings.model_validate(
        {
            "business": {"name": "Test"},
            "systems": {n: {"role": r, "connector": "files"} for n, r in roles.items()},
            "facts": {"on_hand": {"owner": "shelf"}},
            "handoffs": [
                {"path": f"p{n}", "source": a, "target": b} for n, (a, b) in enumerate(paths)
            ],
        }
    )


def test_without_handoffs_systems_stand_by_role_from_the_shelf_to_the_sale() -> None:
    assert order_systems(build_settings()) == ["shelf", "erp", "shop", "mall"]


def test_the_handoffs_decide_the_order_and_a_circle_ends() -> None:
    paths = [("shelf", "mall"), ("mall", "erp"), ("erp", "shop"), ("shop", "shelf")]

    assert order_systems(build_settings(*paths)) == ["shelf", "mall", "erp", "shop"]


def mirror(system: str, units: int | None, expected: int | None) -> dict[str, Any]:
    delta = None if units is None or expected is None else units - expected
    return {
        "mirror": system, "fact": "on_hand", "location_id": "MAIN", "observed_units": units,
        "expected_units": expected, "delta_units": delta, "source_at": at("10:55"),
        "status": "unknown" if delta is None else "drift" if delta else "match",
    }  # fmt: skip


OWNED = {
    "owner": "shelf", "fact": "on_hand", "location_id": "MAIN", "owner_units": 9,
    "source_at": at("10:55"),
}  # fmt: skip


def test_an_unknown_number_is_no_failure_and_no_agreement() -> None:
    [trace] = build_traces([OWNED], [mirror("erp", None, None)], [], build_settings())

    assert trace.failure is None
    assert not trace.agrees


def test_a_mirror_that_is_off_is_not_the_middleware_when_no_second_book_was_seen() -> None:
    [trace] = build_traces([OWNED], [mirror("shop", 7, 9)], [], build_settings())

    assert trace.failure is not None
    assert not trace.is_middleware_case


SOLD = {"id": "S9", "kind": "pos_sale", "at": at("10:05"), "reference_id": "O-9"}
SENT = {
    "event_id": "E9", "reference_id": "O-9", "processed_at": at("10:06"), "status": "processed",
}  # fmt: skip
WHOLE = Logs(
    told=[SOLD], messages=[SENT], intake=[{**SOLD, "id": "X1"}], erp="erp", posted_units=0,
    wanted_units=0,
)  # fmt: skip


def died_at(**changes: Any) -> str:
    logs = Logs(**{**{n: getattr(WHOLE, n) for n in WHOLE.__dataclass_fields__}, **changes})
    return build_checklist("shop", "MAIN", logs).died_at


def test_the_event_died_at_the_first_layer_that_does_not_know_it() -> None:
    assert died_at() == ""
    assert died_at(told=[]) == "storefront event"
    assert died_at(messages=[]) == "middleware log"
    assert died_at(messages=[{**SENT, "status": "failed"}]) == "middleware log"
    assert died_at(messages=[{**SENT, "processed_at": None}]) == "middleware log"
    assert died_at(intake=[]) == "erp intake"
    assert died_at(posted_units=5) == "erp posting"


def test_a_layer_that_nobody_keeps_is_no_data_and_never_where_it_died() -> None:
    blind = Logs(told=None, messages=None, intake=None)
    found = build_checklist("shop", "MAIN", blind)

    assert [layer.status for layer in found.layers] == ["no data"] * 4
    assert found.died_at == ""
