#!/bin/sh
# Runs beside Snakemake, and cancels the jobs that it leaves. The executor itself would not do that if
# Snakemake is killed, nor on Ctrl-C for jobs about which it is just asking.
set -u
main=$PPID
over=
trap '' INT HUP # of the terminal, for Snakemake alone
trap 'over=yes' TERM # its end
echo started # the executor waits for a line
while [ -z "$over" ] && kill -0 "$main" 2>/dev/null; do
    sleep 1 >/dev/null &
    wait $!
done
left=$("$(dirname "$0")/jobs.sh" "$main") || exit 1
[ -z "$left" ] || qdel $left >/dev/null
