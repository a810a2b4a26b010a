"""What the OpenAPI description says of addresses that belong to no single type: operations, and the doors beside /fhir."""

from portal.types import Json

FHIR_JSON, JSON, FORM = "application/fhir+json", "application/json", "application/x-www-form-urlencoded"
PATCHES = (FHIR_JSON, "application/json-patch+json", "application/merge-patch+json")
TEXT: Json = {"type": "string"}
_STEP: Json = {
    "type": "object",
    "properties": {
        "op": {"type": "string", "enum": ["add", "remove", "replace", "move", "copy", "test"]},
        "path": TEXT,
        "from": TEXT,
        "value": {},
    },
    "required": ["op", "path"],
}
PATCH: Json = {"oneOf": [{"type": "object"}, {"type": "array", "items": _STEP}]}
"""A merge patch, or the steps of a JSON Patch."""


def named(schema: str) -> Json:
    return {"$ref": f"#/components/schemas/{schema}"}


def query(name: str, schema: Json = TEXT) -> Json:
    return {"name": name, "in": "query", "schema": schema}


def operation(
    name: str, parameters: list[Json] | None = None, body: Json | None = None, forms: tuple[str, ...] = (FHIR_JSON,)
) -> Json:
    """`forms` are the content types in which the body may come."""
    found: Json = {
        "operationId": name,
        "parameters": parameters or [],
        "responses": {
            "200": {"description": "done"},
            "4XX": {"description": "refused: an OperationOutcome says why and where"},
            "503": {"description": "the store did not answer; nothing was changed"},
        },
    }
    if body is not None:
        found["requestBody"] = {"required": True, "content": {form: {"schema": body} for form in forms}}
    return found


def operations() -> Json:
    """Each by GET, and by POST of Parameters; a value set may be posted as it is."""
    expanding = ("url", "filter", "offset", "count", "displayLanguage", "includeDesignations")
    coded = ("url", "system", "code")
    value_set: Json = {"oneOf": [named("Parameters"), named("ValueSet")]}
    return {
        "/$validate": {"post": operation("validate", body={"type": "object"})},
        "/ValueSet/$expand": _both("expand", expanding, value_set),
        "/ValueSet/$validate-code": _both("validateCodeInSet", coded, named("Parameters")),
        "/CodeSystem/$lookup": _both("lookup", coded, named("Parameters")),
        "/CodeSystem/$validate-code": _both("validateCodeInSystem", coded, named("Parameters")),
    }


def doors(base: str) -> Json:
    """Sign-in and what goes with it, beside the FHIR base."""
    root = base.removesuffix("/fhir")

    def door(
        path: str, method: str, name: str, *needed: str, optional: tuple[str, ...] = (), form: bool = False
    ) -> Json:
        body: Json = {"type": "object", "properties": dict.fromkeys((*needed, *optional), TEXT)}
        body |= {"required": list(needed)} if needed else {}
        posted = operation(name, body=body, forms=(JSON, FORM) if form else (JSON,))
        return {path: {"servers": [{"url": root}], method: posted if needed else operation(name)}}

    client = ("client_id", "client_secret", "username", "password", "refresh_token")
    return {
        **door("/auth/token", "post", "token", "grant_type", optional=client, form=True),
        **door("/auth/userinfo", "get", "userinfo"),
        **door("/auth/change-password", "post", "changePassword", "currentPassword", "newPassword"),
        **door("/auth/force-reset-password", "post", "forceResetPassword", "userId"),
        **door("/auth/reset-password", "post", "resetPassword", "token", "newPassword"),
        **door("/auth/reset-password-mfa", "post", "resetPasswordMfa", "token", "totp"),
    }


def _both(name: str, asked: tuple[str, ...], body: Json) -> Json:
    return {"get": operation(name, [query(one) for one in asked]), "post": operation(f"{name}ByPost", body=body)}
