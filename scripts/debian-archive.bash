# To be sourced: an apt of one's own that looks for a package in all suites that the Debian archives
# of this machine's apt sources have, or in those of the machine only. The newest package wins. apt
# checks the signatures. Needs neither root nor a change to the machine's sources.
#
#   open_archive [--own] PROGRAM...
#                                makes $scratch, which goes at the end; needs these programs, too;
#                                --own: only the suites of this machine's sources
#   open_machine PROGRAM...      the same with the lists that this machine has, old as they may be
#   newest_version PACKAGE       prints it; nothing where no suite has the package
#   download PACKAGE...          into $scratch/package
#   own_apt apt-get|apt-cache ARGUMENT...

fail() { echo "$0: $*" >&2; exit 1; }

apt_options=()
own_apt() {
  local program=$1
  shift
  "$program" -qq "${apt_options[@]}" -o Acquire::Languages=none \
    -o Acquire::AllowInsecureRepositories=false -o Acquire::AllowWeakRepositories=false \
    -o Acquire::AllowDowngradeToInsecureRepositories=false \
    -o APT::Get::AllowUnauthenticated=false "$@"
}

# has_suite SITE SUITE: whether that archive has it.
has_suite() {
  /usr/lib/apt/apt-helper download-file "$1/dists/$2/InRelease" "$scratch/InRelease" \
    >/dev/null 2>&1 || return 1
  grep -aqE '^Origin: Debian( Backports)?$' "$scratch/InRelease"
}

open_machine() {
  local program
  for program in apt-get apt-cache /usr/lib/apt/apt-helper dpkg-deb "$@"; do
    type -P "$program" >/dev/null || fail "$program is missing: this needs a Debian system with apt"
  done
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/debian-archive.XXXXXX")
  trap 'rm -rf -- "$scratch"' EXIT
  mkdir "$scratch/package"
  chmod 755 "$scratch"  # apt reads and writes as a user of its own where it is started by root
  if ((EUID == 0)) && id _apt >/dev/null 2>&1; then
    chown _apt "$scratch/package"
  fi
}

open_archive() {
  local site suite own=no options=
  if [[ ${1-} == --own ]]; then
    own=yes
    shift
  fi
  [[ -n ${scratch-} ]] || open_machine "$@"
  # Its lists and sources are ours, its keys and proxies the machine's.
  mkdir "$scratch"/{lists,cache,empty}
  touch "$scratch/status"
  # Backports and experimental count as the others do: the newest version is the candidate.
  printf 'Package: *\nPin: release *\nPin-Priority: 500\n' >"$scratch/preferences"
  apt_options=(-o Dir::Etc::sourcelist="$scratch/sources.list" -o Dir::Etc::sourceparts="$scratch/empty"
    -o Dir::Etc::preferences="$scratch/preferences" -o Dir::Etc::preferencesparts="$scratch/empty"
    -o Dir::State::lists="$scratch/lists" -o Dir::State::status="$scratch/status"
    -o Dir::Cache="$scratch/cache")

  # A suite's alias does not grow old as its code name does; the machine's own sources come beside
  # it, because a mirror may be behind with either.
  local suites=({oldold,old,}stable testing unstable {oldstable,stable}-backports experimental
    {oldoldstable,oldstable,stable,testing}-security)
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [[ ! -r $keyring ]] || options="[signed-by=$keyring]"
  : >"$scratch/sources.list"
  add_suite() {  # SITE SUITE
    rm -f "$scratch/InRelease"
    if has_suite "$1" "$2"; then echo "deb $options $1 $2 main" >>"$scratch/sources.list"; fi
  }
  while read -r site suite; do
    add_suite "$site" "$suite"
  done < <(apt-get indextargets --format "\$(SITE) \$(RELEASE)" 'Created-By: Packages' | sort -u)
  while read -r site; do
    [[ $own == no ]] || continue
    for suite in "${suites[@]}"; do add_suite "$site" "$suite"; done
  done < <(apt-get indextargets --format "\$(SITE)" 'Created-By: Packages' | sort -u)
  [[ -s $scratch/sources.list ]] ||
    fail "none of this machine's apt sources is an archive of Debian that can be reached"
  own_apt apt-get update </dev/null >&2 || fail "apt-get update failed; its messages are above"
}

newest_version() {
  own_apt apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n "s/^Version: //p" || true
}

download() {
  (cd "$scratch/package" && own_apt apt-get download "$@" </dev/null >&2) ||
    fail "apt-get could not download $*; its messages are above"
}
