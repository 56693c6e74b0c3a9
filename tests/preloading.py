"""The process that holds TensorFlow: it forks for each script that is asked for at its socket."""

import atexit
import os
import pickle
import runpy
import select
import socket
import sys
import threading
import traceback
import warnings
from functools import cache

NOT_LOADED = ("matplotlib", "sklearn")  # which Keras would load


def main(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        os.write(1, b"ready\n")
        while _asked(listener):
            _load()
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _serve(connection)
            connection.close()
            _forget_ended()


@cache
def _load() -> None:
    """Load it for the first script; there is none where all runs are dry."""
    sys.modules.update(dict.fromkeys(NOT_LOADED))  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import keras  # noqa: F401
        import tensorflow  # noqa: F401
    for name in NOT_LOADED:
        del sys.modules[name]


def _asked(listener: socket.socket) -> bool:
    """Wait for a script; or for the end of the tests, which closes the input."""
    ready, _, _ = select.select([listener, 0], [], [])
    return listener in ready


def _forget_ended() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


def _serve(connection: socket.socket) -> None:
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile("rb") as asked:
        length = int.from_bytes(asked.read(8), "big")
        arguments, folder, environment = pickle.loads(asked.read(length))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    script = sys.argv[0] = arguments[0]
    sys.argv[1:] = arguments[1:]
    places = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [os.path.dirname(script), *filter(None, places)]
    status = _run(script)
    connection.sendall(bytes([status]))
    os._exit(status)


def _run(script: str) -> int:
    """Run a script to its end, and return its exit status."""
    status = 0
    kept = os.path.join(os.path.dirname(__file__), "kept_programs.py")
    try:
        runpy.run_path(kept)["keep_programs"]()
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ended:
        status = _status(ended.code)
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def _status(code: object) -> int:
    if code is None or isinstance(code, int):
        return (code or 0) & 255
    print(code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    main(sys.argv[1])
