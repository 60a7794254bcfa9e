#!/bin/sh
# The main job of a robot against `lag-sandbox`, with curl alone.
#
# Usage: sandbox/tests/lag-sandbox.sh path/to/lag-sandbox
set -eu

program=$1
port=${LAG_SANDBOX_PORT:-17373}
"$program" --quiet --port "$port" &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null || true' EXIT

eval "$("$program" --port "$port" --print-env)"
until curl --silent --fail --output /dev/null "$LAG_API_BASE/health"; do
    kill -0 "$sandbox"
    sleep 0.05
done

# call <expected status> <method> <path> [body]: prints the body of the answer.
call() {
    expected=$1 method=$2 path=$3
    shift 3
    if [ $# -gt 0 ]; then
        set -- --header 'content-type: application/json' --data "$1"
    fi
    answer=$(curl --silent --show-error --write-out '\n%{http_code}' --request "$method" \
        --header "authorization: Robot $LAG_ROBOT_API_KEY" "$@" "$LAG_API_BASE$path")
    status=${answer##*
}
    if [ "$status" != "$expected" ]; then
        echo "$method $path: expected $expected, got $status: $answer" >&2
        exit 1
    fi
    printf '%s\n' "${answer%
*}"
}

# has <text> <part>: fails unless the part is in the text.
has() {
    case $1 in
    *"$2"*) ;;
    *)
        echo "expected $2 in: $1" >&2
        exit 1
        ;;
    esac
}

has "$(call 200 GET /robots/@me/info)" '"serverId":"srv_dev"'
has "$(call 200 GET /robots/@me/servers/srv_dev/rooms)" '"id":"room_general"'
has "$(call 200 GET /robots/@me/servers/srv_dev/members)" '"username":"alice"'

room=/robots/@me/servers/srv_dev/rooms/room_general/messages
sent=$(call 201 POST "$room" '{"content": "Hello from curl"}')
has "$sent" '"robotId":"robot_helper"'
id=$(printf '%s' "$sent" | sed 's/.*"id":"\(msg_[^"]*\)".*/\1/')
has "$(call 200 PATCH "$room/$id" '{"content": "Edited by curl"}')" '"editedAt":"'
has "$(call 200 GET "$room")" '"content":"Edited by curl"'
call 204 DELETE "$room/$id" >/dev/null
has "$(call 200 GET "$room")" '"messages":[]'

has "$(call 404 DELETE "$room/$id")" '"statusCode":404'
has "$(call 404 GET /nowhere)" '"error":"Not Found"'
has "$(call 400 POST "$room" '{"content": ')" 'Malformed JSON'
has "$(call 401 GET /users/me)" '"error":"Unauthorized"'

kill -INT "$sandbox"
wait "$sandbox"
trap - EXIT
echo "lag-sandbox: all good"
