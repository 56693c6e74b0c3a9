"""A real Slurm of two nodes on this machine's loopback, and its end."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daemons import alive, came_true, end

CONFIGURATION = Path("/etc/slurm/slurm.conf")  # jobs look for it nowhere else
MARK = "# Made by the tests of echoseq, which remove it again."
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")
NODES = ("n1", "n2")

# Memory is enforced, so that a job can be killed for it. MinJobAge: finished jobs must be in
# squeue for longer than the executor waits between two looks.
TEMPLATE = """{mark}
# {folder}
ClusterName=echoseq
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,batch_sched_delay=0,defer_batch
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
JobCompType=jobcomp/none
MinJobAge=600
KillWait=2
ReturnToService=2
NodeName=n[1-2] NodeHostname={host} NodeAddr=127.0.0.1 Port=[17001-17002] CPUs=1 RealMemory=4000
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=UNLIMITED State=UP
"""


def why_not() -> str | None:
    """Why no Slurm can be started here, or None if it can."""
    if os.geteuid() != 0:
        return "Slurm's daemons need root to run jobs"
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing:
        return f"{', '.join(missing)} not installed (apt-get install slurm-wlm munge)"
    if CONFIGURATION.exists() and not CONFIGURATION.read_text().startswith(MARK):
        return f"{CONFIGURATION} is there and not of these tests: it is left alone"
    return None


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Start Slurm with all its files in `folder`; stop it and remove every trace at the end.

    Raises:
        RuntimeError: if it does not come up; the message holds its logs.
    """
    _clear_leftovers()
    (folder / "state").mkdir(parents=True)
    folder.chmod(0o755)
    text = TEMPLATE.format(mark=MARK, folder=folder, host=socket.gethostname())
    CONFIGURATION.write_text(text)
    try:
        _start(folder)
        yield
    finally:
        _stop(folder)
        CONFIGURATION.unlink()


def _start(folder: Path) -> None:
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    places = {"key-file": key, "socket": folder / "munge.socket"}
    places |= {f"{kind}-file": folder / f"munge.{kind}" for kind in ("pid", "log", "seed")}
    # --force: the folder above may be one that others can write to, such as /tmp.
    _run("munged", "--force", *(f"--{name}={path}" for name, path in places.items()))
    _run("slurmctld", "-c")
    for node in NODES:
        (folder / f"spool-{node}").mkdir()
        _run("slurmd", "-N", node)
    states = ("sinfo", "--noheader", "--Node", "--format=%T")
    if came_true(lambda: _run(*states, check=False).split() == ["idle"] * len(NODES), 60):
        return
    logs = "".join(f"{path}:\n{path.read_text()[-2000:]}\n" for path in folder.glob("*.log"))
    raise RuntimeError(f"Slurm did not start\n{logs}")


def _stop(folder: Path) -> None:
    """Cancel what runs, then end the daemons by their pid files."""
    if alive(folder / "slurmctld.pid", "slurmctld"):
        _run("scancel", "--user=root", check=False)
        came_true(lambda: not _run("squeue", "--noheader", check=False).strip())
    for name in (*(f"slurmd-{node}" for node in NODES), "slurmctld", "munge"):
        path, program = folder / f"{name}.pid", name.split("-")[0]
        end(path, program)


def _clear_leftovers() -> None:
    """End the daemons of tests that were killed; their configuration names their folder."""
    if CONFIGURATION.exists():
        _stop(Path(CONFIGURATION.read_text().splitlines()[1].removeprefix("# ")))


def _run(*command: str, check: bool = True) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    return done.stdout
