"""E-mail by real SMTP: what is certain, what is in doubt, how it looks on the line, and that no log tells of it."""

import logging
import socket
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sharemeal.config import Settings
from sharemeal.instance import mail_of
from sharemeal.message_faults import NO_WAY, NOT_REACHED, NOT_SAFE, SENDER_REFUSED
from sharemeal.outside.mail import NoMail, ScreenMail, SmtpMail
from sharemeal.outside.smtp import SmtpServer, server_of
from sharemeal.outside.ways import Certain, InDoubt, Outgoing
from sharemeal.sentences import Refused
from tests.smtp_standin import HOST, PASSWORD, SENDER, USER, Fault, SmtpStandIn, mail_server, own_certificate
from tests.twilio_standin import TwilioStandIn

TO = "sakurai@example.jp"
TEXT = "【見守り】確認依頼1件。5分以内に開いてください https://meals.example.jp/a/7KQ2M9XP"
SUBJECT = "【見守り】確認のお願い"
AT = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)


def outgoing(to: str = TO, text: str = TEXT) -> Outgoing:
    return Outgoing(to, SUBJECT, text, "7KQ2M9XP", at=AT)


def mail_to(server: SmtpStandIn, *, timeout_seconds: float = 8) -> SmtpMail:
    return SmtpMail(server_of(server.url), timeout_seconds=timeout_seconds)


def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])


def test_a_message_goes_out_whole_and_says_that_a_machine_wrote_it(smtp_server: SmtpStandIn) -> None:
    sid = mail_to(smtp_server).send(outgoing())
    [mail] = smtp_server.mails()
    assert (mail.sender, mail.to, mail.text) == (SENDER, TO, TEXT)
    told = {name: str(value) for name, value in mail.headers.items()}
    assert told == {
        "From": SENDER,
        "To": TO,
        "Subject": SUBJECT,
        "Date": "Fri, 27 Nov 2026 08:30:00 +0000",
        "Message-ID": "<7KQ2M9XP@example.jp>",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",
        "MIME-Version": "1.0",
    }
    assert sid == told["Message-ID"]
    assert mail.raw.isascii()
    assert max(map(len, mail.raw.splitlines())) <= 78


def test_the_same_message_again_has_the_same_id_and_dots_stay_dots(smtp_server: SmtpStandIn) -> None:
    mail = mail_to(smtp_server)
    assert mail.send(outgoing()) == mail.send(outgoing())
    mail.send(outgoing(text=".\r\n..\n.end"))
    assert smtp_server.mails()[2].text.splitlines() == [".", "..", ".end"]


def test_nobody_can_be_asked_about_it_or_calls_back(smtp_server: SmtpStandIn) -> None:
    for mail in (mail_to(smtp_server), NoMail(), ScreenMail()):
        assert mail.sent_to(TO, AT) is None
        assert mail.look("<7KQ2M9XP@example.jp>") is None
        assert not mail.calls_back("https://meals.example.jp")
    assert smtp_server.lines == 0


@pytest.mark.parametrize(
    ("fault", "code", "busy"),
    [
        (Fault.GREYLISTED, 450, True),
        (Fault.NOBODY, 550, False),
        (Fault.SENDER_REFUSED, SENDER_REFUSED, False),
        (Fault.BUSY_AT_DATA, 451, True),
        (Fault.BUSY_AFTER_DATA, 452, True),
        (Fault.SPAM, 554, False),
        (Fault.GONE_BEFORE_DATA, NOT_REACHED, True),
        (Fault.SILENT_BEFORE_DATA, NOT_REACHED, True),
    ],
)
def test_what_was_refused_or_never_handed_over_is_certain(
    smtp_server: SmtpStandIn, fault: Fault, code: int, busy: bool
) -> None:
    smtp_server.plan(fault)
    with pytest.raises(Certain) as raised:
        mail_to(smtp_server, timeout_seconds=0.4).send(outgoing())
    assert (raised.value.code, raised.value.busy) == (code, busy)
    assert smtp_server.mails() == []
    mail_to(smtp_server).send(outgoing())
    assert len(smtp_server.mails()) == 1


@pytest.mark.parametrize("fault", [Fault.GONE, Fault.TAKEN_THEN_GONE, Fault.SILENT, Fault.TAKEN_THEN_SILENT])
def test_what_breaks_after_the_content_is_in_doubt(smtp_server: SmtpStandIn, fault: Fault) -> None:
    smtp_server.plan(fault)
    with pytest.raises(InDoubt):
        mail_to(smtp_server, timeout_seconds=0.4).send(outgoing())
    assert len(smtp_server.mails()) == (fault in (Fault.TAKEN_THEN_GONE, Fault.TAKEN_THEN_SILENT))


def test_a_closed_door_and_a_server_that_does_not_greet_are_tried_again() -> None:
    with socket.socket() as mute:
        mute.bind((HOST, 0))
        mute.listen()
        for port in (closed_port(), mute.getsockname()[1]):
            mail = SmtpMail(SmtpServer(HOST, port, SENDER), timeout_seconds=0.4)
            for call in (lambda mail=mail: mail.send(outgoing()), mail.answers):
                with pytest.raises(Certain) as raised:
                    call()
                assert (raised.value.code, raised.value.busy) == (NOT_REACHED, True)


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b, c@d", "a@b>\r\nRCPT TO:<c@d", "a@b\nBcc: c@d", "見守り@example.jp"]
)
def test_what_is_no_address_never_reaches_the_line(smtp_server: SmtpStandIn, to: str) -> None:
    with pytest.raises(Certain) as raised:
        mail_to(smtp_server).send(outgoing(to))
    assert (raised.value.code, raised.value.busy) == (553, False)
    assert smtp_server.lines == 0


