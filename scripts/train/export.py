"""Stage 5: writes the trained networks as a model's folder: config.json and safetensors, weights in bfloat16."""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

import common
from decoder import CONFIGURATION as DECODER, Decoder
from image_tokenizer import CONFIGURATION as TOKENIZER, ImageTokenizer

SIZES = [{"width": 64, "height": 64, "rows": 8, "columns": 8, "quality": "low"}]


def lowered(tensors: dict) -> dict:
    """Matrices in bfloat16; norms, biases, routers and the codebook stay float32."""
    exact = ("norm", "router", "bias", "quantize")
    return {n: t.contiguous() if any(e in n for e in exact) or t.ndim < 2 else t.bfloat16().contiguous() for n, t in tensors.items()}


def transformer(model: Decoder) -> dict:
    out = {}
    for name, tensor in model.state_dict().items():
        if name.startswith(("visual_embedding.", "head.")):
            continue
        name = name.replace(".moe.gate_up", ".moe.experts.gate_up.weight").replace(".moe.down", ".moe.experts.down.weight")
        out[name] = tensor
    out["visual_embedding.weight"] = model.visual_embedding.table().detach()
    out["head.weight"] = model.head.table().detach()
    return lowered(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parents[2] / "Models" / "weft-mini")
    parser.add_argument("--guidance-scale", type=float, default=1.25)
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--weights", choices=["average", "model"], default="average")
    parser.add_argument("--max-tokens", type=int, default=48)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    tokenizer = ImageTokenizer()
    tokenizer.load_state_dict(torch.load(common.WORK / "tokenizer.pt", map_location="cpu", weights_only=False)["model"])
    state = torch.load(common.WORK / "decoder.pt", map_location="cpu", weights_only=False)
    decoder = Decoder(TOKENIZER["quantizer"]["levels"])
    decoder.load_state_dict(state[options.weights])
    tensors = dict(tokenizer.state_dict())
    tensors["quantize.embedding.weight"] = tokenizer.codebook()
    metadata = {"format": "pt"}
    save_file(lowered(tensors), options.output / "image_tokenizer.safetensors", metadata)
    save_file(transformer(decoder), options.output / "transformer.safetensors", metadata)
    config = {
        "format": "weft", "name": options.output.name, "transformer": DECODER, "image_tokenizer": TOKENIZER,
        "text": {"tokenizer": "../../Tokenizers/weft-text.model", "null": "<null>", "begin_image": "<boi>", "max_tokens": options.max_tokens},
        "sizes": SIZES,
    }
    (options.output / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    defaults = {"temperature": options.temperature, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "guidance_scale": options.guidance_scale}
    (options.output / "generation_config.json").write_text(json.dumps(defaults, indent=2) + "\n")
    print(f"{options.output}: {state['seen']} pictures, {state['seconds']:.0f} s of training")


if __name__ == "__main__":
    main()
