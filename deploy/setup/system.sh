# What comes from the system: the libraries that print PDF files, and a browser for the tests.

# WeasyPrint opens these at import; without them the portal does not start.
need_system_libraries() {
  if [ -e .venv/.libraries ]; then return 0; fi
  if ! _libraries_open; then
    need_packages "WeasyPrint makes PDF files with Pango" \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core || exit 1
    _libraries_open || { say "Pango is installed but does not open."; exit 1; }
  fi
  touch .venv/.libraries
}

_libraries_open() {
  .venv/bin/python - 2>/dev/null <<'PY'
import ctypes
for name in ("gobject-2.0", "pango-1.0", "pangoft2-1.0"):
    ctypes.CDLL(f"lib{name}.so.0")
for name in ("libharfbuzz.so.0", "libharfbuzz-subset.so.0", "libfontconfig.so.1"):
    ctypes.CDLL(name)
PY
}

# Any Chromium will do: one that is there, else Playwright's own, else Debian's.
need_browser() {
  if .venv/bin/python -m tests.browser.chromium >/dev/null 2>&1; then return 0; fi
  say "Fetching a browser for the tests (once)."
  if PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT=20000 .venv/bin/python -m playwright install chromium --only-shell >/dev/null 2>&1 \
      && .venv/bin/python -m tests.browser.chromium >/dev/null 2>&1; then
    return 0
  fi
  need_packages "the browser tests drive Chromium" chromium || exit 1
  .venv/bin/python -m tests.browser.chromium >/dev/null || { say "Chromium is installed but does not start."; exit 1; }
}
