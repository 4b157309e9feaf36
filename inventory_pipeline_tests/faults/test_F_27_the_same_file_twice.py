"""F-27: yesterday's file under today's name is stale by its content."""

from inventory_pipeline_tests.faults.conftest import ELEVEN, TEN, Pair


def test_F_27_a_renamed_old_file_is_recognised_and_late(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.run(TEN)
    noon = "2026-04-06T14:00Z"
    pair.agree(noon, {"A": 5}, at="2026-04-06T14:00:00Z")
    pair.say("shelf", noon, {"A": 5}, at=f"{TEN[:13]}:00:00Z")

    pair.run(noon)

    row = pair.one("snapshots", "--hour", noon, system="shelf", feed="counts")
    assert row["status"] == "late"
    assert "4 h 00 min old" in row["reason"]


def test_F_27_the_same_file_delivered_twice_in_an_hour_is_one_observation(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.run(TEN)
    before = pair.export("snapshots")

    pair.agree(TEN, {"A": 5})
    pair.run(TEN)

    assert pair.export("snapshots") == before
    landed = list((pair.folder / "local/landing/shelf/counts").glob("*.manifest.json"))
    assert len(landed) == 1
    assert pair.find("snapshots", hour_at=None) == []
    pair.agree(ELEVEN, {"A": 5})
    pair.run(ELEVEN)
    assert pair.status("shelf", ELEVEN) == "complete"
