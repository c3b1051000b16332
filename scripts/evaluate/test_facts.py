"""Tests of facts.py on rendered scenes under their own prompts, and on scenes of which one fact was changed.

Run as: .venv/bin/python scripts/evaluate/test_facts.py; a table says how often true scenes pass, and false ones.
"""

import contextlib
import io
import json
import random
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image

import checker
import facts
import suite
import captions
import world
from facts import Facts, Invalid, NotChecked, Thing, json_facts, prompt_facts, wrong

COUNTS = {"single": 100, "meeting": 20, "objects": 20}  # scenes a kind: few are enough where looking takes long


def sampled(rng, category=None):
    """A scene whose things can be told from the background: orange and yellow are too near."""
    while True:
        scene = world.sample(rng, category)
        near = {"orange": "yellow", "yellow": "orange"}.get(scene.background)
        if all(item.color != near or near is None for item in scene.items):
            return scene


def other(rng, values, *used):
    return rng.choice([value for value in values if value not in used])


def changed(rng, scene):
    """The facts that the caption of a scene states by their names, each with the scene in which that one is changed."""
    items = scene.items
    used = [scene.background, *[item.color for item in items], *(scene.sign or [])[1:2]]
    ways = {"background": replace(scene, background=other(rng, world.BACKGROUNDS, *used))}
    if scene.sign:
        word, paint, x, y = scene.sign
        k = rng.randrange(len(word))
        letter = other(rng, world.LETTERS[:26] if word[k].isalpha() else world.LETTERS[26:], word[k])
        ways["word"] = replace(scene, sign=(word[:k] + letter + word[k + 1 :], paint, x, y))
        ways["color"] = replace(scene, sign=(word, other(rng, world.SIGN_COLORS, paint, scene.background), x, y))
    elif items[0].color:
        paint, kind = other(rng, world.COLORS, *used), other(rng, world.SHAPES, *[item.kind for item in items])
        ways["color"] = replace(scene, items=[replace(items[0], color=paint), *items[1:]])
        ways["kind"] = replace(scene, items=[replace(items[0], kind=kind), *items[1:]])
    else:
        name = other(rng, facts.artwork.OBJECTS, *[i.kind for i in items])
        ways["kind"] = replace(scene, items=[replace(items[0], kind=name), *items[1:]])
    if len(items) > 1:
        ways["number"] = replace(scene, items=items[1:])
        if scene.category in ("count", "objects"):
            return ways
        first, second = items
        if "relation" in scene.facts and first.size == second.size:
            ways["relation"] = replace(scene, items=[replace(first, x=second.x, y=second.y), replace(second, x=first.x, y=first.y)])
        if scene.category == "scale":
            ways["ratio"] = replace(scene, items=[replace(item, size=min(first.size, second.size)) for item in items])
    if "size" in scene.facts:
        ways["size"] = replace(scene, items=[replace(items[0], x=8, y=8, size=40 if scene.facts["size"] == "small" else 16)])
    if "place" in scene.facts:
        column, row = world.PLACES[scene.facts["place"]]
        far = {0: 40, 1: 0, 2: 0}
        ways["place"] = replace(scene, items=[replace(items[0], x=far[column], y=far[row])])
    return ways


