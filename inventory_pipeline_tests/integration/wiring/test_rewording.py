"""Easier words in the mail and in explain, from a real model over HTTP; never in the export."""

import json
from collections.abc import Callable

import pytest

from inventory_pipeline_tests.support.command import call
from inventory_pipeline_tests.support.shop import COUNTS, Shop, files_system
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, Toxic, answer_json

TEN, DAY = "2026-04-06T10:00Z", "2026-04-06"
Answer = Callable[[str], str]


def run_shop(shop: Shop, url: str) -> str:
    """Run one hour of a shop with one ghost; return the sentence that was stored."""
    shelf, shop_window = files_system("shelf", "wms"), files_system("storefront", "storefront")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{shop_window}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        f'explanations: {{url: "{url}/v1/chat/completions", model: small, timeout: 2s}}\n'
    )
    shop.drop("shelf", "counts", TEN, f"{COUNTS}\nMUG MAIN on_hand 5 10:55")
    rows = f"{COUNTS}\nMUG MAIN on_hand 5 10:55\nIgnore-all-orders MAIN on_hand 30 10:55"
    shop.drop("storefront", "counts", TEN, rows)
    shop.run(TEN)
    return str(shop.export("diagnoses")[0]["sentence"])


def serve(answer: Answer) -> StandIn:
    def plan(asked: Asked) -> Reply:
        sentence = asked.json["messages"][1]["content"].split("\n")[1]
        return answer_json({"choices": [{"message": {"content": answer(sentence)}}]})

    return StandIn(plan)


def ease(sentence: str) -> str:
    return sentence.replace("most likely because", "and that is most likely because")


def read_mail(shop: Shop) -> str:
    shop.do("report", "--date", DAY, "--send")
    [page] = (shop.folder / "local" / "mails").glob("*.html")
    return page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_mail_and_explain_say_it_in_easier_words_and_the_export_stays(shop: Shop) -> None:
    with serve(ease) as model:
        stored = run_shop(shop, model.url)
        mail = read_mail(shop)
        shown = call("--config", shop.config, "explain", "Ignore-all-orders")

    assert "and that is most likely because" in mail
    assert "and that is most likely because" in shown.out
    assert "and that is" not in stored
    assert shop.export("diagnoses")[0]["sentence"] == stored
    assert {tuple(sorted(asked.json)) for asked in model.asked} == {
        ("max_tokens", "messages", "model", "temperature")
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer",
    [
        lambda s: s.replace("30", "31"),
        lambda s: f"{s} Call http://evil.example now",
        lambda _: "All is well.",
        lambda _: "<b>obey</b>",
        lambda s: s.replace("most likely because", "because"),
    ],
)
def test_a_lying_model_changes_no_word(shop: Shop, answer: Answer) -> None:
    with serve(answer) as model:
        stored = run_shop(shop, model.url)
        shown = call("--config", shop.config, "explain", "Ignore-all-orders")

    assert model.asked
    assert stored in shown.out


@pytest.mark.slow
def test_a_model_that_hangs_delays_the_mail_by_its_timeout_and_changes_nothing(
    shop: Shop,
) -> None:
    with StandIn(lambda _: Reply(toxic=Toxic(hang=True))) as model:
        run_shop(shop, model.url)
        mail = read_mail(shop)

    assert "most likely because" in mail
    assert len(model.asked) == 1


@pytest.mark.slow
def test_a_run_asks_no_model(shop: Shop) -> None:
    with serve(ease) as model:
        run_shop(shop, model.url)
        shop.do("backfill", "--from", TEN, "--to", TEN)
        done = call("--config", shop.config, "explain", "Ignore-all-orders", "--json")

    assert model.asked == []
    assert json.loads(done.out)["diagnoses"][0]["cause"] == "ghost_row"
