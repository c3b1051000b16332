"""Replaces what a program has measured inside of a document."""

from datetime import date


def fill(path, name, command, text):
    """Puts `text` and the command between the comments `<!-- name -->` and `<!-- end of name -->` of a document."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    whole = path.read_text()
    if begin not in whole or end not in whole:
        raise SystemExit(f"{path}: has no comments {begin.strip()} and {end}")
    before, rest = whole.split(begin, 1)
    after = rest.split(end, 1)[1]
    head = f"`{command.strip()}`, {date.today().isoformat()}\n\n"
    path.write_text(f"{before}{begin}{head}{text}{end}{after}")
