"""The init bundle: all that the FHIR server must hold before the portal starts, as one transaction that Aidbox runs at its own
start (BOX_INIT_BUNDLE) and anybody may post again. Twice is the same as once.

It holds no secret: where one belongs, it names the file that holds it (BOX_VAULT_CONFIG, see `vault_config`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.authoring import Catalogue
from portal.errors import NotReady
from portal.fhir import systems
from portal.i18n import N_
from portal.install import PORTAL, stored_forms
from portal.operations.policies import access_policies
from portal.operations.terminology import terminology
from portal.settings import Settings
from portal.trials import Trial, plan_definition, study
from portal.types import Json

SECRETS_FOLDER = "/run/secrets"
CLIENT_SECRET, TOKEN_KEY, EVENTS_HEADER = "portal_fhir_client_secret", "portal_secret_key", "portal_events_header"
CHECK_USER = "portal-check"
ROOT = "root"
AS_ROOT = N_("The portal would sign in to the FHIR server as root, who may do everything.")
OWN_CLIENT = N_(
    "Take PORTAL_FHIR_CLIENT_ID and APP_INIT_CLIENT_ID away: the init bundle makes a client of the portal's own."
)
TOPIC = f"{systems.BASE}/topic"
DESTINATION_PROFILE = (
    "http://health-samurai.io/fhir/core/StructureDefinition/aidboxtopicdestination-webhookAtLeastOnceProfile"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """What somebody outside may be told of. `criteria` is FHIRPath."""

    id: str
    resource: str
    interactions: tuple[str, ...]
    criteria: str


TOPICS = (
    Topic(
        id="questionnaire-sent",
        resource="QuestionnaireResponse",
        interactions=("create", "update"),
        criteria="status = 'completed' or status = 'amended'",
    ),
    Topic(
        id="alert-raised",
        resource="Task",
        interactions=("create",),
        criteria="code.coding.where(code = 'clinical-alert').exists()",
    ),
)


def init_bundle(settings: Settings, catalogue: Catalogue, trials: Mapping[str, Trial]) -> Json:
    """Everything is written under its own id, but for what must not be written again: a trial, whose centres the
    administrator chooses, and a destination, which Aidbox does not let anybody change. `NotReady` for a client that is not
    the portal's to write.
    """
    if settings.fhir_client_id == ROOT:
        raise NotReady(AS_ROOT)
    canonicals = {code: catalogue.canonical(code) for code in catalogue.codes}
    written = [
        portal_client(settings),
        CHECKER,
        token_introspector(settings),
        *access_policies(settings),
        *map(_topic, TOPICS),
        *terminology(catalogue),
        PORTAL,
        *stored_forms(catalogue),
        *(plan_definition(trial, canonicals) for trial in trials.values()),
    ]
    once = [*(study(trial) for trial in trials.values()), *_destinations(settings)]
    entries = [*map(_put, written), *map(_post_once, once)]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def portal_client(settings: Settings) -> Json:
    """The portal itself: it signs in with its secret, and asks whether a person's password is right."""
    return {
        "resourceType": "Client",
        "id": settings.fhir_client_id,
        "_secret": _named(CLIENT_SECRET),
        "first_party": True,
        "grant_types": ["basic", "password"],
        "auth": {"password": {"secret_required": True, "access_token_expiration": 60}},
    }


CHECKER: Json = {"resourceType": "User", "id": CHECK_USER, "userName": CHECK_USER, "inactive": False}
"""Nobody: an account without password, role and rights. `portal check` sees by it that tokens are believed and open nothing."""


def token_introspector(settings: Settings) -> Json:
    """Lets the server believe the tokens by which each person's calls run as that person."""
    rules: Json = {"iss": settings.address, "_secret": _named(TOKEN_KEY)}
    return {"resourceType": "TokenIntrospector", "id": "portal", "type": "jwt", "jwt": rules}


def vault_config(settings: Settings, folder: str = SECRETS_FOLDER) -> Json:
    """What Aidbox reads at BOX_VAULT_CONFIG: which file holds which secret, and which resource may use it."""

    def kept(name: str, kind: str, id_: str) -> Json:
        return {"path": f"{folder.rstrip('/')}/{name}", "scope": {"resource_type": kind, "id": id_}}

    secrets = {
        CLIENT_SECRET: kept(CLIENT_SECRET, "Client", settings.fhir_client_id),
        TOKEN_KEY: kept(TOKEN_KEY, "TokenIntrospector", "portal"),
    }
    for topic in TOPICS if _has_header(settings) else ():
        secrets[f"{EVENTS_HEADER}_{topic.id}"] = kept(EVENTS_HEADER, "AidboxTopicDestination", _destination_id(topic))
    return {"secret": secrets}


def _topic(topic: Topic) -> Json:
    trigger = {
        "resource": topic.resource,
        "supportedInteraction": list(topic.interactions),
        "fhirPathCriteria": topic.criteria,
    }
    return {
        "resourceType": "AidboxSubscriptionTopic",
        "id": topic.id,
        "url": f"{TOPIC}/{topic.id}",
        "status": "active",
        "trigger": [trigger],
    }


def _destinations(settings: Settings) -> Iterable[Json]:
    """Events name what changed and hold none of it: whoever is told reads it with rights of their own."""
    for topic in TOPICS if settings.events_url else ():
        header = {"name": "header", "_valueString": _named(f"{EVENTS_HEADER}_{topic.id}")}
        yield {
            "resourceType": "AidboxTopicDestination",
            "id": _destination_id(topic),
            "meta": {"profile": [DESTINATION_PROFILE]},
            "status": "active",
            "topic": f"{TOPIC}/{topic.id}",
            "kind": "webhook-at-least-once",
            "content": "id-only",
            "parameter": [
                {"name": "endpoint", "valueUrl": settings.events_url},
                {"name": "timeout", "valueUnsignedInt": 30},
                {"name": "maxMessagesInBatch", "valueUnsignedInt": 20},
                *([header] if _has_header(settings) else []),
            ],
        }


def _destination_id(topic: Topic) -> str:
    return f"events-{topic.id}"


def _has_header(settings: Settings) -> bool:
    return bool(settings.events_url and settings.events_authorization.get_secret_value())


def _named(secret: str) -> Json:
    return {
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"},
            {"url": "http://health-samurai.io/fhir/secret-reference", "valueString": secret},
        ]
    }


def _put(resource: Json) -> Json:
    url = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": url}}


def _post_once(resource: Json) -> Json:
    request = {"method": "POST", "url": resource["resourceType"], "ifNoneExist": f"_id={resource['id']}"}
    return {"resource": resource, "request": request}
