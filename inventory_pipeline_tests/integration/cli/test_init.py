import re
from datetime import UTC, datetime

import pytest

from inventory_pipeline.config.load import load_settings
from inventory_pipeline.wiring.cards import find_cards
from inventory_pipeline_tests.support.command import call, start


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "owner"),
    [
        ([], "shelf"),
        (["--profile", "erp_of_record"], "erp"),
        (["--profile", "wms_of_record", "--systems", "shelf,storefront"], "shelf"),
        (["--systems", "shelf, erp"], "shelf"),
        (["--profile", "erp_of_record", "--systems", "erp,storefront"], "erp"),
        (["--systems", "erp,storefront"], "erp"),
    ],
)
def test_what_init_writes_passes_check_and_run(tmp_path, words, owner):
    assert call("init", tmp_path / "shop", *words).code == 0
    config = tmp_path / "shop" / "inventory.yaml"
    assert load_settings(config).settings.facts["on_hand"].owners == [owner]
    checked = call("--config", config, "check")
    assert (checked.code, checked.err) == (0, "")
    ran = call("--config", config, "run", "--hour", "2026-04-06T10:00Z")
    assert ran.code == 0, ran.err
    assert "clear" in ran.out


def test_the_three_next_commands_are_printed_ready_to_paste(tmp_path):
    folder = tmp_path / "my shop; rm -rf"
    outcome = call("init", folder)
    commands = [line.strip() for line in outcome.out.splitlines() if line.startswith("  ")]
    assert [line.split("' ")[1].split()[0] for line in commands] == ["check", "run", "report"]
    assert all(f"--config '{folder}/inventory.yaml' " in line for line in commands)


@pytest.mark.slow
def test_a_changed_number_is_found(tmp_path):
    call("init", tmp_path)
    counts = tmp_path / "exports" / "storefront" / "counts-2026-04-06T10.csv"
    text = counts.read_text(encoding="utf-8")
    counts.write_text(text.replace("MUG-02,MAIN,available,39", "MUG-02,MAIN,available,49"))
    ran = call("--config", tmp_path / "inventory.yaml", "run", "--hour", "2026-04-06T10:00Z")
    assert ran.code == 1
    assert "23 matched" in ran.out
    assert ", 0 major" not in ran.out


def test_files_that_are_there_are_kept_without_force(tmp_path):
    (tmp_path / "catalog.csv").write_text("mine", encoding="utf-8")
    outcome = call("init", tmp_path)
    assert outcome.code == 2
    assert "catalog.csv is there already" in outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["catalog.csv"]
    assert call("init", tmp_path, "--force").code == 0
    assert (tmp_path / "catalog.csv").read_text(encoding="utf-8").startswith("sku,")


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (["--systems", "shelf,shopfy"], "'shopfy'; init knows shelf, erp, storefront, "),
        (["--systems", "shelf"], "two systems at least"),
        (["--profile", "shelf_of_record", "--systems", "erp,storefront"], "such as shelf"),
        (["--systems", "shopify,storefront"], "shopify (storefront), storefront (storefront)"),
        (["--systems", ""], "two systems at least"),
        (["--profile", "bins"], "bins"),
    ],
)
def test_a_choice_that_cannot_work_is_refused_before_anything_is_written(tmp_path, words, seen):
    outcome = call("init", tmp_path / "new", *words)
    assert outcome.code == 2
    assert seen in outcome.err
    assert not (tmp_path / "new").exists()


def test_a_place_that_cannot_be_written_is_one_message(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    outcome = call("init", tmp_path / "file" / "below")
    assert outcome.code == 2
    assert "cannot be written" in outcome.err


def test_the_decision_is_dated_today_and_looked_at_next_quarter(tmp_path):
    call("init", tmp_path)
    fact = load_settings(tmp_path / "inventory.yaml").settings.facts["on_hand"]
    assert fact.decided_on <= datetime.now(UTC).date() <= fact.review_on
    assert (fact.review_on - fact.decided_on).days == 92


@pytest.mark.slow
def test_a_relative_folder_starts_where_we_stand(tmp_path):
    outcome = start("init", "shop", folder=tmp_path)
    assert outcome.code == 0
    assert (tmp_path / "shop" / "inventory.yaml").exists()
    assert start("--config", "shop/inventory.yaml", "check", folder=tmp_path).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_systems_of_vendors_are_written_as_their_cards_say(tmp_path, monkeypatch):
    outcome = call("init", tmp_path, "--systems", "shopify,tryton")
    assert outcome.code == 0, outcome.err
    assert "doctor --system NAME" in outcome.out
    assert [path.name for path in tmp_path.iterdir()] == ["inventory.yaml"]

    settings = load_settings(tmp_path / "inventory.yaml").settings
    assert settings.facts["on_hand"].owners == ["tryton"]
    assert settings.systems["shopify"].decrements_at == "order"
    monkeypatch.setenv("SHOPIFY_SECRET", "shh")
    monkeypatch.setenv("TRYTON_KEY", "shh")
    checked = call("--config", tmp_path / "inventory.yaml", "check")
    assert (checked.code, checked.err) == (0, "")


def test_a_sample_and_a_vendor_stand_side_by_side(tmp_path):
    assert call("init", tmp_path, "--systems", "shelf,shopify").code == 0
    assert (tmp_path / "exports/shelf/counts-2026-04-06T10.csv").exists()
    settings = load_settings(tmp_path / "inventory.yaml").settings
    assert settings.facts["on_hand"].owners == ["shelf"]


@pytest.mark.parametrize("name", sorted(find_cards()))
def test_every_card_begins_a_configuration_that_passes_check(tmp_path, monkeypatch, name):
    text = find_cards()[name].options
    for secret in re.findall(r"env: (\w+)", text):
        monkeypatch.setenv(secret, "shh")
    assert call("init", tmp_path, "--systems", f"shelf,{name}").code == 0
    checked = call("--config", tmp_path / "inventory.yaml", "check")
    assert (checked.code, checked.err) == (0, "")
