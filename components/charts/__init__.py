"""Charts: data (frozen values) → ECharts options (pure functions) → a card with its table twin.

period = period_of(today, madrs.points, ymrs.points)
ChartCard(t, t("Mood"), lambda: [life_chart(t, period, mania=ymrs, depression=madrs, drugs=bars)],
           twin=score_twin(t, [madrs, ymrs], t("Mood scores")), key=[score_key(madrs), score_key(ymrs)])
"""

from components.charts.card import ChartCard, KeyEntry, Sight, chart_key, draw, score_key
from components.charts.data import (
    Band,
    Chart,
    DrugBar,
    DrugGroup,
    Injection,
    LabLine,
    LabPoint,
    Mark,
    Period,
    ScoreLine,
    ScorePoint,
    Stay,
    Style,
    period_of,
)
from components.charts.drugs import drug_chart, drug_rows
from components.charts.labs import lab_chart
from components.charts.life import life_chart
from components.charts.scores import score_chart
from components.charts.twins import drug_twin, lab_range, lab_twin, score_twin, side_words

__all__ = [
    "Band",
    "Chart",
    "ChartCard",
    "DrugBar",
    "DrugGroup",
    "Injection",
    "KeyEntry",
    "LabLine",
    "LabPoint",
    "Mark",
    "Period",
    "ScoreLine",
    "ScorePoint",
    "Sight",
    "Stay",
    "Style",
    "chart_key",
    "draw",
    "drug_chart",
    "drug_rows",
    "drug_twin",
    "lab_chart",
    "lab_range",
    "lab_twin",
    "life_chart",
    "period_of",
    "score_chart",
    "score_key",
    "score_twin",
    "side_words",
]
