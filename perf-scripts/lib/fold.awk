# Folds call stacks: in, a .NET perf map sorted by address, then the text of `perf script -F comm,ip,sym,dso`; out, a line
# `frame;frame;...;frame COUNT` for each different stack, the outermost first. Frames end in what they are: _[k] kernel,
# _[f] FastTun, _[m] other managed code, and nothing for native code.

function hex(text,    value, i) {
    value = 0
    for (i = 1; i <= length(text); i++) value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return value
}

# `instance void [FastTun.Engine] FastTun.Engine.Worker::Run()[OptimizedTier1]` is Worker.Run. What is not fully optimized
# says so: it does not belong into a steady state.
function managed_name(text,    assembly, type, method, tier) {
    tier = text ~ /\[(QuickJitted|MinOptJitted|Tier0|Instrumented[A-Za-z0-9]*)\]$/ ? " (not optimized)" : ""
    match(text, /\[[A-Za-z0-9_.]+\] /)
    assembly = substr(text, RSTART + 1, RLENGTH - 3)
    type = text
    sub(/::.*/, "", type)
    method = substr(text, length(type) + 3)
    sub(/[[(].*/, "", method)
    sub(/^.*\] /, "", type)
    sub(/`.*/, "", type)
    if (tolower(assembly) ~ /^fasttun/) sub(/^.*\./, "", type)
    return type "." method tier (tolower(assembly) ~ /^fasttun/ ? "_[f]" : "_[m]")
}

# The method whose code has this address, or nothing.
function managed(address,    low, high, middle) {
    low = 1
    high = methods
    while (low <= high) {
        middle = int((low + high) / 2)
        if (begins[middle] > address) high = middle - 1
        else low = middle + 1
    }
    return high > 0 && address < ends[high] ? names[high] : ""
}

function frame_name(address, symbol, object) {
    if (object ~ /^\[/ && object != "[unknown]" && symbol != "[unknown]") return symbol "_[k]"
    if (symbol != "[unknown]") return symbol
    if (!(address in known)) known[address] = managed(hex(address))
    if (known[address] != "") return known[address]
    sub(/^.*\//, "", object)
    return object ~ /\.dll$/ ? object "_[m]" : object ~ /^(\[unknown\]|\/\/anon|anon)/ ? "stubs" : object
}

FILENAME == ARGV[1] {
    if ($3 == "stub") next   # blocks that contain others
    sub(/^0x/, "", $1)
    begins[++methods] = hex($1)
    ends[methods] = begins[methods] + hex($2)
    text = $3
    for (i = 4; i <= NF; i++) text = text " " $i
    names[methods] = managed_name(text)
    next
}

# A sample: a line with the thread's name, its frames from the innermost, and an empty line.
/^[^ \t]/ { thread = $1; stack = ""; next }
NF >= 3 {
    symbol = $2
    for (i = 3; i < NF; i++) symbol = symbol " " $i
    object = $NF
    if (object == "(deleted))") { object = "stubs"; symbol = $2 }
    gsub(/^\(|\)$/, "", object)
    name = frame_name($1, symbol, object)
    gsub(/;/, ":", name)
    stack = ";" name stack
    next
}
NF == 0 && stack != "" { counts[thread stack]++; stack = "" }
END {
    if (stack != "") counts[thread stack]++
    for (stack in counts) print stack, counts[stack]
}
