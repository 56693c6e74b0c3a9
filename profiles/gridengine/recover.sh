#!/bin/sh
# For use after the main process died (killed, node rebooted), or after Ctrl-C, while its Grid Engine jobs
# kept running: see ../recovery.sh. Call it in the folder where `snakemake` ran.
set -eu
command -v qstat >/dev/null || { echo "recover: found no Grid Engine (no qstat)" >&2; exit 1; }
profile=$(dirname "$0")

left_behind() {
    "$profile/jobs.sh" ||
        { echo "recover: Grid Engine does not answer, nothing was unlocked" >&2; return 1; }
}

cancel() {
    qdel "$@" >/dev/null
}

. "$profile/../recovery.sh"
