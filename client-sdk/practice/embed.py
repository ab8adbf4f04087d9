"""embed.py FOLDER OUT: turns the practice clubs of FOLDER (fi, sv, nl, en) into the C++ table of muistio/templates/practice.hpp."""
import json
import pathlib
import sys

LANGUAGES = ("fi", "sv", "nl", "en")
PERSON = {"name", "company", "trade", "region", "topics", "goals", "level"}


def quoted(text):
    if not isinstance(text, str) or not text:
        raise SystemExit(f"embed.py: {text!r} is no text")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main(folder, out):
    lines = ["// Made by embed.py from the practice clubs beside it.", '#include "muistio/templates/practice.hpp"', "", "namespace muistio::templates {", "namespace {", ""]
    for language in LANGUAGES:
        club = json.loads((folder / f"{language}.json").read_text("utf-8"))
        if set(club) != {"club", "members", "notes"}:
            raise SystemExit(f"embed.py: {language}.json: its fields are not club, members, notes")
        for each in club["members"]:
            if set(each) != PERSON:
                raise SystemExit(f"embed.py: {language}.json: a member's fields are not {sorted(PERSON)}")
        lines.append(f"constexpr PracticeMember kMembers_{language}[] = {{" + ", ".join(f"{{{quoted(m['name'])}, {quoted(m['company'])}}}" for m in club["members"]) + "};")
        notes = [f"{{{quoted(n['title'])}, {n['by']}, {quoted(n['text'])}}}" for n in club["notes"] if 0 <= n["by"] < len(club["members"])]
        if len(notes) != len(club["notes"]):
            raise SystemExit(f"embed.py: {language}.json: a note is by nobody")
        lines.append(f"constexpr PracticeNote kNotes_{language}[] = {{" + ", ".join(notes) + "};")
        lines.append(f"constexpr Practice kPractice_{language}{{{quoted(club['club'])}, kMembers_{language}, kNotes_{language}}};\n")
    cases = "".join(f"    case words::Language::{each}:\n      return kPractice_{each};\n" for each in LANGUAGES)
    lines += ["}  // namespace", "", "const Practice& practice(words::Language language) noexcept {", f"  switch (language) {{\n{cases}  }}", "  return kPractice_en;", "}", "",
              "}  // namespace muistio::templates", ""]
    out.write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
