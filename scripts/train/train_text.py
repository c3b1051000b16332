"""Stage 2: trains the text tokenizer: SentencePiece BPE on captions, names of pictures, and common words."""

import argparse
import os
import random
import unicodedata
from pathlib import Path

import sentencepiece

import artwork
import captions
import common
import world

SPELLED = list(world.LETTERS) + ["space", "!", "?", "&", "-", "."]
# Control pieces have fixed ids: 0 unknown, 1 null (the unconditional row), 2 begin of image, 3 padding.
SYMBOLS = ["<null>", "<boi>", "<pad>", "<quote>", "<unquote>"] + [f"<{s}>" for s in SPELLED]


def corpus(count: int):
    rng = random.Random(7)
    for _ in range(count):
        text = captions.caption(rng, world.sample(rng))
        yield text if '"' not in text else text.split('"')[0] + text.split('"')[2]
    for code in range(0x1F300, 0x1FAFF):
        name = unicodedata.name(chr(code), "").lower()
        if name:
            yield from [f"a {name}"] * 4
    everything = world.words()[1]
    yield from rng.sample(everything, 8000)
    yield from list(artwork.OBJECTS) * 20
    yield from [artwork.plural(n) for n in artwork.OBJECTS] * 10
    for values in artwork.SYNONYMS.values():
        yield from values * 20


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parents[2] / "Tokenizers" / "weft-text.model")
    parser.add_argument("--vocabulary", type=int, default=1536)
    options = parser.parse_args()
    options.output = options.output.resolve()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    common.WORK.mkdir(parents=True, exist_ok=True)
    os.chdir(common.WORK)  # the model remembers the path that it was written to
    prefix = Path("weft-text")
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus(40000)), model_prefix=str(prefix), vocab_size=options.vocabulary, model_type="bpe",
        byte_fallback=True, normalization_rule_name="nmt_nfkc_cf", user_defined_symbols=",".join(SYMBOLS),
        unk_id=0, bos_id=-1, eos_id=-1, pad_id=-1, character_coverage=1.0, num_threads=1, minloglevel=1,
    )
    options.output.write_bytes(prefix.with_suffix(".model").read_bytes())


if __name__ == "__main__":
    main()
