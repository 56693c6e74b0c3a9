#!/bin/sh
# What became of a PBS or Torque job, for Snakemake: running, success or failed.
# Torque remembers a job that ended for a while (keep_completed); PBS wants -x to tell of it, and
# Torque's -x is another option: it comes second. A job that the server has forgotten is failed.
for try in 1 2 3; do
    job=$(qstat -f "$1" 2>&1) || job=$(qstat -x -f "$1" 2>&1) && break
    case $job in *[Uu]nknown*) echo failed; exit ;; esac
    sleep $((try * 2)) # the server is busy: a job is not given up for that
done
value() { echo "$job" | sed -n "s/^ *$1 = *//p" | head -n 1; }
case $(value job_state) in
    C | F | X) [ "$(value '[Ee]xit_status')" = 0 ] && echo success || echo failed ;;
    *) echo running ;;
esac
