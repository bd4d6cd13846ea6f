# The deepest stack of the core, out of what GCC writes with -fcallgraph-info=su: the bytes of every
# frame along the deepest chain of calls. Calls by pointer are those of the port and of the crypto, which
# are not counted, and those named in also ("caller|callee caller|callee"). Fails on recursion, on frames
# without a fixed size, and above budget.
#
# Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0

function between(name,   s) {
    match($0, name ": \"[^\"]*\"")
    s = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
    sub(".*/", "", s) # a static function bears its file
    return s
}

function calls(from, to) {
    if (!((from, to) in edge)) {
        edge[from, to] = 1
        callee[from, ++callees[from]] = to
    }
}

/^node:/ {
    f = between("title")
    if (match($0, /[0-9]+ bytes \(/))
        own[f] = substr($0, RSTART) + 0
    if ($0 ~ /bytes \(dynamic/)
        unfixed = unfixed " " f
}

/^edge:/ { calls(between("sourcename"), between("targetname")) }

# Bytes from f on down.
function depth(f,   i, d, most) {
    if (f in known)
        return known[f]
    if (open[f]) {
        recursive = recursive " " f
        return 0
    }
    open[f] = 1
    for (i = 1; i <= callees[f]; i++) {
        d = depth(callee[f, i])
        if (d > most) {
            most = d
            next_of[f] = callee[f, i]
        }
    }
    open[f] = 0
    return known[f] = own[f] + most
}

END {
    pairs = split(also, pair, " ")
    for (i = 1; i <= pairs; i++) {
        split(pair[i], side, "|")
        if (!(side[1] in own) || !(side[2] in own)) {
            print "stack: " pair[i] " is not in the core any more"
            exit 1
        }
        calls(side[1], side[2])
    }
    for (f in own) {
        d = depth(f)
        if (d > worst) {
            worst = d
            top = f
        }
    }
    for (f = top; f != ""; f = next_of[f])
        printf "%8d  %s\n", own[f], f
    printf "%8d  bytes of stack at most besides what callbacks take, budget %d\n", worst, budget
    if (recursive != "")
        print "core: recursion through" recursive
    if (unfixed != "")
        print "core: frames without a fixed size:" unfixed
    if (recursive != "" || unfixed != "" || worst > budget || worst == 0)
        exit 1
}
