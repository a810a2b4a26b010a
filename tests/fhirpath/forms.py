"""Fourteen small forms with answers, and the expressions that such forms bear: scores, conditions, constraints, texts.

The forms are made up for the tests; they have the shapes of the foundation's instruments, not their wording.
"""

from dataclasses import dataclass, field
from typing import Any

from portal.types import Json

WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
UCUM = "http://unitsofmeasure.org"
NOW = "2026-11-23T10:00:00.000+01:00"

PATIENT: Json = {
    "resourceType": "Patient",
    "id": "p1",
    "gender": "female",
    "birthDate": "1984-02-29",
    "_birthDate": {"extension": [{"url": "urn:birth-time", "valueTime": "11:20:00"}]},
    "active": True,
    "name": [{"use": "official", "family": "Moreau", "given": ["Claire", "Anne"]}, {"use": "usual", "given": ["Clo"]}],
    "telecom": [{"system": "phone", "value": "0102030405"}, {"system": "email", "value": "c@example.org", "rank": 1}],
    "identifier": [{"system": "urn:fondacode", "value": "F-0042"}],
    "deceasedBoolean": False,
    "multipleBirthInteger": 2,
    "contact": [{"relationship": [{"text": "mother"}], "name": {"family": "Moreau", "given": ["Odile"]}}],
}


@dataclass(kw_only=True)
class Form:
    name: str
    questionnaire: Json
    response: Json
    expressions: list[str] = field(default_factory=list)


def coding(code: str, weight: float | None = None, url: str = ORDINAL, system: str = "urn:scale") -> Json:
    made: Json = {"system": system, "code": code, "display": f"Answer {code}"}
    if weight is not None:
        made["extension"] = [{"url": url, "valueDecimal": weight}]
    return made


def option(code: str, weight: float, url: str = WEIGHT) -> Json:
    """A choice with its weight, in the present extension or in the older one."""
    return {"extension": [{"url": url, "valueDecimal": weight}], "valueCoding": coding(code)}


def question(link_id: str, kind: str, **more: Any) -> Json:
    return {"linkId": link_id, "text": f"Question {link_id}", "type": kind, **more}


def group(link_id: str, *items: Json, **more: Any) -> Json:
    return {"linkId": link_id, "type": "group", "item": list(items), **more}


def answered(link_id: str, **value: Any) -> Json:
    """An item with one answer, or with several when the value is a list."""
    ((key, found),) = value.items()
    values = found if isinstance(found, list) else [found]
    return {"linkId": link_id, "answer": [{key: one} for one in values]}


def below(link_id: str, *items: Json) -> Json:
    return {"linkId": link_id, "item": list(items)}


def form(name: str, asked: list[Json], given: list[Json], expressions: str) -> Form:
    questionnaire = {"resourceType": "Questionnaire", "url": f"urn:q:{name}", "status": "active", "item": asked}
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": f"r-{name}",
        "questionnaire": f"urn:q:{name}|1.2",
        "status": "completed",
        "authored": "2026-11-20T09:30:00+01:00",
        "subject": {"reference": "Patient/p1", "display": "A person"},
        "author": {"reference": "#who"},
        "contained": [{"resourceType": "Practitioner", "id": "who", "name": [{"family": "Petit"}]}],
        "item": given,
    }
    lines = [line.strip() for line in expressions.strip().splitlines() if line.strip()]
    return Form(name=name, questionnaire=questionnaire, response=response, expressions=lines)


# What every scale bears: T is the path to its answered items, A and B two of its linkIds.
SCALE = """
    {T}.answer.value.code
    {T}.answer.value.weight().sum()
    {T}.answer.weight().sum()
    {T}.answer.value.ordinal().max()
    {T}.answer.value.weight().min()
    {T}.answer.value.weight().avg()
    {T}.answer.count()
    {T}.where(answer.exists()).count() = {T}.count()
    {T}.where(linkId = '{A}').answer.value.weight()
    {T}.where(linkId = '{A}' or linkId = '{B}').answer.value.weight().sum()
    {T}.where(linkId in ('{A}' | '{B}')).answer.value.display
    iif({T}.answer.value.weight().sum() >= 10, 'high', 'low')
    {T}.where(answer.value.code = '2').linkId
    {T}.select(iif(answer.value.weight() > 1, linkId, {{}})).join(',')
    {T}.answer.value.weight().aggregate($this + $total, 0)
    {T}.answer.value.weight().aggregate(iif($total.empty(), $this, iif($this > $total, $this, $total)))
    {T}.answer.value.weight().where($this > 0).count()
    {T}.answer.value.weight().select($this * 2).sum()
    {T}.all(answer.value.weight() >= 0)
    {T}.exists(answer.value.weight() = 3)
    {T}[0].linkId | {T}[1].linkId
    {T}.last().answer.value.display.upper()
    {T}.first().answer.value.is(Coding)
    {T}.answer.value.ofType(Coding).display.distinct().count()
    %resource.descendants().where(linkId = '{B}').answer.value.code
    %resource.repeat(item).where(linkId = '{A}').answer.value.code = '1'
    %questionnaire.repeat(item).where(linkId = '{A}').answerOption.count()
    ({T}.answer.value.weight().sum() * 100 / 27).round(1)
    {T}.where(linkId = 'nothing').answer.value.weight()
    {T}.where(linkId = 'nothing').answer.value.code = '1'
"""


