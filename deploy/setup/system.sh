# What comes from the system: Python, the libraries that print PDF files, a browser for the tests, PostgreSQL for the proofs.

# One look at everything, so that who must type an apt-get line types one only: need_system_packages requirements-file
need_system_packages() {
  if [ -e ".venv/.system-$1" ] && venv_works; then return 0; fi
  local python wanted=() why=()
  if ! python=$(find_python); then
    wanted+=(python3 python3-venv); why+=("it runs on Python 3.11 or later")
  elif ! venv_works && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    wanted+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"); why+=("Debian ships Python without virtual environments")
  fi
  if ! libraries_open "${python:-false}"; then
    wanted+=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core); why+=("Pango prints PDF files")
  fi
  if [ "$1" = requirements-dev.txt ] && ! opens "${python:-false}" libatomic.so.1; then
    wanted+=(libatomic1); why+=("the type checker and the browser driver bring a Node that needs it")
  fi
  if [ ${#wanted[@]} -gt 0 ]; then
    need_packages "$(IFS=';'; echo "${why[*]}" | sed 's/;/; /g')" "${wanted[@]}" || exit 1
  fi
}

# WeasyPrint opens these at import; without them the portal does not start.
libraries_open() {
  opens "$1" libgobject-2.0.so.0 libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz.so.0 libharfbuzz-subset.so.0 libfontconfig.so.1
}

# Whether a process can load these libraries: opens python library...
opens() { local python=$1; shift; "$python" -c 'import ctypes, sys; [ctypes.CDLL(name) for name in sys.argv[1:]]' "$@" 2>/dev/null; }

# Any Chromium will do: one that is there, else Playwright's own, else Debian's.
need_browser() {
  if [ -e .venv/.browser ] || browser_starts; then return 0; fi
  say "Fetching a browser for the tests (once)."
  if PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT=20000 .venv/bin/python -m playwright install chromium --only-shell >/dev/null 2>&1 \
      && browser_starts; then
    return 0
  fi
  if grep -qs '^ID=ubuntu' /etc/os-release; then
    need_ubuntu_libraries  # Ubuntu's own chromium is a snap, which many machines cannot run
  else
    need_packages "the browser tests drive Chromium" chromium || exit 1
  fi
  browser_starts || { say "Chromium is there but does not start."; .venv/bin/python -m tests.browser.chromium; exit 1; }
}

browser_starts() { .venv/bin/python -m tests.browser.chromium 2>/dev/null && touch .venv/.browser; }

# What Playwright's own Chromium opens. Only root may install it; the list is Playwright's.
need_ubuntu_libraries() {
  local prefix
  if prefix=$(apt_prefix) && $prefix .venv/bin/python -m playwright install-deps chromium >/dev/null 2>&1; then return 0; fi
  say ""
  say "The browser tests drive Chromium, which needs libraries of the system. Type this, then the same make command again:"
  say ""
  say "    sudo .venv/bin/python -m playwright install-deps chromium && .venv/bin/python -m playwright install chromium"
  say ""
  exit 1
}

# The proofs start one of their own, in a temporary folder and behind a socket file; any release will do.
need_postgresql() {
  local programs=${POSTGRESQL_PROGRAMS:-/usr/lib/postgresql}
  if compgen -G "$programs/*/bin/initdb" >/dev/null; then return 0; fi
  need_packages "a proof runs the portal's own database on PostgreSQL" postgresql || exit 1
  compgen -G "$programs/*/bin/initdb" >/dev/null || { say "PostgreSQL is installed, but not in $programs."; exit 1; }
}
