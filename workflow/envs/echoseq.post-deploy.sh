#!/bin/sh
# Install the locked dependencies and the project itself into the active Python environment.
# Run from the repository's root.
set -eu
python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes \
    --requirement requirements.lock
python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
    --no-build-isolation --editable .
# Compile ahead: without bytecode, which some machines never write, TensorFlow starts in 14 s
# rather than 4. Some packages carry templates that are no valid Python; those do not matter.
python -m compileall -q -j 0 "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    src >/dev/null 2>&1 || true