def scale(template: str, path: str, a: str, b: str) -> str:
    return template.replace("{{}}", "{}").replace("{T}", path).replace("{A}", a).replace("{B}", b)


def _depression() -> Form:
    asked = [
        question(f"d{n}", "choice", answerOption=[option(str(w), w, ORDINAL) for w in range(4)]) for n in range(1, 10)
    ]
    given = [answered(f"d{n}", valueCoding=coding(str(n % 4))) for n in range(1, 10)]
    more = """
        %resource.item.where(linkId='d9').answer.value.weight() > 0
        %resource.item.where(linkId='d9').answer.value.code != '0' and %resource.item.where(linkId='d1').exists()
        %resource.item.where(linkId.startsWith('d')).count()
        %resource.item.linkId.select($this.substring(1).toInteger()).sum()
        %resource.status = 'completed' and %resource.authored <= now()
    """
    return form("depression", asked, given, scale(SCALE, "%resource.item", "d1", "d2") + more)


def _anxiety() -> Form:
    asked = [question(f"a{n}", "choice", answerOption=[option(str(w), w) for w in range(4)]) for n in range(1, 8)]
    given = [answered(f"a{n}", valueCoding=coding(str(n % 4))) for n in (1, 2, 5)]
    more = """
        %resource.item.answer.count() < %questionnaire.item.count()
        %questionnaire.item.where(linkId in %resource.item.linkId).count()
        %questionnaire.item.linkId.exclude(%resource.item.linkId)
        %resource.item.where(linkId='a3').answer.value.weight() + 1
        iif(%resource.item.where(linkId='a3').answer.exists(), 'answered', 'missing')
    """
    return form("anxiety", asked, given, scale(SCALE, "%resource.item", "a1", "a5") + more)


def _mood() -> Form:
    asked = [group(f"g{g}", *[question(f"m{g}{n}", "choice") for n in range(3)]) for g in range(3)]
    given = [
        below(f"g{g}", *[answered(f"m{g}{n}", valueCoding=coding(str((g + n) % 4), (g + n) % 4)) for n in range(3)])
        for g in range(3)
    ]
    more = """
        %resource.item.where(linkId='g1').item.answer.value.extension('http://hl7.org/fhir/StructureDefinition/ordinalValue').value
        %resource.item.where(linkId='g0').item.answer.value.extension.where(url.endsWith('ordinalValue')).value.sum()
        %resource.item.select(item.answer.value.extension.value.sum())
        %resource.item.select(linkId & ': ' & item.count().toString())
        %resource.item.item.answer.value.extension(%`ext-ordinalValue`).value.max()
        %resource.repeat(item).count()
        %resource.repeat(item).linkId
        %resource.descendants().where(linkId.exists()).linkId.count()
        item.item.where(linkId = 'm11').answer.value.extension.valueDecimal.empty()
    """.replace("item.item.where(linkId = 'm11').answer.value.extension.valueDecimal.empty()", "item.item[4].linkId")
    return form("mood", asked, given, scale(SCALE, "%resource.item.item", "m01", "m12") + more)


def _mania() -> Form:
    asked = [
        question("y1", "choice", answerOption=[option(str(w), w) for w in range(4)]),
        question("y2", "choice", answerOption=[option(str(w), 3 - w) for w in range(4)]),
        question("y3", "choice", answerOption=[option(str(w), w * 2.5) for w in range(4)]),
        question("y4", "choice", repeats=True, answerOption=[option(str(w), 1) for w in range(4)]),
    ]
    given = [
        answered("y1", valueCoding=coding("1")),
        answered("y2", valueCoding=coding("1")),
        answered("y3", valueCoding=coding("1")),
        answered("y4", valueCoding=[coding("0"), coding("2"), coding("3")]),
    ]
    more = """
        %resource.item.where(linkId = 'y4').answer.value.code.join('+')
        %resource.item.where(linkId = 'y4').answer.value.where(code = '2').exists()
        %resource.item.where(linkId = 'y4').answer.value.code.intersect('2' | '9')
        %resource.item.where(linkId = 'y4').answer.value.code contains '3'
        '9' in %resource.item.where(linkId = 'y4').answer.value.code
        %resource.item.where(linkId = 'y4').answer[1].value.code
        %resource.item.where(linkId = 'y4').answer.value.code.skip(1).first()
    """
    return form("mania", asked, given, scale(SCALE, "%resource.item", "y2", "y3") + more)


