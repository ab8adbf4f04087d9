"""embed.py FOLDER OUT: turns the message catalogues (fi, sv, nl, en) and errors.json of FOLDER into the C++ tables of src/table.hpp.
Refuses what is not the form that README.md of that folder gives; that the languages agree is for the tests to check."""
import json
import pathlib
import sys

LANGUAGES = ("fi", "sv", "nl", "en")


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise SystemExit(f"embed.py: twice in one catalogue: {sorted({n for n in names if names.count(n) > 1})}")
    return found


def forms(language, key, value):
    """The text for one and for all other numbers; the first is empty where there is one text."""
    if isinstance(value, str):
        return "", value
    if isinstance(value, dict) and set(value) == {"one", "other"} and all(isinstance(v, str) for v in value.values()):
        return value["one"], value["other"]
    raise SystemExit(f"embed.py: {language}.json: {key} is neither a text nor one and other")


def main(folder, out):
    read = {each: json.loads((folder / f"{each}.json").read_text("utf-8"), object_pairs_hook=once) for each in LANGUAGES}
    errors = json.loads((folder / "errors.json").read_text("utf-8"), object_pairs_hook=once)
    keys = sorted({key for catalogue in read.values() for key in catalogue}, key=lambda key: key.encode())
    lines = ["// Made by embed.py from the catalogues beside it.", '#include "table.hpp"', "", "namespace muistio::words {", "namespace {", ""]
    lines.append("constexpr Message kMessageTable[] = {")
    for key in keys:
        texts = [forms(each, key, read[each].get(key, "")) for each in LANGUAGES]
        lines.append(f"    {{{quoted(key)}, {{" + ", ".join(f"{{{quoted(one)}, {quoted(other)}}}" for one, other in texts) + "}},")
    lines += ["};", "", "constexpr ErrorMessage kErrorTable[] = {"]
    for name in sorted(errors):
        lines.append(f"    {{{quoted(name)}, {quoted(errors[name])}}},")
    lines += ["};", "", "}  // namespace", "",
              "std::span<const Message> messages() noexcept { return kMessageTable; }",
              "std::span<const ErrorMessage> error_messages() noexcept { return kErrorTable; }", "", "}  // namespace muistio::words", ""]
    out.write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
