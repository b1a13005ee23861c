#!/bin/sh
# Makes a certificate authority and the broker's certificate, for ten years:
#   certificates.sh [FOLDER] [NAME OF THE MACHINE]
set -eu
folder=${1:-$(dirname -- "$0")/certificates}
name=${2:-$(hostname)}
mkdir -p "$folder"
cd "$folder"
[ ! -e ca.key ] || { echo "There are certificates in $folder already." >&2; exit 1; }
umask 077
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=Linky authority" \
  -keyout ca.key -out ca.crt 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" \
  -keyout broker.key -out broker.csr 2>/dev/null
printf 'subjectAltName=DNS:%s,DNS:mosquitto,DNS:localhost,IP:127.0.0.1\n' "$name" >names
openssl x509 -req -in broker.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
  -days 3650 -extfile names -out broker.crt 2>/dev/null
rm -f broker.csr names
chmod 644 ca.crt broker.crt
# the broker reads its key as the user mosquitto (1883 in its image)
[ "$(id -u)" != 0 ] || chown 1883 broker.key
