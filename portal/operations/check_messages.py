"""The ways by which messages leave: each is asked whether it knows us, and writes to nobody."""

from collections.abc import AsyncIterator

from portal.errors import NotSent
from portal.i18n import N_
from portal.notifications import reach_email, reach_sms
from portal.operations.findings import Finding, fault, ok, warning
from portal.settings import Settings


async def message_findings(settings: Settings) -> AsyncIterator[Finding]:
    try:
        way = await reach_email(settings)
    except NotSent as refused:
        yield fault(
            N_("E-mails cannot leave: their server answers {cause}."),
            N_("Look at PORTAL_SMTP_… or PORTAL_POSTMARK_… (docs/settings.md)."),
            cause=refused.cause,
        )
    else:
        yield (
            fault(
                N_("E-mails stay in the outbox: nobody gets a code to sign in."),
                N_("Set up SMTP (PORTAL_SMTP_HOST …) or Postmark (PORTAL_POSTMARK_TOKEN)."),
            )
            if way == "outbox"
            else ok(N_("E-mails leave by {way}."), way=way)
        )
    try:
        way = await reach_sms(settings)
    except NotSent as refused:
        yield fault(
            N_("Text messages cannot leave: their service answers {cause}."),
            N_("Look at PORTAL_TWILIO_… (docs/settings.md)."),
            cause=refused.cause,
        )
    else:
        yield (
            warning(
                N_("Text messages stay in the outbox: who has only a telephone cannot sign in."),
                N_("Set PORTAL_TWILIO_ACCOUNT, PORTAL_TWILIO_TOKEN and PORTAL_TWILIO_FROM."),
            )
            if way == "outbox"
            else ok(N_("Text messages leave by {way}."), way=way)
        )
