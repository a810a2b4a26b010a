"""A chart on screen: drawn when it is seen, and its table behind one button."""

import pytest
from nicegui import Client, ui

from components.charts import ChartCard, Sight, period_of, score_chart, score_key, score_twin
from portal.i18n import Texts
from tests.components.specimens import MADRS, TODAY

PERIOD = period_of(TODAY, MADRS.points)


def card(t: Texts, *, lazy: bool) -> ChartCard:
    return ChartCard(
        t,
        "Humeur",
        lambda: [score_chart(t, MADRS, PERIOD)],
        twin=score_twin(t, [MADRS], "Humeur"),
        key=[score_key(MADRS)],
        lazy=lazy,
    )


def drawn(screen: Client) -> list[ui.echart]:
    return [element for element in screen.elements.values() if isinstance(element, ui.echart)]


def test_a_chart_out_of_sight_costs_nothing(screen: Client, french: Texts) -> None:
    card(french, lazy=True)
    assert drawn(screen) == []


def test_a_chart_is_drawn_once_when_it_comes_into_sight(screen: Client, french: Texts) -> None:
    card(french, lazy=True)
    [sight] = [element for element in screen.elements.values() if isinstance(element, Sight)]
    sight.seen()
    sight.seen()
    assert len(drawn(screen)) == 1


@pytest.mark.parametrize("times", [1, 2])
async def test_the_table_and_the_chart_change_places(screen: Client, french: Texts, times: int) -> None:
    shown = card(french, lazy=False)
    for _ in range(times):
        await shown.swap.press()
    as_table = times == 1
    assert ("away" in shown.picture.classes) is as_table
    assert ("away" in shown.twin.classes) is not as_table
    assert ("Voir le graphique" if as_table else "Voir en tableau") in shown.swap.content
