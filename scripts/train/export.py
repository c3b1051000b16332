"""Stage 5: writes the trained networks as a model's folder: config.json and safetensors, weights in bfloat16, layers and head in q8.

Takes what the last `--finish` wrote of painter and decoder, or else the checkpoints of the constant rate.
"""

import argparse
import json
import random
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file

import artwork
import captions
import common
import unpack
import world
from decoder import CONFIGURATION as DECODER, Decoder
from image_tokenizer import COLORS, CONFIGURATION as TOKENIZER, HINT, ImageTokenizer

# Pixels a side, tokens a side, quality; the default comes first.
SIZES = [(256, 8, "low"), (256, 16, "medium"), (128, 8, "low"), (128, 16, "medium"), (64, 8, "low")]


def lowered(tensors: dict) -> dict:
    """Matrices in bfloat16; the codebook's rows, and what enlarges them, in float16, which is finer; norms, biases, routers,
    distances and the encoder stay float32."""
    exact = ("norm", "router", "bias", "encoder", "distance")

    def stored(name, tensor):
        if any(e in name for e in exact) or tensor.ndim < 2:
            return tensor
        return tensor.half() if name.endswith(("skip.weight", "color.weight")) or "quantize" in name else tensor.bfloat16()

    return {name: stored(name, tensor).contiguous() for name, tensor in tensors.items()}


def image_tokenizer(model: ImageTokenizer) -> dict:
    """With what evens the rows' spread (see ImageTokenizer.paint) folded into post_quant_conv, and the numbers of covers as
    small as they count where only a picture is known (see ImageTokenizer.encode)."""
    out = dict(model.state_dict())
    mean, gain = out.pop("row_mean"), out.pop("row_gain")
    for name in ("cover_map", "cover_bias"):
        out.pop(name)
    weight, bias = out["post_quant_conv.weight"], out["post_quant_conv.bias"]
    even = weight * gain.view(1, -1, 1, 1)
    out["post_quant_conv.weight"], out["post_quant_conv.bias"] = even, bias - even[..., 0, 0] @ mean
    small = torch.ones_like(gain)
    small[COLORS:] = HINT
    for name in ("quantize.embedding.weight", "encoder.conv_in.bias"):
        out[name] = out[name] * small
    for name in [n for n in out if n == "post_quant_conv.weight" or n.endswith("skip.weight")]:
        out[name] = out[name] / small.view(1, -1, 1, 1)
    return lowered(out)


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


def mixed(tensors: dict, folder: Path, share: float) -> dict:
    """A decoder's tensors, `share` of them, and for the rest those of a model's folder: weights that lie between two ends of one run
    are often better than either (Izmailov et al., "Averaging Weights Leads to Wider Optima", 2018)."""
    others = unpack.plain(folder)
    return {name: ((1 - share) * others[name] + share * tensor.float()).to(tensor.dtype) for name, tensor in tensors.items()}


def words(count: int = 100000) -> list[str]:
    """The words of captions outside of quotation marks, in lower case and without punctuation around them."""
    rng, found = random.Random("words"), set()
    texts = [captions.caption(rng, world.sample(rng), full=i % 2 == 0) for i in range(count)]
    texts += [text for name in artwork.NAMES for text in (name, artwork.plural(name), *artwork.SYNONYMS.get(name, []))]
    for text in texts:
        for word in re.sub('"[^"]*"', " ", text).lower().split():
            found.add(word.strip("\"',.;:!?()&-"))
    return sorted(found - {""})


def quantise(folder: Path, dtype: str):
    """Has `weft convert` store the matrices of the transformer's layers, and its head, in another type."""
    with tempfile.TemporaryDirectory() as temporary:
        command = [common.ROOT / "scripts" / "weft", "convert", folder, "-o", temporary, "--dtype", dtype]
        subprocess.run(command, check=True)
        shutil.copyfile(Path(temporary) / "transformer.safetensors", folder / "transformer.safetensors")


def newest(name: str):
    """The later of a stage's finished checkpoint and that of its constant rate."""
    paths = [p for p in (common.WORK / f"{name}-final.pt", common.WORK / f"{name}.pt") if p.exists()]
    path = max(paths, key=lambda p: p.stat().st_mtime)
    return path, torch.load(path, map_location="cpu", weights_only=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=common.ROOT / "Models" / "weft-mini")
    parser.add_argument("--guidance-scale", type=float, default=1.3)
    parser.add_argument("--best-of", type=int, default=4, help="candidates of a picture")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--min-p", type=float, default=0.01)
    parser.add_argument("--alike-min-p", type=float, default=0.1)
    parser.add_argument("--weights", choices=["average", "model"], default="average")
    parser.add_argument("--dtype", choices=["q8", "q4", "bf16"], default="q8", help="of the transformer's layers and head")
    parser.add_argument("--mix", type=Path, metavar="MODEL", help="a folder of an earlier export, whose decoder is mixed in")
    parser.add_argument("--share", type=float, default=0.7, help="of the new weights, with --mix")
    parser.add_argument("--max-tokens", type=int, default=64)
    options = parser.parse_args()
    if not 0 <= options.share <= 1:
        parser.error(f"--share must be in [0, 1], got {options.share}")
    options.output.mkdir(parents=True, exist_ok=True)
    painted, state = newest("tokenizer")
    tokenizer = ImageTokenizer()
    tokenizer.load_state_dict(state["model"])
    decoded, state = newest("decoder")
    decoder = Decoder(tokenizer.quantize["embedding"].weight.detach())
    decoder.load_state_dict(state[options.weights])
    metadata = {"format": "pt"}
    save_file(image_tokenizer(tokenizer), options.output / "image_tokenizer.safetensors", metadata)
    tensors = transformer(decoder)
    if options.mix:
        tensors = mixed(tensors, options.mix, options.share)
    save_file(tensors, options.output / "transformer.safetensors", metadata)
    config = {
        "format": "weft", "name": "weft-mini", "transformer": DECODER, "image_tokenizer": TOKENIZER,
        "text": {
            "tokenizer": "../../Tokenizers/weft-text.model", "null": "<null>",
            "begin_image": {f"{g}x{g}": piece for g, piece in zip(world.GRIDS, ("<boi>", "<boi16>"))}, "max_tokens": options.max_tokens,
            "words": "words.txt",
        },
        "sizes": [{"width": p, "height": p, "rows": g, "columns": g, "quality": q} for p, g, q in SIZES],
    }
    (options.output / "words.txt").write_text("\n".join(words()) + "\n")
    (options.output / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    defaults = {"temperature": options.temperature, "top_k": 0, "top_p": 1.0, "min_p": options.min_p,
                "alike_min_p": options.alike_min_p, "guidance_scale": options.guidance_scale, "best_of": options.best_of}
    (options.output / "generation_config.json").write_text(json.dumps(defaults, indent=2) + "\n")
    if options.dtype != "bf16":
        quantise(options.output, options.dtype)
    print(f"{options.output}: {painted.name} and {decoded.name}, {state['seen']} pictures, {state['seconds']:.0f} s of training")


if __name__ == "__main__":
    main()
