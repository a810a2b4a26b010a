"""The portal's own drawings: icons on a 24 × 24 grid, the brand mark and the landscape of the sign-in pages."""

from markupsafe import Markup

PATHS = {
    "home": '<path d="M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1h-4.5v-5.5h-5V20H5a1 1 0 0 1-1-1z"/>',
    "form": '<path d="M7 4h10a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1z"/>'
    '<path d="M9.5 9h5M9.5 12.5h5M9.5 16h3"/>',
    "calendar": '<path d="M5 6.5h14V19a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1zM5 10.5h14M9 4v4M15 4v4"/>',
    "person": '<circle cx="12" cy="8.5" r="3.75"/><path d="M5 20c.6-3.8 3.4-6 7-6s6.4 2.2 7 6"/>',
    "people": '<circle cx="9" cy="9" r="3.25"/><path d="M3.5 19c.5-3.2 2.6-5 5.5-5s5 1.8 5.5 5"/>'
    '<path d="M15.5 6.2a3.25 3.25 0 0 1 0 5.6M17 14.5c2 .6 3.2 2.2 3.5 4.5"/>',
    "study": '<path d="M10 4v5.5L5.3 18a1.4 1.4 0 0 0 1.2 2h11a1.4 1.4 0 0 0 1.2-2L14 9.5V4M8.5 4h7M7.8 14.5h8.4"/>',
    "send": '<path d="m4.5 11.5 15-7-5.5 15.5-3-6.5zM11 13.5l3.5-4"/>',
    "next": '<path d="m9.5 5.5 6.5 6.5-6.5 6.5"/>',
    "back": '<path d="M14.5 5.5 8 12l6.5 6.5"/>',
    "check": '<path d="m5 12.5 4.7 4.7L19 7.5"/>',
    "cross": '<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>',
    "done": '<circle cx="12" cy="12" r="8.25"/><path d="m8.3 12.3 2.6 2.6 4.9-5.3"/>',
    "alert": '<path d="M12 4.5 20.5 19h-17z"/><path d="M12 10v4.2M12 16.7v.1"/>',
    "info": '<circle cx="12" cy="12" r="8.25"/><path d="M12 11v5M12 8v.1"/>',
    "phone": '<path d="M7.5 4.5 9.8 9 8 10.7c1 2.3 3 4.3 5.3 5.3L15 14.2l4.5 2.3-.6 3c-7.4.6-14.4-6.4-14.4-14.4z"/>',
    "search": '<circle cx="10.8" cy="10.8" r="5.8"/><path d="m15.2 15.2 4.6 4.6"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "edit": '<path d="M5 19l.9-4L15.6 5.3a1.4 1.4 0 0 1 2 0l1.1 1.1a1.4 1.4 0 0 1 0 2L9 18.1zM14 7l3 3"/>',
    "table": '<path d="M4.5 5.5h15v13h-15zM4.5 10h15M4.5 14.2h15M10 5.5v13"/>',
    "chart": '<path d="M4.5 4.5v15h15"/><path d="m7.5 15 3.6-4.6 3.2 2.6 4.2-6"/>',
    "cloud": '<path d="M7.5 18.5h9.2a3.8 3.8 0 0 0 .5-7.6 5.6 5.6 0 0 0-10.7 1.2 3.25 3.25 0 0 0 1 6.4z"/>'
    '<path d="M4.5 4.5l15 15"/>',
    "lock": '<path d="M6 11h12v8.5H6zM8.5 11V8.2a3.5 3.5 0 0 1 7 0V11"/>',
    "inbox": '<path d="M4.5 13.5 7 5.5h10l2.5 8v5h-15zM4.5 13.5h4.2l1 2h4.6l1-2h4.2"/>',
    "up": '<path d="M12 19V6M6.5 11 12 5.5l5.5 5.5"/>',
    "down": '<path d="M12 5v13M6.5 13l5.5 5.5 5.5-5.5"/>',
    "out": '<path d="M10 4.5H5.5v15H10M14.5 8l4 4-4 4M18.5 12H9.5"/>',
}

BRAND = Markup(
    '<svg viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="15" fill="var(--primary)"/>'
    '<path d="M5 18.5c2.2-7 4.6-7 6.6-1s4 6 6-.2 3.6-4 4.9-1 2.6 2.2 4.5 2.2" fill="none" stroke="var(--on-primary)"'
    ' stroke-width="2.2" stroke-linecap="round"/></svg>'
)
# The mark again with its own colours: a browser tab knows none of our variables.
FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#14595B"/>'
    '<path d="M5 18.5c2.2-7 4.6-7 6.6-1s4 6 6-.2 3.6-4 4.9-1 2.6 2.2 4.5 2.2" fill="none" stroke="#fff"'
    ' stroke-width="2.2" stroke-linecap="round"/></svg>'
)
HILLS = Markup(
    '<svg class="hills" viewBox="0 0 800 600" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
    '<rect width="800" height="600" fill="var(--hill-0)"/><circle cx="520" cy="262" r="66" fill="var(--sun)"/>'
    '<path d="M0 330c120-60 220-70 330-20s260 40 470-50v340H0z" fill="var(--hill-1)"/>'
    '<path d="M0 388c150-80 270-40 400-10s250 10 400-70v292H0z" fill="var(--hill-2)"/>'
    '<path d="M0 446c110-20 230-70 360-40s270 60 440-10v204H0z" fill="var(--hill-3)"/>'
    '<path d="M0 506c160-60 300-40 430-20s240 10 370-30v144H0z" fill="var(--hill-4)"/></svg>'
)


def icon(name: str) -> Markup:
    """One of PATHS as a decorative drawing that takes the colour and the size of the text beside it."""
    return Markup(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">%s</svg>'
    ) % Markup(PATHS[name])  # noqa: S704 – our own constants
