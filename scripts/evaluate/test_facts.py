"""Tests of what needs no classifier: scenes, the suite, facts as data, the grammar of prompts, results files, signs and overlaps.

Run as: evaluate test
"""

import contextlib
import io
import json
import random
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image

import facts
import suite
import captions
import checker
import stated
import world
from grammar import prompt_facts
from stated import Facts, Invalid, NotChecked, Sign, Thing, json_facts, scene_facts, to_json
from tones import OFF, STEP, steps, wrong_tones


def normal(facts: Facts):
    """Facts for comparison: without the order of things where no fact speaks of it, and with the first relation of two."""
    things, relation, ratio = list(facts.things), facts.relation, facts.ratio
    if len(things) >= 2 and str(things[1]) < str(things[0]) and not facts.layout:
        things[:2] = things[1::-1]
        relation = captions.OPPOSITE.get(relation, relation and f"second {relation}")
        ratio = ratio and (round(1 / ratio[1], 2), round(1 / max(ratio[0], 1 / world.UNITS), 2))
    elif ratio:
        ratio = (round(max(ratio[0], 1 / world.UNITS), 2), round(ratio[1], 2))
    if len(things) > 2 and not facts.layout:
        things[0 if relation is None else 2 :] = sorted(things[0 if relation is None else 2 :], key=str)
    return things, relation, ratio, facts.layout, facts.sign, facts.background, facts.light, facts.absent


