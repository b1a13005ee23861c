# shellcheck shell=bash
# Shared by the scripts beside it: finds uv and Python, and builds the environments.
#
# A caller does:   . "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
#
# Environments are in the clone. What a machine lacks (uv, and Python where uv cannot bring
# it) goes to $LINKY_PILOTE_CACHE, by default linky-pilote in $XDG_CACHE_HOME or ~/.cache;
# uv has folders of its own for packages and Pythons. Nothing needs privileges, and nothing
# of the system is changed.
# It works with the bash 3.2 of macOS: no associative arrays, no mapfile.

set -euo pipefail

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=${LINKY_PILOTE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp/home-$(id -u)}/.cache}/linky-pilote}
case $CACHE in /*) ;; *) CACHE=$PWD/$CACHE ;; esac

UV_WANTED='uv>=0.9,<1'             # what pip is asked for
PIP_OPTIONS='-q --disable-pip-version-check --retries 1 --timeout 20'
UV_MINIMUM='0 8 4'                 # an older uv on the PATH is left alone
PYTHON_WANTED='>=3.14.2,<3.15'     # requires-python in pyproject.toml
# The free-threaded build is not wanted: packages have no wheels for it.
PYTHON_CHECK='
import sys, sysconfig
good = (3, 14, 2) <= sys.version_info[:3] < (3, 15)
sys.exit(not good or bool(sysconfig.get_config_var("Py_GIL_DISABLED")))
'

unset VIRTUAL_ENV PYTHONHOME CONDA_PREFIX

# uv brings certificates of its own; those of the machine also know a company's proxy.
for certificates in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt \
  /etc/ssl/cert.pem; do
  if [ -s "$certificates" ]; then
    export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true} UV_NATIVE_TLS=${UV_NATIVE_TLS:-true}
  fi
done

# --- messages ---------------------------------------------------------------------

say() { printf '%s\n' "$*" >&2; }

step() {
  if [ -t 2 ]; then printf '\033[1m==> %s\033[0m\n' "$*" >&2; else say "==> $*"; fi
}

die() {
  say "Error: $1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# --- uv ---------------------------------------------------------------------------

uv_is_recent() { # PROGRAM
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  printf '%s\n' "$version" | awk -v minimum="$UV_MINIMUM" '{
    split($2, is, "."); split(minimum, least, " ")
    for (i = 1; i <= 3; i++) {
      if (is[i] + 0 > least[i] + 0) exit 0
      if (is[i] + 0 < least[i] + 0) exit 1
    }
  }'
}

# shellcheck disable=SC2086 # the options of pip are several words
uv_from_venv() {
  have python3 || return 1
  rm -rf "$CACHE/uv.new"
  python3 -m venv "$CACHE/uv.new" >/dev/null 2>&1 &&
    "$CACHE/uv.new/bin/python" -m pip install $PIP_OPTIONS "$UV_WANTED" &&
    mv "$CACHE/uv.new" "$CACHE/uv"
}

# shellcheck disable=SC2086
uv_from_pip() { # for a Python without venv (Debian splits it off)
  have python3 && python3 -m pip --version >/dev/null 2>&1 || return 1
  rm -rf "$CACHE/uv.new"
  python3 -m pip install $PIP_OPTIONS --target "$CACHE/uv.new" "$UV_WANTED" &&
    mv "$CACHE/uv.new" "$CACHE/uv"
}

uv_from_installer() {
  local fetch
  if have curl; then fetch='curl -LsSf --connect-timeout 10'
  elif have wget; then fetch='wget -qO- --timeout=10 --tries=1'
  else return 1; fi
  rm -rf "$CACHE/uv.new"
  $fetch https://astral.sh/uv/install.sh |
    env UV_UNMANAGED_INSTALL="$CACHE/uv.new/bin" sh >/dev/null 2>&1 &&
    [ -x "$CACHE/uv.new/bin/uv" ] && mv "$CACHE/uv.new" "$CACHE/uv"
}

# Sets UV to a usable uv, which is installed in the cache when the machine has none.
find_uv() {
  [ -z "${UV:-}" ] || return 0
  local candidate
  for candidate in "$(command -v uv || true)" "$CACHE/uv/bin/uv" \
    "${HOME:-}/.local/bin/uv" "${HOME:-}/.cargo/bin/uv"; do
    if [ -n "$candidate" ] && [ -x "$candidate" ] && uv_is_recent "$candidate"; then
      UV=$candidate
      return 0
    fi
  done
  step "Installing uv in $CACHE"
  mkdir -p "$CACHE"
  rm -rf "$CACHE/uv"
  uv_from_venv || uv_from_pip || uv_from_installer || true
  rm -rf "$CACHE/uv.new"
  UV=$CACHE/uv/bin/uv
  uv_is_recent "$UV" || die "uv could not be installed." \
    "It builds the Python environments of this project. Install it as described on" \
    "https://docs.astral.sh/uv/getting-started/installation/ and try again. On Debian and" \
    "Ubuntu, 'apt install python3-venv' is enough: this script then does the rest."
}

# --- Python -----------------------------------------------------------------------

is_python() { # PROGRAM
  [ -n "$1" ] && [ -x "$1" ] && "$1" -I -c "$PYTHON_CHECK" >/dev/null 2>&1
}

python_on_machine() { # prints the path of a suitable Python
  local found
  found=$(cd "$CACHE" && "$UV" python find --system --no-project --no-python-downloads \
    "cpython$PYTHON_WANTED" 2>/dev/null) && is_python "$found" && printf '%s\n' "$found"
}

python_from_uv() {
  step "Downloading Python 3.14"
  # Short time-outs: they bound the wait for an answer, not a slow download.
  if UV_HTTP_TIMEOUT=20 UV_HTTP_CONNECT_TIMEOUT=8 UV_HTTP_RETRIES=1 \
    "$UV" python install --quiet --no-bin 3.14 2>"$CACHE/python.log"; then
    rm -f "$CACHE/python.log"
    python_on_machine
  else
    say "    not possible from here (the details: $CACHE/python.log)"
    return 1
  fi
}

# Debian testing's Python, unpacked in the cache with the libraries it needs, its loader
# among them: nothing of the system changes, and no privilege is needed.
python_from_debian() {
  local home=$CACHE/python3.14-debian keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  is_python "$home/usr/bin/python3.14" && printf '%s\n' "$home/usr/bin/python3.14" && return
  have apt-get && have dpkg && [ -r "$keyring" ] || return 1
  step "Unpacking Debian testing's Python 3.14 in $home"
  local work
  work=$(mktemp -d "$CACHE/debian.XXXXXX")
  # shellcheck disable=SC2064 # this runs in a subshell, where $work is still known
  trap "rm -rf '$work'" EXIT
  debian_download "$work" "$keyring" && debian_unpack "$work" "$home" || return 1
  rm -rf "$home"
  mv "$work/tree" "$home" # in one go: an interrupted run leaves no half of a Python
  is_python "$home/usr/bin/python3.14" && printf '%s\n' "$home/usr/bin/python3.14"
}

debian_mirror() { # the one that the machine uses already
  local mirror
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
    /etc/apt/sources.list.d/*.sources 2>/dev/null |
    awk '/^(deb|URIs:)/ {
      for (i = 2; i <= NF; i++) if ($i ~ /^[a-z+]+:.*\/debian\/?$/) { print $i; exit }
    }')
  [ -n "$mirror" ] && printf '%s\n' "$mirror"
}

debian_download() { # WORK KEYRING: the packages, in WORK/cache/archives
  local work=$1 keyring=$2 mirror
  mirror=$(debian_mirror) || return 1
  mkdir -p "$work"/etc/apt.conf.d "$work"/etc/preferences.d "$work"/state/lists/partial \
    "$work"/cache/archives/partial
  : >"$work/state/status" # as if nothing were installed: every library comes along
  printf 'deb [signed-by=%s] %s testing main\n' "$keyring" "$mirror" \
    >"$work/etc/sources.list"
  cat >"$work/apt.conf" <<EOF
Dir "$work";
Dir::Etc "$work/etc";
Dir::Etc::sourcelist "$work/etc/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "$work/state";
Dir::State::status "$work/state/status";
Dir::Cache "$work/cache";
APT::Architecture "$(dpkg --print-architecture)";
APT::Architectures { "$(dpkg --print-architecture)"; };
APT::Install-Recommends "0";
APT::Get::AllowUnauthenticated "0";
APT::Sandbox::User "$(id -un)";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "2";
Debug::NoLocking "1";
EOF
  APT_CONFIG=$work/apt.conf apt-get -qq update >&2 &&
    APT_CONFIG=$work/apt.conf apt-get -qq -y --download-only install \
      python3.14 libstdc++6 patchelf >/dev/null
}

debian_unpack() { # WORK HOME: a tree in WORK/tree that works once it is moved to HOME
  local work=$1 home=$2 package libc libraries loader
  mkdir "$work/tree"
  for package in "$work"/cache/archives/*.deb; do
    dpkg -x "$package" "$work/tree" || return 1
  done
  # The folder of the libraries is named after the architecture: look, don't guess.
  for libc in "$work"/tree/usr/lib/*/libc.so.6; do [ -e "$libc" ] || return 1; done
  libraries=$(dirname "$libc")
  for loader in "$libraries"/ld-linux*.so.* "$libraries"/ld64.so.* "$libraries"/ld.so.*; do
    [ -x "$loader" ] && break
  done
  [ -x "$loader" ] || return 1
  # Two calls, in this order: patchelf 0.18 breaks the program otherwise.
  set -- "$loader" --library-path "$libraries" "$work/tree/usr/bin/patchelf"
  "$@" --force-rpath --set-rpath "$home${libraries#"$work/tree"}" \
    "$work/tree/usr/bin/python3.14" &&
    "$@" --set-interpreter "$home${loader#"$work/tree"}" "$work/tree/usr/bin/python3.14"
}

