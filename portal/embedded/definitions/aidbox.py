"""Aidbox's own resource types, served under /fhir like the others, with these search parameters and `shapes.py`."""

AIDBOX_TYPES = [
    "AccessPolicy", "AidboxQuery", "AidboxSubscriptionStatus", "AidboxSubscriptionTopic", "AidboxTopicDestination", "App",
    "AuthConfig", "AwsAccount", "Client", "IdentityProvider", "Mapping", "Notification", "NotificationTemplate",
    "Registration", "Role", "Session", "TokenIntrospector", "User", "ViewDefinition",
]  # fmt: skip

AIDBOX_SEARCH: dict[str, dict[str, tuple[str, str]]] = {
    "User": {
        "email": ("string", "User.email"),
        "email-token": ("token", "User.email"),
        "userName": ("token", "User.userName"),
        "name": ("string", "User.name"),
        "phoneNumber": ("token", "User.phoneNumber"),
        "identifier": ("token", "User.identifier"),
        "inactive": ("token", "User.inactive"),
        "active": ("token", "User.active"),
        "gender": ("token", "User.gender"),
        "title": ("string", "User.title"),
        "organization": ("reference", "User.organization"),
        "fhirUser": ("reference", "User.fhirUser"),
    },
    "Role": {"name": ("token", "Role.name"), "user": ("reference", "Role.user")},
    "Session": {
        "access_token": ("token", "Session.access_token"),
        "refresh_token": ("token", "Session.refresh_token"),
        "client": ("reference", "Session.client"),
        "user": ("reference", "Session.user"),
        "jti": ("token", "Session.jti"),
    },
    "AccessPolicy": {"link": ("reference", "AccessPolicy.link"), "roleName": ("token", "AccessPolicy.roleName")},
    "AidboxSubscriptionTopic": {
        "url": ("uri", "AidboxSubscriptionTopic.url"),
        "status": ("token", "AidboxSubscriptionTopic.status"),
    },
    "AidboxTopicDestination": {
        "topic": ("uri", "AidboxTopicDestination.topic"),
        "status": ("token", "AidboxTopicDestination.status"),
    },
    "Notification": {"status": ("token", "Notification.status"), "provider": ("token", "Notification.provider")},
    "Registration": {"status": ("token", "Registration.status")},
}
