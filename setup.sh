#!/bin/sh
# Sets Assay up on a fresh machine and runs it.
#
#   ./setup.sh demo   serve at once, with a demo whose submissions are graded while one looks
#   ./setup.sh test   pass the tests
#
# Needs Python 3.11 or newer and Docker.  As root on Debian, what is missing is installed from apt.
set -eu
cd "$(dirname "$0")"
# As tests/conftest.py has it.
ENGINE="tests/faults/test_engine.py tests/faults/test_worker.py tests/sandbox/test_gvisor.py"

# What processes of this script leave each other.
marks=$(mktemp -d)
trap 'rm -rf "$marks"' EXIT

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
stop() { say "$*"; exit 1; }
on_debian_as_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_install() {
    say "Installing from apt: $*"
    [ -e "$marks/updated" ] || apt-get update -q >/dev/null
    touch "$marks/updated"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null
}

python_of_311() {
    # Debian's own takes a tenth less processor time than one that a version manager built without profiles.
    if on_debian_as_root; then own=/usr/bin/python3.11; fi # apt has its venv module
    for name in ${own:-} python3.11 python3 python3.12 python3.13; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

set_up_python() {
    set_up_venv
    install_packages
}

set_up_venv() {
    python=$(python_of_311)
    [ -n "$python" ] || stop "Assay needs Python 3.11 or newer: install it and run this again."
    if [ ! -x .venv/bin/pip ]; then
        say "Making .venv with $python"
        "$python" -m venv .venv 2>/dev/null || {
            on_debian_as_root || stop "Python's venv module is missing: install it (Debian: python3-venv)."
            apt_install python3-venv
            "$python" -m venv --clear .venv
        }
    fi
}

install_packages() {
    cmp -s requirements.lock .venv/installed.lock && return
    say "Installing the locked packages"
    # uv, which the lock names too, takes a third of pip's time.  It reads no pip.conf: where it reaches no index, pip does.
    # Modules are compiled when they are first used: most never are.  The lock names all there is: nothing to resolve.
    awk '/^[^ ]/ { on = /^uv==/ } on' requirements.lock >.venv/uv.lock
    pip_install --require-hashes -r .venv/uv.lock
    .venv/bin/uv pip install -q --python .venv/bin/python --no-deps --require-hashes -r requirements.lock || {
        say "uv could not: pip installs them"
        pip_install --require-hashes -r requirements.lock
    }
    pip_install --no-build-isolation -e .
    cp requirements.lock .venv/installed.lock
}

pip_install() { .venv/bin/pip install -qq --no-compile --no-deps --disable-pip-version-check "$@"; }

set_up_docker() {
    docker_answers && return
    on_debian_as_root || stop "No Docker engine answers: start Docker (Docker Desktop will do) and run this again."
    bring_engine
    say "Starting dockerd"
    mountpoint -q /sys/fs/cgroup || cgroupfs-mount
    # An engine that was killed leaves its number behind, and refuses to start where another process has it by now.
    pidof dockerd >/dev/null || rm -f /var/run/docker.pid /var/run/docker/containerd/containerd.pid
    nohup dockerd >/var/log/dockerd.log 2>&1 &
    for _ in $(seq 60); do
        docker_answers && return
        sleep 0.5
    done
    stop "dockerd did not start; its log is /var/log/dockerd.log"
}

bring_engine() { command -v dockerd >/dev/null || apt_install docker.io iptables cgroupfs-mount; }

docker_answers() { .venv/bin/python -c 'import docker; docker.from_env(timeout=5).ping()' 2>/dev/null; }

bring_image_tools() {
    # Only the way from Debian packages needs these; where the official image can be pulled it stays unused.
    if on_debian_as_root && ! { command -v mmdebstrap && command -v strip; } >/dev/null; then
        apt_install mmdebstrap binutils
    fi
}

set_up_image() {
    bring_image_tools
    .venv/bin/python -m sandbox.image.build
}

set_up_printing() {
    # WeasyPrint's wheel draws with the system's Pango.
    if on_debian_as_root && ! ldconfig -p | grep -q 'libpango-1\.0\.so'; then
        apt_install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
    fi
}

set_up_browser() {
    command -v chromium-headless-shell >/dev/null && return
    if on_debian_as_root && apt_install chromium-headless-shell; then return; fi
    # A Debian without the shell has the browser itself, in which the tests take longer.
    command -v chromium >/dev/null && return
    if on_debian_as_root; then apt_install chromium; else say "Without Chromium the browser tests are skipped."; fi
}

bring_gvisor() { command -v runsc >/dev/null || apt_install runsc; }

set_up_gvisor() {
    # A second runtime for the containers, which the tests try where it is there.
    on_debian_as_root || return 0
    bring_gvisor || return 0
    [ -e /etc/docker/daemon.json ] && return
    say "Telling dockerd of gVisor"
    mkdir -p /etc/docker
    printf '%s\n' '{"runtimes": {"runsc": {"path": "/usr/bin/runsc", "runtimeArgs":' \
        '["--platform=ptrace", "--ignore-cgroups", "--network=none"]}}}' >/etc/docker/daemon.json
    if [ -e /var/run/docker.pid ]; then kill -HUP "$(cat /var/run/docker.pid)"; fi
}

set_up_libraries() {
    # LightGBM's wheel, which some tests trace, brings no OpenMP of its own.
    if on_debian_as_root && ! ldconfig -p | grep -q 'libgomp\.so\.1'; then apt_install libgomp1; fi
}

set_up_deployment() {
    # What reads the examples of docs/deploy, which the tests try where it is there.
    on_debian_as_root || return 0
    { command -v caddy && command -v docker-compose && command -v systemd-analyze; } >/dev/null ||
        apt_install caddy docker-compose systemd || say "Examples of deployment that need caddy, docker-compose or systemd are not tried."
}

bring_first() {
    # What apt brings for engine and image, one after another: two at once would wait for each other's lock.
    if on_debian_as_root; then
        [ -S /var/run/docker.sock ] || [ -n "${DOCKER_HOST:-}" ] || bring_engine
        bring_gvisor || true
    fi
    bring_image_tools
}

bring_rest() {
    set_up_printing
    set_up_libraries
    set_up_browser
    set_up_deployment
}

brought() { wait "$1" || stop "What apt was to bring is not all there; what it said is above."; }

case "${1:-}" in
    demo)
        set_up_python
        set_up_docker
        # The image is built and what draws PDFs is installed while the service is up already; gradings wait for it.
        (set_up_image && set_up_printing) &
        say "Now serving; stop with Ctrl-C."
        exec .venv/bin/assay demo
        ;;
    test)
        # Where this is set every process compiles what it imports anew.
        unset PYTHONDONTWRITEBYTECODE
        set_up_venv
        bring_first &
        apt=$!
        install_packages
        { .venv/bin/mypy && .venv/bin/lint-imports --no-logo; } &
        types=$!
        # Modules are compiled when they are first imported: once here, and not by each process of tests at the same time.
        .venv/bin/pytest --collect-only -qq >/dev/null 2>&1 &
        compiled=$!
        brought "$apt"
        set_up_docker
        set_up_gvisor
        set_up_image &
        image=$!
        bring_rest & # while the image is made
        brought "$!"
        .venv/bin/ruff check .
        .venv/bin/ruff format --check .
        wait "$compiled" || true # what cannot be collected is told below
        failed=
        # What needs the image waits for whoever makes it, by the lock of sandbox/image/build.py.
        # Tests with an engine of their own mostly wait.
        .venv/bin/pytest -m "not slow and engine" $ENGINE >"$marks/engine" 2>&1 &
        waits=$!
        # Four processes share the files on two cores: a test of the service waits for a browser, a worker or a
        # container half of its time.
        .venv/bin/pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not slow and not alone and not engine" ||
            failed=yes
        wait "$image" || stop "The sandbox's image is not there; what its making said is above."
        wait "$waits" || failed=yes
        cat "$marks/engine" || failed=yes
        wait "$types" || failed=yes
        [ -z "$failed" ] || stop "Not all is well; see above."
        # The one file that times the machine has it to itself.
        .venv/bin/pytest -m "not slow and alone" tests/sandbox/host/test_concurrency.py
        ;;
    *) stop "usage: ./setup.sh demo | test" ;;
esac
