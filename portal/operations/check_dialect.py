"""The facts of Aidbox's dialect that the portal relies on most, tried on a few resources that are taken away again.

The whole contract is `portal check --contract`; this is what a look of some seconds can tell.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

from portal.chance import Chance
from portal.errors import Forbidden, Gone, RecordError, VersionConflict
from portal.fhir import FHIRClient, Transaction, systems
from portal.i18n import N_
from portal.operations.findings import Finding, fault, ok, warning
from portal.types import Json

TAG = f"{systems.BASE}/sid/check"
KIND = "HealthcareService"


class Attempt:
    """A few services named in a tongue with accents, under a tag of their own."""

    def __init__(self, service: FHIRClient, chance: Chance) -> None:
        self.service, self.run = service, f"check-{chance.id()}"
        self.ids = [f"{self.run}-{number}" for number in (1, 2)]

    def resource(self, id_: str, **more: object) -> Json:
        tag = {"tag": [{"system": TAG, "code": self.run}]}
        return {
            "resourceType": KIND,
            "id": id_,
            "meta": tag,
            "active": False,
            "name": "Hélène – essai du portail",
            **more,
        }

    def mine(self, **params: str | int) -> dict[str, str | int]:
        return {"_tag": f"{TAG}|{self.run}", **params}

    async def make(self) -> None:
        for id_ in self.ids:
            await self.service.add(self.resource(id_))

    async def tidy(self) -> list[str]:
        """The ids that are still there."""
        left: list[str] = []
        for id_ in self.ids:
            try:
                await self.service.call("DELETE", f"{KIND}/{id_}")
            except RecordError:
                left.append(id_)
        return left

    # What must be so. Each tells whether it is.

    async def keeps_ids(self) -> bool:
        return (await self.service.read(KIND, self.ids[0]))["id"] == self.ids[0]

    async def counts(self) -> bool:
        return await self.service.total(KIND, self.mine()) == len(self.ids)

    async def ignores_accents(self) -> bool:
        return (await self.service.find(KIND, self.mine(name="helene"))).total == len(self.ids)

    async def answers_nothing_with_nothing(self) -> bool:
        found = await self.service.find(KIND, self.mine(name="nobody"))
        return (found.total, found.resources) == (0, [])

    async def pages(self) -> bool:
        try:
            return len(await self.service.all(KIND, self.mine(_count=1, _sort="_id"))) == len(self.ids)
        except Forbidden:  # the address of the next page is not the server's, as far as the portal knows
            return False

    async def refuses_unknown_conditions(self) -> bool:
        try:
            found = await self.service.find(KIND, self.mine(**{"no-such-parameter": "x"}))
        except RecordError as error:
            return error.status in {400, 422}
        return not found.resources

    async def guards_versions(self) -> bool:
        first = await self.service.read(KIND, self.ids[0])
        await self.service.replace({**first, "comment": "second"})
        try:
            await self.service.replace({**first, "comment": "third"})
        except VersionConflict:
            return (await self.service.read(KIND, self.ids[0]))["comment"] == "second"
        return False

    async def patches(self) -> bool:
        stored = await self.service.read(KIND, self.ids[1])
        version = stored["meta"]["versionId"]
        changed = await self.service.amend(KIND, self.ids[1], {"comment": "patched", "active": None}, version=version)
        return changed.get("comment") == "patched" and "active" not in changed

    async def keeps_whole_transactions(self) -> bool:
        """Its second entry refers to nothing, so the first must not be kept either."""
        both = Transaction()
        both.create(self.resource(f"{self.run}-3"))
        both.create(self.resource(f"{self.run}-4", providedBy={"reference": f"Organization/{self.run}-nobody"}))
        try:
            await self.service.commit(both)
        except RecordError:
            return await self.service.total(KIND, self.mine()) == len(self.ids)
        self.ids += [f"{self.run}-3", f"{self.run}-4"]
        return False

    async def tells_what_is_gone(self) -> bool:
        await self.service.call("DELETE", f"{KIND}/{self.ids[1]}")
        try:
            await self.service.read(KIND, self.ids[1])
        except Gone:
            return True
        except RecordError:
            return False
        return False


async def dialect_findings(service: FHIRClient, chance: Chance) -> AsyncIterator[Finding]:
    """Whatever happens in between, nothing of it stays; what could not be taken away is named."""
    attempt = Attempt(service, chance)
    try:
        await attempt.make()
        deviations = [otherwise for holds, otherwise in _facts(attempt) if not await holds()]
        for finding in deviations or [ok(N_("It keeps the dialect in what the portal relies on most."))]:
            yield finding
    except RecordError as problem:
        yield fault(
            N_("Trying the dialect was answered with {status}."),
            N_("Look in the server's log for the request {id}."),
            status=problem.status or "–",
            id=problem.request_id,
        )
    left = await attempt.tidy()
    if left:
        yield warning(
            N_("What was made for this look could not be taken away."),
            N_("Delete {ids} yourself."),
            ids=", ".join(f"{KIND}/{id_}" for id_ in left),
        )


def _facts(attempt: Attempt) -> list[tuple[Callable[[], Awaitable[bool]], Finding]]:
    """In an order in which each leaves to the next what it needs."""
    links = N_(
        "Set BOX_WEB_BASE_URL of Aidbox to the server in PORTAL_FHIR_URL, or name it in PORTAL_FHIR_PUBLIC_URLS."
    )
    whole = N_("Take BOX_FHIR_VALIDATION_SKIP_REFERENCE away.")
    return [
        (attempt.keeps_ids, _not(N_("It does not keep the id that a new resource brings."))),
        (attempt.counts, _not(N_("A search does not tell how many match, or does not know tags."))),
        (
            attempt.ignores_accents,
            _not(N_("A search for helene does not find Hélène."), N_("Its database needs unaccent.")),
        ),
        (attempt.answers_nothing_with_nothing, _not(N_("An empty search is not answered with nothing."))),
        (attempt.pages, fault(N_("Its links to further pages lead elsewhere or miss some."), links)),
        (attempt.refuses_unknown_conditions, _not(N_("It ignores a condition that it does not know."))),
        (attempt.guards_versions, _not(N_("It lets the second of two writers overwrite the first."))),
        (attempt.patches, _not(N_("It does not take a merge patch with null."))),
        (
            attempt.keeps_whole_transactions,
            _not(N_("It keeps references that lead nowhere, or half a transaction."), whole),
        ),
        (attempt.tells_what_is_gone, _not(N_("It does not tell that something was deleted."))),
    ]


def _not(msgid: str, remedy: str = N_("See docs/aidbox.md, and run portal check --contract.")) -> Finding:
    return warning(msgid, remedy)
