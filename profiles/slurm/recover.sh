#!/bin/sh
# For use after the main process died (killed, node rebooted) while its Slurm jobs kept running: see
# ../recovery.sh. Call it in the folder where `snakemake` ran.
set -eu
command -v squeue >/dev/null || { echo "recover: found no Slurm (no squeue)" >&2; exit 1; }

# Jobs of this user, by the profile's prefix and the folder they were started from.
left_behind() {
    all=$(squeue --me --noheader --format='%A|%j|%Z' \
        --states=PENDING,RUNNING,SUSPENDED,STOPPED,CONFIGURING,COMPLETING) ||
        { echo "recover: Slurm does not answer, nothing was unlocked" >&2; return 1; }
    echo "$all" | awk -F'|' -v here="$here" '$2 ~ /^echoseq_/ && $3 == here { print $1 }' | sort -u
}

cancel() {
    scancel "$@"
}

. "$(dirname "$0")/../recovery.sh"
