#!/bin/sh
# Print whether a job is running, or was a success, or failed. The job itself leaves its exit status
# (jobscript.sh), because qacct takes minutes at a large site, and knows nothing at some.
set -eu
id=$1
left=.snakemake/gridengine/$id
export LC_ALL=C

# Once only: ids of jobs begin again at 1. The output of a success is of no use.
tell() {
    rm -f "$left" "$left.gone"
    [ "$1" = failed ] || rm -f .snakemake/gridengine/*."o$id"
    echo "$1"
    exit
}

if [ -s "$left" ]; then
    if [ "$(cat "$left")" = 0 ]; then tell success; else tell failed; fi
fi
if about=$(qstat -j "$id" 2>&1); then
    # A job that could not be started stays in the queue for good, in state Eqw.
    reason=$(echo "$about" | grep '^error reason') || { echo running; exit; }
    echo "$reason" | tee .snakemake/gridengine/not-started."o$id" >&2
    qdel "$id" >&2
    tell failed
fi
# Not there: it was killed, or what it left is not visible here yet. Or the scheduler does not answer.
if echo "$about" | grep -q 'do not exist'; then
    [ -e "$left.gone" ] || touch "$left.gone"
    [ -z "$(find "$left.gone" -mmin +1)" ] || tell failed
fi
echo running
