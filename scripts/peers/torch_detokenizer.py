"""Seconds of PyTorch's detokenizer of Janus and LlamaGen, bfloat16 and channels-last: 576 tokens to 384 x 384 pixels.

usage: torch_detokenizer.py REPETITIONS
"""

import json
import sys
import time

import torch
from transformers.models.janus.configuration_janus import JanusVQVAEConfig
from transformers.models.janus.modeling_janus import JanusVQVAE


def main():
    torch.manual_seed(0)
    model = JanusVQVAE(JanusVQVAEConfig(num_patches=24)).eval()
    model = model.to(torch.bfloat16).to(memory_format=torch.channels_last)
    tokens = torch.randint(0, 16384, (1, 576))
    times = []
    with torch.inference_mode():
        for _ in range(int(sys.argv[1]) + 1):
            start = time.perf_counter()
            model.decode(tokens)
            times.append(time.perf_counter() - start)
    print(json.dumps({"rows": 1, "seconds": times[1:]}))


if __name__ == "__main__":
    main()
