"""F-89: the outside check is down, slow or lost: the hour is unaffected, with a warning."""

import logging
import time

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair
from inventory_pipeline_tests.support.ping_server import PingService, serve_pings

HEARTBEAT = "heartbeat: {url: {env: PING_URL}, timeout: 1s}\n"


def run_with(pair: Pair, monkeypatch: pytest.MonkeyPatch, url: str) -> int:
    monkeypatch.setenv("PING_URL", url)
    pair.configure_pair(more=HEARTBEAT)
    pair.agree(TEN, {"A": 5})
    return pair.run(TEN)


def test_F_89_a_service_that_is_gone_does_not_touch_the_hour(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    with serve_pings(PingService()) as service:
        pass
    with caplog.at_level(logging.WARNING):
        assert run_with(pair, monkeypatch, service.url) == 0
    assert pair.one("cycles", "--hour", TEN)["status"] == "clear"
    assert "heartbeat ping not heard" in caplog.text
    assert "secret-uuid" not in caplog.text


@pytest.mark.slow
def test_F_89_a_service_that_never_answers_costs_no_more_than_its_timeouts(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
):
    pair.agree(TEN, {"A": 5})
    pair.run(TEN)
    began = time.monotonic()
    pair.run(TEN)
    without = time.monotonic() - began
    with serve_pings(PingService(drip_seconds=5)) as service:
        began = time.monotonic()
        assert run_with(pair, monkeypatch, service.url) == 0
        took = time.monotonic() - began
    assert took - without < 2 * 1 + 1.5
    assert pair.one("cycles", "--hour", TEN)["status"] == "clear"


@pytest.mark.parametrize("status", [500, 404, 302])
def test_F_89_an_answer_of_any_kind_does_not_touch_the_hour(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, status: int
):
    with serve_pings(PingService(status=status)) as service:
        assert run_with(pair, monkeypatch, service.url) == 0
    assert service.paths == ["/ping/secret-uuid/start", "/ping/secret-uuid"]


def test_F_89_a_secret_that_is_not_set_does_not_touch_the_hour(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("PING_URL", raising=False)
    pair.configure_pair(more=HEARTBEAT)
    pair.agree(TEN, {"A": 5})
    assert pair.run(TEN) == 0