def _risk() -> Form:
    asked = [question(f"s{n}", "boolean") for n in range(1, 7)] + [question("when", "date"), question("how", "text")]
    given = [
        answered("s1", valueBoolean=True),
        answered("s2", valueBoolean=True),
        answered("s3", valueBoolean=False),
        {"linkId": "s4"},
        answered("when", valueDate="2026-10-31"),
        answered("how", valueString="In the evening"),
    ]
    return form(
        "risk",
        asked,
        given,
        """
        %resource.item.where(linkId='s1').answer.value
        %resource.item.where(linkId='s1').answer.value and %resource.item.where(linkId='s2').answer.value
        %resource.item.where(linkId='s1').answer.value and %resource.item.where(linkId='s4').answer.value
        %resource.item.where(linkId='s3').answer.value and %resource.item.where(linkId='s4').answer.value
        %resource.item.where(linkId='s1').answer.value or %resource.item.where(linkId='s4').answer.value
        %resource.item.where(linkId='s3').answer.value or %resource.item.where(linkId='s4').answer.value
        %resource.item.where(linkId='s3').answer.value xor %resource.item.where(linkId='s1').answer.value
        %resource.item.where(linkId='s4').answer.value xor %resource.item.where(linkId='s1').answer.value
        %resource.item.where(linkId='s3').answer.value implies %resource.item.where(linkId='s4').answer.value
        %resource.item.where(linkId='s1').answer.value implies %resource.item.where(linkId='s3').answer.value
        %resource.item.where(linkId='s4').answer.value implies %resource.item.where(linkId='s1').answer.value
        %resource.item.where(linkId='s1').answer.value.not()
        %resource.item.where(linkId='s4').answer.value.not()
        %resource.item.where(linkId='s1').answer.value = true
        %resource.item.where(linkId='s4').answer.value = true
        %resource.item.where(linkId='s4').answer.value != true
        %resource.item.answer.value.ofType(boolean)
        %resource.item.answer.value.ofType(boolean).allTrue()
        %resource.item.answer.value.ofType(boolean).anyFalse()
        %resource.item.where(answer.value = true).count()
        %resource.item.where(answer.value.ofType(boolean) = true).linkId.last()
        iif(%resource.item.where(linkId='s1').answer.value, 'yes', 'no')
        iif(%resource.item.where(linkId='s4').answer.value, 'yes', 'no')
        iif(%resource.item.where(linkId='s4').answer.value, 'yes')
        %resource.item.where(linkId='s1').answer.value.toString()
        %resource.item.where(linkId='s1').answer.value.toInteger()
        %resource.item.where(linkId='when').answer.value
        %resource.item.where(linkId='when').answer.value <= today()
        %resource.item.where(linkId='when').answer.value > today() - 1 month
        %resource.item.where(linkId='when').answer.value + 10 days
        %resource.item.where(linkId='when').answer.value - 8 months
        %resource.item.where(linkId='when').answer.value + 4 months
        %resource.item.where(linkId='when').answer.value.is(date)
        %resource.item.where(linkId='when').answer.value is System.Date
        %resource.item.where(linkId='when').answer.value.toString().length()
        %resource.item.where(linkId='when').answer.value = @2026-10-31
        %resource.item.where(linkId='when').answer.value = @2026-10
        %resource.item.where(linkId='when').answer.value > @2026
        %resource.item.where(linkId='when').answer.value < @2027
        %resource.item.where(linkId='when').answer.value ~ @2026-10-31
        %resource.item.where(linkId='how').answer.value.length() <= 20
        %resource.item.where(linkId='how').answer.value.matches('^In .* evening$')
        %resource.item.where(linkId='how').answer.value.lower().contains('evening')
        %resource.item.where(linkId='how').answer.value.replace('evening', 'morning')
        %resource.item.where(linkId='how').answer.value.split(' ')
        %resource.item.where(linkId='how').answer.value ~ 'in the  EVENING'
        %resource.item.where(answer.empty()).linkId
        """,
    )


def quantity(value: float, code: str, unit: str = "") -> Json:
    return {"value": value, "unit": unit or code, "system": UCUM, "code": code}


