"""From a FHIR R4 Questionnaire with SDC extensions to a `Form`: everything that does not depend on answers, done once."""

from collections.abc import Iterator
from dataclasses import replace

from portal.errors import Invalid, problem
from portal.fhir import systems
from portal.i18n import N_
from portal.sdc import urls
from portal.sdc.dependencies import Tree
from portal.sdc.expressions import Expressions
from portal.sdc.items import make_constraints, make_item
from portal.sdc.kinds import well_formed
from portal.sdc.model import AlertRule, Constraint, Form, FormItem, ScoreDefinition
from portal.sdc.program import Program, Rule, make_plan
from portal.sdc.reading import extension, extension_text, extension_value, extensions, local_text, value_of
from portal.sdc.scoring import score_definition
from portal.sdc.sections import make_sections, questions_asked
from portal.types import Json

SECONDS_A_QUESTION = 8
_EXTRACTING = frozenset(
    {urls.TEMPLATE_EXTRACT, urls.TEMPLATE_EXTRACT_BUNDLE, urls.DEFINITION_EXTRACT, urls.ITEM_EXTRACTION_CONTEXT}
)
_AUDIENCES = {
    "Patient": "patient",
    "RelatedPerson": "relative",
    "Practitioner": "professional",
    "PractitionerRole": "professional",
}


def compile_form(questionnaire: Json) -> Form:
    """A form ready to fill. Expressions that cannot run are in `form.faults`; only a form without order raises `Invalid`."""
    questionnaire, wrong = well_formed(questionnaire)
    scopes, tree = _shape(questionnaire)
    launch_names = frozenset(_launch_names(questionnaire))
    batches = dict(_batches(questionnaire))
    expressions = Expressions(tree, launch_names | batches.keys(), scopes)
    expressions.declare("", questionnaire)
    for element in _elements(questionnaire):
        expressions.declare(element["linkId"], element)
    items = tuple(make_item(each, (), expressions, questionnaire) for each in questionnaire.get("item", ()))
    by_link_id = {item.link_id: item for item in _walk(items)}
    asked = questions_asked(items)
    copyright_ = local_text(questionnaire, "copyright")
    shown = extension_value(questionnaire, systems.SHOWN_TO_PATIENT)
    alerts = tuple(_alerts(questionnaire, expressions))
    constraints = tuple(_constraints(questionnaire, by_link_id, expressions))
    context: Json | None = extension_value(questionnaire, urls.POPULATION_CONTEXT)
    populated_by = expressions.program("", "population", context)
    queries = {name: tuple(_queries(expressions, found)) for name, found in batches.items()}
    rules = list(_rules(by_link_id, tree))
    plan = make_plan(rules)
    begins = [
        Rule(kind="begin", link_id=name, reads=item.initial_by.reads - {name}, writes=frozenset({name}))
        for name, item in by_link_id.items()
        if item.initial_by
    ]
    in_order = make_plan([*rules, *begins]).rules if begins else ()
    named = any(each.value_set or each.unit_value_set or each.dynamic.value_set for each in by_link_id.values())
    return Form(
        questionnaire=questionnaire,
        url=questionnaire.get("url", ""),
        version=questionnaire.get("version", ""),
        code=next(
            (each["code"] for each in questionnaire.get("code", ()) if each.get("system") == systems.INSTRUMENT), ""
        ),
        label=local_text(questionnaire, "title"),
        description=local_text(questionnaire, "description"),
        category=next(_uses(questionnaire, systems.CATEGORY), ""),
        audience=tuple(_uses(questionnaire, systems.AUDIENCE)) or tuple(dict.fromkeys(_performers(questionnaire))),
        licence=extension_value(questionnaire, systems.LICENCE) or "",
        copyright=copyright_,
        shown_to_patient=shown if isinstance(shown, bool) else True,
        items=items,
        by_link_id=by_link_id,
        definitions={link_id: item.definition for link_id, item in by_link_id.items()},
        sections=make_sections(items, local_text(questionnaire, "title")),
        header=tuple(item for item in items if item.control == "header"),
        footer=tuple(item for item in items if item.control == "footer"),
        question_count=asked,
        minutes=extension_value(questionnaire, systems.MINUTES) or max(1, round(asked * SECONDS_A_QUESTION / 60)),
        scores=tuple(_scores(by_link_id)),
        alerts=alerts,
        launch_names=launch_names,
        constraints=constraints,
        plan=plan,
        first_values=tuple(rule.link_id for rule in in_order if rule.kind == "begin"),
        faults=(*wrong, *expressions.faults),
        batches=queries,
        populated_by=populated_by,
        population_name=(context or {}).get("name", ""),
        performers=tuple(value_of(each) for each in extensions(questionnaire, urls.PERFORMER_TYPE)),
        entry_mode=extension_value(questionnaire, urls.ENTRY_MODE) or "",
        signature=tuple(value_of(each) for each in extensions(questionnaire, urls.SIGNATURE_REQUIRED)),
        extracted=extension_value(questionnaire, urls.OBSERVATION_EXTRACT) is True,
        asks_outside=named or expressions.asks_outside,
        extracts=_extracts(questionnaire),
    )


def _shape(questionnaire: Json) -> tuple[dict[str, tuple[str, ...]], Tree]:
    """Ancestors and descendants of each item; refuses a form whose items cannot be told apart."""
    scopes: dict[str, tuple[str, ...]] = {}
    below: dict[str, frozenset[str]] = {}

    def visit(element: Json, ancestors: tuple[str, ...]) -> set[str]:
        link_id = element.get("linkId", "")
        if not link_id or link_id in scopes:
            message = N_("This form cannot be used: the item identifier “{link_id}” is missing or used twice.")
            raise Invalid([problem(link_id, message, link_id=link_id)])
        scopes[link_id] = ancestors
        inside: set[str] = set()
        for child in element.get("item", ()):
            inside |= visit(child, (*ancestors, link_id))
        below[link_id] = frozenset(inside)
        return inside | {link_id}

    for element in questionnaire.get("item", ()):
        visit(element, ())
    return scopes, Tree(below=below, everything=frozenset(scopes))