class PromptTests(unittest.TestCase):
    def read(self, prompt, *things, background="white", **more):
        self.assertEqual(prompt_facts(prompt), Facts(things, background=background, **more), prompt)

    def test_one_thing(self):
        circle = Thing("circle", "red")
        for prompt in ("a red circle", "There is a red disc.", "one red dot", "1  red circle", "red circle", "a picture of a red circle on white"):
            self.read(prompt, circle)
        self.read("a tiny grey hoop in the top left corner", Thing("ring", "gray", 1, "small", "top left"))
        self.read("a star on the left side against a blue background", Thing("star", None, 1, None, "left"), background="blue")
        self.read("an orange plus sign at the top right, pink background", Thing("cross", "orange", 1, None, "top right"), background="pink")
        self.read("an orange fruit", Thing("orange fruit"))
        self.read("a huge doughnut in the middle", Thing("donut", None, 1, "big", "center"))

    def test_numbers(self):
        self.read("three red circles", Thing("circle", "red", 3))
        self.read("there are 6 green crosses on gray", Thing("cross", "green", 6), background="gray")
        self.read("12 stars", Thing("star", None, 12))
        self.read("two slices of pizza", Thing("slice of pizza", None, 2))
        self.read("four four leaf clovers", Thing("four leaf clover", None, 4))
        self.read("two bunnies", Thing("rabbit", None, 2))
        self.read("a red circle and two red dots", Thing("circle", "red", 3))

    def test_two_things(self):
        star, ring = Thing("star", "blue"), Thing("ring", "yellow")
        self.read("a blue star to the left of a yellow ring", star, ring, relation="left")
        self.read("a yellow ring with a blue star to the left of it", star, ring, relation="left")
        self.read("a blue star on the left and a yellow ring on the right", star, ring, relation="left")
        self.read("a blue star at the bottom and a yellow ring at the top", star, ring, relation="below")
        self.read("a blue star on top of a yellow hoop on a cyan background", star, ring, relation="above", background="cyan")
        self.read("a blue star with a yellow ring", star, ring)
        self.read("a cat, a blue star and two yellow rings", Thing("cat"), star, Thing("ring", "yellow", 2))
        self.read("a big blue star and a tiny yellow ring", star, ring, ratio=facts.TWICE)
        self.read("a little blue star above a large yellow ring", star, ring, relation="above", ratio=facts.HALF)
        self.read("a blue star smaller than a yellow ring", star, ring, ratio=facts.LESS)

    def test_signs_and_backgrounds(self):
        self.read('a yellow sign with the word "WEFT"', sign=("WEFT", "yellow"))
        self.read("the word “hello” on a white sign", sign=("HELLO", "white"), background="black")
        self.read('a red sign saying "7B" on a grey background.', sign=("7B", "red"), background="gray")
        self.read("two white stars", Thing("star", "white", 2), background="black")

    def test_what_is_not_checked(self):
        for prompt, reason in {
            "": "not in the grammar", "a house on a hill": "not in the grammar", "a red circle on a wooden table": "not in the grammar",
            "red circles": "how many", "a red car": "the color of a car", 'a purple sign that says "HI"': "purple",
            'a red sign that says "SEVENTH"': "1 to 6", 'a red sign that says ""': "1 to 6", '"A" and "B"': "one word",
            "a big red circle and a blue star": "in company", "a big cat and a small dog": "relative size",
            "a red circle above a red disc": "look alike", "a circle and a red circle": "look alike", "a striped pink heart": "not in the grammar",
            "a red star and a blue star above a ring": "not in the grammar", "no circles": "not in the grammar", "zero red circles": "not in the grammar",
            "an orange star on a yellow background": "made out", "a black ring on black": "made out",
        }.items():
            with self.assertRaisesRegex(NotChecked, reason, msg=prompt):
                prompt_facts(prompt)

    def test_every_caption_is_read(self):
        rng = random.Random(1)
        for _ in range(3000):
            scene = sampled(rng)
            prompt = captions.caption(rng, scene)
            read = prompt_facts(prompt)
            things = [(t.kind, t.color) for t in read.things for _ in range(t.count)]
            self.assertEqual(sorted(things, key=str), sorted([(i.kind, i.color) for i in scene.items], key=str), prompt)
            self.assertEqual((read.background, read.sign), (scene.background, scene.sign and scene.sign[:2]), prompt)
            self.assertEqual(read.relation is None, "relation" not in scene.facts, prompt)
            self.assertEqual(read.ratio is None, scene.category != "scale", prompt)
            if read.things:
                self.assertEqual((read.things[0].size, read.things[0].place), (scene.facts.get("size"), scene.facts.get("place")), prompt)


