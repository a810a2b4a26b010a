"""Every extension that the engine knows, and what it says of the others: a form loads whatever it carries.

`ACTED_ON`: changes what the form does. `SHOWN`: read into the form for whoever draws it. `SET_ASIDE`: known, kept, and
without effect here, with the reason. Whatever else stands in a form is ignored, and said to be.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from portal.fhir.systems import BASE
from portal.sdc import urls
from portal.sdc.fault import Fault
from portal.types import Json

_HL7 = "http://hl7.org/fhir/StructureDefinition"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"

ACTED_ON = frozenset(
    {
        urls.TRANSLATION, urls.HIDDEN, urls.USAGE_MODE, urls.EXCLUSIVE, urls.UNIT, urls.UNIT_OPTION, urls.UNIT_VALUE_SET,
        urls.UNIT_OPEN, urls.UNIT_SUPPLEMENTAL_SYSTEM, urls.CONSTRAINT, urls.TARGET_CONSTRAINT, urls.MIN_OCCURS,
        urls.MAX_OCCURS, urls.MIN_VALUE, urls.MAX_VALUE, urls.MIN_QUANTITY, urls.MAX_QUANTITY, urls.MIN_LENGTH,
        urls.MAX_DECIMALS, urls.MAX_SIZE, urls.MIME_TYPE, urls.REGEX, urls.ORDINAL_VALUE, urls.ITEM_WEIGHT, urls.VARIABLE,
        urls.CQF_EXPRESSION, urls.ANSWER_EXPRESSION, urls.CANDIDATE_EXPRESSION, urls.CONTEXT_EXPRESSION,
        urls.CHOICE_COLUMN, urls.ENABLE_WHEN_EXPRESSION, urls.CALCULATED_EXPRESSION, urls.INITIAL_EXPRESSION,
        urls.TOGGLE, urls.POPULATION_CONTEXT, urls.SOURCE_QUERIES, urls.OBSERVATION_LINK_PERIOD, urls.LAUNCH_CONTEXT,
        urls.OBSERVATION_EXTRACT, urls.OBSERVATION_CATEGORY, urls.OBSERVATION_ENTRY, urls.IS_SUBJECT,
        urls.DEFINITION_EXTRACT, urls.DEFINITION_EXTRACT_VALUE, urls.ITEM_EXTRACTION_CONTEXT, urls.TEMPLATE_EXTRACT,
        urls.TEMPLATE_EXTRACT_BUNDLE, urls.TEMPLATE_CONTEXT, urls.TEMPLATE_VALUE, urls.ALLOCATE_ID,
        urls.SUB_QUESTIONNAIRE, urls.ASSEMBLE_EXPECTATION, urls.ASSEMBLE_CONTEXT, urls.ASSEMBLED_FROM,
        urls.REFERENCE_RESOURCE, urls.ITEM_CONTROL,
    }
)  # fmt: skip

SHOWN = frozenset(
    {
        urls.STYLE, urls.XHTML, urls.MARKDOWN, urls.DISPLAY_CATEGORY, urls.ORIENTATION, urls.OPTION_PREFIX, urls.SLIDER_STEP,
        urls.SUPPORT_LINK, urls.ENTRY_FORMAT, urls.OPEN_LABEL, urls.SHORT_TEXT, urls.COLUMN_COUNT, urls.COLLAPSIBLE,
        urls.WIDTH, urls.KEYBOARD, urls.ITEM_MEDIA, urls.ANSWER_MEDIA, urls.DISABLED_DISPLAY, urls.DISABLED_DISPLAY_R5,
        urls.SIGNATURE_REQUIRED, urls.PERFORMER_TYPE, urls.ENTRY_MODE, urls.LOOKUP_QUESTIONNAIRE, urls.REFERENCE_PROFILE,
        urls.OPTIONAL_DISPLAY,
    }
)  # fmt: skip

SET_ASIDE: Mapping[str, str] = {
    urls.ENDPOINT: "Answers are kept by the portal; they are sent to no other address.",
    urls.PREFERRED_TERMINOLOGY_SERVER: "Value sets are expanded by the portal's own server, whichever the form prefers.",
    urls.CQF_LIBRARY: "Libraries of CQL are not run; expressions are FHIRPath.",
    urls.ADAPTIVE: "A form that asks its next question from a server is filled in as it stands.",
    f"{_SDC}/sdc-questionnaire-sourceStructureMap": "Structure maps are not run; population is by expressions.",
    f"{_SDC}/sdc-questionnaire-targetStructureMap": "Structure maps are not run; extraction is by observations, definitions and templates.",
    f"{_SDC}/sdc-questionnaire-assembleDefinitionRoot": "Items are not assembled from element definitions.",
    f"{_SDC}/sdc-questionnaire-answerKey": "A key of right answers is kept; it scores nothing.",
    f"{_SDC}/sdc-referencesContained": "It says only which contained resource is referred to.",
    f"{_SDC}/sdc-rendering-criticalExtension": "The extensions that it names are shown where they are known.",
    f"{_HL7}/rendering-styleSensitive": "Styles carry no meaning here beyond their look.",
    f"{_HL7}/designNote": "A note for authors.",
    f"{_HL7}/structuredefinition-standards-status": "How settled the form is changes nothing.",
    f"{_HL7}/structuredefinition-fmm": "How settled the form is changes nothing.",
    f"{_HL7}/artifact-versionAlgorithm": "Versions are compared number by number.",
    f"{_HL7}/questionnaire-referenceFilter": "What a reference may point at is searched by type only.",
    f"{_HL7}/questionnaire-fhirType": "The type of the element is kept, not used.",
    f"{_HL7}/questionnaire-baseType": "The type of the element is kept, not used.",
    f"{_HL7}/cqf-citation": "A citation for authors.",
}  # fmt: skip


def ignored(questionnaire: Json) -> tuple[Fault, ...]:
    """One remark for each extension without effect here, at the first item that carries it (the form itself: empty)."""
    found: dict[str, Fault] = {}
    for link_id, url, modifies in _carried(questionnaire):
        if url in found or url in ACTED_ON or url in SHOWN or url.startswith(BASE):
            continue
        reason = SET_ASIDE.get(url) or ("It may change what the form means." if modifies else "It is not known here.")
        found[url] = Fault(link_id=link_id, what="ignored", text=f"{url} has no effect. {reason}")
    return tuple(found.values())


def _carried(questionnaire: Json) -> Iterator[tuple[str, str, bool]]:
    """Where each extension stands, its address, and whether it may change the meaning; not those of contained resources."""
    waiting: list[tuple[Any, str]] = [(questionnaire, "")]
    while waiting:
        value, link_id = waiting.pop()
        if isinstance(value, list):
            waiting.extend(
                (each, link_id) for each in reversed(cast("list[Any]", value)) if isinstance(each, (dict, list))
            )
            continue
        element = cast("Json", value)
        here: str = element.get("linkId", link_id)
        for key in ("extension", "modifierExtension"):
            for one in element.get(key, ()):
                url = str(one.get("url", ""))
                if ":" in url:
                    yield here, url, key == "modifierExtension"
        inside = [
            (each, here) for key, each in element.items() if key != "contained" and isinstance(each, (dict, list))
        ]
        waiting.extend(reversed(inside))
