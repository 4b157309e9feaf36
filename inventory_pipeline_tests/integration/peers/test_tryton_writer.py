"""Setting a number in a live Tryton: once, never over somebody else's, whatever dies meanwhile."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.http_options import Timeouts
from inventory_pipeline.connectors.tryton import TrytonConnector, TrytonOptions
from inventory_pipeline.connectors.tryton_api import TrytonApi
from inventory_pipeline.connectors.tryton_writer import PREFIX, TrytonWriter
from inventory_pipeline.errors import SourceUnavailableError
from inventory_pipeline.model.delivery import Line
from inventory_pipeline_tests.integration.peers.test_tryton import ask, pack
from inventory_pipeline_tests.support.file_sources import land

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PLACES = ("AW-1", "AW-2")
# A key is remembered for ever, so every run has its own.
RUN = secrets.token_hex(4)


class Meddler(TrytonApi):
    """The connector's own way to Tryton, and something that happens at one step of it."""

    before: dict[str, Callable[[], object]]
    after: dict[str, Callable[[], object]]

    def confirm_count(self, number):
        return self._meddle("confirm", super().confirm_count, number)

    def refresh_count(self, number):
        return self._meddle("refresh", super().refresh_count, number)

    def _meddle(self, step, call, number):
        self.before.get(step, lambda: None)()
        done = call(number)
        self.after.get(step, lambda: None)()
        return done


@pytest.fixture
def options(small_tryton, tmp_path):
    (tmp_path / "key").write_text(small_tryton.key)
    url, database = small_tryton.url.removesuffix("/rest").rsplit("/", 1)
    return TrytonOptions.model_validate(
        {
            "url": url,
            "database": database,
            "key": {"file": "key"},
            "company": small_tryton.company,
            "locations": {code: find_id(small_tryton, "stock.location", code) for code in PLACES},
        }
    )


@pytest.fixture
def connector(options, tmp_path):
    return TrytonConnector(system="erp", options=options, root=str(tmp_path))


@pytest.fixture
def bolt(connector, small_tryton):
    """400 pieces of A-1 at AW-1, and no draft of ours."""
    writer = connector.build_writer()
    line = write_line(400, before=None, key=f"reset-{time.monotonic_ns()}")
    key = line.receipt_id
    assert writer.send([line], key, writer.encode([line], key)).lines[key].outcome == "confirmed"
    assert find_drafts(small_tryton) == []
    return writer


@pytest.fixture
def meddle(options, tmp_path):
    def build(*, before=None, after=None):
        api = Meddler(
            options.build_rest("AW-1"),
            root=str(tmp_path),
            world=Surroundings(),
            company=options.company,
        )
        api.before, api.after = before or {}, after or {}
        return TrytonWriter(api, options.locations)

    return build


def write_line(quantity, *, before=400, key="r1"):
    key = f"{key}-{RUN}"
    return Line(
        receipt_id=key,
        item_id="A-1",
        location_id="AW-1",
        fact="on_hand",
        operation="set",
        quantity=quantity,
        before=before,
        reference=f"https://stock.example/receipts/{key}",
        reason="correction",
    )


def send(writer, line):
    answer = writer.send([line], line.receipt_id, writer.encode([line], line.receipt_id))
    return answer.lines[line.receipt_id], answer


def read(writer):
    line = write_line(0)
    return writer.read([line])[line.receipt_id]


def find_id(tryton, model, code):
    return ask(tryton, "GET", f"{model}?d={pack([['code', '=', code]])}")[0]["id"]


def find_counts(tryton, key):
    domain = pack([["number", "=", f"{PREFIX}{key}-{RUN}"]])
    return [row["state"] for row in ask(tryton, "GET", f"stock.inventory?f=state&d={domain}")]


def find_drafts(tryton):
    domain = pack([["number", "like", f"{PREFIX}%"], ["state", "=", "draft"]])
    return ask(tryton, "GET", f"stock.inventory?f=number&d={domain}")


def ship(tryton, units):
    """Take ``units`` of A-1 away from AW-1, as a shipment does."""
    start = find_id(tryton, "stock.location", "AW-1")
    end = find_id(tryton, "stock.location", "IN")
    unit = ask(tryton, "GET", f"product.uom?d={pack([['name', '=', 'Unit']])}")[0]["id"]
    way = {"from_location": start, "to_location": end, "company": tryton.company}
    product = find_id(tryton, "product.product", "A-1")
    move = {"product": product, "quantity": units, "unit": unit, **way}
    shipment = {**way, "moves": [["create", [move]]]}
    number = ask(tryton, "POST", "stock.shipment.internal", shipment)["id"]
    for step in ("wait", "assign_force", "do"):
        done = ask(tryton, "POST", f"stock.shipment.internal/{number}/{step}?f=state", {})
    assert done["state"] == "done"