def _extracts(questionnaire: Json) -> bool:
    elements = (questionnaire, *_elements(questionnaire))
    return any(each.get("url") in _EXTRACTING for element in elements for each in element.get("extension", ()))


def _elements(element: Json) -> Iterator[Json]:
    for child in element.get("item", ()):
        yield child
        yield from _elements(child)


def _walk(items: tuple[FormItem, ...]) -> Iterator[FormItem]:
    for item in items:
        yield item
        yield from _walk(item.items)


def _launch_names(questionnaire: Json) -> Iterator[str]:
    for context in extensions(questionnaire, urls.LAUNCH_CONTEXT):
        name = extension_value(context, "name")
        code = name.get("code") if isinstance(name, dict) else name
        if code:
            yield code


def _batches(questionnaire: Json) -> Iterator[tuple[str, list[str]]]:
    """sourceQueries: the contained batch Bundle, by its id, with the addresses that it asks."""
    for each in extensions(questionnaire, urls.SOURCE_QUERIES):
        reference = str((value_of(each) or {}).get("reference", ""))
        for resource in questionnaire.get("contained", ()):
            if reference == f"#{resource.get('id')}":
                yield resource["id"], [entry.get("request", {}).get("url", "") for entry in resource.get("entry", ())]


def _queries(expressions: Expressions, addresses: list[str]) -> Iterator[Program]:
    for address in addresses:
        program = expressions.program("", "query", {"language": urls.FHIR_QUERY, "expression": address})
        if program:
            yield program


def _performers(questionnaire: Json) -> Iterator[str]:
    """Who may fill it in, by the standard's own extension: for forms that do not say it in our words."""
    for each in extensions(questionnaire, urls.PERFORMER_TYPE):
        word = _AUDIENCES.get(str(value_of(each)))
        if word:
            yield word


def _uses(questionnaire: Json, system: str) -> Iterator[str]:
    """Codes of one system among the contexts that a form is made for."""
    for context in questionnaire.get("useContext", ()):
        for coding in context.get("valueCodeableConcept", {}).get("coding", ()):
            if coding.get("system") == system:
                yield coding.get("code", "")


def _constraints(
    questionnaire: Json, by_link_id: dict[str, FormItem], expressions: Expressions
) -> Iterator[tuple[str, Constraint]]:
    for link_id, item in by_link_id.items():
        for each in item.constraints:
            yield link_id, replace(each, locations=tuple(name for name in each.locations if name in by_link_id))
    for each in make_constraints("", questionnaire, expressions):
        named = tuple(name for name in each.locations if name in by_link_id)
        yield "", replace(each, locations=named, read=() if named else _answered_by_people(each.program, by_link_id))


def _answered_by_people(program: Program, by_link_id: dict[str, FormItem]) -> tuple[str, ...]:
    """The questions that an expression names, in the order of the form; for a computed one, those it is computed from."""
    waiting, seen, kept = list(program.names), set[str](), set[str]()
    while waiting:
        link_id = waiting.pop()
        if link_id in seen:
            continue
        seen.add(link_id)
        item = by_link_id[link_id]
        if item.calculated and item.calculated.names and (item.read_only or item.hidden):
            waiting.extend(item.calculated.names)
        else:
            kept.add(link_id)
    asked = [(name, item) for name, item in by_link_id.items() if item.question]
    found = tuple(name for name, _ in asked if name in kept)
    return found or tuple(name for name, item in asked if kept.intersection(item.ancestors))


def _alerts(questionnaire: Json, expressions: Expressions) -> Iterator[AlertRule]:
    for rule in extensions(questionnaire, systems.ALERT_RULE):
        name = extension_value(rule, "id") or ""
        condition = expressions.program("", f"alert {name}", extension_value(rule, "condition"))
        if condition:
            severity = "stat" if extension_value(rule, "severity") == "stat" else "urgent"
            text = extension_text(extension(rule, "message"))
            yield AlertRule(id=name, condition=condition, severity=severity, text=text)


def _scores(by_link_id: dict[str, FormItem]) -> Iterator[ScoreDefinition]:
    for item in by_link_id.values():
        bands = extension(item.definition, systems.SCORE_BANDS)
        if bands:
            yield score_definition(item, bands)


def _rules(by_link_id: dict[str, FormItem], tree: Tree) -> Iterator[Rule]:
    for link_id, item in by_link_id.items():
        inside = tree.below[link_id] | {link_id}
        if item.enabled_by or item.conditions:
            reads = item.enabled_by.reads if item.enabled_by else {condition.question for condition in item.conditions}
            # a source beneath its own target counts as unanswered, so it is not waited for
            yield Rule(kind="enable", link_id=link_id, reads=frozenset(reads) - inside, writes=frozenset(inside))
        if item.calculated:
            yield Rule(
                kind="calculate",
                link_id=link_id,
                reads=_without_itself(item.calculated, link_id),
                writes=frozenset({link_id}),
            )


def _without_itself(program: Program, link_id: str) -> frozenset[str]:
    """An item that walks over its neighbours sees itself too; only naming itself makes it wait for itself."""
    return program.reads if f"'{link_id}'" in program.text else program.reads - {link_id}
