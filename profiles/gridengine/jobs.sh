#!/bin/sh
# Print the ids of this user's jobs in this folder that the profile names; with an argument, of those
# that the Snakemake of this process id submitted.
set -eu
all=$(LC_ALL=C qstat -j 'echoseq.*' 2>&1) || case $all in
*'do not exist'*) exit 0 ;;
*) exit 1 ;; # the scheduler does not answer
esac
echo "$all" | awk -v here="$(pwd -P)" -v me="$(id -un)" -v by="${1-}" '
    /^job_number:/ { id = $2; mine = 0; there = 0 }
    /^owner:/ { mine = $2 == me }
    /^cwd:/ { sub(/^cwd: */, ""); there = $0 == here }
    /^context:/ && mine && there && (by == "" || $2 == "snakemake=" by) { print id }'
