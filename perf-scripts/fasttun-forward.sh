#!/usr/bin/env bash
# FastTun as a forwarder under test:
#
#   fasttun-forward.sh [--both KEYS] [--a KEYS] [--b KEYS] [FORWARD-OPTIONS] NETNS_A NAME_A NETNS_B NAME_B
#
# KEYS are a port's, for example `queues=1,offload=false`; all else goes to `fasttun forward` as it is. Needs a Release
# build of src/FastTun.Cli.
set -euo pipefail

program=$(cd "$(dirname "$0")/.." && pwd)/src/FastTun.Cli/bin/Release/net10.0/fasttun.dll
keys_a='' keys_b=''
options=()
while (( $# > 4 )); do
    case $1 in
        --both) keys_a+=,$2 keys_b+=,$2; shift 2 ;;
        --a) keys_a+=,$2; shift 2 ;;
        --b) keys_b+=,$2; shift 2 ;;
        *) options+=("$1"); shift ;;
    esac
done
(( $# == 4 )) ||
    { echo "expected [--both KEYS] [--a KEYS] [--b KEYS] [...] NETNS_A NAME_A NETNS_B NAME_B" >&2; exit 2; }
[[ -f $program ]] || { echo "$program is missing: dotnet build -c Release src/FastTun.Cli" >&2; exit 3; }
exec dotnet exec "$program" forward "$2@$1$keys_a" "$4@$3$keys_b" "${options[@]}"
