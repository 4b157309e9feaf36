"""F-88, configuration: no recipient, an address that is none, a domain with a typing error."""

import pytest

from inventory_pipeline_tests.support.command import call

STARTING = "  to: []                       # [ops@example.com]\n"


@pytest.fixture
def doctor(tmp_path):
    assert call("init", tmp_path).code == 0
    config = tmp_path / "inventory.yaml"
    text = config.read_text(encoding="utf-8")
    assert STARTING in text

    def examine(to, *, smtp=False):
        lines = f"  to: {to}\n" + ("  smtp: {host: mail.shop.test-mail.net}\n" if smtp else "")
        config.write_text(text.replace(STARTING, lines), encoding="utf-8")
        return call("--config", config, "doctor")

    return examine


def test_F_88_a_mail_server_without_recipients_is_refused_by_doctor(doctor):
    outcome = doctor("[]", smtp=True)
    assert outcome.code == 1
    assert "mail.to is empty: nobody is told" in outcome.out


@pytest.mark.parametrize(
    ("address", "doubt"),
    [
        ("ops@gmial.com", "did you mean gmail.com?"),
        ("ops@shop.con", "did you mean .com?"),
        ("ops@example.com", "no mail is ever delivered to example.com"),
        ("ops@shop", "is no domain"),
    ],
)
def test_F_88_a_domain_with_a_typing_error_is_named(doctor, address, doubt):
    outcome = doctor(f"[{address}]", smtp=True)
    assert outcome.code == 1
    assert doubt in outcome.out


@pytest.mark.parametrize(
    "address",
    [
        "ops",
        "ops@",
        "@shop.net",
        "ops@shop,net",
        "ops@a.net, more@b.net",
        "Ops <ops@shop.net>",
        '"ops@shop.net\\nBcc: evil@shop.net"',
        '"ops@shop.net\\r\\n"',
        '"=?utf-8?q?a=0ABcc:_x?="',
        '""',
    ],
)
def test_F_88_an_address_that_is_none_is_refused_at_load(doctor, address):
    outcome = doctor(f"[{address}]" if address[0] == '"' else f"['{address}']")
    assert outcome.code == 2
    assert "mail.to[0]:" in outcome.err
    assert "is no mail address" in outcome.err
    assert "\nBcc" not in outcome.err
