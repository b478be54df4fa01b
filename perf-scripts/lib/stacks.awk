# Counts folded stacks (lib/fold.awk): lines `KIND|FUNCTION|SELF|INCLUSIVE` in samples, for every function, and
# `KIND||SAMPLES` for every kind. What a stack is follows from where it is in the kernel, and else from its innermost frame.

function kind_of_stack(stack,    innermost) {
    if (stack ~ /;(tun_chr_read_iter|vfs_readv?|ksys_read|do_readv)_\[k\]/) return "kernel read"
    if (stack ~ /;(tun_chr_write_iter|vfs_writev?|ksys_write|do_writev)_\[k\]/) return "kernel write"
    if (stack ~ /;[a-z_0-9]*(epoll_p?wait|sys_p?poll|nanosleep|futex|cqring_wait)[a-z_0-9]*_\[k\]/) return "wait"
    innermost = stack
    sub(/^.*;/, "", innermost)
    return kind_of_frame(innermost, "kernel other")
}

function kind_of_frame(frame, in_kernel) {
    return frame ~ /_\[k\]$/ ? in_kernel : frame ~ /_\[f\]$/ ? "FastTun" : "runtime"
}

{
    count = $NF
    sub(/ [0-9]+$/, "")
    kind = kind_of_stack($0)
    kinds[kind] += count
    depth = split($0, frames, ";")
    split("", seen)
    for (i = 2; i <= depth; i++) {   # the first is the thread
        key = kind_of_frame(frames[i], kind) "|" frames[i]
        self[key] += i == depth ? count : 0
        if (!(key in seen)) inclusive[key] += count   # once, however often it calls itself
        seen[key] = 1
    }
}
END {
    for (kind in kinds) print kind "||" kinds[kind]
    for (key in inclusive) {
        name = key
        sub(/_\[[kfm]\]$/, "", name)
        print name "|" self[key] + 0 "|" inclusive[key]
    }
}
