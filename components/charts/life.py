"""The life chart: mania above a zero line, depression under it, then what was taken and lithium, on the same dates."""

from collections.abc import Sequence

from components.charts.data import Chart, DrugBar, Injection, LabLine, Period, ScoreLine, Stay
from components.charts.drugs import drug_panel
from components.charts.labs import lab_panel
from components.charts.panels import Panel, heights, stack
from components.charts.scores import score_panel
from portal.i18n import Texts

SIDE, NARROW_SIDE = 136, 118


def life_chart(
    t: Texts,
    period: Period,
    *,
    mania: ScoreLine | None = None,
    depression: ScoreLine | None = None,
    drugs: Sequence[DrugBar] = (),
    stays: Sequence[Stay] = (),
    injections: Sequence[Injection] = (),
    lithium: LabLine | None = None,
) -> Chart | None:
    """What is known of these four, one under the other; None when nothing is.

    Each score keeps its own full scale in its own unit, so no axis is shared between two instruments.
    """
    panels: list[Panel] = []
    if mania and mania.points:
        names = (t("Mania ↑"), mania.name)
        panels.append(score_panel(t, mania, period, height=SIDE, narrow_height=NARROW_SIDE, names=names))
    if depression and depression.points:
        names = (t("Depression ↓"), depression.name)
        side = score_panel(
            t, depression, period, height=SIDE, narrow_height=NARROW_SIDE, names=names, inverse=True, gap=0
        )
        panels.append(side)
    if drugs or stays:
        panels.append(drug_panel(t, drugs, period, stays=stays, injections=injections))
    if lithium and lithium.points:
        panels.append(lab_panel(t, lithium, period, height=66, names=(lithium.name, lithium.unit)))
    if not panels:
        return None
    words = t("Mood scores, treatments and lithium in the blood on the same dates. The values are in the table.")
    tall, narrow = heights(panels)
    return Chart(options=stack(t, panels, period, words), height=tall, narrow_height=narrow)