class PromptTests(unittest.TestCase):
    def read(self, prompt, *things, background="white", **more):
        self.assertEqual(prompt_facts(prompt), Facts(things, background=background, **more), prompt)

    def test_one_thing(self):
        circle = Thing("circle", "red")
        for prompt in ("a red circle", "There is a red disc.", "one red disk", "1  red circle", "red circle", "a picture of a red circle on white"):
            self.read(prompt, circle)
        self.read("a tiny grey hoop in the top left corner", Thing("ring", "gray", 1, "small", "top left"))
        self.read("a star on the left side against a blue background", Thing("star", None, 1, None, "left"), background="blue")
        self.read("a huge doughnut in the middle at night", Thing("donut", None, 1, "big", "center"), background="night")
        self.read("on a hill, a cat", Thing("cat face"), background="hill")
        self.read("a striped pink heart", Thing("heart", "pink", pattern="stripes"))
        self.read("a pink heart with polka dots with a gradient from gray to white", Thing("heart", "pink", pattern="dots"), background="gray gradient")

    def test_numbers(self):
        self.read("three red circles", Thing("circle", "red", 3))
        self.read("there are 6 green crosses on gray", Thing("cross", "green", 6), background="gray")
        self.read("two slices of pizza", Thing("slice of pizza", None, 2))
        self.read("two bunnies and no circles", Thing("rabbit", None, 2), absent=("circle",))
        self.read("a red circle and two red disks", Thing("circle", "red", 3))

    def test_several_things(self):
        star, ring = Thing("star", "blue"), Thing("ring", "yellow")
        self.read("a blue star to the left of a yellow ring", star, ring, relation="left")
        self.read("a yellow ring with a blue star to the left of it", star, ring, relation="left")
        self.read("a blue star on the left and a yellow ring on the right", star, ring, relation="left")
        self.read("a blue star at the bottom and a yellow ring at the top", star, ring, relation="below")
        self.read("a blue star inside a yellow ring", star, ring, relation="inside")
        self.read("a yellow ring with a blue star in it", star, ring, relation="inside")
        self.read("a blue star half hidden behind a yellow ring in the snow", star, ring, relation="behind", background="snow")
        self.read("a blue star with a yellow ring", star, ring)
        self.read("a big blue star and a tiny yellow ring", star, ring, ratio=stated.MORE)
        self.read("a blue star half the size of a yellow ring", star, ring, ratio=stated.HALF)
        self.read("from left to right: a cat, a blue star and a yellow ring", Thing("cat face"), star, ring, layout="row")
        self.read("a cat, a blue star and two yellow rings", Thing("cat face"), star, Thing("ring", "yellow", 2))

    def test_built_and_lit_things(self):
        self.read("a red house with two windows and no door", Thing("house", "red", parts=(("window", 2), ("door", 0))))
        self.read("a tree without apples", Thing("tree", "green", parts=(("apple", 0),)))
        self.read("a blue face with a hat and a smile but without eyes", Thing("face", "blue", parts=(("eye", 0), ("mouth", 1), ("hat", 1))))
        self.read("a green ball, light from the left", Thing("ball", "green"), light="left")
        self.read("a red cube casting a shadow on the left in the desert", Thing("cube", "red"), light="right", background="desert")

    def test_signs(self):
        self.read('a yellow sign with the word "WEFT"', sign=Sign("WEFT", "yellow"))
        self.read("the word “hello” on a white sign", sign=Sign("HELLO", "white"), background="black")
        self.read('a red sign saying "7B" in white letters on a grey background.', sign=Sign("7B", "red", "white"), background="gray")
        self.read("an empty blue board", sign=Sign("", "blue"))
        self.read("a red sign that says OPEN on a grey background", sign=Sign("OPEN", "red"), background="gray")
        self.read("a red sign reading 'B7'.", sign=Sign("B7", "red"))
        self.read('a cat above a red sign that says "A"', Thing("cat face"), sign=Sign("A", "red"), relation="above")
        self.read('a red sign that says "A" over a cat', Thing("cat face"), sign=Sign("A", "red"), relation="below")

    def test_what_is_not_checked(self):
        for prompt, reason in {
            "": "not in the grammar", "a red circle on a wooden table": "not in the grammar", "red circles": "how many", "a red car": "the color of a car",
            '"A" and "B"': "one word", "a big red circle and a blue star": "in company", "a red circle above a red disc": "look alike",
            "a circle and a red circle": "look alike", "no circles": "not in the grammar", "zero red circles": "not in the grammar",
            "an orange star on a yellow background": "made out", "a ring between a star and a heart": "between",
        }.items():
            with self.assertRaisesRegex(NotChecked, reason, msg=prompt):
                prompt_facts(prompt)

    def test_every_caption_is_read(self):
        rng = random.Random(1)
        for _ in range(2000):
            scene = world.sample(rng, 8)
            prompt = captions.caption(rng, scene, full=True)
            expected = scene_facts(scene, prompt)
            if " between " in prompt:
                continue
            try:
                stated.check(expected)
            except NotChecked:
                continue
            self.assertEqual(normal(prompt_facts(prompt)), normal(expected), prompt)


