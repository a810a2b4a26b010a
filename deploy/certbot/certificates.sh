#!/bin/sh
# The certificate that nginx reads, in /etc/letsencrypt/current.
#   first  one of our own for two days, when there is none yet, so that nginx can start and answer Let's Encrypt
#   keep   asks Let's Encrypt for a real one, then looks twice a day whether it wants renewing
set -eu
current=/etc/letsencrypt/current
mkdir -p "$current"

first() {
  if [ -s "$current/fullchain.pem" ] && [ -s "$current/privkey.pem" ]; then return 0; fi
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$PORTAL_HOSTNAME" \
    -keyout "$current/privkey.pem" -out "$current/fullchain.pem" 2>/dev/null
}

keep() {
  : "${PORTAL_OPERATOR_EMAIL:?where Let's Encrypt may write to}"
  while true; do
    if certbot certonly --non-interactive --agree-tos --email "$PORTAL_OPERATOR_EMAIL" --webroot -w /var/www/certbot \
        -d "$PORTAL_HOSTNAME" --cert-name portal --keep-until-expiring; then
      cp -L /etc/letsencrypt/live/portal/fullchain.pem "$current/fullchain.pem.new"
      cp -L /etc/letsencrypt/live/portal/privkey.pem "$current/privkey.pem.new"
      mv "$current/privkey.pem.new" "$current/privkey.pem"
      mv "$current/fullchain.pem.new" "$current/fullchain.pem"
    fi
    sleep 43200
  done
}

case "${1:-}" in
  first) first ;;
  keep) keep ;;
  *) echo "first or keep" >&2; exit 2 ;;
esac