def _vitals() -> Form:
    asked = [question("height", "integer"), question("weight", "decimal"), question("waist", "quantity")]
    given = [
        answered("height", valueInteger=178),
        answered("weight", valueDecimal=71.5),
        answered("waist", valueQuantity=quantity(0.94, "m")),
        answered("mass", valueQuantity=quantity(71500, "g")),
        answered("sys", valueInteger=142),
        answered("dia", valueInteger=88),
        answered("temp", valueDecimal=37.25),
        answered("zero", valueDecimal=0),
        answered("minus", valueDecimal=-2.5),
    ]
    return form(
        "vitals",
        asked,
        given,
        """
        (%resource.item.where(linkId='weight').answer.value / (%resource.item.where(linkId='height').answer.value / 100).power(2)).round(1)
        %resource.item.where(linkId='weight').answer.value / %resource.item.where(linkId='zero').answer.value
        %resource.item.where(linkId='weight').answer.value div 10
        %resource.item.where(linkId='height').answer.value mod 50
        %resource.item.where(linkId='sys').answer.value - %resource.item.where(linkId='dia').answer.value
        %resource.item.where(linkId='sys').answer.value >= 140 or %resource.item.where(linkId='dia').answer.value >= 90
        %resource.item.where(linkId='sys').answer.value > %resource.item.where(linkId='dia').answer.value
        %resource.item.where(linkId='sys' or linkId='dia').answer.value.avg()
        %resource.item.answer.value.ofType(integer).sum()
        %resource.item.answer.value.ofType(decimal).max()
        %resource.item.answer.value.ofType(decimal).min()
        %resource.item.answer.value.ofType(integer).min()
        %resource.item.where(linkId='minus').answer.value.abs()
        %resource.item.where(linkId='minus').answer.value.ceiling()
        %resource.item.where(linkId='minus').answer.value.floor()
        %resource.item.where(linkId='minus').answer.value.truncate()
        -%resource.item.where(linkId='minus').answer.value
        %resource.item.where(linkId='temp').answer.value.round(1)
        %resource.item.where(linkId='temp').answer.value * 9 / 5 + 32
        %resource.item.where(linkId='temp').answer.value.toString()
        %resource.item.where(linkId='height').answer.value.toString() & ' cm'
        %resource.item.where(linkId='height').answer.value.toDecimal() / 3 > 59.3
        %resource.item.where(linkId='height').answer.value.sqrt() > 13
        %resource.item.where(linkId='height').answer.value.power(2)
        %resource.item.where(linkId='height').answer.value.is(integer)
        %resource.item.where(linkId='weight').answer.value.is(decimal)
        %resource.item.where(linkId='weight').answer.value = 71.50
        %resource.item.where(linkId='weight').answer.value ~ 71.52
        %resource.item.where(linkId='weight').answer.value != 71.5
        %resource.item.where(linkId='weight').answer.value in (70 | 71.5)
        %resource.item.where(linkId='waist').answer.value > 90 'cm'
        %resource.item.where(linkId='waist').answer.value < 1 'm'
        %resource.item.where(linkId='waist').answer.value = 94 'cm'
        %resource.item.where(linkId='waist').answer.value ~ 94 'cm'
        %resource.item.where(linkId='waist').answer.value.value
        %resource.item.where(linkId='waist').answer.value.unit
        %resource.item.where(linkId='waist').answer.value.value * 100
        %resource.item.where(linkId='waist').answer.value is Quantity
        %resource.item.where(linkId='mass').answer.value = 71.5 'kg'
        %resource.item.where(linkId='mass').answer.value.value / 1000 = %resource.item.where(linkId='weight').answer.value
        %resource.item.where(linkId='missing').answer.value + 1
        %resource.item.where(linkId='missing').answer.value > 1
        %resource.item.where(linkId='missing').answer.value.round(1)
        iif(%resource.item.where(linkId='missing').answer.value > 1, 'a', 'b')
        (%resource.item.where(linkId='missing').answer.value > 1).exists()
        %resource.item.answer.value.ofType(Quantity).unit
        %resource.item.where(answer.value > 100 'g').linkId.count() >= 0
        """.replace("%resource.item.where(answer.value > 100 'g').linkId.count() >= 0", "%resource.item.count() - 1"),
    )


def _biology() -> Form:
    given = [
        below(
            "sample",
            answered("date", valueDate="2026-11-02"),
            answered("sodium", valueQuantity=quantity(139, "mmol/L")),
            answered("lithium", valueQuantity=quantity(0.8, "mmol/L")),
            answered("glucose", valueQuantity=quantity(5.2, "mmol/L")),
            answered("crp", valueQuantity=quantity(4, "mg/L")),
        ),
        below(
            "sample",
            answered("date", valueDate="2026-11-16"),
            answered("sodium", valueQuantity=quantity(128, "mmol/L")),
            answered("lithium", valueQuantity=quantity(1.35, "mmol/L")),
            answered("crp", valueQuantity=quantity(0.012, "g/L")),
        ),
    ]
    return form(
        "biology",
        [group("sample", question("date", "date"), question("sodium", "quantity"), repeats=True)],
        given,
        """
        %resource.item.where(linkId='sample').count()
        %resource.item.item.where(linkId='lithium').answer.value.value
        %resource.item.item.where(linkId='lithium').answer.value.value.max()
        %resource.item.item.where(linkId='lithium').answer.value.where(value > 1.2).exists()
        %resource.item.where(item.where(linkId='lithium').answer.value.value > 1.2).item.where(linkId='date').answer.value
        %resource.item.last().item.where(linkId='sodium').answer.value < 130 'mmol/L'
        %resource.item.first().item.where(linkId='sodium').answer.value >= 135 'mmol/L'
        %resource.item.last().item.where(linkId='crp').answer.value > 10 'mg/L'
        %resource.item.last().item.where(linkId='crp').answer.value = 12 'mg/L'
        %resource.item[1].item.where(linkId='glucose').exists()
        %resource.item.where(item.where(linkId='glucose').empty()).count()
        %resource.item.item.where(linkId='date').answer.value.first() < %resource.item.item.where(linkId='date').answer.value.last()
        %resource.item.select(item.where(linkId='sodium').answer.value.value)
        %resource.item.select(item.count())
        %resource.item.select($index)
        %resource.item.select(item.where(linkId='date').answer.value.toString() & ' ' & item.where(linkId='sodium').answer.value.value.toString())
        %resource.item.item.where(linkId='sodium').answer.value.value.avg()
        %resource.item.item.answer.value.ofType(Quantity).unit.distinct()
        %resource.item.item.where(answer.value is Quantity).count()
        %resource.item.item.where(linkId='date').answer.value.ofType(date)
        %resource.item.item.where(linkId='date').answer.value.select($this + 3 months)
        %resource.item.item.answer.value.where($this is Quantity).value.sum()
        %resource.item.all(item.where(linkId='date').answer.exists())
        %resource.item.item.linkId.isDistinct()
        %resource.item.item.linkId.distinct().count()
        %resource.item.first().item.linkId.subsetOf(%resource.item.item.linkId)
        %resource.item.last().item.linkId.supersetOf(%resource.item.first().item.linkId)
        (%resource.item.first() | %resource.item.last()).count()
        %resource.item.first().combine(%resource.item.first()).count()
        %resource.item.tail().item.where(linkId='sodium').answer.value.value
        1 'g/L' = 1000 'mg/L'
        4 'mmol/L' > 3900 'umol/L'
        1 'kg' + 500 'g'
        """,
    )


