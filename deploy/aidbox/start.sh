#!/bin/sh
# Aidbox takes the keys that sign its tokens from variables. Here they are files, so that neither .env nor `docker inspect`
# shows them. Without keys of its own Aidbox makes new ones at every start, and every token dies with it.
set -eu
BOX_SECURITY_AUTH_KEYS_PRIVATE=$(cat /run/secrets/aidbox_auth_private)
BOX_SECURITY_AUTH_KEYS_PUBLIC=$(cat /run/secrets/aidbox_auth_public)
BOX_SECURITY_AUTH_KEYS_SECRET=$(cat /run/secrets/aidbox_auth_secret)
export BOX_SECURITY_AUTH_KEYS_PRIVATE BOX_SECURITY_AUTH_KEYS_PUBLIC BOX_SECURITY_AUTH_KEYS_SECRET
exec /aidbox.sh "$@"
