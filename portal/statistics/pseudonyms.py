"""A list by Fondacode, where a setting allows it. It is not anonymous: the Fondacode stands for one person."""

from dataclasses import dataclass

from portal import audit
from portal.access import Permission, Scope, decide
from portal.acting import Acting
from portal.statistics.people import band_of, fondacode_of, sex_of

PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Pseudonym:
    """`band` is an age band such as "25-34", `sex` one of female, male, other."""

    fondacode: str
    band: str
    sex: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PseudonymPage:
    """`next_link` leads to the page after; it stays on the server."""

    rows: tuple[Pseudonym, ...]
    total: int
    next_link: str | None


def pseudonyms_allowed(acting: Acting) -> Scope:
    """What the decision on this list stands on: the deployment's own choice."""
    return Scope(set_allowed=acting.settings.pseudonymised_list)


async def pseudonyms(acting: Acting, *, page_link: str | None = None) -> PseudonymPage:
    """Everybody by Fondacode, age band and sex, 50 a page, in an order that tells nothing. Each look is audited."""
    decide(acting.actor, Permission.STATISTICS_LIST_PSEUDONYMS, pseudonyms_allowed(acting))
    wanted = {"_elements": "identifier,birthDate,gender", "_sort": "_id", "_count": PAGE}
    # By the portal's own client: an administrator reads no Patient.
    page = await (acting.service.turn("Patient", page_link) if page_link else acting.service.find("Patient", wanted))
    await audit.record(acting, audit.Action.READ, Permission.STATISTICS_LIST_PSEUDONYMS)
    today = acting.clock.today()
    rows = tuple(
        Pseudonym(fondacode=fondacode_of(one), band=band_of(one, today), sex=sex_of(one)) for one in page.resources
    )
    return PseudonymPage(rows=rows, total=page.total, next_link=page.next_link)