def _treatments() -> Form:
    def line(name: str, code: str, dose: float, start: str, end: str | None) -> Json:
        items = [
            answered("name", valueString=name),
            answered("atc", valueCoding={"system": "http://www.whocc.no/atc", "code": code}),
            answered("dose", valueDecimal=dose),
            answered("start", valueDate=start),
        ]
        return below("line", *items, *([answered("end", valueDate=end)] if end else []))

    given = [
        line("Lithium", "N05AN01", 750, "2024-03", None),
        line("Quetiapine", "N05AH04", 300.5, "2025-01-15", "2026-02-01"),
        line("Lamotrigine", "N03AX09", 200, "2026-02-10", None),
    ]
    asked = [group("line", question("name", "string"), question("dose", "decimal"), repeats=True)]
    return form(
        "treatments",
        asked,
        given,
        """
        %resource.item.item.where(linkId='name').answer.value
        %resource.item.item.where(linkId='name').answer.value.join(', ')
        %resource.item.where(item.where(linkId='end').empty()).item.where(linkId='name').answer.value
        %resource.item.where(item.where(linkId='atc').answer.value.code.startsWith('N05A')).count()
        %resource.item.where(item.where(linkId='atc').answer.value.code = 'N05AN01').exists()
        %resource.item.where(item.where(linkId='dose').answer.value > 250).item.where(linkId='name').answer.value
        %resource.item.item.where(linkId='dose').answer.value.sum()
        %resource.item.item.where(linkId='dose').answer.value.max()
        %resource.item.select(item.where(linkId='name').answer.value & ' ' & item.where(linkId='dose').answer.value.toString() & ' mg').join('; ')
        %resource.item.where(item.where(linkId='start').answer.value >= @2025-01-01).count()
        %resource.item.where(item.where(linkId='start').answer.value < today() - 1 year).count()
        %resource.item.where(item.where(linkId='end').answer.value < item.where(linkId='start').answer.value).exists()
        %resource.item.where($index > 0).item.where(linkId='name').answer.value
        %resource.item.where($index = 1).item.where(linkId='dose').answer.value
        %resource.item.item.where(linkId='name').answer.value.where($this.startsWith('L'))
        %resource.item.item.where(linkId='name').answer.value.select(substring(0, 3).upper())
        %resource.item.item.where(linkId='name').answer.value.select(length())
        %resource.item.item.where(linkId='name').answer.value.sort()
        %resource.item.item.where(linkId='dose').answer.value.sort()
        %resource.item.item.where(linkId='atc').answer.value.code.select(substring(0,1)).distinct()
        %resource.item.item.where(linkId='atc').answer.value.system.distinct()
        %resource.item.item.where(linkId='name').answer.value.indexOf('i')
        %resource.item.item.where(linkId='name').answer.value.first().indexOf('i')
        %resource.item.item.where(linkId='name').answer.value.matches('^L')
        %resource.item.item.where(linkId='name').answer.value.first().replaceMatches('[aeiou]', '*')
        %resource.item.item.where(linkId='start').answer.value.first() + 1 month
        %resource.item.item.where(linkId='start').answer.value.first() < @2024-03-15
        %resource.item.item.where(linkId='start').answer.value.first() < @2024-04-15
        %resource.item.skip(1).take(1).item.where(linkId='name').answer.value
        %resource.item.exclude(%resource.item.first()).count()
        %resource.item.item.where(linkId='name').answer.value.toChars().count()
        %resource.item.select(item.where(linkId='dose').answer.value * 2)
        %resource.item.item.where(linkId='name').answer.value.single()
        %resource.item.item.where(linkId='dose').answer.value > 10
        """,
    )