class PictureTests(unittest.TestCase):
    def test_true_and_false_scenes(self):
        rng, table = random.Random(2), {}
        for category in world.CATEGORIES:
            for _ in range(COUNTS.get(category, 40)):
                scene = sampled(rng, category)
                read = prompt_facts(captions.caption(rng, scene))
                row = table.setdefault((category, "none"), [0, 0])
                row[0] += 1
                row[1] += wrong(world.render(scene), read) is None
                for fact, false in changed(rng, scene).items():
                    row = table.setdefault((category, fact), [0, 0])
                    row[0] += 1
                    row[1] += wrong(world.render(false), read) is None
        print("\n| kind | changed fact | scenes | said to be faithful |\n|---|---|---|---|")
        for (category, fact), (count, passed) in table.items():
            print(f"| {category} | {fact} | {count} | {passed / count:.1%} |")
            if fact == "none":
                self.assertGreaterEqual(passed, 0.95 * count, category)
            else:
                self.assertLessEqual(passed, 0.05 * count, (category, fact))

    def test_agrees_with_the_suite(self):
        """The same verdicts as evaluate's, on the suite's prompts, for their own pictures and for others."""
        for kind in suite.KINDS:
            jobs = suite.prompts(kind, 20)
            pictures = [world.render(scene) for _, scene in jobs]
            for k, (prompt, scene) in enumerate(jobs):
                if (scene.background, "orange") in [("yellow", item.color) for item in scene.items]:
                    continue  # such things cannot be made out
                for picture in (pictures[k], pictures[k - 1]):
                    self.assertEqual(wrong(picture, prompt_facts(prompt)) is None, checker.holds(picture, scene), prompt)

    def test_reasons(self):
        scene = world.Scene("count", [world.Item("circle", "red", 0, 0, 24), world.Item("circle", "red", 32, 0, 24)])
        picture = world.render(scene)
        for prompt, reason in {
            "two red circles": None, "three red circles": "red circle: 2, not 3", "a star": "star: 0, not 1", "a red circle": "red circle: 2, not 1",
            "two red circles on gray": "the background is white, not gray", "two circles": None, "a cat": "no cat is seen",
            'a red sign that says "A"': 'a red sign with "" is read, not with "A"', "two small red circles": "red circle: not small",
            "two red circles at the top": None, "two red circles at the bottom": "red circle: not at the bottom",
        }.items():
            self.assertEqual(wrong(picture, prompt_facts(prompt)), reason, prompt)
        scene.items.append(world.Item("star", "blue", 0, 32, 24))
        picture = world.render(scene)
        for prompt, reason in {
            "two red circles": "a blue star is there too", "two red circles above a blue star": None, "a blue star below two red circles": None,
            "a blue star left of two red circles": "blue star: not left of red circle",
            "two red circles bigger than a blue star": "red circle: 1.00 times the side of blue star, not 1.25 to 64.00",
        }.items():
            self.assertEqual(wrong(picture, prompt_facts(prompt)), reason, prompt)

    def test_nothing_and_noise_are_not_faithful(self):
        noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
        for picture in (np.full((64, 64, 3), 250, np.uint8), np.zeros((64, 64, 3), np.uint8), noise):
            for prompt in ("a red circle", "two stars", "a cat", "two cats", "a cat and a red star", 'a white sign that says "A"', 'a red sign that says "A"'):
                self.assertIsNotNone(wrong(picture, prompt_facts(prompt)), prompt)


class FileTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "pictures").mkdir()
        picture = world.render(world.Scene("single", [world.Item("circle", "red", 8, 8, 24)]))
        Image.fromarray(picture).save(self.folder / "pictures/a.png")
        Image.fromarray(picture).resize((128, 128), Image.Resampling.BICUBIC).save(self.folder / "large.png")
        Image.fromarray(picture[:32]).save(self.folder / "wide.png")

    def run_main(self, *lines, flags=()):
        results = self.folder / "results.jsonl"
        results.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
        out, error = io.StringIO(), io.StringIO()
        with mock.patch.object(sys, "argv", ["facts", str(results), *flags]), contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            code = facts.main()
        return [json.loads(line) for line in out.getvalue().splitlines()], error.getvalue().replace(str(self.folder) + "/", ""), code

    def test_lines(self):
        file = "pictures/a.png"
        lines, error, code = self.run_main(
            {"id": "a", "file": file, "prompt": "a red circle"}, {"id": "b", "file": file, "prompt": "a blue circle", "seed": 1}, b"",
            {"id": 3, "file": file, "prompt": "a hill"}, {"id": "d", "file": "large.png", "prompt": "a red circle"},
            {"id": "e", "file": "wide.png", "prompt": "a red circle"}, {"id": "f", "index": 5, "error": "no memory"},
            {"id": "g", "file": file, "prompt": "anything", "facts": {"things": [{"kind": "circle", "place": "top left"}]}},
            {"id": "h", "file": file, "facts": {"things": [{"kind": "circle"}], "background": "black"}},
            {"id": "i", "file": file, "prompt": "a red circle", "facts": None}, {"id": "j", "file": file, "prompt": [5, 6]}, b"",
        )
        self.assertEqual((error, not code), ("", True))
        self.assertEqual([(line["id"], line["faithful"]) for line in lines], [
            ("a", True), ("b", False), (3, None), ("d", True), ("e", None), ("f", None), ("g", True), ("h", False), ("i", True), ("j", None),
        ])
        self.assertEqual(lines[0], {"id": "a", "faithful": True})
        self.assertEqual(lines[1]["reason"], "blue circle: 0, not 1")
        self.assertEqual(lines[2]["reason"], '"a hill" is not in the grammar of the embedded model')
        self.assertIn("64x32", lines[4]["reason"])
        self.assertEqual(lines[5]["reason"], "no picture was drawn")

    def test_pictures_folder(self):
        line = {"id": "a", "file": "a.png", "prompt": "a red circle"}
        self.assertEqual(self.run_main(line, flags=["--pictures-folder", str(self.folder / "pictures")])[0], [{"id": "a", "faithful": True}])
        self.assertEqual(self.run_main(line), ([], "weft: results.jsonl:1: there is no picture a.png\n", 1))

    def test_bad_lines(self):
        good = {"id": "a", "file": "pictures/a.png", "prompt": "a red circle"}
        for line, message in (
            (b"{", "is not JSON"), (b"\xff", "is not UTF-8"), (b"[1]", 'is not an object with an "id"'), ({"file": "a"}, 'an "id"'),
            ({"id": "b"}, "not a file's name: null"),
            ({"id": "b", "file": "pictures/a.png"}, 'has neither "prompt" nor "facts"'), (good, "the id \"a\" is there already"),
        ):
            lines, error, code = self.run_main(good, line)
            self.assertEqual((lines, code), ([], 1))
            self.assertTrue(error.startswith("weft: results.jsonl:2: ") and message in error, error)
        (self.folder / "bad.png").write_bytes((self.folder / "large.png").read_bytes()[:200])
        lines, error, code = self.run_main({"id": "b", "file": "bad.png", "prompt": "a cat"})
        self.assertIn("bad.png: is not a picture that can be read", error)
        self.assertEqual(code, 1)

    def test_stated_facts(self):
        self.assertEqual(
            json_facts({"things": [{"kind": "cat"}, {"kind": "star", "color": "red", "count": 2}], "relation": "left"}),
            Facts((Thing("cat"), Thing("star", "red", 2)), "left"),
        )
        self.assertEqual(json_facts({"sign": {"word": "hi", "color": "red"}, "background": "blue"}), Facts(sign=("HI", "red"), background="blue"))
        self.assertEqual(json_facts({"things": [{"kind": "star"}, {"kind": "ring"}], "ratio": [1, 2.5]}).ratio, (1.0, 2.5))
        for value, message in (
            (5, "not an object"), ({}, "neither"), ({"colour": 1}, 'unknown key "colour"'), ({"things": 5}, "not a list"),
            ({"things": ["cat"]}, "not an object"),
            ({"things": [{"kind": "wug"}]}, "cannot be \"wug\""), ({"things": [{"color": "red"}]}, "cannot be \"\""),
            ({"things": [{"kind": "star", "count": 0}]}, "count"),
            ({"things": [{"kind": "star", "count": True}]}, "count"), ({"things": [{"kind": "cat", "color": "red"}]}, "has no color"),
            ({"things": [{"kind": "star", "place": "here"}]}, "here"), ({"things": [{"kind": "star", "size": 4}]}, "4"),
            ({"things": [{"kind": None}]}, "no kind"),
            ({"sign": {"word": "A"}}, "not both"), ({"sign": {"word": "A", "color": "mauve"}}, "mauve"),
            ({"things": [{"kind": "star"}], "ratio": [2, 1]}, "ratio"),
            ({"things": [{"kind": "star"}], "background": "plaid"}, "plaid"), ({"things": [{"kind": "star"}], "relation": "near"}, "near"),
        ):
            with self.assertRaisesRegex(Invalid, message, msg=str(value)):
                json_facts(value)
        for value in ({"things": [{"kind": "star"}], "relation": "left"}, {"sign": {"word": "A", "color": "red"}, "things": [{"kind": "star"}]}):
            with self.assertRaises(NotChecked):
                json_facts(value)


if __name__ == "__main__":
    unittest.main()
