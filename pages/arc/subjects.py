"""/revue: the subjects of the trials that the ARC follows, by Fondacode; no name, no birth date."""

from markupsafe import Markup

from components.blocks import block
from components.markup import h, meter, page_head
from components.states import empty
from components.tables import Column, Filter, Page, PagedList, Query
from pages.base import Site, Visit
from pages.links import Links
from portal.access import Role
from portal.i18n import Texts
from portal.people import spaced
from portal.trials import SubjectRow, subjects


def register(site: Site) -> None:
    @site.page("/revue", roles={Role.ARC})
    async def review_list(visit: Visit) -> None:
        t, trials = visit.t, sorted(visit.me.actor.trials)
        titles = {trial: t.choose(site.portal.trials[trial].title) for trial in trials if trial in site.portal.trials}
        if not titles:
            with visit.frame(current="/revue").page(t("Visits to review"), width="reading"):
                block(
                    empty(t("No study yet"), t("An administrator names the studies that you follow. They appear here."))
                )
            return
        links = Links()

        async def load(query: Query) -> Page:
            trial = query.filters.get("trial", next(iter(titles)))
            link = links.of(query.page, (trial, query.search))
            found = await subjects(visit.me, trial, text=query.search, link=link)
            links.keep(query.page, found.next_link)
            return Page(rows=tuple(_row(t, one) for one in found.rows), total=found.total, size=25)

        place = t("{trial}, read only", trial=", ".join(titles.values()))
        with visit.frame(current="/revue", place=place).page(t("Visits to review")):
            block(page_head(t("Visits to review"), t("Subjects are shown by their Fondacode, without their name.")))
            listed = PagedList(
                t,
                [
                    Column(head=t("Fondacode"), lead=True, full=True),
                    Column(head=t("Inclusion"), phone_label=t("Inclusion")),
                    Column(head=t("Centre"), wide_only=True),
                    Column(head=t("Forms received")),
                    Column(head=t("Reviewed"), phone_label=t("Reviewed")),
                    Column(head=t("Last visit"), phone_label=t("Last visit")),
                ],
                load,
                caption=t("Subjects of the study"),
                search_label=t("Whole Fondacode or inclusion number"),
                filters=[Filter(name="trial", label=t("Study"), options=titles)] if len(titles) > 1 else [],
            )
            await listed.start()


def _row(t: Texts, row: SubjectRow) -> tuple[str | Markup, ...]:
    return (
        h('<a class="name num" href="/revue/{}">{}</a>', row.subject, spaced(row.fondacode)),
        h('<span class="num">{}</span>', row.number),
        row.organization,
        meter(row.forms_done, row.forms_total),
        h('<span class="num">{}/{}</span>', row.forms_reviewed, row.forms_done),
        h('<span class="num">{}</span>', t.day(row.last_visit) if row.last_visit else "–"),
    )
