#!/usr/bin/env bash
# Makes the integration's brand images from the drawings beside this script.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
out=$here/../../custom_components/linky_pilote/brand
page=$here/.page.html
trap 'rm -f "$page"' EXIT

draw() { # NAME DRAWING WIDTH HEIGHT COLOUR
  { printf '<style>body{margin:0;color:%s}svg{display:block;height:100vh}</style>' "$5"
    cat "$here/$2.svg"; } >"$page"
  for scale in 1 2; do
    suffix=
    [ "$scale" = 1 ] || suffix=@2x
    "${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --hide-scrollbars \
      --default-background-color=00000000 --window-size="$3,$4" \
      --force-device-scale-factor="$scale" --screenshot="$out/$1$suffix.png" \
      "file://$page" 2>/dev/null
  done
}

mkdir -p "$out"
draw icon icon 256 256 '#17324a'
draw logo logo 648 128 '#17324a'
draw dark_logo logo 648 128 '#f3f7fa'
