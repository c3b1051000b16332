"""Stage 2: trains the text tokenizer: SentencePiece BPE on captions, names of pictures, and common words.

Words that never stand in a caption mean nothing to the model, but must not take a token a letter.
"""

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
# Control pieces have fixed ids: 0 unknown, 1 null (the unconditional row), 2 and 3 begin of image for a grid of 8x8 and
# of 16x16 tokens, 4 padding.
SYMBOLS = ["<null>", "<boi>", "<boi16>", "<pad>", "<quote>", "<unquote>"] + [f"<{s}>" for s in SPELLED]


def corpus(count: int):
    rng = random.Random(7)
    for i in range(count):
        text = captions.caption(rng, world.sample(rng, (8, 16)[i % 2]))
        yield text if '"' not in text else text.split('"')[0] + text.split('"')[2]
    for code in range(0x1F300, 0x1FAFF):
        name = unicodedata.name(chr(code), "").lower()
        if name:
            yield from [f"a {name}"] * 4
    everything = world.words()[1]
    yield from rng.sample(everything, 8000)
    yield from artwork.NAMES * 20
    yield from [artwork.plural(n) for n in artwork.NAMES] * 10
    for values in artwork.SYNONYMS.values():
        yield from values * 20


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=common.TEXT_MODEL)
    parser.add_argument("--vocabulary", type=int, default=2048)
    options = parser.parse_args()
    output = options.output.resolve()
    common.WORK.mkdir(parents=True, exist_ok=True)
    os.chdir(common.WORK)  # the model remembers the path that it was written to
    prefix = Path("weft-text")
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus(60000)), model_prefix=str(prefix), vocab_size=options.vocabulary, model_type="bpe",
        byte_fallback=True, normalization_rule_name="nmt_nfkc_cf", user_defined_symbols=",".join(SYMBOLS),
        unk_id=0, bos_id=-1, eos_id=-1, pad_id=-1, character_coverage=1.0, num_threads=1, minloglevel=1,
    )
    output.write_bytes(prefix.with_suffix(".model").read_bytes())


if __name__ == "__main__":
    main()
