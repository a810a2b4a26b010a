"""What somebody else changes in the record while a test looks on."""

from portal.fhir import FHIRClient
from portal.types import Json


async def change(client: FHIRClient, kind: str, id_: str, changes: Json) -> None:
    """Merge patch of whatever version is there."""
    stored = await client.read(kind, id_)
    await client.amend(kind, id_, changes, version=stored["meta"]["versionId"])
