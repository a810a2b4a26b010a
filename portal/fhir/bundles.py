"""A transaction: several writes that all happen or none does. References between new resources are `urn:uuid:`.

Nothing here or in `FHIRClient` changes what is stored without naming the version that was read: two people at one
resource never overwrite each other unseen.
"""

from dataclasses import dataclass, field

from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One write. `if_match` is a version id; `if_none_exist` a search string that makes a create conditional."""

    method: str
    url: str
    resource: Json | None = None
    full_url: str | None = None
    if_match: str | None = None
    if_none_exist: str | None = None

    def render(self) -> Json:
        request: Json = {"method": self.method, "url": self.url}
        if self.if_match is not None:
            request["ifMatch"] = f'W/"{self.if_match}"'
        if self.if_none_exist is not None:
            request["ifNoneExist"] = self.if_none_exist
        entry: Json = {"request": request}
        if self.full_url:
            entry["fullUrl"] = self.full_url
        if self.resource is not None:
            entry["resource"] = self.resource
        return entry


@dataclass(kw_only=True, slots=True)
class Transaction:
    """Collects writes; `FHIRClient.commit` sends them. Order is kept, as Aidbox executes in the order given."""

    entries: list[Entry] = field(default_factory=list)

    def create(
        self, resource: Json, *, full_url: str | None = None, if_none_exist: str | None = None, only_new: bool = False
    ) -> None:
        """A resource that carries its own id is created under it (PUT), so that a repeated transaction changes nothing.

        `only_new` refuses the transaction (`VersionConflict`) when the id is there already: for what another person may
        have made at the same moment under the same id.
        """
        kind = resource["resourceType"]
        if "id" in resource and not only_new:
            entry = Entry(method="PUT", url=f"{kind}/{resource['id']}", resource=resource, full_url=full_url)
        else:
            entry = Entry(method="POST", url=kind, resource=resource, full_url=full_url, if_none_exist=if_none_exist)
        self.entries.append(entry)

    def update(self, resource: Json) -> None:
        """Replaces the version that was read: refused when somebody changed it in between."""
        url = f"{resource['resourceType']}/{resource['id']}"
        self.entries.append(Entry(method="PUT", url=url, resource=resource, if_match=version_read(resource)))

    def patch(self, kind: str, id_: str, changes: Json, *, version: str) -> None:
        """Merge patch of the version that was read: null removes an element."""
        self.entries.append(Entry(method="PATCH", url=f"{kind}/{id_}", resource=changes, if_match=version))

    def render(self) -> Json:
        return {"resourceType": "Bundle", "type": "transaction", "entry": [entry.render() for entry in self.entries]}


def version_read(resource: Json) -> str:
    """The version at which a resource was read. ValueError for one that was never read: its update would be blind."""
    version = resource.get("meta", {}).get("versionId")
    if not version:
        raise ValueError(f"a {resource['resourceType']} is updated at the version at which it was read, and has none")
    return str(version)