# Sets PYTHON to a Python that the project can use.
find_python() {
  [ -z "${PYTHON:-}" ] || return 0
  mkdir -p "$CACHE"
  local debian=$CACHE/python3.14-debian/usr/bin/python3.14
  PYTHON=$(python_on_machine || { is_python "$debian" && printf '%s\n' "$debian"; } ||
    python_from_uv || python_from_debian || true)
  [ -n "$PYTHON" ] || die "no Python $PYTHON_WANTED was found, nor could one be installed." \
    "Home Assistant needs it. Either let this machine reach github.com, from where uv brings" \
    "one, or install Python 3.14 yourself (https://www.python.org/downloads/), so that" \
    "'python3.14' works in a terminal, and try again."
}

# --- environments -----------------------------------------------------------------

# Environment NAME is built from the lock file with the groups NAME stands for.
environment_folder() {
  case $1 in
    test) printf '%s\n' "$ROOT/.venv" ;;
    demo | e2e) printf '%s\n' "$ROOT/.venv-demo" ;;
    cli | esphome) printf '%s\n' "$ROOT/.venv-$1" ;;
    *) die "'$1' is not an environment." "There are: test, demo, e2e, cli, esphome." ;;
  esac
}

environment_groups() {
  case $1 in
    test) printf '%s\n' '--group test --group lint' ;;
    *) printf '%s\n' "--group $1" ;;
  esac
}

