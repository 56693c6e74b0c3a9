#!/bin/bash
# TensorFlow 2.21.0 (CPU), its XLA.
# Expected: with ONEDNN_MAX_CPU_ISA and --xla_cpu_max_isa set to AVX2, a compiled product of two
# matrices gives the same bits on every processor that has AVX2.
# Found: where the second matrix is transposed and has few rows, it does not: XLA hands the product to
# YNNPACK, which looks at the processor itself and takes kernels for AVX-512 if it can. Neither limit
# reaches it. With --xla_cpu_enable_platform_dependent_math=false the bits are the same, and a network
# trains as fast.
# Matters to: whoever compares digests of trained weights between machines.
# Needs: a processor with AVX-512, and qemu-x86_64-static (Debian's qemu-user-static, seen with 7.2).
set -eu

grep -q avx512f /proc/cpuinfo || { echo "cannot be seen here: this processor has no AVX-512" >&2; exit 2; }
emulator=$(command -v qemu-x86_64-static) || { echo "install qemu-user-static" >&2; exit 2; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv here
here/bin/pip install --quiet --disable-pip-version-check tensorflow-cpu==2.21.0 numpy==2.4.6

cat > product.py <<'PYTHON'
import hashlib

import numpy as np
import tensorflow as tf

draw = np.random.Generator(np.random.PCG64(0)).standard_normal
a, b = (tf.constant(draw(shape).astype(np.float32)) for shape in ((7, 80), (20, 80)))
product = tf.function(lambda a, b: tf.matmul(a, b, transpose_b=True), jit_compile=True)
print(hashlib.sha256(product(a, b).numpy().tobytes()).hexdigest()[:12])
PYTHON

export TF_ENABLE_ONEDNN_OPTS=0 ONEDNN_MAX_CPU_ISA=AVX2 TF_CPP_MIN_LOG_LEVEL=3
python=$(readlink -f here/bin/python)
packages=$(here/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
here() { PYTHONPATH=$packages XLA_FLAGS=$1 "$python" product.py 2>/dev/null; }
haswell() { PYTHONPATH=$packages XLA_FLAGS=$1 "$emulator" -cpu Haswell-v4 "$python" product.py 2>/dev/null; }

limit=--xla_cpu_max_isa=AVX2
portable=--xla_cpu_enable_platform_dependent_math=false
limited_here=$(here "$limit") limited_there=$(haswell "$limit")
portable_here=$(here "$portable") portable_there=$(haswell "$portable")
echo "limited to AVX2:  here $limited_here, on a Haswell $limited_there"
echo "portable:         here $portable_here, on a Haswell $portable_there"
# Seen: 'limited to AVX2' differs, 'portable' does not.
[ "$limited_here" != "$limited_there" ] && [ "$portable_here" = "$portable_there" ]
