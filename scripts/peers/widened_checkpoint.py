"""Writes a folder with the embedded model as large as a real one, in q8: widened_checkpoint.py WEFT FOLDER.

Its matrices are those of weft-mini with zeros around them, so it says the same of every prompt and draft, while each pass has the
weights of a model of that size to read. Speculative decoding can be measured in seconds on it: what random weights would draw
says nothing of how many drafts stay.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "Models" / "weft-mini"
WIDTH, HIDDEN, EXPERT = 2048, 16384, 1024  # of the layers, their feed-forward networks, and each expert


def padded(tensor, *shape) -> torch.Tensor:
    """A tensor with zeros behind its last dimensions, up to `shape`."""
    wanted = [*tensor.shape[: tensor.ndim - len(shape)], *shape]
    return F.pad(tensor, [n for size, old in zip(reversed(wanted), reversed(tensor.shape)) for n in (0, size - old)])


def widened(name: str, tensor: torch.Tensor, width: int) -> torch.Tensor:
    if name.endswith(("query_norm.weight", "key_norm.weight")):
        return tensor
    if name.endswith("norm.weight"):  # a mean over more values is smaller by their share
        return padded(tensor * (width / WIDTH) ** 0.5, WIDTH)
    if name.endswith("experts.gate_up.weight"):
        return torch.cat([padded(half, EXPERT, WIDTH) for half in tensor.chunk(2, -2)], -2)
    if name.endswith("experts.down.weight"):
        return padded(tensor, WIDTH, EXPERT)
    if name.endswith(("feed_forward.gate.weight", "feed_forward.up.weight")):
        return padded(tensor, HIDDEN, WIDTH)
    if name.endswith("feed_forward.down.weight"):
        return padded(tensor, WIDTH, HIDDEN)
    if name.endswith("attention.output.weight"):
        return padded(tensor, WIDTH, tensor.shape[1])
    return padded(tensor, WIDTH)


def main():
    weft, folder = sys.argv[1], Path(sys.argv[2])
    plain, part = (folder.with_name(f"{folder.name}-{kind}") for kind in ("f32", "part"))
    for old in (plain, part, folder):
        shutil.rmtree(old, ignore_errors=True)
    subprocess.run([weft, "convert", MODEL, "-o", plain, "--dtype", "f32"], check=True, stdout=subprocess.DEVNULL)
    config = json.loads((plain / "config.json").read_text())
    transformer = config["transformer"]
    width = transformer["hidden_size"]
    tensors = {name: widened(name, tensor, width).contiguous() for name, tensor in load_file(plain / "transformer.safetensors").items()}
    save_file(tensors, plain / "transformer.safetensors")
    transformer["hidden_size"] = WIDTH
    transformer["rms_norm_eps"] *= width / WIDTH
    transformer["feed_forward"]["hidden_size"] = HIDDEN
    transformer["moe"]["hidden_size"] = EXPERT
    (plain / "config.json").write_text(json.dumps(config))
    subprocess.run([weft, "convert", plain, "-o", part, "--dtype", "q8"], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(plain)
    part.rename(folder)


if __name__ == "__main__":
    main()
