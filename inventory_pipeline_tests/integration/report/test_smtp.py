"""SMTP against a real server: verified TLS, refusals noticed, asked again when greylisted (S6)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inventory_pipeline.config.mail import Smtp
from inventory_pipeline.connectors.mail import PAUSES, SmtpMailer
from inventory_pipeline.errors import ConfigError, DeliveryError
from inventory_pipeline.model.ports import Mail
from inventory_pipeline_tests.support.certificates import Authority
from inventory_pipeline_tests.support.report_house import StoppedClock
from inventory_pipeline_tests.support.smtp_server import PASSWORD, USER, Postmaster, serve

OPS, NIGHT, NOBODY = "ops@example.com", "night@example.com", "nobody@example.com"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def naps() -> list[float]:
    return []


def build_mail(*to: str, **known: Any) -> Mail:
    return Mail(
        subject="[Harbor & Pine] ALL CLEAR 2026-04-06",
        text="all is clear\n",
        html="<p>all is clear</p>",
        message_id="<daily-2026-04-06.1@example.com>",
        to=to or (OPS,),
        sender="pipeline@example.com",
        **known,
    )


def build_mailer(tmp_path: Path, port: int, naps: list[float], **known: Any) -> SmtpMailer:
    settings = Smtp.model_validate(
        {"host": "localhost", "port": port, "timeout": timedelta(seconds=5), **known}
    )
    return SmtpMailer(settings, root=tmp_path, clock=StoppedClock(), sleep=naps.append)


def with_tls(authority: Authority, **known: Any) -> dict[str, Any]:
    return {"tls": "starttls", "ca_file": authority.ca_file.name, **known}


def test_a_verified_server_gets_the_mail_encrypted(tmp_path, authority, naps):
    postmaster = Postmaster()
    with serve(postmaster, starttls=authority.build_context()) as port:
        mailer = build_mailer(tmp_path, port, naps, **with_tls(authority))
        place = mailer.send(build_mail(OPS, NIGHT))
    assert place == f"accepted by localhost:{port} for 2 of 2 recipients"
    assert postmaster.was_encrypted
    assert postmaster.kept[0][0] == [OPS, NIGHT]


def test_implicit_tls_is_spoken_too(tmp_path, authority, naps):
    postmaster = Postmaster()
    with serve(postmaster, implicit=authority.build_context()) as port:
        known = with_tls(authority, tls="implicit")
        build_mailer(tmp_path, port, naps, **known).send(build_mail())
    assert len(postmaster.kept) == 1


def test_loopback_is_plain_unless_told_otherwise(tmp_path, naps):
    postmaster = Postmaster()
    with serve(postmaster) as port:
        build_mailer(tmp_path, port, naps).send(build_mail())
    assert (len(postmaster.kept), postmaster.was_encrypted) == (1, False)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("self-signed", "self-signed"),
        ("wrong host", "Hostname mismatch"),
        ("expired", "expired"),
        ("unknown authority", "unable to get local issuer"),
    ],
)
def test_a_server_that_cannot_prove_itself_gets_nothing(
    tmp_path, authority, naps, broken: str, words: str
):
    context = {
        "self-signed": authority.build_self_signed,
        "wrong host": lambda: authority.build_context("mail.other.example"),
        "expired": lambda: authority.build_context(is_expired=True),
        "unknown authority": authority.build_context,
    }[broken]()
    known = with_tls(authority)
    if broken == "unknown authority":
        del known["ca_file"]
    postmaster = Postmaster()
    for mode in ("starttls", "implicit"):
        with (
            serve(postmaster, **{mode: context}) as port,
            pytest.raises(DeliveryError, match=f"not to be trusted .*{words}"),
        ):
            build_mailer(tmp_path, port, naps, **{**known, "tls": mode}).send(build_mail())
    assert postmaster.kept == []
    assert naps == []


def test_a_server_without_starttls_gets_nothing(tmp_path, naps):
    postmaster = Postmaster()
    with (
        serve(postmaster) as port,
        pytest.raises(DeliveryError, match=r"STARTTLS .* nothing is sent in the clear"),
    ):
        build_mailer(tmp_path, port, naps, tls="starttls").send(build_mail())
    assert postmaster.kept == []


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_an_authority_file_that_is_none_is_a_mistake_of_the_configuration(
    tmp_path, authority, naps, content: bytes | None
):
    if content is not None:
        (tmp_path / "other.pem").write_bytes(content)
    known = with_tls(authority, ca_file="other.pem")
    with (
        serve(Postmaster(), starttls=authority.build_context()) as port,
        pytest.raises(ConfigError, match=r"mail\.smtp\.ca_file: .*other\.pem cannot be read"),
    ):
        build_mailer(tmp_path, port, naps, **known).send(build_mail())


def test_a_login_is_made_with_the_secret(tmp_path, authority, naps, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    postmaster = Postmaster()
    known = with_tls(authority, username=USER, password={"env": "SMTP_PASSWORD"})
    with serve(postmaster, starttls=authority.build_context(), needs_login=True) as port:
        build_mailer(tmp_path, port, naps, **known).send(build_mail())
    assert (postmaster.logins, len(postmaster.kept)) == ([USER], 1)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("wrong", r"refused the user name or password \(535\)"),
        ("schlüssel", "takes only ASCII"),
    ],
)
def test_a_refused_login_is_told_without_the_secret(
    tmp_path, authority, naps, monkeypatch, password: str, words: str
):
    monkeypatch.setenv("SMTP_PASSWORD", password)
    known = with_tls(authority, username=USER, password={"env": "SMTP_PASSWORD"})
    with (
        serve(Postmaster(), starttls=authority.build_context(), needs_login=True) as port,
        pytest.raises(DeliveryError, match=words) as caught,
    ):
        build_mailer(tmp_path, port, naps, **known).send(build_mail())
    assert password not in str(caught.value)
    assert naps == []


def test_an_unset_secret_is_a_mistake_of_the_configuration(tmp_path, authority, naps, monkeypatch):
    monkeypatch.delenv("SMTP_PASSWORD", raising=False)
    known = with_tls(authority, username=USER, password={"env": "SMTP_PASSWORD"})
    with (
        serve(Postmaster(), starttls=authority.build_context(), needs_login=True) as port,
        pytest.raises(ConfigError, match="SMTP_PASSWORD is not set"),
    ):
        build_mailer(tmp_path, port, naps, **known).send(build_mail())


def test_one_refused_recipient_of_three_is_noticed_and_named(tmp_path, naps):
    """smtplib returns partial refusals and raises nothing."""
    postmaster = Postmaster(refused={NOBODY: "550 5.1.1 no such user"})
    with (
        serve(postmaster) as port,
        pytest.raises(DeliveryError, match="refused 1 of 3 recipients: nobody@") as caught,
    ):
        build_mailer(tmp_path, port, naps).send(build_mail(OPS, NOBODY, NIGHT))
    assert "550 5.1.1 no such user" in str(caught.value)
    assert caught.value.accepted == (OPS, NIGHT)
    assert [people for people, _ in postmaster.kept] == [[OPS, NIGHT]]
    assert naps == []


def test_all_recipients_refused_is_told_as_well(tmp_path, naps):
    postmaster = Postmaster(refused={NOBODY: "550 no such user"})
    with serve(postmaster) as port, pytest.raises(DeliveryError, match="refused 1 of 1") as caught:
        build_mailer(tmp_path, port, naps).send(build_mail(NOBODY))
    assert caught.value.accepted == ()


def test_a_greylisting_server_is_asked_again_for_those_it_put_off_alone(tmp_path, naps):
    postmaster = Postmaster(grey={NIGHT: 1})
    with serve(postmaster) as port:
        place = build_mailer(tmp_path, port, naps).send(build_mail(OPS, NIGHT))
    assert [people for people, _ in postmaster.kept] == [[OPS], [NIGHT]]
    assert place.endswith("for 2 of 2 recipients")
    assert naps == [PAUSES[0]]


def test_a_server_that_puts_off_for_ever_is_given_up_after_three_tries(tmp_path, naps):
    postmaster = Postmaster(grey={NIGHT: 99})
    with (
        serve(postmaster) as port,
        pytest.raises(DeliveryError, match=r"451 4\.7\.1 greylisted") as caught,
    ):
        build_mailer(tmp_path, port, naps).send(build_mail(OPS, NIGHT))
    assert caught.value.accepted == (OPS,)
    assert naps == list(PAUSES)


@pytest.mark.parametrize(("answer", "tries"), [("452 disk full", 3), ("554 looks like spam", 1)])
def test_a_refused_body_is_tried_again_only_if_it_may_pass(tmp_path, naps, answer, tries):
    postmaster = Postmaster(on_data=lambda: answer)
    with serve(postmaster) as port, pytest.raises(DeliveryError, match=f"said {answer}"):
        build_mailer(tmp_path, port, naps).send(build_mail())
    assert len(naps) == tries - 1


def test_nobody_listening_is_told_with_host_and_port(tmp_path, naps):
    with serve(Postmaster()) as port:
        pass
    with pytest.raises(DeliveryError, match=f"localhost:{port}: could not be reached"):
        build_mailer(tmp_path, port, naps).send(build_mail())
    assert naps == list(PAUSES)


def test_a_mail_to_nobody_is_refused(tmp_path, naps):
    mail = Mail("s", "t", "<p>h</p>", "<a.1@example.com>", (), "pipeline@example.com")
    with pytest.raises(DeliveryError, match=r"mail\.to is empty"):
        build_mailer(tmp_path, 25, naps).send(mail)


@pytest.mark.parametrize(
    "address",
    ["ops", "ops@", "a b@example.com", "ops@example.com\r\nBcc: x@example.com", "", "é@x.de"],
)
def test_an_address_that_is_none_is_refused_before_anybody_is_asked(tmp_path, naps, address):
    with pytest.raises(DeliveryError, match="is no mail address"):
        build_mailer(tmp_path, 1, naps).send(build_mail(address))
    assert naps == []
