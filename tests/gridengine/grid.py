"""A real Grid Engine of one host with two slots on this machine's loopback, and its end.

Its files are in one folder and its ports are its own, so one that runs here is left alone.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from daemons import alive, came_true, end

LIBRARY = Path("/usr/lib/gridengine")  # where Debian has the programs
DEFAULTS = Path("/usr/share/gridengine")  # and what a cluster begins with
PROGRAMS = ("sge_qmaster", "sge_execd", "qsub", "qstat", "qdel", "qconf")
LAST = Path(tempfile.gettempdir()) / "echoseq-gridengine"  # a link to the folder of what runs
HOST = "localhost"
PIDS = {"sge_execd": "execd/*/execd.pid", "sge_qmaster": "qmaster/qmaster.pid"}  # * is its host

BOOTSTRAP = """admin_user none
default_domain none
ignore_fqdn false
spooling_method berkeleydb
spooling_lib libspoolb
spooling_params {folder}/spool
binary_path {library}
qmaster_spool_dir {folder}/qmaster
security_mode none
listener_threads 2
worker_threads 2
scheduler_threads 1
"""
QUEUE = {  # beside Grid Engine's own defaults
    "qname": "main",
    "hostlist": HOST,
    "slots": "2",
    "load_thresholds": "NONE",
    "pe_list": "NONE",
    "shell": "/bin/sh",
}
SCHEDULER = {"schedule_interval": "0:0:1", "flush_submit_sec": "1", "flush_finish_sec": "1"}


def why_not() -> str | None:
    """Why no Grid Engine can be started here, or None if it can."""
    if os.geteuid() != 0:
        return "Grid Engine's daemons need root to run jobs"
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing or not LIBRARY.is_dir():
        packages = "gridengine-master gridengine-exec gridengine-client"
        return f"{', '.join(missing) or LIBRARY} not installed (apt-get install {packages})"
    try:
        socket.gethostbyname(socket.gethostname())
    except OSError:
        return f"this machine's name, {socket.gethostname()}, has no address"
    return None


@contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """Start Grid Engine with all its files in `folder`; stop it at the end.

    Yields:
        The environment variables by which its commands find it.

    Raises:
        RuntimeError: if it does not come up; the message holds its logs.
    """
    if LAST.is_symlink():  # of tests that were killed
        _stop(LAST.readlink(), os.environ | _variables(LAST.readlink()))
        LAST.unlink()
    variables = _variables(folder)
    everything = os.environ | variables
    _make_cell(folder, everything)
    LAST.symlink_to(folder)
    try:
        _start(folder, everything)
        yield variables
    finally:
        _stop(folder, everything)
        LAST.unlink()


def _variables(folder: Path) -> dict[str, str]:
    ports = {"SGE_QMASTER_PORT": "16444", "SGE_EXECD_PORT": "16445"}
    return {"SGE_ROOT": str(folder), "SGE_CELL": "default", **ports}


def _make_cell(folder: Path, variables: Mapping[str, str]) -> None:
    """The files that the daemons begin with, as Debian's init_cluster makes them."""
    for made in ("default/common", "spool", "qmaster", "execd", "bin"):
        (folder / made).mkdir(parents=True)
    (folder / "util").symlink_to(DEFAULTS / "util")
    (folder / "bin" / _architecture()).symlink_to(LIBRARY)
    common = folder / "default/common"
    common.joinpath("bootstrap").write_text(BOOTSTRAP.format(folder=folder, library=LIBRARY))
    common.joinpath("act_qmaster").write_text(f"{HOST}\n")
    common.joinpath("host_aliases").write_text(f"{HOST} {' '.join(_other_names())}\n")
    given = (DEFAULTS / "default-configuration").read_text().splitlines()
    changes = {"execd_spool_dir": f"{folder}/execd", "min_uid": "0", "min_gid": "0"}
    (folder / "configuration").write_text(_changed(given, changes))
    resources = DEFAULTS / "util/resources"
    for command in (
        ("spoolinit", "berkeleydb", "libspoolb", f"{folder}/spool", "init"),
        ("spooldefaults", "configuration", f"{folder}/configuration"),
        ("spooldefaults", "complexes", f"{resources}/centry"),
        ("spooldefaults", "usersets", f"{resources}/usersets"),
        ("spooldefaults", "managers", "root"),
    ):
        libraries = variables | {"LD_LIBRARY_PATH": str(LIBRARY)}
        _run(str(LIBRARY / command[0]), *command[1:], variables=libraries)


def _architecture() -> str:
    return subprocess.check_output([DEFAULTS / "util/arch"], text=True).strip()


def _other_names() -> list[str]:
    """What else this machine is called; Grid Engine takes each name for another host."""
    lines = [line.split() for line in Path("/etc/hosts").read_text().splitlines()]
    names = [name for line in lines if line[:1] == ["127.0.0.1"] for name in line[1:]]
    names.append(socket.gethostname())  # it may be another address's
    return [name for name in dict.fromkeys(names) if name != HOST]


def _changed(given: list[str], changes: Mapping[str, str]) -> str:
    """Lines of names and values, with other values for some."""
    lines = [line.split(maxsplit=1) for line in given]
    return "".join(f"{line[0]} {changes.get(line[0], line[-1])}\n" for line in lines)


def _start(folder: Path, variables: Mapping[str, str]) -> None:
    def ask(*command: str, check: bool = True) -> str:
        return _run(*command, variables=variables, check=check)

    ask("sge_qmaster")
    # it returns before it listens, where the machine is busy
    if not came_true(lambda: bool(ask("qconf", "-sh", check=False)), 60):
        raise RuntimeError(f"Grid Engine's master does not answer\n{_logs(folder)}")
    ask("qconf", "-as", HOST)
    ask("sge_execd")
    queue = folder / "queue"
    queue.write_text(_changed(ask("qconf", "-sq").splitlines(), QUEUE))
    ask("qconf", "-Aq", str(queue))
    scheduler = folder / "scheduler"
    scheduler.write_text(_changed(ask("qconf", "-ssconf").splitlines(), SCHEDULER))
    ask("qconf", "-Msconf", str(scheduler))
    # a queue in no state at all, such as au, before its host is heard of
    if came_true(lambda: ask("qstat", "-f").splitlines()[2].split()[-1] == _architecture(), 60):
        return
    raise RuntimeError(f"Grid Engine did not start\n{_logs(folder)}")


def _logs(folder: Path) -> str:
    """The ends of the daemons' logs, also of those that ended before they had a folder."""
    early = Path(tempfile.gettempdir()).glob("*_messages.*")
    return "".join(
        f"{path}:\n{path.read_text()[-2000:]}\n" for path in (*folder.rglob("messages"), *early)
    )


def _stop(folder: Path, variables: Mapping[str, str]) -> None:
    """Cancel what runs, then end the daemons by their pid files."""
    files = {program: list(folder.glob(pattern)) for program, pattern in PIDS.items()}
    if any(alive(file, "sge_qmaster") for file in files["sge_qmaster"]):
        _run("qdel", "-u", "root", variables=variables, check=False)
        came_true(lambda: not _run("qstat", variables=variables, check=False))
    for program, found in files.items():
        for file in found:
            end(file, program)


def _run(*command: str, variables: Mapping[str, str], check: bool = True) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, env=dict(variables)
    )
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout
