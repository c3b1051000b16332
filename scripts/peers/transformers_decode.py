"""Seconds of decode steps of transformers' Llama in bfloat16: a JSON object for each count of rows.

usage: transformers_decode.py SHAPE ROWS,ROWS,... CONTEXT STEPS
"""

import json
import sys
import time

import torch
from shapes import SHAPES
from transformers import LlamaConfig, LlamaForCausalLM


def main():
    shape, rows, context, steps = SHAPES[sys.argv[1]], sys.argv[2].split(","), int(sys.argv[3]), int(sys.argv[4])
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    model = LlamaForCausalLM(
        LlamaConfig(
            hidden_size=shape.width, num_hidden_layers=shape.layers, num_attention_heads=shape.heads,
            num_key_value_heads=shape.kv_heads, intermediate_size=shape.hidden, vocab_size=shape.vocabulary,
            max_position_embeddings=8192, tie_word_embeddings=False,
        )
    ).eval()  # fmt: skip
    with torch.inference_mode():
        for count in map(int, rows):
            tokens = torch.randint(0, shape.vocabulary, (count, max(1, context)))
            cache = model(tokens, use_cache=True, logits_to_keep=1).past_key_values
            times = []
            for _ in range(steps + 1):
                start = time.perf_counter()
                model(tokens[:, :1], past_key_values=cache, use_cache=True)
                times.append(time.perf_counter() - start)
            print(json.dumps({"rows": count, "seconds": times[1:]}), flush=True)


if __name__ == "__main__":
    main()
