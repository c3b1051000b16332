"""Which combinations of facts are kept out of training."""

import hashlib

from .things import Scene


def text_hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def is_kept_from_some_grounds(text: str) -> bool:
    """Whether a patterned or large thing is one of those that are kept from half of the backgrounds."""
    return text_hash(text) % 8 == 0


def combinations(scene: Scene) -> list[tuple[str, int]]:
    """The combinations of facts of a scene as (text, n): one in n of such texts is kept for evaluation.

    No single word, colour-shape pair, object or number is ever held out, and nothing that has codes of its own (a code that
    was never drawn cannot be drawn): patterned and large things are kept from half of the backgrounds only.
    - one thing: pattern, colour, shape and background (1/2 of 1/8 of the things); size word, colour, shape and background
      (likewise); colour, shape and background that is not white (1/8); place, colour and shape (1/8); an object and a
      background that is not white (1/8)
    - counted things: number and thing (1/10), wherever the group stands
    - any two things of a scene, in whatever relation: the pair (1/10)
    - three things: the triple (1/10), beyond its pairs
    - a composition: the two groups with numbers, relation and background (1/10), beyond the rest
    - words on signs (1/10)
    - light: thing, colour, direction and background (1/8), as a lit thing and its shadow have codes of their own
    - absence: present and absent thing (1/8); parts of a built thing with its colour (1/8)
    """
    out = []

    def on_half_of_grounds(text: str):
        if is_kept_from_some_grounds(text):
            out.append((f"{text} on {scene.background}", 2))

    for g in scene.groups:
        t, n = g.thing, len(g.boxes)
        if t.pattern:
            on_half_of_grounds(f"pattern {t.key}")
        if n > 1:
            out.append((f"count {n} {t.key}", 10))
        if t.parts:
            out.append((f"parts {t.color} {t.kind} {t.parts}", 8))
        if n == 1 and g.said:
            on_half_of_grounds(f"size {g.said} {t.key}")
        if n == 1 and g.place:
            out.append((f"place {g.place} {t.key}", 8))
        if scene.light:
            out.append((f"light {scene.light} {scene.background} {t.key}", 8))
    things = sorted(g.thing.key for g in scene.groups)
    if len(things) == 1 and scene.background != "white" and not scene.sign:
        out.append((f"ground {scene.background} {things[0]}", 8))
    for i, a in enumerate(things):
        for b in things[i + 1 :]:
            out.append((f"pair {a}, {b}", 10))
    if len(things) >= 3:
        out.append(("triple " + ", ".join(things), 10))
    if scene.category == "composition":
        counted = [f"{len(g.boxes)} {g.thing.key}" for g in scene.groups]
        out.append((f"composition {counted} {scene.relation} {scene.background}", 10))
    if scene.absent:
        out.append((f"absent {things} {scene.absent}", 8))
    if scene.sign and scene.sign.word:
        out.append((f"word {scene.sign.word}", 10))
    return out


def held_out(scene: Scene) -> bool:
    return any(text_hash(text) % n == 0 for text, n in combinations(scene))
