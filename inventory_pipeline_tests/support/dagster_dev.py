"""Real Dagster: `dagster dev` in processes of its own, spoken to as the web UI does."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCATION = {"repositoryLocationName": "inventory_pipeline", "repositoryName": "__repository__"}
LAUNCH = """
mutation Launch($params: ExecutionParams!) {
  launchPipelineExecution(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}"""
BACKFILL = """
mutation Backfill($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}"""
SCHEDULE = """
query Schedule($selector: ScheduleSelector!) {
  scheduleOrError(scheduleSelector: $selector) {
    ... on Schedule { scheduleState { id selectorId status } }
  }
}"""
STOP = """
mutation Stop($id: String!) {
  stopRunningSchedule(id: $id) {
    __typename
    ... on ScheduleStateResult { scheduleState { status } }
    ... on PythonError { message }
  }
}"""
RUN = """query Run($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"""
BACKFILL_STATUS = """
query Backfill($id: String!) {
  partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status numPartitions } }
}"""
ENDED = ("SUCCESS", "FAILURE", "CANCELED")


class DagsterDev:
    """One ``dagster dev`` over one shop; its history is kept in ``home``."""

    def __init__(self, config: Path, home: Path, *, settings: str = "") -> None:
        self.home = home
        self.config = config
        home.mkdir(exist_ok=True)
        (home / "dagster.yaml").write_text(
            settings or (ROOT / "dagster.yaml").read_text(encoding="utf-8"), encoding="utf-8"
        )
        self.port = _find_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it has loaded the definitions."""
        command = [sys.executable, "-m", "dagster", "dev", "-w", str(ROOT / "workspace.yaml")]
        with (self.home / "dev.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "-h", "127.0.0.1", "-p", str(self.port)],
                cwd=ROOT,
                env={
                    **os.environ,
                    "DAGSTER_HOME": str(self.home),
                    "INVENTORY_CONFIG": str(self.config),
                    "DAGSTER_DISABLE_TELEMETRY": "1",
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_for(lambda: self._is_up() or None, seconds=90)

    def _is_up(self) -> bool:
        try:
            return bool(self.ask("query { version }")["version"])
        except (OSError, urllib.error.URLError):
            return False

    def kill(self) -> None:
        """End every process of it at once, as a power cut does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send one GraphQL request; return its data."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            data=json.dumps({"query": query, "variables": variables}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.load(answer)
        assert "errors" not in found, found["errors"]
        data: dict[str, Any] = found["data"]
        return data

    def launch(self, job: str, tags: dict[str, str]) -> str:
        """Launch a run; return its id."""
        params = {
            "selector": {**LOCATION, "pipelineName": job},
            "executionMetadata": {"tags": [{"key": k, "value": v} for k, v in tags.items()]},
            "runConfigData": {},
            "mode": "default",
        }
        found = self.ask(LAUNCH, params=params)["launchPipelineExecution"]
        assert found["__typename"] == "LaunchRunSuccess", found
        return str(found["run"]["runId"])

    def backfill(self, keys: list[list[str]], partitions: list[str]) -> str:
        """Launch a backfill of some assets; return its id."""
        params = {"assetSelection": [{"path": key} for key in keys], "partitionNames": partitions}
        found = self.ask(BACKFILL, params=params)["launchPartitionBackfill"]
        assert found["__typename"] == "LaunchBackfillSuccess", found
        return str(found["backfillId"])

    def switch_off(self, schedule: str) -> str:
        """Use the switch of the web UI; return the state it leaves."""
        selector = {**LOCATION, "scheduleName": schedule}
        state = self.ask(SCHEDULE, selector=selector)["scheduleOrError"]["scheduleState"]
        found = self.ask(STOP, id=state["id"])["stopRunningSchedule"]
        return str(found["scheduleState"]["status"])

    def get_status(self, run: str) -> str:
        return str(self.ask(RUN, id=run)["runOrError"]["status"])

    def wait_for_run(self, run: str, *, seconds: float = 120) -> str:
        """Wait until a run has ended; return how."""

        def look() -> str | None:
            status = self.get_status(run)
            return status if status in ENDED else None

        return str(self.wait_for(look, seconds=seconds))

    def wait_for(self, look: Callable[[], Any], *, seconds: float) -> Any:
        """Look until there is something to see."""
        deadline = time.monotonic() + seconds
        while (seen := look()) is None:
            assert time.monotonic() < deadline, f"not seen in {seconds:.0f} s: {self.read_log()}"
            time.sleep(0.5)
        return seen

    def read_log(self) -> str:
        return (self.home / "dev.log").read_text(encoding="utf-8", errors="replace")[-3000:]


@contextmanager
def dagster_dev(config: Path, home: Path, *, settings: str = "") -> Iterator[DagsterDev]:
    """Run it while the block lasts."""
    dev = DagsterDev(config, home, settings=settings)
    try:
        dev.start()
        yield dev
    finally:
        dev.kill()


def _find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
