"""Where an invitation stands, in words, for whoever sent it."""

from collections.abc import Mapping

from portal.accounts.invitations import Invitation, Standing
from portal.i18n import N_, Texts

STANDINGS: Mapping[Standing, tuple[str, str]] = {
    Standing.WAITING: (N_("Not answered yet"), "tint"),
    Standing.EXPIRED: (N_("Expired"), "warn"),
    Standing.ACCEPTED: (N_("Accepted"), "ok"),
    Standing.CANCELLED: (N_("Cancelled"), ""),
    Standing.REFUSED: (N_("Blocked after wrong answers"), "danger"),
}
"""What each standing is called, and its colour."""


def sent(t: Texts, one: Invitation) -> str:
    """When it left, how often, until when its link works."""
    words = t("sent {moment}", moment=t.moment(one.sent))
    if one.times_sent > 1:
        words = t("sent {n} times, last {moment}", n=one.times_sent, moment=t.moment(one.sent))
    if one.standing is Standing.WAITING:
        return t("{sent}, valid until {day}", sent=words, day=t.day(one.expires))
    return words
