"""Whether messages could leave is found out without writing to anybody."""

import pytest

from portal.i18n import texts
from portal.operations.check_messages import message_findings
from portal.operations.check_setup import setup_findings
from portal.operations.findings import told
from portal.settings import Settings
from tests.notifications.providers import mail_server, postmark, twilio

FROM = "Portail <portail@example.fr>"


async def said(**settings: object) -> list[str]:
    """The lines on e-mails and on text messages."""
    return [told(each, texts("en")) async for each in message_findings(Settings(email_from=FROM, **settings))]


async def test_nothing_set_up_is_told():
    mail, sms = await said()
    assert mail.startswith("fault    E-mails stay in the outbox")
    assert sms.startswith("warning  Text messages stay in the outbox")


async def test_a_mail_server_that_takes_us_is_well_and_gets_no_letter():
    async with mail_server(username="portal", password="right") as server:
        where = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
        mail, _ = await said(**where, smtp_username="portal", smtp_password="right")
        assert mail == "ok       E-mails leave by smtp."
        assert server.letters == []


async def test_a_mail_server_that_does_not_know_us_is_told():
    async with mail_server(username="portal", password="right") as server:
        where = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
        mail, _ = await said(**where, smtp_username="portal", smtp_password="wrong")
        assert mail.startswith("fault    E-mails cannot leave: their server answers smtp-535.")


async def test_a_mail_server_that_is_away_is_told():
    mail, _ = await said(smtp_host="127.0.0.1", smtp_port=9, smtp_security="none")
    assert "answers unreachable" in mail


@pytest.mark.parametrize(
    ("token", "line"), [("right", "ok       E-mails leave by postmark."), ("wrong", "postmark-10")]
)
async def test_postmark_is_asked_whether_it_knows_our_token(token, line):
    async with postmark("right") as one:
        mail, _ = await said(postmark_token=token, postmark_url=one.address)
        assert line in mail
        assert (one.accepted, one.wrong) == ([], [])


@pytest.mark.parametrize(
    ("token", "line"), [("right", "ok       Text messages leave by twilio."), ("wrong", "twilio-20003")]
)
async def test_twilio_is_asked_whether_it_knows_our_account(token, line):
    async with twilio("AC1", "right") as one:
        one.answers.append((400, {"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400}))
        _, sms = await said(
            twilio_account="AC1", twilio_token=token, twilio_from="+33612345678", twilio_url=one.address
        )
        assert line in sms
        assert one.accepted == []


def test_a_sender_of_nowhere_is_told():
    found = [told(each, texts("en")) for each in setup_findings(Settings(email_from="x@localhost"), {})]
    assert any("E-mails have no sender" in each for each in found)
