#!/usr/bin/env bash
# Formats, lints and tests of the whole project. Ends with one line that says how many tests passed and failed.
set -u
cd "$(dirname "$0")/.."
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
broken=0

step() { # NAME COMMAND...: runs it, shows its output, notes a failure
    local name=$1
    shift
    printf '\n== %s\n' "$name"
    if "$@" 2>&1 | tee "$log/$name"; then return 0; fi
    printf 'FAILED: %s\n' "$name"
    broken=$((broken + 1))
}
set -o pipefail

step format cargo fmt --check
step clippy cargo clippy --quiet --all-targets -- -D warnings
step clippy-net cargo clippy --quiet --all-targets --features net -- -D warnings
step clippy-python cargo clippy --quiet --no-default-features --features python --lib -- -D warnings
step rust cargo test --no-fail-fast
step net cargo test --no-fail-fast --features net --test fetch
step venv make --no-print-directory .venv/ready
step install .venv/bin/pip install --quiet --disable-pip-version-check .
step ruff .venv/bin/ruff check python tests/python
step ruff-format .venv/bin/ruff format --check python tests/python
step mypy .venv/bin/mypy --strict python/fisc
# Away from the source tree, so that the installed package is what is checked.
step stubs bash -c 'here=$PWD; cd "$(mktemp -d)" && "$here/.venv/bin/python" -m mypy.stubtest fisc._fisc'
step pytest .venv/bin/python -m pytest -q tests/python

# Only the closing lines of the two runners are counted, not what a failed test printed.
closing() { grep -hE '^test result: ' "$log/rust" "$log/net" 2>/dev/null; tail -n 1 "$log/pytest" 2>/dev/null; }
sum() { closing | grep -oE "[0-9]+ $1" | awk '{n += $1} END {print n + 0}'; }
passed=$(sum passed)
failed=$(($(sum failed) + $(sum error)))
# A tool that found fault counts as one failure; the two runners only where they count none of their own.
[ "$failed" -lt "$broken" ] && failed=$broken
printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$broken" -eq 0 ] && [ "$failed" -eq 0 ]
