"""A confidence keeps its word: it rises with the share, and stands in one small table."""

import pytest

from inventory_pipeline.diagnose.calibration import calibrate, load_table

TIERS = ("T0", "T1", "T2")


@pytest.mark.parametrize("tier", TIERS)
def test_confidence_never_falls_as_the_share_rises(tier: str) -> None:
    told = [calibrate(share / 100, tier=tier, is_proven=False) for share in range(101)]

    assert told == sorted(told)
    assert all(0 < confidence < 1 for confidence in told)


def test_every_tier_has_its_steps_from_nothing_up() -> None:
    assert set(load_table().steps) == set(TIERS)
    assert all(steps[0][0] == 0 for steps in load_table().steps.values())


def test_what_is_proven_has_a_confidence_of_its_own() -> None:
    proven = {calibrate(share, tier="T2", is_proven=True) for share in (0.1, 0.9)}

    assert proven == {load_table().proven}