class SuiteTests(unittest.TestCase):
    def test_facts_are_of_the_form(self):
        for category in suite.CATEGORIES:
            jobs = suite.prompts(category, 12)
            self.assertEqual([prompt for prompt, _ in jobs], [prompt for prompt, _ in suite.prompts(category, 12)])
            for k, (prompt, scene) in enumerate(jobs):
                self.assertTrue(world.held_out(scene) or category == "objects", prompt)
                value = to_json(scene_facts(scene, prompt))
                self.assertEqual(to_json(json_facts(value)), value)
                self.assertEqual(normal(prompt_facts(prompt)), normal(json_facts(value) if "ratio" not in value else scene_facts(scene, prompt)), prompt)
        self.assertEqual(len({scene.groups[0].thing.kind for _, scene in suite.prompts("objects", 100)}), 100)

    def test_stated_facts(self):
        self.assertEqual(
            json_facts({"things": [{"kind": "cat face"}, {"kind": "star", "color": "red", "count": 2, "pattern": "dots"}], "relation": "left"}),
            Facts((Thing("cat face"), Thing("star", "red", 2, pattern="dots")), "left"),
        )
        self.assertEqual(json_facts({"sign": {"word": "hi", "color": "red"}, "background": "sea"}), Facts(sign=Sign("HI", "red"), background="sea"))
        self.assertEqual(json_facts({"things": [{"kind": "star"}, {"kind": "ring"}], "ratio": [1, 2.5]}).ratio, (1.0, 2.5))
        for value, message in (
            (5, "not an object"), ({}, "neither"), ({"colour": 1}, 'unknown key "colour"'), ({"things": 5}, "not a list"), ({"things": ["cat"]}, "not an object"),
            ({"things": [{"kind": "wug"}]}, "cannot be \"wug\""), ({"things": [{"color": "red"}]}, "cannot be \"\""), ({"things": [{"kind": "star", "count": 0}]}, "count"),
            ({"things": [{"kind": "star", "count": True}]}, "count"), ({"things": [{"kind": "fox", "color": "red"}]}, "has no color"),
            ({"things": [{"kind": "fox", "pattern": "dots"}]}, "has no pattern"), ({"things": [{"kind": "star", "pattern": "plaid"}]}, "plaid"),
            ({"things": [{"kind": "house", "parts": {"apple": 1}}]}, 'unknown key "apple"'), ({"things": [{"kind": "house", "parts": {"door": -1}}]}, "0 or more"),
            ({"things": [{"kind": "star", "place": "here"}]}, "here"), ({"things": [{"kind": "star", "size": 4}]}, "4"), ({"things": [{"kind": None}]}, "no kind"),
            ({"sign": {"word": "A"}}, "not both"), ({"sign": {"word": "A", "color": "mauve"}}, "mauve"), ({"things": [{"kind": "star"}], "ratio": [2, 1]}, "ratio"),
            ({"things": [{"kind": "star"}], "background": "plaid"}, "plaid"), ({"things": [{"kind": "star"}], "relation": "near"}, "near"),
            ({"things": [{"kind": "star"}], "light": "below"}, "below"), ({"things": [{"kind": "star"}], "absent": "ring"}, "not a list"),
        ):
            with self.assertRaisesRegex(Invalid, message, msg=str(value)):
                json_facts(value)
        for value in ({"things": [{"kind": "star"}], "relation": "left"}, {"things": [{"kind": "star"}], "layout": "row"}, {"sign": {"word": "Ä", "color": "red"}}):
            with self.assertRaises(NotChecked):
                json_facts(value)


class SceneTests(unittest.TestCase):
    """What the training sees."""

    def test_held_out_scenes_are_not_trained_on(self):
        rng = random.Random(7)
        for grid in world.GRIDS:
            for category in world.CATEGORIES:
                for _ in range(40):
                    self.assertFalse(world.held_out(world.training_scene(rng, grid, category)), category)

    def test_things_that_do_not_overlap_stand_apart(self):
        rng = random.Random(8)
        for category in sorted(set(world.CATEGORIES) - {"occlusion", "inside"}):
            for _ in range(150):
                scene = world.training_scene(rng, 8, category)
                boxes = [box for group in scene.groups for box in group.boxes]
                for k, (x, y, side) in enumerate(boxes):
                    self.assertTrue(0 <= x <= world.UNITS - side and 0 <= y <= world.UNITS - side, (category, boxes))
                    for u, v, other in boxes[:k]:
                        # Between them is a cell across or up and down; of two in a zigzag corners meet; four fill a row or a column.
                        gaps = max(u - x - side, x - u - other), max(v - y - side, y - v - other)
                        lined_up = sum(b[1] == y for b in boxes) == 4 and gaps[0] == 0 or sum(b[0] == x for b in boxes) == 4 and gaps[1] == 0
                        self.assertTrue(max(gaps) >= world.CELL or gaps == (0, 0) or lined_up, (category, boxes))

    def test_solids_stand_with_other_things_in_their_light(self):
        rng, seen = random.Random(9), 0
        for _ in range(400):
            scene = world.training_scene(rng, 8, rng.choice(("pair", "relation", "count")))
            if any(group.thing.kind in world.SOLIDS for group in scene.groups):
                seen += 1
                self.assertEqual(scene.light, "above")
                for group in scene.groups:
                    self.assertTrue(group.thing.kind not in world.SOLIDS or {side for _, _, side in group.boxes} <= {24, 32})
        self.assertGreater(seen, 20)

    def test_only_solids_cast_shadows_beside_other_things(self):
        ball, star = world.Group(world.Thing("ball", "red"), [(0, 16, 24)]), world.Group(world.Thing("star", "blue"), [(40, 16, 24)])
        lit, unlit = (world.render(world.Scene("", [ball, star], light=light), 64) for light in ("above", None))
        self.assertFalse((lit[:, 40:] != unlit[:, 40:]).any())
        self.assertTrue((lit[40:44, :24] != unlit[40:44, :24]).any())


