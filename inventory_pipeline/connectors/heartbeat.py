"""The heartbeat ping: an outside check hears of every run's start, success or failure.

It may be slow, down or lying; the run it tells of is never delayed by more than the timeout
and never fails with it. Who knows the URL can ping, so it is a secret: it is never shown.
"""

import logging
from threading import Thread
from urllib.parse import urlsplit
from uuid import UUID

import requests

from inventory_pipeline.config.mail import Heartbeat
from inventory_pipeline.errors import ConfigError

logger = logging.getLogger(__name__)

BODY_LIMIT = 10_000
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class HeartbeatPing:
    """Tells one outside check of one run after another; without a URL it tells nobody."""

    def __init__(self, settings: Heartbeat, *, root: str) -> None:
        self._settings = settings
        self._root = root

    def start(self, run: UUID) -> bool:
        """Tell that a run began; the same ``run`` ends it. True if somebody heard it."""
        return self._ping("/start", run, "")

    def succeed(self, run: UUID, body: str = "") -> bool:
        """Tell that the run ended well, with a few counts for people."""
        return self._ping("", run, body)

    def fail(self, run: UUID, body: str = "") -> bool:
        """Tell that the run failed, and why in a few words."""
        return self._ping("/fail", run, body)

    def _ping(self, suffix: str, run: UUID, body: str) -> bool:
        if self._settings.url is None:
            return False
        answers: list[str] = []
        thread = Thread(target=self._send, args=(suffix, run, body, answers), daemon=True)
        thread.start()
        # Name look-up has no timeout of its own, and a slow drip outlives a read timeout.
        thread.join(self._settings.timeout.total_seconds())
        word = answers[0] if answers else "no answer in time"
        if word:
            logger.warning("heartbeat ping not heard kind=%s: %s", suffix[1:] or "success", word)
        return not word

    def _send(self, suffix: str, run: UUID, body: str, answers: list[str]) -> None:
        """Send one ping; leave the empty word for success, else what went wrong."""
        try:
            answers.append(self._post(suffix, run, body))
        except ConfigError as error:
            answers.append(str(error))
        except Exception as error:
            # A run never fails with its ping, and the text of such an error holds the URL.
            answers.append(type(error).__name__)

    def _post(self, suffix: str, run: UUID, body: str) -> str:
        assert self._settings.url is not None  # noqa: S101 narrows the type: asked before
        url = self._settings.url.reveal(self._root)
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            return "heartbeat.url is not https"
        with requests.Session() as session:
            session.trust_env = False
            address = parts._replace(path=parts.path.rstrip("/") + suffix).geturl()
            answer = session.post(
                address,
                params={"rid": str(run)},
                data=body.encode("utf-8", "replace")[:BODY_LIMIT],
                headers={"Content-Type": "text/plain; charset=utf-8"},
                timeout=self._settings.timeout.total_seconds(),
                allow_redirects=False,
                stream=True,
            )
            answer.close()
            return "" if 200 <= answer.status_code < 300 else f"HTTP {answer.status_code}"