lock_sum() { cat "$ROOT/uv.lock" "$ROOT/pyproject.toml" | cksum; }

# The stamp in an environment: its name, the locked versions it has, and where it was
# built, since programs in it name that place (a clone may be copied or moved).
stamp_line() { sed -n "$2p" "$1/.linky-pilote" 2>/dev/null || true; } # FOLDER LINE

# Whether environment NAME (or the larger one that holds it) is there and up to date.
is_ready() { # NAME
  local folder
  folder=$(environment_folder "$1")
  case "$1 $(stamp_line "$folder" 1)" in
    "$1 $1" | 'demo e2e') ;;
    *) return 1 ;;
  esac
  [ "$(stamp_line "$folder" 2)" = "$(lock_sum)" ] &&
    [ "$(stamp_line "$folder" 3)" = "$ROOT" ] && is_python "$folder/bin/python"
}

# Builds environment NAME unless it is ready, in which case nothing is looked up,
# downloaded or written.
setup_environment() { # NAME
  local name=$1 folder groups
  if is_ready "$name"; then return 0; fi
  folder=$(environment_folder "$name")
  if [ "$name $(stamp_line "$folder" 1)" = 'demo e2e' ]; then
    name=e2e # refresh all that is there rather than take half of it away
  fi
  find_uv
  find_python
  step "Preparing $folder ($("$PYTHON" -V))"
  groups=$(environment_groups "$name")
  if ! is_python "$folder/bin/python" ||
    [ "$(stamp_line "$folder" 3)" != "$ROOT" ]; then
    rm -rf "$folder"
  fi
  rm -f "$folder/.linky-pilote"
  # shellcheck disable=SC2086 # the groups are several words
  UV_PROJECT_ENVIRONMENT=$folder "$UV" sync --project "$ROOT" --frozen --quiet \
    --no-default-groups $groups --python "$PYTHON" --no-python-downloads \
    --compile-bytecode ||
    die "the environment $folder could not be built (see above)." \
      "This needs a connection to the Python package index the first time. Behind a proxy," \
      "set HTTPS_PROXY, and SSL_CERT_FILE to its certificates if the machine does not know" \
      "them; then try again."
  printf '%s\n%s\n%s\n' "$name" "$(lock_sum)" "$ROOT" >"$folder/.linky-pilote"
}

# --- programs of the system -------------------------------------------------------

find_program() { # NAME... : prints the path of the first that exists
  local name
  for name in "$@"; do
    if [ "${name#/}" = "$name" ]; then
      PATH=$PATH:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin command -v "$name" && return
    elif [ -x "$name" ]; then
      printf '%s\n' "$name" && return
    fi
  done
  return 1
}

find_chromium() {
  find_program ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome \
    google-chrome-stable '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' \
    /Applications/Chromium.app/Contents/MacOS/Chromium
}

find_mosquitto() { find_program ${MOSQUITTO:+"$MOSQUITTO"} mosquitto; }

find_ser2net() { find_program ${SER2NET:+"$SER2NET"} ser2net; }
