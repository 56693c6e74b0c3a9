#!/bin/sh
# For use after the main process died (killed, node rebooted) while its Slurm jobs kept running:
# cancel the remaining jobs of this folder, wait until they are gone, and unlock. Otherwise a new
# run and the old jobs would write the same files. Call it in the folder where `snakemake` ran.
set -eu
here=$(pwd -P)

# Jobs of this user, by the profile's prefix and the folder they were started from.
left_behind() {
    all=$(squeue --me --noheader --format='%A|%j|%Z' \
        --states=PENDING,RUNNING,SUSPENDED,STOPPED,CONFIGURING,COMPLETING) ||
        { echo "recover: Slurm does not answer, nothing was unlocked" >&2; return 1; }
    echo "$all" | awk -F'|' -v here="$here" '$2 ~ /^echoseq_/ && $3 == here { print $1 }' | sort -u
}

# The main process of these jobs, if it runs on this machine; processes of jobs have --mode.
main_process() {
    for process in $(pgrep -u "$(id -u)" -f '[s]nakemake'); do
        if [ "$(readlink "/proc/$process/cwd")" = "$here" ] &&
            tr '\0' ' ' <"/proc/$process/cmdline" | grep -v -e ' --mode ' |
            grep -q -e ' [^ ]*snakemake '; then
            echo "$process"
        fi
    done 2>/dev/null
}

command -v squeue >/dev/null || { echo "recover: found no Slurm (no squeue)" >&2; exit 1; }
[ -d .snakemake/locks ] || { echo "recover: Snakemake never ran in this folder" >&2; exit 1; }
alive=$(main_process)
if [ -n "$alive" ]; then
    echo "recover: snakemake still runs in this folder (process $(echo $alive)): end it first" >&2
    exit 1
fi
jobs=$(left_behind)
if [ -n "$jobs" ]; then
    echo "recover: cancelling $(echo $jobs)"
    scancel $jobs || true # some may have ended in the meantime
    tries=0
    while [ -n "$jobs" ]; do
        tries=$((tries + 1))
        [ $tries -le 120 ] || { echo "recover: still running: $(echo $jobs)" >&2; exit 1; }
        sleep 1
        jobs=$(left_behind)
    done
fi
snakemake --unlock --quiet
echo "recover: done; repeat the same command"
