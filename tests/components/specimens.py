"""Fictitious figures for the gallery and the chart tests. Nobody here exists."""

from datetime import date

from components.charts import (
    Band,
    DrugBar,
    DrugGroup,
    Injection,
    LabLine,
    LabPoint,
    ScoreLine,
    ScorePoint,
    Stay,
)

TODAY = date(2026, 11, 23)


def points(*pairs: tuple[str, float]) -> tuple[ScorePoint, ...]:
    return tuple(ScorePoint(at=date.fromisoformat(day), value=value) for day, value in pairs)


MADRS = ScoreLine(
    code="madrs",
    name="MADRS",
    low=0,
    high=60,
    bands=(
        Band(low=0, text="absente", level=0),
        Band(low=7, text="légère", level=1),
        Band(low=20, text="modérée", level=2),
        Band(low=35, text="sévère", level=3),
    ),
    points=points(
        ("2023-10-12", 31),
        ("2024-01-18", 24),
        ("2024-04-11", 15),
        ("2024-07-09", 9),
        ("2024-10-15", 12),
        ("2025-01-21", 27),
        ("2025-04-08", 11),
        ("2025-07-03", 5),
        ("2025-10-14", 7),
        ("2026-01-20", 10),
        ("2026-04-14", 8),
        ("2026-07-07", 14),
        ("2026-11-12", 23),
    ),
)
YMRS = ScoreLine(
    code="ymrs",
    name="YMRS",
    low=0,
    high=60,
    bands=(
        Band(low=0, text="absente", level=0),
        Band(low=13, text="légère", level=1),
        Band(low=20, text="modérée", level=2),
        Band(low=26, text="sévère", level=3),
    ),
    points=points(
        ("2023-10-12", 2),
        ("2024-01-18", 3),
        ("2024-07-09", 3),
        ("2025-01-21", 3),
        ("2025-03-11", 42),
        ("2025-04-08", 15),
        ("2025-07-03", 5),
        ("2026-01-20", 2),
        ("2026-07-07", 3),
        ("2026-11-12", 2),
    ),
)
DRUGS = (
    DrugBar(drug="Lithium LP", dose="800 mg", start=date(2023, 10, 20), end=date(2024, 5, 2), strength=2, group=DrugGroup.MOOD_STABILISER),
    DrugBar(drug="Lithium LP", dose="1 000 mg", start=date(2024, 5, 2), group=DrugGroup.MOOD_STABILISER),
    DrugBar(drug="Sertraline", dose="50 mg", start=date(2025, 1, 24), end=date(2025, 3, 12), strength=2, group=DrugGroup.ANTIDEPRESSANT),
    DrugBar(drug="Quétiapine LP", dose="300 mg", start=date(2025, 3, 12), end=date(2025, 9, 30), group=DrugGroup.ANTIPSYCHOTIC),
    DrugBar(drug="Quétiapine LP", dose="50 mg", start=date(2025, 9, 30), end=date(2026, 1, 20), strength=1, group=DrugGroup.ANTIPSYCHOTIC),
    DrugBar(drug="Palipéridone", dose="100 mg", start=date(2026, 2, 1), group=DrugGroup.ANTIPSYCHOTIC),
    DrugBar(drug="Oxazépam", dose="10 mg", start=date(2026, 9, 1), group=DrugGroup.ANXIOLYTIC, as_needed=True),
)  # fmt: skip
INJECTIONS = tuple(Injection(drug="Palipéridone", at=date(2026, month, 3)) for month in range(3, 12))
STAYS = (Stay(text="Hospitalisation", start=date(2025, 3, 12), end=date(2025, 4, 3)),)
LITHIUM = LabLine(
    name="Lithium",
    unit="mmol/L",
    digits=2,
    points=tuple(
        LabPoint(at=date.fromisoformat(day), value=value, low=0.6, high=high)
        for day, value, high in (
            ("2024-01-18", 0.52, 1.2), ("2024-04-11", 0.71, 1.2), ("2024-07-09", 0.84, 1.2), ("2025-01-21", 0.81, 1.2),
            ("2025-07-03", 0.88, 1.0), ("2026-01-20", 0.93, 1.0), ("2026-07-07", 1.04, 1.2), ("2026-11-12", 1.28, 1.2),
        )
    ),
)  # fmt: skip
GFR = LabLine(
    name="DFG estimé",
    unit="mL/min/1,73 m²",
    digits=0,
    points=tuple(
        LabPoint(at=date.fromisoformat(day), value=value, low=60)
        for day, value in (("2024-01-18", 108), ("2025-01-21", 95), ("2026-11-12", 75))
    ),
)
