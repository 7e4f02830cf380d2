# Sourced by ./quickstart, ./run-tests and .ci/run: from a machine that has only git to a built tree.
#
# The caller defines usage(), calls parse_options "$@" and then the steps it wants: install_packages, configure, build.
# Each step prints one line; the whole output of its command goes to build/log/, and is shown when the command fails.
# Exit codes: 2 for a wrong call or when packages are missing and cannot be installed, else those of the failing command.
set -euo pipefail
export LC_ALL=C
unset CDPATH

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
logs=$root/build/log
preset=release
may_install=yes

refuse() {
  printf '%s\n' "$@" >&2
  exit 2
}

parse_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) usage && exit 0 ;;
      --no-install) may_install=no ;;
      --preset)
        [ $# -ge 2 ] || refuse "--preset needs a name; CMakePresets.json lists them"
        preset=$2 && shift ;;
      --preset=*) preset=${1#--preset=} ;;
      *) refuse "unknown option '$1'; --help lists the known ones" ;;
    esac
    shift
  done
  grep -q "\"name\": \"$preset\"" CMakePresets.json || refuse "unknown preset '$preset'; CMakePresets.json lists them"
}

# step NAME COMMAND...: on a terminal the line follows the command's last "[12/345]".
step() {
  local name=$1 log started=$SECONDS status=0 line
  shift
  mkdir -p "$logs"
  log=$logs/${name// /-}.log
  printf '%-22s ' "$name"
  "$@" 2>&1 </dev/null | while IFS= read -r line; do
    printf '%s\n' "$line" >&3
    if [ -t 1 ] && [[ $line =~ ^\[[0-9]+/[0-9]+\] ]]; then printf '\r%-22s %s' "$name" "${BASH_REMATCH[0]}"; fi
  done 3>"$log" || status=${PIPESTATUS[0]}
  [ ! -t 1 ] || printf '\r%-22s ' "$name"
  if [ "$status" -ne 0 ]; then
    printf 'failed (exit %d). Its last lines, the whole log is %s:\n\n' "$status" "$log"
    tail -n 60 "$log"
    exit "$status"
  fi
  printf 'ok, %d s\n' $((SECONDS - started))
}

# missing_packages GROUP...: those of tools/dev/packages in these groups that dpkg does not know as installed.
missing_packages() {
  local package group rest wanted
  while read -r package group rest; do
    for wanted in "$@"; do
      [ "$package" != '#' ] && [ "$group" = "$wanted" ] || continue
      [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
    done
  done <tools/dev/packages
}

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"
}

# install_packages GROUP...: does nothing, and asks for no rights, when nothing is missing.
install_packages() {
  [ $may_install = yes ] || return 0
  command -v dpkg-query >/dev/null || refuse "This is no Debian system, so the packages cannot be installed for you." \
    "Install what tools/dev/packages names in your system's way, then call again with --no-install."
  local names missing as_root=()
  names=$(missing_packages "$@")
  read -r -a missing <<<"${names//$'\n'/ }"
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || refuse "Missing packages: ${missing[*]}" \
      "You are neither root nor is there sudo. Have an administrator run:" \
      "  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
    sudo -v || refuse "Missing packages: ${missing[*]}" "sudo refused, so they cannot be installed."
  fi
  printf 'Installing %d packages: %s\n' ${#missing[@]} "${missing[*]}"
  step "package lists" apt update
  step "packages" apt install --no-install-recommends "${missing[@]}"
}

# All cores, but no more compilers at a time than memory holds (about 1 GiB each).
jobs() {
  local cores kib
  cores=$(nproc)
  kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null || true)
  local fit=$((${kib:-$((cores << 20))} >> 20))
  [ "$fit" -lt "$cores" ] && [ "$fit" -gt 0 ] && cores=$fit
  printf '%d\n' "$cores"
}

# ccache speeds up the second build where it is there and has somewhere to write.
configure() {
  if ccache --get-config cache_dir >/dev/null 2>&1 && mkdir -p "$(ccache --get-config cache_dir)" 2>/dev/null &&
    [ -w "$(ccache --get-config cache_dir)" ]; then
    export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
  fi
  command -v cmake >/dev/null || refuse "cmake is not installed, and --no-install was given."
  step "configure $preset" cmake --preset "$preset"
}

# build [TARGET...]: everything when no target is named.
build() {
  step "build $preset" cmake --build --preset "$preset" --parallel "$(jobs)" ${1+--target "$@"}
}
