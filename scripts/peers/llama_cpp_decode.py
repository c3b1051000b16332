"""Seconds of llama.cpp's decode steps, one token for each of some sequences: a JSON object for each count of them.

usage: llama_cpp_decode.py FILE.gguf ROWS,ROWS,... CONTEXT STEPS
"""

import ctypes
import json
import os
import sys
import time
from pathlib import Path

import llama_cpp

HAS_AMX = " amx_int8 " in Path("/proc/cpuinfo").read_text()


@llama_cpp.llama_log_callback
def silent(level, text, data):
    pass


def parameters(rows, context, steps):
    """What llama.cpp runs best with: all cores, repacked weights where they work."""
    model = llama_cpp.llama_model_default_params()
    # The repacked weights of its AMX kernels end the process with an illegal instruction for several sequences (0.3.36).
    model.use_extra_bufts = rows == 1 or not HAS_AMX
    run = llama_cpp.llama_context_default_params()
    run.n_ctx, run.n_seq_max = rows * (context + steps + 8), rows
    run.n_batch = run.n_ubatch = max(rows, 512)
    run.n_threads = run.n_threads_batch = os.cpu_count()
    return model, run


def seconds(path, rows, context, steps):
    """Seconds of each step after `context` tokens of every sequence."""
    model_parameters, run_parameters = parameters(rows, context, steps)
    model = llama_cpp.llama_model_load_from_file(path.encode(), model_parameters)
    if not model:
        raise SystemExit(f"{path}: llama.cpp cannot load it")
    run = llama_cpp.llama_init_from_model(model, run_parameters)
    batch = llama_cpp.llama_batch_init(rows, 0, 1)
    batch.n_tokens = rows
    times = []
    for position in range(context + steps):
        for row in range(rows):
            batch.token[row], batch.pos[row] = (position * 8191 + row * 131) % 16000, position
            batch.n_seq_id[row], batch.seq_id[row][0], batch.logits[row] = 1, row, 1
        start = time.perf_counter()
        if llama_cpp.llama_decode(run, batch) != 0:
            raise SystemExit(f"{path}: llama_decode failed at {rows} sequences")
        times.append(time.perf_counter() - start)
    llama_cpp.llama_batch_free(batch)
    llama_cpp.llama_free(run)
    llama_cpp.llama_model_free(model)
    return times[context:]


def main():
    path, rows, context, steps = sys.argv[1], sys.argv[2].split(","), int(sys.argv[3]), int(sys.argv[4])
    if HAS_AMX:
        ctypes.CDLL(None).syscall(158, 0x1023, 18)  # arch_prctl(ARCH_REQ_XCOMP_PERM, tile data)
    llama_cpp.llama_log_set(silent, None)
    llama_cpp.llama_backend_init()
    for count in map(int, rows):
        print(json.dumps({"rows": count, "seconds": seconds(path, count, context, steps)}), flush=True)


if __name__ == "__main__":
    main()
