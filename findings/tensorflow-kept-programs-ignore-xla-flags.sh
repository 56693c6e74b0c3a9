#!/bin/bash
# TensorFlow 2.21.0 (CPU).
# Expected: in the folder of --tf_xla_persistent_cache_directory a compiled program is found by all that made it,
# flags of XLA included.
# Found: XLA_FLAGS do not count. A process that asks for AVX2 gets the program that an earlier one compiled for
# SSE4.2, and with it other bits than it computes with an empty folder; the other way round, a program with AVX2
# runs where no more than SSE4.2 was asked for. The name of the kept file is the same. Each program that is loaded
# is announced by an error ("Error parsing text-format tensorflow.XlaSerializedCacheEntry"), though nothing is wrong.
# Matters to: whoever keeps compiled programs and compares flags, or limits the instruction set for the same bits.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv here
here/bin/pip install --quiet --disable-pip-version-check tensorflow-cpu==2.21.0 numpy==2.4.6

cat > program.py <<'PYTHON'
import hashlib

import tensorflow as tf

x = tf.random.stateless_uniform((1000,), (1, 2))


@tf.function(jit_compile=True)
def program(x):
    return x * x * 1.1 + x * 0.3 + tf.tanh(x)


print(hashlib.sha256(program(x).numpy().tobytes()).hexdigest()[:12])
PYTHON

# The digest of what is computed for an instruction set, and with the folder of kept programs, if one is named.
computed() {
    XLA_FLAGS=--xla_cpu_max_isa=$1 TF_XLA_FLAGS=${2:+--tf_xla_persistent_cache_directory=$2} \
        here/bin/python program.py 2>said
}
narrow=$(computed SSE4_2)
wide=$(computed AVX2)
echo "compiled anew: SSE4.2 $narrow, AVX2 $wide"
[ "$narrow" != "$wide" ] || { echo "both compute the same bits on this machine" >&2; exit 2; }
first=$(computed SSE4_2 kept)
second=$(computed AVX2 kept)
echo "with one folder: SSE4.2 $first, then AVX2 $second"
files=$(ls kept | wc -l)
error=$(grep --count "Error parsing text-format tensorflow.XlaSerializedCacheEntry" said || true)
other=$(computed AVX2 other)
echo "kept files: $files; errors of parsing: $error; with another folder: AVX2 $other"
[ "$first" = "$narrow" ] && [ "$second" = "$narrow" ] && [ "$other" = "$wide" ] && [ "$files" = 1 ] && [ "$error" = 1 ]
# Seen: compiled anew: SSE4.2 46120e2d1a96, AVX2 e13e6d3fda4b; with one folder: SSE4.2 46120e2d1a96, then AVX2
# 46120e2d1a96; kept files: 1; errors of parsing: 1; with another folder: AVX2 e13e6d3fda4b.
