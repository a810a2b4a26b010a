"""What the portal's screens are made of. Pages arrange these parts; no part calls a backend.

theme.py     `install(app)` puts the look on NiceGUI, last; `speak(t)`, `title(t, …)`
assets.py    stylesheet, script and fonts under `/assets/<digest>/`
frames.py    `Frame(t=…, audience=…, person=…).page(name)` for signed-in pages; `welcome(t, name)` for sign-in
markup.py    HTML as values: `h()` escapes its arguments; tags, notes, facts, bands, progress, help numbers, error summary
icons.py     `icon(name)`, the brand, the landscape
states.py    empty, loading, refused, backend away, session ended
blocks.py    the NiceGUI elements: `block(html)`, `Button`, `move_focus(id)`
form/        one widget a kind of question, and `FormView` for a section
charts/      ECharts options as pure functions, `chart_card` with its table twin
tables.py    `PagedList` (paged, sorted and searched by the server), twin tables
dialogs.py   native dialogs: confirm, comment
review.py    the ARC's row: answer, Valid / Not valid, comment, stamp
errors.py    what a person sees of a `PortalError`; the 404, 500 and refused pages

The rules: every text through `t: Texts`; every value escaped (a plain string is never HTML); no state at module level;
the browser marks an answer at once, the server says when it is saved.
"""
