# shellcheck shell=bash
# The forwarders that a script compares, by name, in the order they run, and the options that name them.
# shellcheck disable=SC2034  # REFERENCE is for the scripts

REFERENCE=c             # the plain C loop, which every ratio is against
declare -A COMMAND=()   # by name; called as lib/forwarders.sh says
CANDIDATES=()           # names

# add_candidate [NAME=]COMMAND
add_candidate() {
    local text=$1 name command
    if [[ $text =~ ^([A-Za-z0-9_.+-]+)=(.+)$ ]]; then
        name=${BASH_REMATCH[1]} command=${BASH_REMATCH[2]}
    else
        name=${text%% *} command=$text
        name=${name##*/}
    fi
    [[ $name =~ ^[A-Za-z0-9_.+-]+$ ]] || usage_error "'$text': give it a name of letters and digits: NAME=COMMAND"
    [[ -z ${COMMAND[$name]:-} ]] || usage_error "two forwarders are called '$name': give one another name (NAME=COMMAND)"
    COMMAND[$name]=$command
    CANDIDATES+=("$name")
}

# in_turn ROUND NAME...: every other round backwards, so that nobody always runs in the same one's wake.
in_turn() {
    local round=$1
    shift
    if (( round % 2 )); then printf '%s\n' "$@"; else printf '%s\n' "$@" | tac; fi
}

# left_out WHY: for a smoke run a machine that lacks something is no failure.
left_out() {
    [[ -n $SMOKE ]] || machine_lacks "$*"
    echo "${0##*/}: left out: $*"
    exit 0
}

check_count() {
    [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "$1 $2: expected a number from 1 to 999999"
}

check_seconds() {
    [[ $2 =~ ^[0-9]{1,4}(\.[0-9]+)?$ && $2 =~ [1-9] ]] || usage_error "$1 $2: expected seconds"
}

# where_json_goes SCRIPT-NAME: the file of --json, or one named for the moment.
where_json_goes() {
    if [[ -z $JSON ]]; then
        mkdir -p "$HERE/results"
        JSON=$HERE/results/$1-$(date -u +%Y%m%dT%H%M%SZ).json
    fi
    echo "$JSON"
}
