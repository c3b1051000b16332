"""Generates the pictures of the suite with `weft` and checks them: a table of kinds, prompts, faithful, 95% interval."""

import argparse
import math
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

import checker
import suite

ROOT = Path(__file__).resolve().parents[2]


def interval(right: int, count: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share."""
    z, p = 1.96, right / count
    centre = (p + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return centre - half, centre + half


def draw_weft(prompts, folder, flags):
    def one(job):
        k, prompt = job
        path = folder / f"{k:04}.png"
        subprocess.run([ROOT / "scripts" / "weft", "generate", prompt, "--seed", str(k), "-o", path, "--progress", "none", "-t", "1", *flags], check=True)
        return np.asarray(Image.open(path).convert("RGB"))

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, enumerate(prompts)))


def draw_torch(prompts, guidance, temperature):
    """The same from the training checkpoint, without the Swift program: to look at a model while it is trained."""
    import sentencepiece
    import torch

    import common
    from decoder import Decoder
    from image_tokenizer import CONFIGURATION, ImageTokenizer
    from prompts import encode_prompt, null_prompt

    tokenizer = ImageTokenizer().eval()
    tokenizer.load_state_dict(torch.load(common.WORK / "tokenizer.pt", map_location="cpu", weights_only=False)["model"])
    model = Decoder(CONFIGURATION["quantizer"]["levels"]).eval()
    model.load_state_dict(torch.load(common.WORK / "decoder.pt", map_location="cpu", weights_only=False)["average"])
    processor = sentencepiece.SentencePieceProcessor(model_file=str(common.TEXT_MODEL))
    groups = {}
    for k, prompt in enumerate(prompts):
        ids = encode_prompt(processor, prompt)
        groups.setdefault(len(ids), []).append((k, ids))
    out = [None] * len(prompts)
    generator = torch.Generator().manual_seed(1)
    for length, rows in groups.items():
        text = torch.tensor([ids for _, ids in rows])
        null = torch.tensor([null_prompt(processor, length)] * len(rows))
        tokens = model.generate(text, null, 8, 8, guidance, temperature, generator)
        with torch.no_grad():
            pictures = ((tokenizer.decode(tokens.view(-1, 8, 8)).clamp(-1, 1) + 1) / 2 * 255 + 0.5).floor().byte()
        for (k, _), picture in zip(rows, pictures.permute(0, 2, 3, 1).numpy()):
            out[k] = picture
    return out


def contact_sheet(pictures, columns, scale):
    rows = -(-len(pictures) // columns)
    h, w = pictures[0].shape[:2]
    sheet = np.full((rows * (h + 2), columns * (w + 2), 3), 255, np.uint8)
    for k, picture in enumerate(pictures):
        y, x = k // columns * (h + 2), k % columns * (w + 2)
        sheet[y : y + h, x : x + w] = picture
    return Image.fromarray(sheet).resize((sheet.shape[1] * scale, sheet.shape[0] * scale), Image.Resampling.NEAREST)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="prompts a kind")
    parser.add_argument("--kinds", default=";".join(suite.KINDS), help="kinds, separated by ';'")
    parser.add_argument("--checker", action="store_true", help="checks the checker: true scenes, and scenes under another's prompt")
    parser.add_argument("--torch", action="store_true", help="draws with the training checkpoint instead of the Swift program")
    parser.add_argument("--guidance-scale", type=float)
    parser.add_argument("--temperature", type=float)
    parser.add_argument("--tokens", type=int, help="stops each picture after so many tokens")
    parser.add_argument("--fill", help="what stands in the rest of the grid after --tokens")
    parser.add_argument("--sheet", type=Path, help="a contact sheet of the first 8 of each kind")
    options = parser.parse_args()
    if options.torch and (options.tokens or options.fill):
        parser.error("--tokens and --fill need the Swift program, so they cannot be used with --torch")
    kinds = [kind.strip() for kind in options.kinds.split(";")]
    flags = []
    for name in ("guidance_scale", "temperature", "tokens", "fill"):
        if getattr(options, name) is not None:
            flags += ["--" + name.replace("_", "-"), str(getattr(options, name))]
    shown = []
    jobs = {kind: suite.prompts(kind, options.count) for kind in kinds}
    print("| kind | prompts | faithful | 95% interval |\n|---|---|---|---|")
    everything = [p for kind in kinds for p, _ in jobs[kind]]
    if options.checker:
        pictures = [suite.world.render(s) for kind in kinds for _, s in jobs[kind]]
    elif options.torch:
        pictures = draw_torch(everything, options.guidance_scale or 1.25, options.temperature or 0.7)
    else:
        with tempfile.TemporaryDirectory() as folder:
            pictures = draw_weft(everything, Path(folder), flags)
    start = 0
    for kind in kinds:
        mine = pictures[start : start + len(jobs[kind])]
        start += len(mine)
        right = [checker.holds(p, scene) for p, (_, scene) in zip(mine, jobs[kind])]
        low, high = interval(sum(right), len(right))
        note = ""
        if options.checker:
            wrong = [checker.holds(p, scene) for p, (_, scene) in zip(mine[1:] + mine[:1], jobs[kind])]
            note = f" {sum(wrong)} false ones passed |"
        print(f"| {kind} | {len(right)} | {sum(right) / len(right):.1%} | {low:.0%} to {high:.0%} |{note}", flush=True)
        shown += mine[:8]
    if options.sheet:
        contact_sheet(shown, 8, 2).save(options.sheet)


if __name__ == "__main__":
    sys.exit(main())
