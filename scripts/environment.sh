# Sourced by scripts/kapitza and scripts/test, which set $scripts: makes the virtual environment when it is
# missing, half made or older than pyproject.toml.

root=$(dirname -- "$scripts")
venv=$root/.venv
unfinished=$venv/.kapitza-unfinished

fail() {
    printf 'kapitza: %s\n' "$1" >&2
    exit 1
}

# prepare_environment [EXTRA]: afterwards $venv holds kapitza with the optional dependencies EXTRA.
prepare_environment() {
    local extra=${1:-}
    is_ready "$extra" && return
    [ -w "$root" ] || fail "cannot write to $root, where the virtual environment .venv is to be made. Use a copy that you may write to."
    # The lock lets a second first use wait for the first one; it is on the folder itself, so nothing stays behind.
    exec 9<"$root"
    if command -v flock >/dev/null; then
        flock -n 9 || { printf 'kapitza: waiting for another set-up of %s\n' "$venv" >&2; flock 9; }
    fi
    is_ready "$extra" || install_environment "$extra" >&2 9<&-
    exec 9<&-
}

# The environment carries the mark of what it was made from: the place and pyproject.toml.
mark() {
    printf '%s %s\n' "$root" "$(cksum <"$root/pyproject.toml")"
}

is_ready() {
    local found=
    [ -x "$venv/bin/python" ] && [ ! -e "$unfinished" ] || return 1
    read -r found 2>/dev/null <"$venv/.kapitza-ready$1" || return 1
    [ "$found" = "$(mark)" ]
}

install_environment() {
    local extra=$1 python
    export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0
    if [ -e "$unfinished" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        find_python
        printf 'kapitza: first use: making %s, takes a minute\n' "$venv"
        rm -rf -- "$venv"
        mkdir -- "$venv"
        : >"$unfinished"
        "$python" -m venv "$venv" || fail "could not make $venv with $python; its message is above."
    else
        printf 'kapitza: bringing %s up to date\n' "$venv"
        : >"$unfinished"
    fi
    "$venv/bin/python" -m pip install -qq --no-input --editable "$root${extra:+[$extra]}" ||
        fail "could not install the dependencies into $venv; pip's message is above. Is the network there? Then run the same command again."
    mark >"$venv/.kapitza-ready"
    [ -z "$extra" ] || mark >"$venv/.kapitza-ready$extra"
    rm -f -- "$unfinished"
}

# Sets $python to the first Python in PATH that is new enough and can make virtual environments.
find_python() {
    local name found without_venv=
    for name in python3.13 python3.12 python3.11 python3; do
        # The resolved name (python3.11, not python3): a system upgrade then leaves no half-working environment.
        found=$("$name" -c 'import os, sys; print(os.path.realpath(sys.executable)) if sys.version_info >= (3, 11) else sys.exit(1)' 2>/dev/null) || continue
        if "$found" -c 'import ensurepip, venv' 2>/dev/null; then
            python=$found
            return
        fi
        without_venv=${without_venv:-$found}
    done
    if [ -n "$without_venv" ]; then
        fail "$without_venv cannot make virtual environments: its modules venv and ensurepip are a package of their own here. Install them: apt-get install python3-venv"
    fi
    fail "needs Python 3.11 or newer, and finds none in PATH (python3 is: $(python3 --version 2>/dev/null || echo missing)). Install it: apt-get install python3 python3-venv"
}