def test_what_is_set_is_read_back(bolt, small_tryton):
    word, answer = send(bolt, write_line(410, key="set"))
    assert (word.outcome, answer.wait, answer.is_down) == ("confirmed", None, False)
    assert word.evidence.endswith("is done, 410 are there now")
    assert read(bolt) == 410
    assert find_counts(small_tryton, "set") == ["done"]


def test_the_same_key_again_changes_nothing(bolt, small_tryton):
    line = write_line(410, key="twice")
    assert send(bolt, line)[0].outcome == "confirmed"
    ship(small_tryton, 5)
    word, _ = send(bolt, line)
    assert (word.outcome, read(bolt)) == ("confirmed", 405)
    assert "under this key before" in word.evidence
    assert find_counts(small_tryton, "twice") == ["done"]


def test_of_two_writers_at_once_one_is_confirmed_and_one_is_stale(bolt, connector, small_tryton):
    lines = [write_line(410, key="left"), write_line(420, key="right")]
    words = send_at_once(connector, lines)
    assert sorted(word.outcome for word in words.values()) == ["confirmed", "stale"]
    [winner] = [line for line in lines if words[line.receipt_id].outcome == "confirmed"]
    assert read(bolt) == winner.quantity
    assert find_drafts(small_tryton) == []


def test_of_many_writers_at_once_exactly_one_has_an_effect(bolt, connector, small_tryton):
    lines = [write_line(500 + n, key=f"many-{n}") for n in range(6)]
    words = send_at_once(connector, lines)
    done = [line for line in lines if words[line.receipt_id].outcome == "confirmed"]
    assert [line.quantity for line in done] == [read(bolt)]
    assert {word.outcome for word in words.values()} <= {"confirmed", "stale", "unapplied"}
    assert find_drafts(small_tryton) == []