def test_it_signs_in_and_a_wrong_password_is_certain() -> None:
    with mail_server(wants_sign_in=True) as server:
        mail = mail_to(server)
        mail.answers()
        assert mail.send(outgoing()) == server.mails()[0].headers["Message-ID"]
        wrong = SmtpMail(SmtpServer(HOST, server.port, SENDER, user=USER, password="wrong"))
        for call in (wrong.answers, lambda: wrong.send(outgoing())):
            with pytest.raises(Certain) as raised:
                call()
            assert (raised.value.code, raised.value.busy) == (535, False)
    with mail_server() as server, pytest.raises(Certain) as raised:
        SmtpMail(SmtpServer(HOST, server.port, SENDER, user=USER, password=PASSWORD)).answers()
    assert raised.value.code == 535, "a server where nobody can sign in"


@pytest.mark.parametrize("at_once", [False, True])
def test_the_line_is_made_safe_and_only_by_a_certificate_that_is_trusted(
    tmp_path: Path, at_once: bool
) -> None:
    serves, trusts = own_certificate(tmp_path)
    with mail_server(tls=serves, tls_at_once=at_once) as server:
        there = SmtpServer(HOST, server.port, SENDER, tls_at_once=at_once)
        SmtpMail(there, trust=trusts).send(outgoing())
        assert [mail.safe for mail in server.mails()] == [True]
        with pytest.raises(Certain) as raised:
            SmtpMail(there).send(outgoing())
        assert (raised.value.code, raised.value.busy) == (NOT_SAFE, False)
        assert len(server.mails()) == 1


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    serves, trusts = own_certificate(tmp_path, "elsewhere.example.jp")
    with mail_server(tls=serves) as server, pytest.raises(Certain) as raised:
        SmtpMail(SmtpServer(HOST, server.port, SENDER), trust=trusts).answers()
    assert raised.value.code == NOT_SAFE


def test_without_tls_nothing_is_said_to_another_machine(
    smtp_server: SmtpStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sharemeal.outside.smtp.LOOPBACK", ())
    server = SmtpServer(HOST, smtp_server.port, SENDER, user=USER, password=PASSWORD)
    with pytest.raises(Certain) as raised:
        SmtpMail(server).send(outgoing())
    assert raised.value.code == NOT_SAFE
    assert smtp_server.attempts == 0


def test_nothing_of_a_call_stands_in_a_log_or_an_error(
    smtp_server: SmtpStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sharemeal")
    smtp_server.plan(Fault.NOBODY, Fault.GREYLISTED, Fault.TAKEN_THEN_GONE)
    secret = "pässword"
    servers = [server_of(smtp_server.url)] * 3
    servers.append(SmtpServer(HOST, smtp_server.port, SENDER, user=USER, password=secret))
    for server in servers:
        with pytest.raises((Certain, InDoubt)) as raised:
            SmtpMail(server).send(outgoing())
        assert raised.value.__context__ is None
        logging.getLogger("sharemeal").error("not sent", exc_info=raised.value)
        assert secret not in "".join(traceback.format_exception(raised.value))
    told = caplog.text
    assert "not sent" in told
    for personal in (TO, TEXT, SUBJECT, secret):
        assert personal not in told
    assert secret not in repr(servers[-1])


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            "smtp://lab:p%40ss@mail.example.jp/?from=m@example.jp",
            SmtpServer("mail.example.jp", 587, "m@example.jp", user="lab", password="p@ss"),
        ),
        (
            "smtps://a%40example.jp:b@mail.example.jp",
            SmtpServer("mail.example.jp", 465, "a@example.jp", True, "a@example.jp", "b"),
        ),
        ("smtp://127.0.0.1:2525", SmtpServer("127.0.0.1", 2525, "sharemeal@localhost")),
        ("smtp://[::1]:25/?from=m@example.jp", SmtpServer("::1", 25, "m@example.jp")),
    ],
)
def test_a_server_is_read_from_its_address(url: str, server: SmtpServer) -> None:
    assert server_of(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.jp",
        "http://secret@mail.example.jp/?from=m@example.jp",
        "smtp://mail.example.jp",
        "smtp://lab:secret@mail.example.jp",
        "smtp://lab:secret@/?from=m@example.jp",
        "smtp://lab@mail.example.jp/?from=m@example.jp",
        "smtp://lab:se/secret@mail.example.jp/?from=m@example.jp",
        "smtp://lab:secret#@mail.example.jp/?from=m@example.jp",
        "smtp://lab:secret@mail.example.jp:many/?from=m@example.jp",
        "smtp://lab:secret@mail.example.jp/?from=m@example.jp&tls=no",
        "smtp://lab:secret@mail.example.jp/?from=m@example.jp%0aBcc:x@example.jp",
    ],
)
def test_what_is_malformed_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Refused, match="SMTP_URL") as raised:
        mail_of(Settings(smtp_url=url))
    assert "secret" not in str(raised.value)


def test_which_way_e_mails_leave_follows_from_the_settings(smtp_server: SmtpStandIn) -> None:
    twilio = TwilioStandIn(address="http://127.0.0.1:9").settings()
    assert isinstance(mail_of(Settings()), ScreenMail)
    assert ScreenMail().send(outgoing()).startswith("screen-")
    assert isinstance(mail_of(Settings(smtp_url=smtp_server.url, **twilio)), SmtpMail)
    none = mail_of(Settings(**twilio))
    assert isinstance(none, NoMail)
    with pytest.raises(Certain) as raised:
        none.send(outgoing())
    assert (raised.value.code, raised.value.busy) == (NO_WAY, False)
