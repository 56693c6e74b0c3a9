#!/bin/sh
# properties = {properties}
# Leaves the exit status of the job where status.sh finds it.
({exec_job})
status=$?
echo $status >".snakemake/gridengine/$JOB_ID"
exit $status