def send_at_once(connector, lines):
    gate, words = threading.Barrier(len(lines)), {}

    def run(line):
        writer = connector.build_writer()
        gate.wait()
        words[line.receipt_id] = send(writer, line)[0]

    threads = [threading.Thread(target=run, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return words


def test_an_order_between_read_and_write_survives(bolt, small_tryton):
    ship(small_tryton, 3)
    word, _ = send(bolt, write_line(410, key="late"))
    assert (word.outcome, read(bolt)) == ("stale", 397)
    assert word.evidence == "397 is there, not 400"
    assert find_counts(small_tryton, "late") == []


@pytest.mark.parametrize("step", ["before", "after"])
def test_an_order_while_the_count_is_open_survives(bolt, meddle, small_tryton, step):
    writer = meddle(**{step: {"refresh": lambda: ship(small_tryton, 3)}})
    word, _ = send(writer, write_line(410, key=f"open-{step}"))
    if step == "before":
        assert (word.outcome, read(bolt)) == ("stale", 397)
    else:
        assert (word.outcome, read(bolt)) == ("confirmed", 407)
        assert word.evidence.endswith("407 are there now")


def test_a_server_that_dies_before_confirming_leaves_a_draft_without_effect(
    bolt, meddle, small_tryton
):
    line = write_line(410, key="power-cut")
    word, answer = send(meddle(after={"refresh": small_tryton.server.kill}), line)
    small_tryton.server.start()
    assert (word.outcome, answer.is_down) == ("ambiguous", True)
    assert (read(bolt), find_counts(small_tryton, "power-cut")) == (400, ["draft"])
    assert send(bolt, line)[0].outcome == "confirmed"
    assert (read(bolt), find_counts(small_tryton, "power-cut")) == (410, ["done"])
    assert send(bolt, line)[0].outcome == "confirmed"
    assert read(bolt) == 410


def test_a_server_that_dies_before_it_looks_again_has_changed_nothing(bolt, meddle, small_tryton):
    line = write_line(410, key="early-cut")
    word, answer = send(meddle(before={"refresh": small_tryton.server.kill}), line)
    small_tryton.server.start()
    assert (word.outcome, answer.is_down) == ("unapplied", True)
    assert read(bolt) == 400
    assert send(bolt, line)[0].outcome == "confirmed"
    assert (read(bolt), find_counts(small_tryton, "early-cut")) == (410, ["done"])


def test_a_server_that_dies_while_it_confirms_ends_in_one_effect(bolt, meddle, small_tryton):
    line = write_line(410, key="mid-cut")
    with small_tryton.cluster.connect("adventureworks") as lock:
        lock.autocommit = False

        def hold():
            lock.execute("lock table stock_move in exclusive mode")
            threading.Thread(target=kill_once_it_waits, args=(small_tryton,)).start()

        word, answer = send(meddle(before={"confirm": hold}), line)
        lock.rollback()
    small_tryton.server.start()
    assert (word.outcome, answer.is_down) == ("ambiguous", True)
    assert read(bolt) in (400, 410)
    assert send(bolt, line)[0].outcome == "confirmed"
    assert (read(bolt), find_counts(small_tryton, "mid-cut")) == (410, ["done"])


def test_a_confirmation_still_at_work_when_the_key_comes_again_ends_in_one_effect(
    bolt, options, small_tryton, tmp_path
):
    hasty = options.model_copy(update={"timeouts": Timeouts(read=timedelta(seconds=2))})
    writer = TrytonConnector(system="erp", options=hasty, root=str(tmp_path)).build_writer()
    line = write_line(410, key="at-work")
    with small_tryton.cluster.connect("adventureworks") as lock:
        lock.autocommit = False
        lock.execute("lock table stock_move in exclusive mode")
        words = [send(writer, line)[0].outcome for _ in range(2)]
        lock.rollback()
    assert words[0] == "ambiguous"
    assert "confirmed" not in words
    while words[-1] != "confirmed" and len(words) < 10:
        words.append(send(writer, line)[0].outcome)
    assert words[-1] == "confirmed"
    assert (read(bolt), find_counts(small_tryton, "at-work")) == (410, ["done"])
    assert set(words) <= {"ambiguous", "unapplied", "confirmed"}


def kill_once_it_waits(tryton):
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    with tryton.cluster.connect() as db:
        for _ in range(600):
            if db.execute(waiting).fetchone() != (0,):
                break
            time.sleep(0.05)
    tryton.server.kill()


def test_a_confirmation_whose_answer_is_lost_is_found_again(bolt, meddle, small_tryton):
    def lose():
        raise SourceUnavailableError("the answer was cut off")

    line = write_line(410, key="lost")
    assert send(meddle(after={"confirm": lose}), line)[0].outcome == "ambiguous"
    ship(small_tryton, 2)
    assert send(bolt, line)[0].outcome == "confirmed"
    assert read(bolt) == 408


def test_what_can_never_be_done_is_refused(bolt):
    unknown = replace(write_line(1, key="unknown"), item_id="A-404")
    assert send(bolt, unknown)[0].outcome == "refused"
    assert send(bolt, write_line(-1, key="negative"))[0].outcome == "refused"
    assert read(bolt) == 400


def test_a_key_that_ended_changes_nothing(bolt, options, small_tryton, tmp_path):
    (tmp_path / "key").write_text("0" * 64)
    stranger = TrytonConnector(system="erp", options=options, root=str(tmp_path)).build_writer()
    word, _ = send(stranger, write_line(410, key="nobody"))
    assert (word.outcome, "HTTP 401" in word.evidence) == ("ambiguous", True)
    (tmp_path / "key").write_text(small_tryton.key)
    assert read(bolt) == 400


@pytest.mark.parametrize(("groups", "outcome"), [(["Stock"], "confirmed"), ([], "ambiguous")])
def test_the_group_stock_is_what_a_user_needs(
    bolt, options, small_tryton, tmp_path, groups, outcome
):
    (tmp_path / "key").write_text(create_user(small_tryton, groups))
    writer = TrytonConnector(system="erp", options=options, root=str(tmp_path)).build_writer()
    word, _ = send(writer, write_line(410, key=f"user-{outcome}"))
    assert word.outcome == outcome, word
    assert read(bolt) == (410 if groups else 400)
    assert ("You are not allowed" in word.evidence) is not bool(groups)


def create_user(tryton, groups):
    """Create a user in these groups and return the key of an application of it."""
    found = ask(tryton, "GET", f"res.group?d={pack([['name', 'in', groups]])}")
    name = f"writer-{secrets.token_hex(4)}"
    user = {"name": name, "login": name, "groups": [["add", [group["id"] for group in found]]]}
    number = ask(tryton, "POST", "res.user?f=login", user)["id"]
    application = {"user": number, "application": "rest"}
    return ask(tryton, "POST", "res.user.application?f=key", application)["key"]


def test_every_location_is_read_by_itself(bolt, connector, tmp_path):
    fetched, pages = land(connector, "counts", tmp_path)
    rows = connector.parse("counts", pages).rows
    assert fetched.is_complete, fetched
    seen = {(r["item_id"], r["location_id"]): r["quantity"] for r in rows.iter_rows(named=True)}
    assert seen["A-1", "AW-1"] == "400.0"
    assert seen["A-1", "AW-2"] == "7.0"
    assert rows["row"].to_list() == list(range(1, rows.height + 1))
    lines = [
        replace(write_line(0, key=place), location_id=place, receipt_id=place) for place in PLACES
    ]
    assert connector.build_writer().read(lines) == {"AW-1": 400, "AW-2": 7}
