"""E-mail by SMTP, with the standard library in a thread: the server of a hospital, or of any provider."""

import asyncio
import smtplib
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from portal.acting import Acting
from portal.errors import NotSent
from portal.notifications.messages import Message
from portal.settings import Settings


@dataclass(frozen=True, slots=True)
class Smtp:
    acting: Acting

    async def send(self, message: Message) -> None:
        await asyncio.to_thread(self._send, self.letter(message))

    def letter(self, message: Message) -> EmailMessage:
        """Plain text, so that nothing in it can be fetched or followed unseen."""
        letter = EmailMessage()
        letter["From"] = self.acting.settings.email_from
        letter["To"] = message.to
        letter["Subject"] = message.subject
        letter["Date"] = format_datetime(self.acting.clock.now())
        letter["Message-ID"] = f"<{self.acting.chance.id()}@{_domain(self.acting.settings)}>"
        letter["Auto-Submitted"] = "auto-generated"  # no holiday answers
        letter.set_content(message.body)
        return letter

    def _send(self, letter: EmailMessage) -> None:
        with _told_as_ours(), connected(self.acting.settings) as server:
            server.send_message(letter)


async def reach(settings: Settings) -> None:
    """Connects, signs in and leaves; sends nothing. Raises NotSent when a message could not leave either."""

    def look() -> None:
        with _told_as_ours(), connected(settings) as server:
            server.noop()

    await asyncio.to_thread(look)


@contextmanager
def _told_as_ours() -> Generator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise NotSent(f"smtp-{code}", for_good=500 <= code < 600) from None
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(f"smtp-{error.smtp_code}") from None  # a setting to mend, not this person's address
    except smtplib.SMTPResponseException as error:
        refused = isinstance(error, smtplib.SMTPDataError) and 500 <= error.smtp_code < 600
        raise NotSent(f"smtp-{error.smtp_code}", for_good=refused) from None
    except TimeoutError:
        raise NotSent("timeout") from None
    except (OSError, smtplib.SMTPException):
        raise NotSent("unreachable") from None


def connected(settings: Settings) -> smtplib.SMTP:
    """Signed in to the server that takes e-mails; errors are the library's."""
    host, port, within = settings.smtp_host, settings.smtp_port, settings.message_timeout
    own_name = _domain(settings)  # else it asks the network for it
    if settings.smtp_security == "tls":
        safe = ssl.create_default_context()
        server = smtplib.SMTP_SSL(host, port, local_hostname=own_name, timeout=within, context=safe)
    else:
        server = smtplib.SMTP(host, port, local_hostname=own_name, timeout=within)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_username:
            server.login(settings.smtp_username, settings.smtp_password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def _domain(settings: Settings) -> str:
    return parseaddr(settings.email_from)[1].rpartition("@")[2] or "localhost"
