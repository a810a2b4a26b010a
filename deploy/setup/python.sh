# A Python that is new enough, and a virtual environment made with it.

# Prints the first Python of at least 3.11; python3 itself is preferred to the numbered ones.
find_python() {
  local name
  for name in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

# Makes .venv. An environment holds absolute paths, so one that was moved, or whose Python is gone, is made again.
need_venv() {
  if grep -qsF "$PWD/.venv" .venv/bin/activate && .venv/bin/python -c '' 2>/dev/null; then return 0; fi
  local python version
  if ! python=$(find_python); then
    need_packages "the portal runs on Python 3.11 or later, which is missing here" python3 python3-venv || exit 1
    python=$(find_python) || { say "This system's Python is too old: 3.11 or later is needed."; exit 1; }
  fi
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    need_packages "Debian ships Python without the part that makes virtual environments" "python$version-venv" || exit 1
  fi
  say "Making .venv with Python $version."
  rm -rf .venv
  "$python" -m venv .venv
}
