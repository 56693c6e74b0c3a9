#!/bin/sh
# Install the locked dependencies and the project itself into the active Python environment.
# Run from the repository's root.
set -eu
python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes \
    --requirement requirements.lock
python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
    --no-build-isolation --editable .
# Compile now: without bytecode, which some machines never write, TensorFlow takes 14 s to start
# instead of 4. Some packages contain templates that are not valid Python; their errors do not matter.
python -m compileall -q -j 0 "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    src >/dev/null 2>&1 || true