class PictureTests(unittest.TestCase):
    """Pictures that are judged without the classifier."""

    def test_overlaps_and_signs(self):
        star, ring = world.Thing("star", "blue"), world.Thing("ring", "red")
        front = world.Scene("", [world.Group(star, [(24, 16, 32)]), world.Group(ring, [(8, 16, 32)])], relation="in front of")
        sign = world.Scene("", [], sign=world.Sign("WEFT", "yellow", "black", 8, 16, 8))
        for scene, truth, reason in (
            (front, "a blue star in front of a red ring", None), (front, "a red ring in front of a blue star", "not in front of"),
            (front, "a green star in front of a red ring", ""), (front, "a blue star inside a red ring", "not inside"),
            (sign, 'a yellow sign that says "WEFT"', None), (sign, 'a yellow sign that says "LEFT"', "is read"), (sign, 'a red sign that says "WEFT"', "no red sign"),
            (sign, 'a yellow sign that says "WEFT" in blue', "are black"), (sign, 'a yellow sign that says "WEFT" on gray', "background"),
        ):
            for size in (64, 128, 256):
                found = checker.wrong(world.render(scene, size), prompt_facts(truth))
                if reason is None:
                    self.assertIsNone(found, truth)
                else:
                    self.assertIn(reason, found or "", truth)
                    self.assertIsNotNone(found, truth)


class FileTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "pictures").mkdir()
        picture = world.render(world.Scene("", [], sign=world.Sign("A", "red", "white", 16, 16, 8)), 128)
        Image.fromarray(picture).save(self.folder / "pictures/a.png")
        Image.fromarray(picture).resize((256, 256), Image.Resampling.BICUBIC).save(self.folder / "large.png")
        Image.fromarray(picture[:32]).save(self.folder / "wide.png")

    def run_main(self, *lines, flags=()):
        results = self.folder / "results.jsonl"
        results.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
        out, error = io.StringIO(), io.StringIO()
        with mock.patch.object(sys, "argv", ["facts", str(results), *flags]), contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            code = facts.main()
        return [json.loads(line) for line in out.getvalue().splitlines()], error.getvalue().replace(str(self.folder) + "/", ""), code

    def test_lines(self):
        file, prompt = "pictures/a.png", 'a red sign with the word "A"'
        lines, error, code = self.run_main(
            {"id": "a", "file": file, "prompt": prompt}, {"id": "b", "file": file, "prompt": prompt.replace("red", "blue"), "seed": 1}, b"",
            {"id": 3, "file": file, "prompt": "a wug"}, {"id": "d", "file": "large.png", "prompt": prompt}, {"id": "e", "file": "wide.png", "prompt": prompt},
            {"id": "f", "index": 5, "error": "no memory"}, {"id": "g", "file": file, "prompt": "anything", "facts": {"sign": {"word": "A", "color": "red"}}},
            {"id": "h", "file": file, "facts": {"sign": {"word": "A", "color": "red"}, "background": "black"}},
            {"id": "i", "file": file, "prompt": prompt, "facts": None}, {"id": "j", "file": file, "prompt": [5, 6]}, b"",
        )
        self.assertEqual((error, not code), ("", True))
        self.assertEqual([(line["id"], line["faithful"]) for line in lines], [
            ("a", True), ("b", False), (3, None), ("d", True), ("e", None), ("f", None), ("g", True), ("h", False), ("i", True), ("j", None),
        ])
        self.assertEqual(lines[0], {"id": "a", "faithful": True})
        self.assertEqual(lines[1]["reason"], "no blue sign is seen")
        self.assertEqual(lines[2]["reason"], '"a wug" is not in the grammar of the embedded model')
        self.assertIn("128x32", lines[4]["reason"])
        self.assertEqual(lines[5]["reason"], "no picture was drawn")

    def test_pictures_folder(self):
        line = {"id": "a", "file": "a.png", "prompt": 'a red sign with the word "A"'}
        self.assertEqual(self.run_main(line, flags=["--pictures-folder", str(self.folder / "pictures")])[0], [{"id": "a", "faithful": True}])
        self.assertEqual(self.run_main(line), ([], "weft: results.jsonl:1: there is no picture a.png\n", 1))

    def test_bad_lines(self):
        good = {"id": "a", "file": "pictures/a.png", "prompt": "a red circle"}
        for line, message in (
            (b"{", "is not JSON"), (b"\xff", "is not UTF-8"), (b"[1]", 'is not an object with an "id"'), ({"file": "a"}, 'an "id"'),
            ({"id": "b"}, "not a file's name: null"), ({"id": "b", "file": "pictures/a.png"}, 'has neither "prompt" nor "facts"'), (good, "the id \"a\" is there already"),
        ):
            lines, error, code = self.run_main(good, line)
            self.assertEqual((lines, code), ([], 1))
            self.assertTrue(error.startswith("weft: results.jsonl:2: ") and message in error, error)
        (self.folder / "bad.png").write_bytes((self.folder / "large.png").read_bytes()[:200])
        lines, error, code = self.run_main({"id": "b", "file": "bad.png", "prompt": "a cat"})
        self.assertIn("bad.png: is not a picture that can be read", error)
        self.assertEqual(code, 1)

    def test_nothing_and_noise_are_not_faithful(self):
        noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
        for picture in (np.full((64, 64, 3), 250, np.uint8), np.zeros((64, 64, 3), np.uint8), noise):
            for prompt in ("a red star in front of a cat", 'a white sign that says "A"', 'a red sign that says "A"', "a red star inside a blue ring"):
                self.assertIsNotNone(checker.wrong(picture, prompt_facts(prompt)), prompt)


class ToneTests(unittest.TestCase):
    def test_only_flat_squares_of_another_tone_count(self):
        original = np.full((64, 64, 3), 200, np.uint8)
        original[:, 30:34] = 0  # the squares that it crosses are not flat
        self.assertEqual(wrong_tones(original, original, 8), (0, 48))
        again = original.copy()
        again[8:16, 0:16] += OFF + 1  # two squares, one of them in one color alone
        again[8:16, 8:16, 1:] = 200
        again[40:48] += OFF  # hardly to be seen
        again[:, 24:40] = 90
        self.assertEqual(wrong_tones(again, original, 8), (2, 48))

    def test_a_gradient_may_have_another_tone_but_not_in_a_part_of_a_row(self):
        original = np.repeat(np.arange(64, dtype=np.uint8)[:, None, None] * 3, 64, 1).repeat(3, 2)
        original[20:28, 4:60:2] = 255  # a pattern that leaves too little of two rows of squares
        original[40:48, 32:56] = 0  # one that leaves enough of another
        self.assertEqual(steps(original, original, 8), (0, 45))
        again = original + np.uint8(20)  # all of it
        again[:, :8] += STEP  # hardly to be seen
        self.assertEqual(steps(again, original, 8), (0, 45))
        again[8:16, 16:32] += STEP + 1
        again[20:28] = again[40:48, 32:56] = 7  # the things
        self.assertEqual(steps(again, original, 8), (2, 45))


if __name__ == "__main__":
    unittest.main()
