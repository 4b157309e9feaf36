"""The ping: start, success and failure of one run are one story; trouble is only a warning."""

import logging
import time
from uuid import UUID

import pytest

from inventory_pipeline.config.mail import Heartbeat
from inventory_pipeline.connectors.heartbeat import HeartbeatPing
from inventory_pipeline_tests.support.ping_server import PingService, serve_pings

RUN = UUID("12345678-1234-5678-1234-567812345678")


@pytest.fixture
def build(monkeypatch):
    def build(url: str, *, timeout: str = "1s") -> HeartbeatPing:
        monkeypatch.setenv("PING_URL", url)
        settings = Heartbeat.model_validate({"url": {"env": "PING_URL"}, "timeout": timeout})
        return HeartbeatPing(settings, root=".")

    return build


def test_a_run_is_told_from_start_to_end_under_one_id(build):
    with serve_pings(PingService()) as service:
        ping = build(service.url)
        assert ping.start(RUN)
        assert ping.succeed(RUN, "24 hours reconciled")
        assert ping.fail(RUN, "erp: HTTP 503")
    assert service.pings == [
        ("/ping/secret-uuid/start", str(RUN), ""),
        ("/ping/secret-uuid", str(RUN), "24 hours reconciled"),
        ("/ping/secret-uuid/fail", str(RUN), "erp: HTTP 503"),
    ]


def test_without_a_url_nobody_is_told():
    assert not HeartbeatPing(Heartbeat(), root=".").start(RUN)


@pytest.mark.parametrize("status", [301, 404, 429, 500])
def test_an_answer_that_is_no_success_is_a_warning_without_the_url(build, caplog, status):
    with serve_pings(PingService(status=status)) as service, caplog.at_level(logging.WARNING):
        assert not build(service.url).succeed(RUN)
    assert f"HTTP {status}" in caplog.text
    assert "secret-uuid" not in caplog.text


def test_a_redirect_is_not_followed(build):
    with serve_pings(PingService()) as other:
        target = f"{other.url}/elsewhere"
        with serve_pings(PingService(status=302, location=target)) as service:
            assert not build(service.url).succeed(RUN)
    assert other.pings == []


def test_a_service_that_is_gone_is_a_warning_without_the_url(build, caplog):
    with serve_pings(PingService()) as service:
        pass
    assert not build(service.url).succeed(RUN)
    assert "ConnectionError" in caplog.text
    assert "secret-uuid" not in caplog.text


def test_a_slow_drip_is_left_after_the_timeout(build, caplog):
    with serve_pings(PingService(drip_seconds=3)) as service:
        ping = build(service.url)
        began = time.monotonic()
        assert not ping.start(RUN)
        assert time.monotonic() - began < 2
    assert "no answer in time" in caplog.text


def test_only_loopback_is_told_in_the_clear(build, caplog):
    assert not build("http://pings.example.com/secret-uuid").start(RUN)
    assert "heartbeat.url is not https" in caplog.text
    assert "secret-uuid" not in caplog.text


@pytest.mark.parametrize("url", ["", "no url", "https://", "ftp://127.0.0.1/x", "http://[::1"])
def test_a_url_that_is_none_is_a_warning_and_no_error(build, url):
    assert not build(url).start(RUN)


def test_an_unset_secret_is_a_warning_and_no_error(build, monkeypatch, caplog):
    ping = build("https://pings.example.com")
    monkeypatch.delenv("PING_URL")
    assert not ping.start(RUN)
    assert "PING_URL is not set" in caplog.text


def test_a_long_body_is_cut_to_what_services_take(build):
    with serve_pings(PingService()) as service:
        build(service.url).fail(RUN, "x" * 50_000)
    assert len(service.pings[0][2]) == 10_000
