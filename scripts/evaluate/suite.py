"""The prompts of the suite: combinations of facts that never occur in training, by construction, with the facts to be checked.

Scenes come from the training's own samplers and are kept only where world.held_out says that one of their combinations
was left out of training; single words never are, so plain objects ("a cat", every other prompt of that category) were seen.
Prompts are captions that say every fact; the same each time. Writes Weft's prompt-file format: one JSON line a prompt.
"""

import argparse
import json
import random
import sys
from pathlib import Path

import numpy as np

import seeing  # noqa: F401  puts train/ on the path
import artwork
import captions
import world
from stated import NotChecked, check, scene_facts, to_json


def _held(scene: world.Scene) -> list[str]:
    return [text for text, n in world.combinations(scene) if world.text_hash(text) % n == 0]


def _says(scene, *beginnings) -> bool:
    return any(text.startswith(beginnings) for text in _held(scene))


# category -> the samplers, and what a scene must be beyond being held out, given how many prompts came before.
CATEGORIES = {
    "counting": (["count", "count", "objects"], lambda s, k: len(s.groups[0].boxes) == k % 6 + 1 and (k % 6 == 0 or _says(s, "count "))),
    "binding": (["pair"], lambda s, k: all(len(g.boxes) == 1 and g.thing.color and not g.thing.pattern for g in s.groups) and _says(s, "pair ")),
    "relations": (["relation", "relation", "relation", "inside"], lambda s, k: _says(s, "pair ")),
    "scale": (["scale"], lambda s, k: s.ratio[0] != s.ratio[1]),
    "absence": (["absence", "built"], lambda s, k: _says(s, "absent ") or any(n == 0 for _, n in s.groups[0].thing.parts) and _says(s, "parts ")),
    "occlusion": (["occlusion"], lambda s, k: True),
    "words": (["word"], lambda s, k: 2 <= len(s.sign.word) <= 5),
    "light": (["light"], lambda s, k: _says(s, "light ")),
    "attributes": (["single"], lambda s, k: _says(s, "pattern ", "size ", "place ")),
    "composition": (["composition"] * 5 + ["sign and thing"], lambda s, k: s.sign is None or len(s.sign.word) <= 5),
    "objects": (["object"], lambda s, k: True),
    "three": (["three"], lambda s, k: True),
}


def _seen(scene: world.Scene) -> bool:
    """Whether objects stand out from their background: a green battery on green grass cannot be judged."""
    ground = world.backdrop(scene.background, 64, scene.variant)
    for group in scene.groups:
        for x, y, side in group.boxes:
            if group.thing.kind in artwork.OBJECTS and scene.background != "white":
                paint, alpha = artwork.bitmap(group.thing.kind, side)
                back = ground[y : y + side, x : x + side] / 255
                apart = np.abs(paint - alpha * back).sum(-1) > 0.3 * alpha[..., 0]
                if (apart & (alpha[..., 0] > 0.5)).sum() < 0.75 * (alpha[..., 0] > 0.5).sum():
                    return False
    return True


def _is_checked(facts) -> bool:
    try:
        check(facts)
    except NotChecked:
        return False
    return True


def _object_scene(rng, k: int) -> world.Scene:
    """A scene of the k-th object: on white, or every other time on a background that it never has in training."""
    names = random.Random("objects").sample(artwork.NAMES, len(artwork.NAMES))
    name = names[k % len(names)]
    for _ in range(2000):
        scene = world.sample(rng, 8, "object")
        scene.groups[0].thing = world.Thing(name)
        if scene.groups[0].said or scene.groups[0].place:
            continue
        if (k + k // len(names)) % 2 == 0:
            scene.background, scene.variant = "white", 0
            return scene
        if scene.background != "white" and world.held_out(scene) and _seen(scene):
            return scene
    scene.background, scene.variant = "white", 0
    return scene


def prompts(category: str, count: int, seed: int = 1) -> list[tuple[str, world.Scene]]:
    """`count` pairs of prompt and scene of one category."""
    samplers, wanted = CATEGORIES[category]
    rng, out, used = random.Random(f"{category} {seed}"), [], set()
    while len(out) < count:
        if category == "objects":
            scene = _object_scene(rng, len(out))
        else:
            scene = world.sample(rng, 8, rng.choice(samplers))
            if not world.held_out(scene) or not wanted(scene, len(out)) or not _seen(scene):
                continue
        prompt = captions.caption(rng, scene, full=True)
        # "Between" does not say which of the outer things is left.
        if prompt not in used and " between " not in prompt and _is_checked(scene_facts(scene, prompt)):
            used.add(prompt)
            out.append((prompt, scene))
    return out


def main():
    parser = argparse.ArgumentParser(prog="evaluate suite", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT.jsonl")
    parser.add_argument("--count", type=int, default=40, help="prompts a category")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.count < 1:
        parser.error("--count must be 1 or more")
    lines = []
    suites = {category: prompts(category, options.count, options.seed) for category in CATEGORIES}
    for k in range(options.count):  # category by category, so that any beginning of the suite has all of them
        for category, pairs in suites.items():
            prompt, scene = pairs[k]
            line = {"id": f"{category}-{k + 1:03}", "prompt": prompt, "facts": to_json(scene_facts(scene, prompt))}
            lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    try:
        options.out.write_text("".join(lines))
    except OSError as error:
        print(f"weft: {options.out}: {error.strerror}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