def _sleep() -> Form:
    given = [
        answered("bed", valueTime="23:15:00"),
        answered("up", valueTime="07:00:00"),
        answered("last", valueDateTime="2026-11-22T23:15:00+01:00"),
        answered("woke", valueDateTime="2026-11-23T06:45:30.500+01:00"),
        answered("utc", valueDateTime="2026-11-22T22:15:00Z"),
        answered("month", valueDateTime="2026-11"),
        answered("latency", valueInteger=35),
        answered("hours", valueDecimal=6.5),
    ]
    return form(
        "sleep",
        [question("bed", "time"), question("last", "dateTime")],
        given,
        """
        %resource.item.where(linkId='bed').answer.value
        %resource.item.where(linkId='bed').answer.value > %resource.item.where(linkId='up').answer.value
        %resource.item.where(linkId='bed').answer.value = @T23:15
        %resource.item.where(linkId='bed').answer.value = @T23:15:00
        %resource.item.where(linkId='bed').answer.value > @T22
        %resource.item.where(linkId='bed').answer.value is time
        %resource.item.where(linkId='up').answer.value + 90 minutes
        %resource.item.where(linkId='bed').answer.value.toString()
        %resource.item.where(linkId='last').answer.value < %resource.item.where(linkId='woke').answer.value
        %resource.item.where(linkId='last').answer.value = %resource.item.where(linkId='utc').answer.value
        %resource.item.where(linkId='last').answer.value ~ %resource.item.where(linkId='utc').answer.value
        %resource.item.where(linkId='last').answer.value + 7 hours
        %resource.item.where(linkId='last').answer.value + 2 days
        %resource.item.where(linkId='woke').answer.value - 30 minutes
        %resource.item.where(linkId='woke').answer.value + 500 milliseconds
        %resource.item.where(linkId='woke').answer.value > @2026-11-23T06:00:00+01:00
        %resource.item.where(linkId='woke').answer.value >= today()
        %resource.item.where(linkId='month').answer.value
        %resource.item.where(linkId='month').answer.value = @2026-11T
        %resource.item.where(linkId='month').answer.value < @2026-12-01
        %resource.item.where(linkId='month').answer.value < @2026-11-15
        %resource.item.where(linkId='month').answer.value + 2 months
        %resource.item.where(linkId='last').answer.value.is(dateTime)
        %resource.item.where(linkId='last').answer.value.is(System.DateTime)
        %resource.item.answer.value.ofType(dateTime).count()
        %resource.item.answer.value.ofType(time)
        %resource.item.where(linkId='last').answer.value.toString().substring(0, 10)
        %resource.item.where(linkId='last').answer.value.toDate()
        %resource.item.where(linkId='latency').answer.value > 30
        iif(%resource.item.where(linkId='latency').answer.value <= 15, 0, iif(%resource.item.where(linkId='latency').answer.value <= 30, 1, iif(%resource.item.where(linkId='latency').answer.value <= 60, 2, 3)))
        iif(%resource.item.where(linkId='hours').answer.value > 7, 0, iif(%resource.item.where(linkId='hours').answer.value >= 6, 1, 2))
        (%resource.item.where(linkId='hours').answer.value / 8 * 100).round(0)
        now() > %resource.item.where(linkId='woke').answer.value
        today() > %resource.item.where(linkId='last').answer.value
        now().toString().length() > 10
        @2026-11-23 - 1 week
        @2024-02-29 + 1 year
        @2026-01-31 + 1 month
        @2026-11-23T10:00:00+01:00 = @2026-11-23T09:00:00Z
        """,
    )


def _identity() -> Form:
    given = [
        answered("name", valueString="  Claire Moreau "),
        answered("city", valueString="Créteil"),
        answered("postcode", valueString="94000"),
        answered("email", valueString="claire@example.org"),
        answered("birth", valueDate="1984-02-29"),
        answered("status", valueCoding=coding("married", system="urn:status")),
        answered("job", valueString="other: florist"),
        answered("children", valueInteger=0),
        answered("web", valueUri="https://example.org/me"),
    ]
    return form(
        "identity",
        [question("name", "string"), question("birth", "date")],
        given,
        """
        %resource.item.where(linkId='name').answer.value.trim()
        %resource.item.where(linkId='name').answer.value.trim().split(' ').last()
        %resource.item.where(linkId='city').answer.value.lower()
        %resource.item.where(linkId='city').answer.value.length()
        %resource.item.where(linkId='city').answer.value.upper()
        %resource.item.where(linkId='postcode').answer.value.matches('^[0-9]{5}$')
        %resource.item.where(linkId='postcode').answer.value.matchesFull('[0-9]{4}')
        %resource.item.where(linkId='postcode').answer.value.toInteger() + 1
        %resource.item.where(linkId='postcode').answer.value.substring(0, 2)
        %resource.item.where(linkId='postcode').answer.value.startsWith('94')
        %resource.item.where(linkId='email').answer.value.matches('^[^@ ]+@[^@ ]+\\\\.[a-z]+$')
        %resource.item.where(linkId='email').answer.value.indexOf('@')
        %resource.item.where(linkId='email').answer.value.replaceMatches('@.*', '')
        today() >= %resource.item.where(linkId='birth').answer.value + 18 years
        %resource.item.where(linkId='birth').answer.value + 18 years
        %resource.item.where(linkId='birth').answer.value = %patient.birthDate
        %patient.birthDate < today()
        %patient.birthDate + 40 years
        %patient.birthDate.extension('urn:birth-time').value
        %patient.birthDate.is(date)
        %patient.name.where(use='official').family
        %patient.name.where(use='official').given.first() & ' ' & %patient.name.where(use='official').family
        %patient.name.given.count()
        %patient.name.first().given.join(' ')
        %patient.telecom.where(system='phone').value
        %patient.telecom.where(rank.exists()).value
        %patient.deceased
        %patient.deceased is boolean
        %patient.multipleBirth
        %patient.multipleBirth is integer
        %patient.gender = 'female'
        %patient.gender.is(code)
        %patient.gender is string
        %patient.contact.name.given
        %patient.contact.relationship.text = 'mother'
        %patient.identifier.where(system='urn:fondacode').value.substring(2).toInteger()
        %patient is Patient
        %patient.is(DomainResource)
        %patient.name is HumanName
        %patient.active.not()
        %patient.children().count() > 5
        %patient.id
        %resource.item.where(linkId='status').answer.value.code = 'married'
        %resource.item.where(linkId='status').answer.value.display
        %resource.item.where(linkId='job').answer.value.startsWith('other')
        %resource.item.where(linkId='children').answer.value > 0
        %resource.item.where(linkId='children').answer.exists()
        %resource.item.where(linkId='web').answer.value is uri
        %resource.item.where(linkId='web').answer.value.startsWith('https')
        %resource.subject.reference
        %resource.subject.reference.substring(8)
        %resource.questionnaire
        %resource.questionnaire.split('|').last()
        %resource.item.answer.value.ofType(string).count()
        """,
    )


