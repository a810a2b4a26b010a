"""The access policies as this Aidbox wants them: those of people, made from the table of rights, and those around them."""

from portal.access import policies
from portal.settings import Settings
from portal.types import Json

CONFIGURATION = (
    "AccessPolicy",
    "AidboxConfig",
    "AidboxQuery",
    "AidboxSubscriptionTopic",
    "AidboxTopicDestination",
    "App",
    "AuthConfig",
    "AwsAccount",
    "Client",
    "IdentityProvider",
    "Search",
    "SearchParameter",
    "Session",
    "TokenIntrospector",
)
"""What decides on rights or on how the server works: only its own start writes it."""
WRITES = ("FhirCreate", "FhirUpdate", "FhirPatch", "FhirDelete")
READS = (
    "FhirRead",
    "FhirVread",
    "FhirHistory",
    "FhirSearch",
    "FhirValueSetExpand",
    "FhirCodeSystemLookup",
    "FhirExpand",
    "FhirLookup",
)


def access_policies(settings: Settings) -> list[Json]:
    """Nobody may do anything that none of these allows."""
    as_fhir = settings.aidbox_references == "fhir"
    people = [_spelt(policy, as_fhir=as_fhir) for policy in policies()]
    return [*people, *of_the_portal(settings), *doors(settings)]


def of_the_portal(settings: Settings) -> list[Json]:
    """The portal's own client reads all, and writes all but what decides on rights."""
    client = {"client": {"id": settings.fhir_client_id}}

    def may(what: str, operations: tuple[str, ...], types: object) -> Json:
        return {
            "resourceType": "AccessPolicy",
            "id": f"portal-client-{what}",
            "engine": "matcho",
            "matcho": {
                **client,
                "operation": {"id": {"$enum": list(operations)}},
                "params": {"resource/type": types},
            },
        }

    return [
        may("reads", READS, "present?"),
        may("writes", WRITES, {"$not": {"$enum": list(CONFIGURATION)}}),
        _at("portal-client-bundles", "/fhir", "post", client),
    ]


def doors(settings: Settings) -> list[Json]:
    """Addresses beside single resources."""
    person = {"user": {"id": "present?"}}
    bundles = [_at("signed-in-bundles", "/fhir", "post", person)] if settings.aidbox_bundle_policy else []
    return [
        _at("auth-token", "/auth/token", "post", {}),
        _at("auth-userinfo", "/auth/userinfo", "get", person),
        _at("auth-session-end", "/Session", "delete", person),
        *bundles,
    ]


def _at(id_: str, address: str, method: str, who: Json) -> Json:
    matcho: Json = {**who, "uri": f"#^{address}/?$", "request-method": method}
    return {"resourceType": "AccessPolicy", "id": id_, "engine": "matcho", "matcho": matcho}


def _spelt(policy: Json, *, as_fhir: bool) -> Json:
    """A policy as it reads references of the signed-in user: PORTAL_AIDBOX_REFERENCES."""
    query = policy.get("sql", {}).get("query")
    if not as_fhir or not isinstance(query, str):
        return policy
    for element, part in (("id", 2), ("resourceType", 1)):
        reference = f"split_part({{{{user.fhirUser.reference}}}}, '/', {part})"
        query = query.replace(f"{{{{user.fhirUser.{element}}}}}", reference)
    return {**policy, "sql": {"query": query}}
