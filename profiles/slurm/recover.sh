#!/bin/sh
# After the main process died (killed, node rebooted) while its Slurm jobs ran on: cancel the jobs
# that this folder's runs left behind, wait until they are gone, and unlock. Without it a new run
# and the old jobs would write the same files. To be called where `snakemake` was.
set -eu
here=$(pwd -P)

# Jobs of this user, by the profile's prefix and the folder they were started from.
left_behind() {
    all=$(squeue --me --noheader --format='%A|%j|%Z' \
        --states=PENDING,RUNNING,SUSPENDED,STOPPED,CONFIGURING,COMPLETING) ||
        { echo "recover: Slurm does not answer, so nothing is unlocked" >&2; return 1; }
    echo "$all" | awk -F'|' -v here="$here" '$2 ~ /^echoseq_/ && $3 == here { print $1 }' | sort -u
}

# The process whose jobs they are, if it lives on this machine; jobs' own have --mode.
main_process() {
    for process in $(pgrep -u "$(id -u)" -f '[s]nakemake'); do
        if [ "$(readlink "/proc/$process/cwd")" = "$here" ] &&
            tr '\0' ' ' <"/proc/$process/cmdline" | grep -v -e ' --mode ' |
            grep -q -e ' [^ ]*snakemake '; then
            echo "$process"
        fi
    done 2>/dev/null
}

command -v squeue >/dev/null || { echo "recover: there is no Slurm here (no squeue)" >&2; exit 1; }
[ -d .snakemake/locks ] || { echo "recover: Snakemake never ran in this folder" >&2; exit 1; }
alive=$(main_process)
if [ -n "$alive" ]; then
    echo "recover: snakemake still runs in this folder (process $(echo $alive)): end it first" >&2
    exit 1
fi
jobs=$(left_behind)
if [ -n "$jobs" ]; then
    echo "recover: cancelling $(echo $jobs)"
    scancel $jobs || true # some may have ended meanwhile: the next look tells
    tries=0
    while [ -n "$jobs" ]; do
        tries=$((tries + 1))
        [ $tries -le 120 ] || { echo "recover: still running: $(echo $jobs)" >&2; exit 1; }
        sleep 1
        jobs=$(left_behind)
    done
fi
snakemake --unlock --quiet
echo "recover: done; give the same command again"