def _tobacco() -> Form:
    given = [
        {
            "linkId": "smokes",
            "answer": [
                {
                    "valueCoding": coding("current"),
                    "item": [answered("packs", valueDecimal=0.75), answered("years", valueInteger=12)],
                }
            ],
        },
        {
            "linkId": "drugs",
            "answer": [
                {"valueCoding": coding("cannabis"), "item": [answered("since", valueDate="2019-05")]},
                {"valueCoding": coding("cocaine"), "item": [answered("since", valueDate="2023")]},
            ],
        },
    ]
    asked = [question("smokes", "choice", item=[question("packs", "decimal"), question("years", "integer")])]
    return form(
        "tobacco",
        asked,
        given,
        """
        %resource.item.where(linkId='smokes').answer.item.where(linkId='packs').answer.value * %resource.item.where(linkId='smokes').answer.item.where(linkId='years').answer.value
        %resource.item.where(linkId='smokes').answer.value.code = 'current'
        %resource.repeat(item).linkId
        %resource.repeat(item | answer.item).linkId
        %resource.repeat(item | answer).linkId
        %resource.descendants().where(linkId='packs').answer.value
        %resource.descendants().where(linkId='since').answer.value
        %resource.descendants().where(linkId='since').answer.value.count()
        %resource.item.answer.item.linkId.distinct()
        %resource.item.where(linkId='drugs').answer.where(item.answer.value < @2020).value.code
        %resource.item.where(linkId='drugs').answer.where(value.code = 'cocaine').item.answer.value
        %resource.item.where(linkId='drugs').answer.select(value.code & ':' & item.answer.value.toString())
        %resource.item.answer.value.code.combine('x').count()
        %resource.item.answer.value.code.union('current').count()
        (%resource.item.answer.value.code | 'tea').join('/')
        %questionnaire.item.item.linkId
        %questionnaire.descendants().where(linkId='packs').type
        %resource.item.where(linkId='smokes').answer.children().count()
        %resource.item.answer.item.answer.value.ofType(decimal)
        %resource.item.defineVariable('code', answer.value.code).select(linkId & ' ' & %code.first())
        %resource.item.select(defineVariable('id', linkId).answer.select(%id & '-' & value.code))
        %resource.item.where(linkId='drugs').answer.aggregate($total & value.code.first() & ' ', '')
        """,
    )


def _quality() -> Form:
    return form(
        "quality",
        [question("vas", "integer"), question("pain", "choice")],
        [],
        """
        %resource.item.where(linkId='vas').answer.value
        %resource.item.answer.value.weight().sum() > 3
        %resource.item.where(linkId='vas').answer.value > 50
        %resource.item.where(linkId='vas').answer.value.exists()
        %resource.item.empty()
        %resource.item.count()
        %resource.item.answer.value.avg()
        %resource.item.answer.value.min()
        %resource.item.answer.value.max()
        %resource.item.all(answer.exists())
        %resource.item.answer.value.join(',')
        %resource.item.first().answer.value + 1
        %resource.item.answer.value = {}
        %resource.item.answer.value ~ {}
        {} | {}
        {}.count()
        ({} and false) = false
        ({} or true)
        ({} and true).exists()
        iif({}, 1, 2)
        {} & 'a'
        {}.exists() or %resource.item.exists()
        %resource.item.answer.value.ofType(integer).aggregate($this + $total, 0)
        %resource.item.answer.value.first().round(1)
        %resource.item.answer.value.first().toString()
        %resource.repeat(item).count()
        %questionnaire.item.count()
        %questionnaire.item.where(type='choice').linkId
        """,
    )


