# The locked Python packages, each checked against its hash, and this checkout itself.

# What must change for an installation to be out of date: the lock and the project's own description.
_fingerprint() { sha256sum "$1" pyproject.toml | sha256sum | cut -d ' ' -f 1; }

install_locked() {
  local lock=$1 stamp=.venv/.installed
  if [ "$(cat "$stamp-$lock" 2>/dev/null)" = "$(_fingerprint "$lock")" ]; then return 0; fi
  say "Installing the packages of $lock into .venv (once; a minute or two)."
  # Wheels only: nothing is compiled and no package's own code runs while it is installed.
  if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
      --require-hashes --only-binary :all: -r "$lock"; then
    say ""
    say "The packages could not be installed; the lines above say why. Most often the network is away: try the same command again."
    exit 1
  fi
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-build-isolation --no-deps --no-index -e .
  _fingerprint "$lock" >"$stamp-$lock"
  # The packages for tests include those for running, at the same versions.
  if [ "$lock" = requirements-dev.txt ]; then _fingerprint requirements.txt >"$stamp-requirements.txt"; fi
}
