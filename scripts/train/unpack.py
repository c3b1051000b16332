"""Makes checkpoints of a model's folder: training goes on from its weights where the checkpoints themselves are gone.

Undoes what export.py does, but for its rounding. Writes codebook.pt, tokenizer.pt and decoder.pt, without the memory of the
optimizers: the rates rise anew. The counts go on from the logs in the folder.
"""

import argparse
import csv
import subprocess
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file

import common
from decoder import CodeTable, Decoder
from image_tokenizer import COLORS, HINT, ImageTokenizer
from make_codebook import SCALE
from make_tokens import SCENES


def even(tensors: dict) -> dict:
    """The image tokenizer's tensors as float32, the numbers of covers as large as in training."""
    out = {name: tensor.float() for name, tensor in tensors.items()}
    rows = out["quantize.embedding.weight"]
    small = torch.ones(rows.shape[1])
    small[COLORS:] = HINT
    for name in ("quantize.embedding.weight", "encoder.conv_in.bias"):
        out[name] = out[name] / small
    for name in [n for n in out if n == "post_quant_conv.weight" or n.endswith("skip.weight")]:
        out[name] = out[name] * small.view(1, -1, 1, 1)
    return out


def codebook(tensors: dict) -> dict:
    """What make_codebook.py wrote: the head of scale 1 has the inverse of its maps, whose rows are orthogonal."""
    weight = tensors["encoder.conv_in.weight"][:COLORS]
    inverse = tensors["decoder.heads.1.skip.weight"][192:, COLORS:, 0, 0].T
    cover_weight = inverse / inverse.pow(2).sum(1, keepdim=True)
    mean, cover_mean = tensors["decoder.heads.1.skip.bias"].split([192, 64])
    return {"weight": weight, "bias": tensors["encoder.conv_in.bias"][:COLORS], "cover_weight": cover_weight, "cover_bias": -(cover_weight @ cover_mean),
            "rows": tensors["quantize.embedding.weight"], "mean": mean, "basis": weight.flatten(1) / SCALE, "cover_mean": cover_mean}


def image_tokenizer(tensors: dict, codes: dict) -> ImageTokenizer:
    model = ImageTokenizer()
    model.load_state_dict(tensors, strict=False)
    model.load_codebook(codes)
    folded = tensors["post_quant_conv.weight"]
    with torch.no_grad():
        model.post_quant_conv.weight.copy_(folded / model.row_gain.view(1, -1, 1, 1))
        model.post_quant_conv.bias.copy_(tensors["post_quant_conv.bias"] + folded[..., 0, 0] @ model.row_mean)
    return model


def decoder(tensors: dict, rows) -> Decoder:
    """With tables divided anew into what is linear in the codebook's rows and what remains."""
    state = {n.replace(".moe.experts.", ".moe.").replace("gate_up.weight", "gate_up").replace(".moe.down.weight", ".moe.down"): t.float()
             for n, t in tensors.items()}
    known = CodeTable.even(rows).rows
    for table in ("visual_embedding", "head"):
        whole = state.pop(f"{table}.weight")
        linear = torch.linalg.lstsq(known, whole).solution
        state |= {f"{table}.rows": known, f"{table}.map": linear, f"{table}.rest": whole - known @ linear}
    model = Decoder(rows)
    model.load_state_dict(state)
    return model


def plain(folder: Path) -> dict:
    """The transformer's tensors as `weft convert` unpacks them."""
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run([common.ROOT / "scripts" / "weft", "convert", folder, "-o", temporary, "--dtype", "f32"], check=True)
        return load_file(Path(temporary) / "transformer.safetensors")


def counts(log: Path) -> tuple[int, int, float]:
    """Steps, pictures and seconds of a log's last line."""
    with open(log) as file:
        last = list(csv.DictReader(file))[-1]
    return int(last["step"]), int(last["pictures"]), float(last["seconds"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, nargs="?", default=common.ROOT / "Models" / "weft-mini")
    options = parser.parse_args()
    if found := [p for p in map(common.WORK.__truediv__, ("codebook.pt", "tokenizer.pt", "decoder.pt")) if p.exists()]:
        parser.error(f"{found[0]} is there already; move it away, or set WEFT_TRAINING to another folder")
    tensors = even(load_file(options.model / "image_tokenizer.safetensors"))
    codes = codebook(tensors)
    painter = image_tokenizer(tensors, codes)
    model = decoder(plain(options.model), codes["rows"])
    common.save(codes, common.WORK / "codebook.pt")
    step, seen, seconds = counts(options.model / "tokenizer.csv")
    common.save({"model": painter.state_dict(), "step": step, "seconds": seconds, "pictures": seen}, common.WORK / "tokenizer.pt")
    step, seen, seconds = counts(options.model / "decoder.csv")
    common.save({"model": model.state_dict(), "average": model.state_dict(), "step": step, "seen": seen, "seconds": seconds,
                 "pool": seen // SCENES[8]}, common.WORK / "decoder.pt")
    print(f"{common.WORK}: {seen} pictures, {seconds:.0f} s of training")


if __name__ == "__main__":
    main()
