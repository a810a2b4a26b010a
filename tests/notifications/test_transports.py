"""Each transport against a server that checks every request as the provider documents it: accepted, refused, away."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portal.acting import Acting
from portal.clock import FixedClock
from portal.errors import NotSent
from portal.notifications import Message, deliver, latest
from portal.notifications.transports import email_by, sms_by
from portal.settings import Settings
from tests.accounts.light import light_door
from tests.notifications.providers import MailServer, Provider, mail_server, postmark, twilio

MAIL = Message(
    kind="email", to="camille@example.fr", subject="Votre code é", body="Bonjour,\n\n12345678\n\n.fin & cœur"
)
SMS = Message(kind="sms", to="+33639981000", subject="", body="12345678 est votre code & 1+1 = é")
FROM = "Portail FondaMental <portail@example.fr>"


@pytest.fixture
async def acting(tmp_path: Path, clock: FixedClock) -> AsyncIterator[Acting]:
    async with light_door(tmp_path, clock) as door:
        yield door.acting


def using(acting: Acting, **settings: Any) -> Acting:
    return replace(acting, settings=acting.settings.model_copy(update=settings))


class TestPostmark:
    @pytest.fixture
    async def provider(self) -> AsyncIterator[Provider]:
        async with postmark("the-token") as one:
            yield one
            assert one.wrong == []

    @pytest.fixture
    def sending(self, acting: Acting, provider: Provider) -> Acting:
        settings = Settings(postmark_token="the-token", postmark_url=provider.address, email_from=FROM)
        return replace(acting, settings=settings)

    async def test_a_message_arrives_as_it_was_written(self, sending: Acting, provider: Provider):
        await deliver(sending, MAIL)
        (sent,) = provider.accepted
        assert (sent["From"], sent["To"], sent["Subject"]) == (FROM, MAIL.to, MAIL.subject)
        assert (sent["TextBody"], sent["MessageStream"]) == (MAIL.body, "outbound")

    async def test_nothing_in_it_is_followed(self, sending: Acting, provider: Provider):
        await deliver(sending, MAIL)
        assert (provider.accepted[0]["TrackOpens"], provider.accepted[0]["TrackLinks"]) == (False, "None")

    @pytest.mark.parametrize(
        ("answer", "for_good"),
        [
            ((422, {"ErrorCode": 406, "Message": "inactive recipient"}), True),
            ((422, {"ErrorCode": 400, "Message": "sender signature not found"}), False),
            ((429, {"ErrorCode": 0, "Message": "slow down"}), False),
            ((500, "<html>oops</html>"), False),
            ((503, ""), False),
        ],
    )
    async def test_a_refusal_says_whether_trying_again_may_help(
        self, sending: Acting, provider: Provider, answer: Any, for_good: bool
    ):
        provider.answers.append(answer)
        with pytest.raises(NotSent) as refused:
            await deliver(sending, MAIL)
        assert refused.value.for_good is for_good
        await deliver(sending, MAIL)

    async def test_what_is_no_address_is_refused_for_good(self, sending: Acting):
        with pytest.raises(NotSent) as refused:
            await deliver(sending, replace(MAIL, to="camille@nowhere"))
        assert (refused.value.cause, refused.value.for_good) == ("postmark-300", True)

    async def test_a_wrong_token_is_ours_to_mend(self, sending: Acting):
        with pytest.raises(NotSent) as refused:
            await deliver(using(sending, postmark_token=Settings(postmark_token="old").postmark_token), MAIL)
        assert (refused.value.cause, refused.value.for_good) == ("postmark-10", False)


class TestTwilio:
    @pytest.fixture
    async def provider(self) -> AsyncIterator[Provider]:
        async with twilio("AC123", "the-token") as one:
            yield one
            assert one.wrong == []

    @pytest.fixture
    def sending(self, acting: Acting, provider: Provider) -> Acting:
        settings = Settings(
            twilio_account="AC123", twilio_token="the-token", twilio_from="+15005550006", twilio_url=provider.address
        )
        return replace(acting, settings=settings)

    async def test_a_message_arrives_as_it_was_written(self, sending: Acting, provider: Provider):
        await deliver(sending, SMS)
        assert provider.accepted == [{"To": SMS.to, "From": "+15005550006", "Body": SMS.body}]

    async def test_a_messaging_service_sends_in_the_place_of_a_number(self, sending: Acting, provider: Provider):
        await deliver(using(sending, twilio_from="MG9752274e9e519418a7406176694466fa"), SMS)
        assert provider.accepted[0]["MessagingServiceSid"] == "MG9752274e9e519418a7406176694466fa"

    @pytest.mark.parametrize(
        ("answer", "for_good"),
        [
            ((400, {"code": 21211, "message": "invalid To"}), True),
            ((400, {"code": 21610, "message": "unsubscribed"}), True),
            ((400, {"code": 21606, "message": "From is not ours"}), False),
            ((429, {"code": 20429, "message": "too many"}), False),
            ((404, {"code": 20404, "message": "no such account"}), False),
            ((503, "away"), False),
        ],
    )
    async def test_a_refusal_says_whether_trying_again_may_help(
        self, sending: Acting, provider: Provider, answer: Any, for_good: bool
    ):
        provider.answers.append(answer)
        with pytest.raises(NotSent) as refused:
            await deliver(sending, SMS)
        assert refused.value.for_good is for_good

    async def test_so_many_a_day_and_no_more(self, sending: Acting, provider: Provider, clock: FixedClock):
        few = using(sending, sms_per_day=2)
        for _ in range(2):
            await deliver(few, SMS)
        with pytest.raises(NotSent, match="could not be sent"):
            await deliver(few, SMS)
        assert provider.requests == 2
        clock.tick(24 * 3600)
        await deliver(few, SMS)


class TestSmtp:
    @pytest.fixture
    async def server(self) -> AsyncIterator[MailServer]:
        async with mail_server(username="portail", password="s3cret") as one:
            yield one

    @pytest.fixture
    def sending(self, acting: Acting, server: MailServer) -> Acting:
        return self.by(acting, server)

    def by(self, acting: Acting, server: MailServer, **more: Any) -> Acting:
        given = {"smtp_security": "none", "smtp_username": "portail", "smtp_password": "s3cret"} | more
        settings = Settings(smtp_host="127.0.0.1", smtp_port=server.port, email_from=FROM, **given)
        return replace(acting, settings=settings)

    async def test_a_letter_arrives_as_it_was_written(self, sending: Acting, server: MailServer):
        await deliver(sending, MAIL)
        ((sender, to, letter),) = server.letters
        assert (sender, to) == ("portail@example.fr", [MAIL.to])
        assert (letter["From"], letter["To"], letter["Subject"]) == (FROM, MAIL.to, MAIL.subject)
        assert letter.get_content_type() == "text/plain"
        assert letter.get_content().replace("\r\n", "\n").rstrip("\n") == MAIL.body
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["Message-ID"].endswith("@example.fr>")
        assert letter["Date"].datetime == sending.clock.now()

    @pytest.mark.parametrize(
        ("refuse", "for_good"),
        [
            ({"RCPT": "550 5.1.1 no such user"}, True),
            ({"RCPT": "450 4.2.1 try later"}, False),
            ({"MAIL": "451 later"}, False),
            ({"MAIL": "550 not that sender"}, False),
            ({".": "554 5.7.1 refused"}, True),
            ({".": "452 no room"}, False),
        ],
    )
    async def test_a_refusal_says_whether_trying_again_may_help(
        self, sending: Acting, server: MailServer, refuse: dict[str, str], for_good: bool
    ):
        server.refuse = refuse
        with pytest.raises(NotSent) as refused:
            await deliver(sending, MAIL)
        assert refused.value.for_good is for_good

    async def test_a_wrong_password_is_ours_to_mend(self, acting: Acting, server: MailServer):
        with pytest.raises(NotSent) as refused:
            await deliver(self.by(acting, server, smtp_password="old"), MAIL)
        assert (refused.value.cause, refused.value.for_good) == ("smtp-535", False)

    async def test_a_server_that_is_not_there_is_tried_later(self, acting: Acting):
        gone = MailServer(port=9)
        with pytest.raises(NotSent) as refused:
            await deliver(self.by(acting, gone), MAIL)
        assert (refused.value.cause, refused.value.for_good) == ("unreachable", False)

    async def test_where_tls_is_wanted_and_not_offered_nothing_is_told(self, acting: Acting, server: MailServer):
        with pytest.raises(NotSent):
            await deliver(self.by(acting, server, smtp_security="starttls"), MAIL)
        assert [line.split()[0].upper() for line in server.heard] == ["EHLO"]

    @pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
    async def test_by_starttls_a_letter_arrives(self, acting: Acting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        context = certificate(tmp_path, monkeypatch)
        async with mail_server(username="portail", password="s3cret", secure=context) as server:
            await deliver(self.by(acting, server, smtp_security="starttls"), MAIL)
            assert len(server.letters) == 1
            heard = [line.split()[0].upper() for line in server.heard]
            assert heard.index("STARTTLS") < heard.index("AUTH")

    @pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
    async def test_a_certificate_that_nobody_vouches_for_is_refused(
        self, acting: Acting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        context = certificate(tmp_path, monkeypatch)
        monkeypatch.delenv("SSL_CERT_FILE")
        async with mail_server(username="portail", password="s3cret", secure=context) as server:
            with pytest.raises(NotSent):
                await deliver(self.by(acting, server, smtp_security="starttls"), MAIL)
            assert server.letters == []
            await asyncio.sleep(0)


def certificate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for 127.0.0.1 that this test alone trusts."""
    key, crt = folder / "key.pem", folder / "crt.pem"
    command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout {key} -out {crt}"
    names = ["-subj", "/CN=mail.test", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(crt))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    return context


async def test_without_settings_messages_stay_in_the_outbox(acting: Acting):
    await deliver(acting, MAIL)
    await deliver(acting, SMS)
    assert [kept.message.to for kept in await latest(acting)] == [SMS.to, MAIL.to]


def test_a_demonstration_writes_to_nobody_unless_told():
    given: dict[str, Any] = {"smtp_host": "mail", "postmark_token": "x", "twilio_account": "AC1"}
    assert (email_by(Settings(demo=True, **given)), sms_by(Settings(demo=True, **given))) == ("outbox", "outbox")
    assert (email_by(Settings(**given)), sms_by(Settings(**given))) == ("postmark", "twilio")
    assert email_by(Settings(demo=True, email_by="smtp", **given)) == "smtp"
