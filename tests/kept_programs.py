"""Compiled programs, kept for all processes of a test run: to compile one takes seconds.

TensorFlow finds a program by what it computes, and pays no heed to XLA's flags; so those of each
set of flags are kept apart, and have the bits of what is compiled anew. The tests of bits compile
in processes of their own, as a user's do.
"""

import os
from hashlib import sha256
from pathlib import Path

FOLDER = "ECHOSEQ_KEPT_PROGRAMS"  # the variable that names the folder; without it none is kept
FLAGS = "TF_XLA_FLAGS"


def keep_programs() -> None:
    """Keep the programs of this process, in which TensorFlow has compiled nothing so far."""
    if FOLDER not in os.environ:
        return
    from tensorflow.python import pywrap_tfe

    from echoseq.networks.numerics import variables  # of the workspace, with its flags

    flags = variables(os.environ)["XLA_FLAGS"]
    folder = Path(os.environ[FOLDER], sha256(flags.encode()).hexdigest()[:12])
    folder.mkdir(parents=True, exist_ok=True)
    of_the_users = os.environ.get(FLAGS)
    kept = f"--tf_xla_persistent_cache_directory={folder}"
    os.environ[FLAGS] = f"{of_the_users or ''} {kept}".strip()
    pywrap_tfe.TF_GetXlaConstantFoldingDisabled()  # reads all such flags, which it does but once
    # Records name what was set for a run, and promise no bits then.
    if of_the_users is None:
        del os.environ[FLAGS]
    else:
        os.environ[FLAGS] = of_the_users
