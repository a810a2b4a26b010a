# What comes from the system: Python, the libraries that print PDF files, and a browser for the tests.

# One look at everything, so that who must type an apt-get line types one only.
need_system_packages() {
  if [ -e .venv/.system ] && venv_works; then return 0; fi
  local python wanted=() why=()
  if ! python=$(find_python); then
    wanted+=(python3 python3-venv); why+=("it runs on Python 3.11 or later")
  elif ! venv_works && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    wanted+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"); why+=("Debian ships Python without virtual environments")
  fi
  if ! libraries_open "${python:-false}"; then
    wanted+=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core); why+=("Pango prints PDF files")
  fi
  if [ ${#wanted[@]} -gt 0 ]; then
    need_packages "$(IFS=';'; echo "${why[*]}" | sed 's/;/; /g')" "${wanted[@]}" || exit 1
  fi
}

# WeasyPrint opens these at import; without them the portal does not start.
libraries_open() {
  "$1" - 2>/dev/null <<'PY'
import ctypes
for name in ("gobject-2.0", "pango-1.0", "pangoft2-1.0"):
    ctypes.CDLL(f"lib{name}.so.0")
for name in ("libharfbuzz.so.0", "libharfbuzz-subset.so.0", "libfontconfig.so.1"):
    ctypes.CDLL(name)
PY
}

# Any Chromium will do: one that is there, else Playwright's own, else Debian's.
need_browser() {
  if [ -e .venv/.browser ] || browser_starts; then return 0; fi
  say "Fetching a browser for the tests (once)."
  if PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT=20000 .venv/bin/python -m playwright install chromium --only-shell >/dev/null 2>&1 \
      && browser_starts; then
    return 0
  fi
  need_packages "the browser tests drive Chromium" chromium || exit 1
  browser_starts || { say "Chromium is installed but does not start."; exit 1; }
}

browser_starts() { .venv/bin/python -m tests.browser.chromium 2>/dev/null && touch .venv/.browser; }
