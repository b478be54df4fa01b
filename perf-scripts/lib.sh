# shellcheck shell=bash
# What the measuring scripts share. Source it from a script that has `set -euo pipefail`. Functions that give a value
# print it; what cannot go on ends the script with one line that says why.

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$HERE")
BASELINE=$HERE/baseline/build

# Exit codes are those of the fasttun command: 1 it failed while running, 2 usage, 3 this machine lacks something.
die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

usage_error() {
    echo "${0##*/}: $* (see --help)" >&2
    exit 2
}

machine_lacks() {
    echo "${0##*/}: $*" >&2
    exit 3
}

progress() {
    [[ ! -t 2 ]] || echo "$*" >&2
}

require_commands() {
    local command
    for command; do
        command -v "$command" >/dev/null ||
            machine_lacks "this needs '$command'; on Debian: apt-get install iproute2 util-linux jq iperf3 gcc make"
    done
}

build_baseline() {
    make -s -C "$HERE/baseline" || die "the C baseline did not build"
}

# Without the build servers that would outlive it.
build_fasttun() {
    local output
    progress "building FastTun (Release)"
    output=$(timeout 600 dotnet build "$ROOT/src/FastTun.Cli" -c Release -v quiet --nologo \
        -nodeReuse:false -p:UseSharedCompilation=false 2>&1) ||
        die "FastTun did not build:"$'\n'"$output"
}

# The machine and the state of the sources, as JSON: figures mean nothing without them.
fingerprint() {
    jq -n --arg kernel "$(uname -sr)" --arg architecture "$(uname -m)" \
        --arg processor "$(awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)" \
        --argjson processors "$(nproc)" \
        --arg commit "$(git -C "$ROOT" describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null || echo -)" \
        --arg date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
        '{$kernel, $architecture, $processor, $processors, $commit, $date}'
}

# result_file SCRIPT: where a result goes unless it is told.
result_file() {
    mkdir -p "$HERE/results"
    echo "$HERE/results/$1-$(date -u +%Y%m%dT%H%M%SZ).json"
}

# Lines of cells between bars, as columns: the first two to the left, the last as it is, the others to the right; a
# line without bars as it is.
align() {
    awk -F'|' '
        NF <= 1 { whole[NR] = $0; next }
        {
            for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) }
            columns = NF
        }
        END {
            for (row = 1; row <= NR; row++) {
                if (row in whole) { print whole[row]; continue }
                line = ""
                for (i = 1; i <= columns; i++) {
                    format = i <= 2 ? "%-" width[i] "s  " : i < columns ? "%" width[i] "s  " : "%s"
                    line = line sprintf(format, cell[row, i])
                }
                sub(/ +$/, "", line)
                print line
            }
        }'
}

# shellcheck source=lib/private-machine.sh
source "$HERE/lib/private-machine.sh"
# shellcheck source=lib/processors.sh
source "$HERE/lib/processors.sh"
# shellcheck source=lib/forwarders.sh
source "$HERE/lib/forwarders.sh"
# shellcheck source=lib/forwarder-cases.sh
source "$HERE/lib/forwarder-cases.sh"
# shellcheck source=lib/loads.sh
source "$HERE/lib/loads.sh"
# shellcheck source=lib/workloads.sh
source "$HERE/lib/workloads.sh"
# shellcheck source=lib/measure.sh
source "$HERE/lib/measure.sh"
# shellcheck source=lib/rounds.sh
source "$HERE/lib/rounds.sh"
