"""Says of finished pictures whether what their prompts say is so: one JSON line a picture.

Reads a results file of lines {"id", "file", "prompt", "facts"?}; prints {"id", "faithful": true | false | null, "reason"?}.
Facts come from "facts" where a line has it (stated.py says their form), else from the prompt, in the embedded model's
grammar (grammar.py, after train/captions.py). A prompt that says nothing of the background means white, or black under
white things, as the captions do. Pictures are squares of 64, 128 or 256 pixels; other squares are scaled to 128.
"""

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

import seeing  # noqa: F401  puts train/ on the path
from grammar import prompt_facts
from stated import Facts, Invalid, NotChecked, json_facts
from world import UNITS


# MARK: Results files


@dataclass(frozen=True)
class Row:
    id: str | int
    picture: Path | None
    facts: Facts | None
    reason: str | None  # why there are no facts or no picture


def _row(text: str, folder: Path) -> Row:
    try:
        line = json.loads(text)
    except ValueError as error:
        raise Invalid(f"is not JSON: {error}") from None
    if not isinstance(line, dict) or type(line.get("id")) not in (str, int):
        raise Invalid('is not an object with an "id"')
    id, file, prompt, stated = (line.get(key) for key in ("id", "file", "prompt", "facts"))
    if file is None and line.get("error") is not None:
        return Row(id, None, None, "no picture was drawn")
    if not isinstance(file, str) or not file:
        raise Invalid(f'"file" of {json.dumps(id)} is not a file\'s name: {json.dumps(file)}')
    picture = folder / file
    if not picture.is_file():
        raise Invalid(f"there is no picture {picture}")
    try:
        if stated is not None:
            return Row(id, picture, json_facts(stated), None)
        if prompt is None:
            raise Invalid(f'{json.dumps(id)} has neither "prompt" nor "facts"')
        if not isinstance(prompt, str):
            raise NotChecked("the prompt is not text")
        return Row(id, picture, prompt_facts(prompt), None)
    except NotChecked as error:
        return Row(id, picture, None, str(error))


def read_results(path: Path, folder: Path) -> list[Row]:
    """The rows of a results file; throws Invalid with file and line before any picture is looked at."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}") from None
    rows, seen = [], set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _row(line.decode(), folder)
            if row.id in seen:
                raise Invalid(f"the id {json.dumps(row.id)} is there already")
        except UnicodeDecodeError:
            raise Invalid(f"{path}:{number}: is not UTF-8") from None
        except Invalid as error:
            raise Invalid(f"{path}:{number}: {error}") from None
        seen.add(row.id)
        rows.append(row)
    return rows


def judge(row: Row) -> dict:
    """The line of a row: whether its picture is faithful, and if not, why."""
    if row.facts is None:
        return {"id": row.id, "faithful": None, "reason": row.reason}
    try:
        picture = Image.open(row.picture).convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid(f"{row.picture}: is not a picture that can be read: {error}") from None
    if picture.width != picture.height or picture.width < UNITS:
        size = f"{picture.width}x{picture.height}"
        return {"id": row.id, "faithful": None, "reason": f"pictures of {size} are not checked, but squares of {UNITS} pixels or more"}
    import checker  # what it needs takes long to load

    reason = checker.wrong(np.asarray(picture), row.facts)
    return {"id": row.id, "faithful": reason is None} | ({"reason": reason} if reason else {})


def main():
    parser = argparse.ArgumentParser(prog="evaluate facts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, metavar="RESULTS.jsonl")
    parser.add_argument("--pictures-folder", type=Path, metavar="FOLDER", help="where the files lie; default: beside the results")
    options = parser.parse_args()
    try:
        for row in read_results(options.results, options.pictures_folder or options.results.parent):
            print(json.dumps(judge(row), ensure_ascii=False), flush=True)
    except Invalid as error:
        print(f"weft: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
