"""Compiles the expressions of one form, resolves the %names they use, and keeps the faults for the form's author."""

from collections.abc import Mapping

from portal import fhirpath
from portal.sdc import urls
from portal.sdc.dependencies import Tree, questions_read
from portal.sdc.fault import Fault
from portal.sdc.program import Program, Variable
from portal.sdc.queries import Query
from portal.sdc.reading import extension_value, extensions, value_of
from portal.types import Json

GIVEN = frozenset(
    {"resource", "rootResource", "context", "questionnaire", "qitem", "ucum", "sct", "loinc", "questionnaireResponse"}
)


_NAMED = (
    urls.INITIAL_EXPRESSION, urls.CALCULATED_EXPRESSION, urls.ENABLE_WHEN_EXPRESSION, urls.ANSWER_EXPRESSION,
    urls.CANDIDATE_EXPRESSION,
)  # fmt: skip
"""Expressions whose result others may use by its name, as if it were a variable."""


class Expressions:
    """Used while one form is compiled. An expression that cannot run becomes a fault, never an exception."""

    def __init__(self, tree: Tree, launch_names: frozenset[str], scopes: Mapping[str, tuple[str, ...]]) -> None:
        self.faults: list[Fault] = []
        self.asks_outside = False  # a FHIR query, or whether a code is in a value set
        self._tree = tree
        self._given = GIVEN | launch_names
        self._scopes = scopes  # linkId -> ancestors, outermost first
        self._declared: dict[str, dict[str, Json]] = {}
        self._variables: dict[tuple[str, str], Variable] = {}
        self._populated: set[tuple[str, str]] = set()
        self._open: list[tuple[str, str]] = []

    def declare(self, owner: str, element: Json) -> None:
        """Takes note of the variables that an item (or the form itself, `owner` empty) declares."""
        names = self._declared.setdefault(owner, {})
        for each in extensions(element, urls.VARIABLE):
            expression: Json = value_of(each) or {}
            name = expression.get("name", "")
            if not name or name in self._given or name in names:
                self.fault(owner, "variable", f"The name %{name} is empty, reserved or used twice here.")
                continue
            names[name] = expression
        for url in _NAMED:
            named: Json = extension_value(element, url) or {}
            if (name := named.get("name", "")) and name not in self._given:
                names.setdefault(name, named)
                if url == urls.CANDIDATE_EXPRESSION:  # what a person picked from it; known to nobody before
                    self._populated.add((owner, name))
        context: Json = extension_value(element, urls.POPULATION_CONTEXT) or {}
        if name := context.get("name"):
            names[name] = context
            self._populated.add((owner, name))
        elif context:
            self.fault(owner, "population", "A population context needs a name.")

    def program(self, owner: str, what: str, expression: Json | str | None) -> Program | None:
        """The expression ready to run on item `owner`, or None with a fault when it cannot be."""
        if expression is None:
            return None
        text = expression if isinstance(expression, str) else expression.get("expression", "")
        language = urls.FHIRPATH if isinstance(expression, str) else expression.get("language", urls.FHIRPATH)
        if language not in (urls.FHIRPATH, urls.FHIR_QUERY) or not text:
            self.fault(owner, what, f"Only FHIRPath expressions and FHIR queries run here, not {language}.")
            return None
        run = self._compiled(owner, what, text, query=language == urls.FHIR_QUERY)
        if run is None:
            return None
        variables = tuple(
            variable for name in sorted(run.depends_on.variables) if (variable := self._variable(name, owner, what))
        )
        reads = questions_read(run.depends_on, owner, self._tree).union(
            *(variable.program.reads for variable in variables)
        )
        names = (run.depends_on.link_ids & self._tree.everything).union(
            *(variable.program.names for variable in variables)
        )
        return Program(text=text, run=run, reads=reads, variables=variables, names=names)

    def fault(self, owner: str, what: str, text: str) -> None:
        self.faults.append(Fault(link_id=owner, what=what, text=text))

    def _compiled(self, owner: str, what: str, text: str, *, query: bool) -> fhirpath.Expression | Query | None:
        self.asks_outside = self.asks_outside or query or "memberOf" in text
        try:
            return Query(text) if query else fhirpath.compile(text)
        except fhirpath.FhirPathError as error:
            self.fault(owner, what, f"{error} In: {text}")
            return None

    def _variable(self, name: str, owner: str, what: str) -> Variable | None:
        if name in self._given or name.startswith(("vs-", "ext-")):
            return None
        for scope in (owner, *reversed(self._scopes.get(owner, ())), ""):
            expression = self._declared.get(scope, {}).get(name)
            if expression is not None:
                return self._declared_variable(name, scope, expression)
        self.fault(owner, what, f"Nothing defines %{name}.")
        return _nothing(name, owner)

    def _declared_variable(self, name: str, owner: str, expression: Json) -> Variable:
        key = (owner, name)
        if key in self._open:
            self.fault(owner, "variable", f"%{name} is defined by itself.")
            return _nothing(name, owner)
        if key not in self._variables:
            self._open.append(key)
            program = self.program(owner, "variable", expression)
            self._open.pop()
            self._variables[key] = (
                Variable(name=name, owner=owner, program=program, populated=key in self._populated)
                if program
                else _nothing(name, owner)
            )
        return self._variables[key]


def _nothing(name: str, owner: str) -> Variable:
    return Variable(name=name, owner=owner, program=Program(text="{}", run=fhirpath.compile("{}"), reads=frozenset()))
