#!/usr/bin/env bash
# FastTun as a forwarder under test: fasttun-forward.sh [PORT-OPTIONS] NETNS_A NAME_A NETNS_B NAME_B
# PORT-OPTIONS go to both ports, for example `queues=1,offload=false`. Needs a Release build of src/FastTun.Cli.
set -euo pipefail

program=$(cd "$(dirname "$0")/.." && pwd)/src/FastTun.Cli/bin/Release/net10.0/fasttun.dll
options=''
if (( $# == 5 )); then
    options=,$1
    shift
fi
(( $# == 4 )) || { echo "expected [PORT-OPTIONS] NETNS_A NAME_A NETNS_B NAME_B" >&2; exit 2; }
[[ -f $program ]] || { echo "$program is missing: dotnet build -c Release src/FastTun.Cli" >&2; exit 3; }
exec dotnet exec "$program" forward "$2@$1$options" "$4@$3$options"