def _consent() -> Form:
    given = [
        answered("agree", valueBoolean=True),
        answered("signed", valueDateTime="2026-11-20T09:00:00+01:00"),
        answered("paper", valueAttachment={"contentType": "application/pdf", "url": "Binary/1", "size": 2048}),
        answered(
            "doctor", valueReference={"reference": "Practitioner/7", "display": "Dr Petit", "type": "Practitioner"}
        ),
        answered("sites", valueString=["Créteil", "Bordeaux"]),
    ]
    return form(
        "consent",
        [question("agree", "boolean"), question("paper", "attachment")],
        given,
        """
        %resource.item.where(linkId='agree').answer.value = true and %resource.item.where(linkId='signed').answer.exists()
        %resource.item.where(linkId='paper').answer.value.contentType = 'application/pdf'
        %resource.item.where(linkId='paper').answer.value.size < 5 * 1024
        %resource.item.where(linkId='paper').answer.value is Attachment
        %resource.item.where(linkId='doctor').answer.value.reference
        %resource.item.where(linkId='doctor').answer.value.reference.split('/')[1]
        %resource.item.where(linkId='doctor').answer.value is Reference
        %resource.item.where(linkId='doctor').answer.value.type
        %resource.item.answer.value.ofType(Reference).display
        %resource.item.where(linkId='sites').answer.value
        %resource.item.where(linkId='sites').answer.value.count() = 2
        %resource.item.where(linkId='sites').answer.value contains 'Bordeaux'
        %resource.item.where(linkId='sites').answer.value.select('* ' & $this)
        %resource.item.where(linkId='sites').answer.value.exists($this.startsWith('B'))
        %resource.item.where(linkId='sites').answer.value.all(length() > 3)
        %resource.item.where(linkId='sites').answer.value.where($this != 'Bordeaux')
        %resource.item.where(linkId='sites').answer.value.last().encode('base64')
        %resource.item.where(linkId='sites').answer.value.toString()
        %resource.item.where(linkId='sites').answer.value.trace('sites').count()
        %resource.item.where(linkId='signed').answer.value <= now()
        %resource.item.where(linkId='signed').answer.value.toDate() = @2026-11-20
        %resource.contained.where(id='who').name.family
        %resource.contained.ofType(Practitioner).name.family
        %resource.author.reference
        %resource.item.answer.value.where($this is string)
        %resource.item.answer.value.where($this is boolean or $this is Attachment).count()
        %resource.item.answer.value.type().name
        %resource.type().name
        %resource.item.first().type().namespace
        """,
    )


def _cognition() -> Form:
    given = [
        answered("span", valueInteger=[5, 6, 4]),
        answered("z", valueDecimal=[-1.25, 0.4, -2.05]),
        answered("raw", valueInteger=47),
    ]
    return form(
        "cognition",
        [question("span", "integer", repeats=True)],
        given,
        """
        %resource.item.where(linkId='span').answer.value
        %resource.item.where(linkId='span').answer.value.sum()
        %resource.item.where(linkId='span').answer.value.avg()
        %resource.item.where(linkId='span').answer.value.max() - %resource.item.where(linkId='span').answer.value.min()
        %resource.item.where(linkId='z').answer.value.avg().round(2)
        %resource.item.where(linkId='z').answer.value.where($this < -1.5).exists()
        %resource.item.where(linkId='z').answer.value.where($this < -1).count()
        %resource.item.where(linkId='z').answer.value.min()
        %resource.item.where(linkId='z').answer.value.select($this * 15 + 100)
        %resource.item.where(linkId='z').answer.value.select(abs()).sum()
        %resource.item.where(linkId='z').answer.value.all($this > -3)
        %resource.item.where(linkId='z').answer.value.sort(-$this).first()
        %resource.item.where(linkId='span').answer.value.sort().last()
        %resource.item.where(linkId='span').answer.value.select($index + 1)
        %resource.item.where(linkId='span').answer.value.where($index = 1)
        %resource.item.where(linkId='span').answer[0].value + %resource.item.where(linkId='span').answer[2].value
        %resource.item.where(linkId='span').answer[9].value
        %resource.item.where(linkId='span').answer.value.first() | %resource.item.where(linkId='span').answer.value.last()
        %resource.item.where(linkId='span').answer.value contains 6
        6 in %resource.item.where(linkId='span').answer.value
        7 in %resource.item.where(linkId='span').answer.value
        %resource.item.where(linkId='span').answer.value = (5 | 6 | 4)
        %resource.item.where(linkId='span').answer.value = (4 | 5 | 6)
        %resource.item.where(linkId='span').answer.value ~ (4 | 5 | 6)
        %resource.item.where(linkId='span').answer.value.subsetOf(4 | 5 | 6 | 7)
        %resource.item.where(linkId='span').answer.value.intersect(5 | 9)
        %resource.item.where(linkId='span').answer.value.exclude(5)
        %resource.item.where(linkId='span').answer.value.tail()
        %resource.item.where(linkId='span').answer.value.isDistinct()
        %resource.item.where(linkId='span').answer.value.aggregate($total + $this * $this, 0)
        iif(%resource.item.where(linkId='raw').answer.value >= 50, 'A', iif(%resource.item.where(linkId='raw').answer.value >= 45, 'B', 'C'))
        (%resource.item.where(linkId='raw').answer.value - 50) / 10
        ((%resource.item.where(linkId='raw').answer.value - 50) / 10).round(0)
        (2.5).round(0) | (3.5).round(0) | (-2.5).round(0)
        1.005.round(2)
        0.1 + 0.2
        10 / 4
        7 div 2 | -7 div 2
        7 mod 3
        (1 / 3).round(4)
        2.power(10) | 9.sqrt()
        '12'.toInteger() * 2 | '1.5'.toDecimal() * 2
        'abc'.toInteger().empty()
        """,
    )


def forms() -> list[Form]:
    return [
        _depression(), _anxiety(), _mood(), _mania(), _risk(), _vitals(), _biology(), _treatments(), _sleep(),
        _identity(), _tobacco(), _quality(), _consent(), _cognition(),
    ]  # fmt: skip
