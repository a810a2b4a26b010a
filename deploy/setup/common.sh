# Shared by the scripts of this folder: how they speak, and how they install a Debian package where they may.

say() { printf '%s\n' "$*" >&2; }

# Prints the prefix that makes apt-get work for this person ("" or "sudo -n"), or fails where nothing does.
apt_prefix() {
  command -v apt-get >/dev/null 2>&1 || return 1
  if [ "$(id -u)" = 0 ]; then return 0; fi
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then echo "sudo -n"; return 0; fi
  return 1
}

# Installs Debian packages, or names the line to type and fails: need_packages "what for" package...
need_packages() {
  local why=$1 prefix; shift
  if prefix=$(apt_prefix); then
    say "Installing $* ($why)."
    # Package lists are fetched only when the first try misses something: on most machines they are there.
    if DEBIAN_FRONTEND=noninteractive $prefix apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; then return 0; fi
    $prefix apt-get update -qq >&2 || true
    if DEBIAN_FRONTEND=noninteractive $prefix apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2; then return 0; fi
    say "That did not work."
  fi
  say ""
  say "The portal needs $* ($why). Type this, then the same make command again:"
  say ""
  say "    sudo apt-get update && sudo apt-get install -y $*"
  say ""
  return 1
}
