# What the recover.sh of each profile does, by its functions `left_behind` and `cancel`: cancel the
# remaining jobs of this folder, wait until they are gone, and unlock. Otherwise a new run and the old
# jobs would write the same files.
here=$(pwd -P)

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

[ -d .snakemake ] || { echo "recover: Snakemake never ran in this folder" >&2; exit 1; }
alive=$(main_process)
if [ -n "$alive" ]; then
    echo "recover: snakemake still runs in this folder (process $(echo $alive)): end it first" >&2
    exit 1
fi
jobs=$(left_behind)
if [ -n "$jobs" ]; then
    echo "recover: cancelling $(echo $jobs)"
    cancel $jobs || true # some may have ended in the meantime
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
