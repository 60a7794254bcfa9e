#!/usr/bin/env bash
# What the features bring in, from the dependency tree; nothing is compiled.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0

fail() {
    echo "guards: $*" >&2
    failed=1
}

# The crates of a build, one "name version" per line. Arguments: its features.
edges=normal
crates() {
    cargo tree --locked -p lagclient --edges "$edges" --prefix none "$@" | awk '{ print $1, $2 }' | sort -u
}

# at_most LIMIT NAME CRATES
at_most() {
    count=$(echo "$3" | wc -l)
    echo "guards: $2: $count crates, at most $1"
    [ "$count" -le "$1" ] || fail "$2 has $count crates, more than $1"
}

# without NAME CRATES CRATE...
without() {
    name=$1 tree=$2
    shift 2
    for crate in "$@"; do
        if echo "$tree" | grep -q "^$crate "; then
            fail "$name brings in $crate"
        fi
    done
}

blocking=$(crates)
first=$(edges=normal,build,dev crates)
asynchronous=$(crates --no-default-features --features async,rustls)
both=$(crates --features async)

at_most 48 "default features" "$blocking"
# What the README's first command compiles.
at_most 100 "an example, with the sandbox" "$first"
at_most 115 "async alone" "$asynchronous"
at_most 122 "async with HTTP/2" "$(crates --no-default-features --features async,http2,rustls)"
at_most 62 "default features with the gateway" "$(crates --features gateway)"
at_most 117 "async with the gateway" "$(crates --no-default-features --features async,gateway,rustls)"
without "default features" "$blocking" tokio hyper reqwest
without "async alone" "$asynchronous" ureq
without "default features" "$blocking" lag-sandbox

# One provider of cryptography for rustls, and it is ring.
without "both clients" "$both" aws-lc-rs aws-lc-sys openssl native-tls
echo "$both" | grep -q "^ring " || fail "both clients have no ring"
[ "$(echo "$both" | grep -c "^ring ")" -le 1 ] || fail "both clients have ring twice"
[ "$(echo "$both" | grep -c "^rustls ")" -eq 1 ] || fail "both clients have rustls twice"

exit "$failed"
