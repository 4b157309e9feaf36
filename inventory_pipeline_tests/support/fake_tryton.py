"""A stand-in for Tryton's REST interface, as far as stock counts go, delta and all.

What it does was seen on a live Tryton 8.0 (see ``integration/peers``); it is here so that
faults can be put at every step. ``fault`` is asked before (and with ``late``, after) each one.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, answer_json

BASE = "/erp/rest/model/"
CREATED = {
    "__class__": "datetime", "year": 2026, "month": 4, "day": 6,
    "hour": 10, "minute": 0, "second": 0, "microsecond": 5,
}  # fmt: skip
Fault = Callable[[str], Reply | None]


class FakeTryton(StandIn):
    """One database.

    Attributes:
        stock: (code, id of the location) → what is there.
        counts: id → number, state, location, product, quantity, expected.
        steps: what was asked, as "POST stock.inventory".
    """

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.codes = {1: "A-1", 2: "A-2"}
        self.stock = {("A-1", 3): 400.0, ("A-2", 3): 90.0, ("A-1", 4): 7.0, ("A-2", 4): 0.0}
        self.counts: dict[int, dict[str, Any]] = {}
        self.steps: list[str] = []
        self.fault: Fault = lambda _step: None
        self.late: Fault = lambda _step: None

    def _answer(self, asked: Asked) -> Reply:
        path = asked.path.removeprefix(BASE)
        number = "".join(char for char in path if char.isdigit())
        step = f"{asked.method} {path.replace(number, '1') if number else path}"
        self.steps.append(step)
        if reply := self.fault(step):
            return reply
        reply = self._work(asked, path.split("/"))
        return self.late(step) or reply

    def _work(self, asked: Asked, path: list[str]) -> Reply:
        if path == ["product.product"]:
            return self._show_products(asked)
        if asked.method == "GET":
            return answer_json([self._show(n) for n in self.counts if self._fits(asked, n)])
        if len(path) == 1:
            return self._create(asked.json)
        return self._change(asked.method, path)

    def _show_products(self, asked: Asked) -> Reply:
        domain = {name: value for name, _, value in read(asked.first("d"))}
        wanted = domain.get("code", list(self.codes.values()))
        places = read(asked.headers["x-tryton-context"]).get("locations", [3])
        return answer_json(
            [
                {"id": number, "code": code, "quantity": self.stock.get((code, places[0]), 0.0)}
                for number, code in self.codes.items()
                if code in (wanted if isinstance(wanted, list) else [wanted])
            ]
        )

    def _fits(self, asked: Asked, number: int) -> bool:
        count = {"id": number, **self.counts[number]}
        tests: dict[str, Callable[[Any, Any], bool]] = {
            "=": lambda a, b: bool(a == b),
            "!=": lambda a, b: bool(a != b),
            "like": lambda a, b: str(a).startswith(b.rstrip("%")),
        }
        return all(
            tests[how](count[name.removeprefix("lines.")], value)
            for name, how, value in read(asked.first("d"))
        )

    def _create(self, values: dict[str, Any]) -> Reply:
        [(_, [line])] = values["lines"]
        number = len(self.counts) + 1
        self.counts[number] = {
            "number": values["number"],
            "state": "draft",
            "location": values["location"],
            **line,
        }
        self._expect(number)
        return answer_json(self._show(number))

    def _change(self, method: str, path: list[str]) -> Reply:
        number = int(path[1])
        if number not in self.counts:
            return Reply(b"<h1>Not Found</h1>", 404, headers={"Content-Type": "text/html"})
        count = self.counts[number]
        if count["state"] != "draft":
            return say_no('You can not call "confirm"')
        if method == "DELETE":
            del self.counts[number]
            return Reply(status=204)
        if method == "PUT":
            self._expect(number)
        else:
            self.stock[self._place(count)] += count["quantity"] - count["expected"]
            count["state"] = "done"
        return answer_json(self._show(number))

    def _expect(self, number: int) -> None:
        count = self.counts[number]
        count["expected"] = self.stock[self._place(count)]

    def _place(self, count: dict[str, Any]) -> tuple[str, int]:
        return self.codes[count["product"]], count["location"]

    def _show(self, number: int) -> dict[str, Any]:
        count = self.counts[number]
        return {
            "id": number,
            "number": count["number"],
            "state": count["state"],
            "create_date": count.get("create_date", CREATED),
            "lines": [{"id": number, "expected_quantity": count["expected"]}],
        }


def say_no(message: str) -> Reply:
    """Return the 400 with which Tryton says that a rule or a right is missing."""
    return answer_json({"status": 400, "message": message, "description": ""}, status=400)


def read(packed: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(packed)) if packed else []
