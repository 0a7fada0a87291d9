#!/bin/bash
# Takes the Debian package through its life in a root of its own: build, install, run, upgrade with a
# changed configuration kept, remove with the journal kept, purge. As root only (dpkg asks for it).
#
# usage: package_test.sh CPACK BUILD_FOLDER
set -euo pipefail

cpack=$1
build=$2
[[ $EUID == 0 ]] || { echo "skipped: dpkg --root needs root"; exit 77; }
command -v dpkg-shlibdeps >/dev/null || { echo "skipped: dpkg-dev is not here"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

fail() {
  echo "package_test: $*" >&2
  exit 1
}
has() { [[ -e $root$1 ]] || fail "$1 is missing $2"; }
lacks() { [[ ! -e $root$1 ]] || fail "$1 is there $2"; }

# dpkg in that root, with this machine's list of packages, so that dependencies are really asked
# for. It warns once of each of them that it has no list of files.
in_root() {
  dpkg --root="$root" --force-script-chrootless --log=/dev/null "$@" >"$work/dpkg.log" 2>&1 || {
    grep -v "files list file for package" "$work/dpkg.log" >&2
    fail "dpkg $* failed"
  }
}

# --- build: twice, the second one a version on

(cd "$build" && "$cpack" -G DEB -B "$work/deb" >"$work/cpack.log" 2>&1) || {
  cat "$work/cpack.log" >&2
  fail "cpack failed"
}
deb=$(echo "$work"/deb/ballast_*.deb)
version=$(dpkg-deb -f "$deb" Version)
next=$version+1
dpkg-deb -R "$deb" "$work/next"
sed -i "s/^Version: .*/Version: $next/" "$work/next/DEBIAN/control"
dpkg-deb -Znone -b "$work/next" "$work/next.deb" >/dev/null

for needed in libc6 libstdc++6 libsqlite3-0; do
  dpkg-deb -f "$deb" Depends | grep -q "$needed" || fail "$needed is not among the dependencies"
done

if command -v lintian >/dev/null; then
  lintian --allow-root --fail-on error,warning "$deb" || fail "lintian complains"
fi

# --- install

mkdir -p "$root"/var/lib/dpkg/{info,updates,triggers} "$root"/{etc,tmp,usr/bin}
cp /var/lib/dpkg/status "$root/var/lib/dpkg/status"
sed -i '/^Package: ballast$/,/^$/d' "$root/var/lib/dpkg/status"
: >"$root/var/lib/dpkg/available"
in_root -i "$deb"
has /usr/bin/ballast "after installing"
has /usr/lib/systemd/system/ballast.service "after installing"
has /usr/share/man/man1/ballast-calc.1.gz "after installing"
has /usr/share/bash-completion/completions/ballast "after installing"
grep -q '^ballast:' "$root/etc/passwd" || fail "there is no user ballast"
uid=$(sed -n 's/^ballast:[^:]*:\([0-9]*\):.*/\1/p' "$root/etc/passwd")
[[ $(stat -c '%a %u' "$root/var/lib/ballast") == "700 $uid" ]] ||
  fail "/var/lib/ballast is $(stat -c '%a %u' "$root/var/lib/ballast"), not 700 of ballast"
[[ $(stat -c %a "$root/etc/ballast") == 750 ]] || fail "everybody may read /etc/ballast"
[[ -L $root/etc/systemd/system/multi-user.target.wants/ballast.service ]] ||
  fail "the service is not enabled"

# --- it runs

[[ $("$root/usr/bin/ballast" version) == "ballast ${version%%[-+~]*}" ]] || fail "it says another version"
"$root/usr/bin/ballast" check "$root/etc/ballast/desk.toml" >"$work/check.log" 2>&1 ||
  fail "the example configuration is wrong: $(cat "$work/check.log")"
man_page=$(gzip -dc "$root/usr/share/man/man1/ballast.1.gz")
[[ $man_page == *'.SH NAME'* ]] || fail "the manual page is none"
bash -n "$root/usr/share/bash-completion/completions/ballast" || fail "the completion is no bash"

# --- upgrade: what was changed stays

echo '# ours' >>"$root/etc/ballast/desk.toml"
echo BALLAST_OPTIONS=--tick=2s >>"$root/etc/default/ballast"
echo events >"$root/var/lib/ballast/desk.db"
in_root -i "$work/next.deb"
[[ $(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Version}' ballast) == "$next" ]] ||
  fail "the upgrade did not take"
tail -1 "$root/etc/ballast/desk.toml" | grep -q ours || fail "the upgrade overwrote desk.toml"
grep -q tick=2s "$root/etc/default/ballast" || fail "the upgrade overwrote /etc/default/ballast"

# --- and an administrator's choice too
rm "$root/etc/systemd/system/multi-user.target.wants/ballast.service"
in_root -i "$work/next.deb"
[[ ! -e $root/etc/systemd/system/multi-user.target.wants/ballast.service ]] ||
  fail "the upgrade enabled what was disabled"

# --- remove, purge

in_root -r ballast
lacks /usr/bin/ballast "after removing"
has /etc/ballast/desk.toml "after removing"
has /var/lib/ballast/desk.db "after removing"
in_root -P ballast
lacks /etc/ballast "after purging"
lacks /etc/default/ballast "after purging"
lacks /var/lib/ballast "after purging"
leftover=$(find "$root" -name '*ballast*' -not -path "$root/var/lib/dpkg/*" -print)
[[ -z $leftover ]] || fail "purging left $leftover"
echo "package_test: $(basename "$deb") installs, runs, upgrades, removes and purges"
