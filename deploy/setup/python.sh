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

venv_works() { grep -qsF "$PWD/.venv" .venv/bin/activate && .venv/bin/python -c '' 2>/dev/null; }

# Makes .venv. An environment holds absolute paths, so one that was moved, or whose Python is gone, is made again.
need_venv() {
  if venv_works; then return 0; fi
  local python
  if ! python=$(find_python); then say "This system's Python is too old: the portal needs 3.11 or later."; exit 1; fi
  say "Making .venv with $("$python" --version)."
  rm -rf .venv
  "$python" -m venv .venv
}
