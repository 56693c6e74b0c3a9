"""A Python with TensorFlow loaded: what it runs is run by a fork of a process that has imported it.

Importing it takes longer than most jobs of the smoke study. Nothing of echoseq is loaded, so that
each script finds the code of its own workspace, and no matplotlib, which reads settings in the
folder where it starts.
"""

import atexit
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

SERVER = Path(__file__).with_name("preloading.py")
CLIENT = """
import os, pickle, socket, sys

with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [b"."], [0, 1, 2])
    asked = pickle.dumps((sys.argv[1:], os.getcwd(), dict(os.environ)))
    server.sendall(len(asked).to_bytes(8, "big") + asked)
    status = server.recv(1)
sys.exit(status[0] if status else "killed: " + sys.argv[1])
"""


@cache
def preloaded_python() -> str:
    """The path of a program that runs a script as Python does, as long as this process lives."""
    folder = Path(tempfile.mkdtemp(prefix="python-"))
    atexit.register(shutil.rmtree, folder)
    address = str(folder / "socket")
    client, program = folder / "client.py", folder / "python"
    client.write_text(CLIENT.format(address=address), encoding="utf-8")
    command = shlex.join([sys.executable, "-S", "-E", str(client)])
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    _start(address)
    return str(program)


def _start(address: str) -> None:
    """Start the process that holds TensorFlow; it ends before this one does."""
    from echoseq.networks.numerics import variables  # what TensorFlow must find when it is loaded

    outside = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    server = subprocess.Popen(
        [sys.executable, "-P", str(SERVER), address],
        env={"TF_CPP_MIN_LOG_LEVEL": "2"} | outside | variables(outside),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    atexit.register(_end, server)


def _end(server: subprocess.Popen[bytes]) -> None:
    """Close what it listens to, and wait for it."""
    server.communicate(timeout=30)
