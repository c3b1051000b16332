"""The checkers on rendered scenes of the suite: true ones, and the same with one fact changed; as drawn, and mildly damaged.

Prints a table: category, pixels a side, true ones accepted, false ones refused.
"""

import argparse
import copy
import random
import sys
from collections import Counter

import cv2
import numpy as np

import checker
import suite
import artwork
import world
from stated import LAYOUTS, scene_facts
from words import ALIKE


def damaged(rng, picture: np.ndarray) -> np.ndarray:
    """A picture, uint8, a little blurred, noisy, and compressed as JPEG of quality 60."""
    n = picture.shape[0]
    out = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 0.5 if n == 64 else 0.8 if n == 128 else 1.2)
    out += np.random.default_rng(rng.randrange(1 << 30)).normal(0, 5, out.shape)
    out = np.clip(np.round(out), 0, 255).astype(np.uint8)
    return cv2.imdecode(cv2.imencode(".jpg", out[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR)[..., ::-1]


def _other(rng, values, *used):
    return rng.choice([v for v in values if v not in used])


def _free(scene, side=16):
    """A place for one more thing, or None."""
    boxes = [b for g in scene.groups for b in g.boxes]
    if scene.sign:
        boxes.append((scene.sign.x, scene.sign.y, max(world.sign_size(scene.sign))))
    spots = [(x, y) for y in range(0, 65 - side, 8) for x in range(0, 65 - side, 8)
             if all(x + side <= a - 2 or a + s <= x - 2 or y + side <= b - 2 or b + s <= y - 2 for a, b, s in boxes)]
    return spots


def changes(rng, scene: world.Scene) -> dict[str, world.Scene]:
    """A scene with one of the facts changed that its caption says, by the fact's name."""
    out = {}
    groups = scene.groups

    def changed(name):
        out[name] = copy.deepcopy(scene)
        return out[name]

    def repaint(name, k, **values):
        s = changed(name)
        s.groups[k].thing = world.Thing(**(groups[k].thing.__dict__ | values))

    used = [g.thing.color for g in groups] + list(world.AVOID[scene.background])
    overlap = scene.relation in ("inside", "in front of")
    if groups:
        k = rng.randrange(len(groups))
        thing, boxes = groups[k].thing, groups[k].boxes
        kinds = [g.thing.kind for g in groups]
        if thing.color:
            near = {"orange": ["yellow"], "yellow": ["orange"]}.get(thing.color, [])
            choices = [c for c in world.COLORS if c not in used + near + (["black"] if scene.light else [])]
            repaint("color", k, color=rng.choice(choices))
        if thing.kind in world.SHAPES:
            if scene.relation == "inside" and k == 1:
                repaint("kind", k, kind=_other(rng, world.OUTER, *kinds))
            else:
                # An oval is a circle that is a little flat, half hidden at that.
                repaint("kind", k, kind=_other(rng, world.SHAPES, *kinds, *({"circle", "oval", "ring"} if overlap else ())))
        elif thing.kind in artwork.OBJECTS:
            repaint("object", k, kind=_other(rng, artwork.NAMES, *kinds))
        elif thing.kind in world.SOLIDS:
            repaint("kind", k, kind=_other(rng, world.SOLIDS, *kinds))
        if thing.pattern:
            repaint("pattern", k, pattern=_other(rng, ["dots", "checks", None], thing.pattern))
            if thing.pattern != "horizontal stripes":  # that is not always said
                repaint("stripes", k, pattern="horizontal stripes")
        if thing.parts:
            name, n = rng.choice([p for p in thing.parts if p[0] != "eye" or p[1] == 0])
            most = {"window": 3, "apple": 5, "eye": 2, "mouth": 1, "hat": 1, "door": 1}[name]
            other = 2 if name == "eye" else _other(rng, range(most + 1), n)
            parts = dict(thing.parts) | {name: other}
            if not (parts.get("window") == 4 and parts.get("door")):
                repaint("parts", k, parts=tuple(parts.items()))
        if scene.category in ("counting", "count", "objects") or len(groups) == 1 and len(boxes) > 1:
            n = rng.choice([c for c in (len(boxes) - 1, len(boxes) + 1) if 1 <= c <= 6])
            side = min(boxes[0][2] // 8, 2 if n > 4 else 8)
            if side > 3 and n > 1:
                side = 3
            changed("number").groups[k].boxes = world.boxes_of(world.formation(rng, n, 8, 8, side), side)
        elif len(boxes) > 1:
            changed("number").groups[k].boxes.pop()
        if not overlap and not scene.light and (spots := _free(scene)):
            x, y = rng.choice(spots)
            kind = scene.absent or rng.choice(world.SHAPES)
            color = None if kind in artwork.OBJECTS else _other(rng, world.COLORS, *used)
            changed("one more").groups.append(world.Group(world.Thing(kind, color), [(x, y, 16)]))
        if len(groups) == 1 and groups[0].said:
            side = 48 if groups[0].said == "small" else 16
            changed("size").groups[0].boxes = [((64 - side) // 2, (64 - side) // 2, side)]
        if len(groups) == 1 and groups[0].place:
            x, y, side = boxes[0]
            i, j = world.PLACES[groups[0].place]
            if i != 1:
                changed("place").groups[0].boxes = [(64 - side - x, y, side)]
            elif j != 1:
                changed("place").groups[0].boxes = [(x, 64 - side - y, side)]
            else:
                changed("place").groups[0].boxes = [(0, 0, side)]
    if len(groups) == 2:
        a, b = (g.thing for g in groups)
        if a.color and b.color and a.color != b.color and a.kind != b.kind and a.pattern == b.pattern:
            s = changed("colors swapped")
            s.groups[0].thing, s.groups[1].thing = world.Thing(a.kind, b.color, a.pattern), world.Thing(b.kind, a.color, b.pattern)
        if scene.relation in world.SIDES and len(groups[0].boxes) == len(groups[1].boxes):
            s = changed("relation")
            s.groups[0].boxes, s.groups[1].boxes = s.groups[1].boxes, s.groups[0].boxes
            if scene.ratio and scene.ratio[0] != scene.ratio[1]:
                out["relation and size"] = out.pop("relation")
        if scene.ratio and not scene.relation:
            s = changed("size")
            s.groups[0].boxes, s.groups[1].boxes = s.groups[1].boxes, s.groups[0].boxes
        if scene.relation == "in front of":
            changed("front").groups.reverse()
        if scene.relation == "inside":
            (x, y, n), (a0, b0, m) = groups[0].boxes[0], groups[1].boxes[0]
            spots = [(u, v) for u in range(0, 65 - n, 8) for v in range(0, 65 - n, 8) if abs(u + n / 2 - a0 - m / 2) >= (n + m) / 2 or abs(v + n / 2 - b0 - m / 2) >= (n + m) / 2]
            if spots:
                changed("outside").groups[0].boxes = [(*rng.choice(spots), n)]
    if len(groups) == 3 and scene.facts.get("layout") in LAYOUTS:
        s = changed("order")
        i, j = rng.sample(range(3), 2)
        s.groups[i].boxes, s.groups[j].boxes = s.groups[j].boxes, s.groups[i].boxes
    if scene.sign:
        sign = scene.sign
        k = rng.randrange(len(sign.word))
        letters = world.LETTERS[:26] if sign.word[k].isalpha() else world.LETTERS[26:]
        changed("letter").sign.word = sign.word[:k] + _other(rng, letters, sign.word[k]) + sign.word[k + 1 :]
        alike = [c for s in ALIKE for c in s if sign.word[k] in s and c != sign.word[k] and c.isalpha() == sign.word[k].isalpha() and c not in "0O1I"]
        if alike:
            changed("letter like it").sign.word = sign.word[:k] + rng.choice(alike) + sign.word[k + 1 :]
        swapped = sign.word[1:2] + sign.word[:1] + sign.word[2:]
        if swapped != sign.word:
            changed("order of letters").sign.word = swapped
        board = _other(rng, [b for b in world.INKS if b not in world.AVOID[scene.background] and (sign.ink != b)], sign.board, "orange" if sign.board == "yellow" else "yellow")
        changed("board").sign.board = board
    if scene.light:
        light = _other(rng, world.LIGHTS, scene.light)
        changed("light").light = light
    colors = {g.thing.color for g in groups} | ({scene.sign.board} if scene.sign else set())
    other = changed("background")
    other.background, other.variant = _other(rng, [b for b in world.BACKGROUNDS if not world.AVOID[b] & colors], scene.background), 0
    return out


def _true_anyway(name: str, facts) -> bool:
    """Whether a change is of something that the prompt does not say."""
    return name == "order" and not facts.layout


def cases(category: str, count: int, seed: int = 1):
    """Pairs of facts and true scene, and triples with one changed fact's name."""
    rng = random.Random(f"false {category} {seed}")
    true, false = [], []
    for prompt, scene in suite.prompts(category, count, seed):
        facts = scene_facts(scene, prompt)
        true.append((facts, scene))
        options = {name: s for name, s in changes(rng, scene).items() if not _true_anyway(name, facts)}
        if len(options) > 1 and category not in ("objects",):
            options.pop("background")  # easy: once is enough
        name = rng.choice(sorted(options))
        false.append((facts, options[name], name))
    return true, false


def main():
    parser = argparse.ArgumentParser(prog="evaluate checker", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=40, help="scenes a category")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sizes", default="64,128,256", help="pixels a side")
    parser.add_argument("--categories", default=",".join(suite.CATEGORIES))
    parser.add_argument("--undamaged", action="store_true", help="leaves damaged pictures out")
    parser.add_argument("--reasons", action="store_true", help="says of each mistake what it is")
    options = parser.parse_args()
    columns = ["category", "pixels", "true accepted", "false refused"]
    if not options.undamaged:
        columns += ["damaged: true accepted", "false refused"]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for category in options.categories.split(","):
        true, false = cases(category, options.count, options.seed)
        for size in map(int, options.sizes.split(",")):
            cells = []
            for harm in (False, True)[: 1 if options.undamaged else 2]:
                rng = random.Random(size)

                def reason(facts, scene):
                    picture = world.render(scene, size)
                    return checker.wrong(damaged(rng, picture) if harm else picture, facts)

                accepted = [reason(*case) for case in true]
                refused = [reason(*case[:2]) for case in false]
                if options.reasons:
                    for (facts, _), why in zip(true, accepted):
                        if why:
                            print("  refused:", why, "|", facts)
                    missed = Counter(name for (_, _, name), why in zip(false, refused) if why is None)
                    for (facts, scene, name), why in zip(false, refused):
                        if why is None:
                            print(f"  accepted with another {name}:", [(g.thing.key, g.thing.parts, g.boxes) for g in scene.groups], scene.sign, scene.light, "|", facts)
                    if missed:
                        print("  changed:", dict(missed))
                cells += [f"{sum(w is None for w in accepted) / len(true):.1%}", f"{sum(w is not None for w in refused) / len(false):.1%}"]
            print(f"| {category} | {size} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
