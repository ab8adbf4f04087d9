"""Runs embed.py of the templates on a good template and on bent copies of it: the good one is taken, every bent one is refused by name."""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

folder = pathlib.Path(sys.argv[1])
good = json.loads((folder / "web-shop.json").read_text("utf-8"))
failed = 0


def embed(value):
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        (work / "web-shop.json").write_text(json.dumps(value), "utf-8")
        return subprocess.run([sys.executable, folder / "embed.py", work, work / "out.cpp"], capture_output=True, text=True)


def expect(value, sentence):
    global failed
    ran = embed(value)
    right = ran.returncode == 0 if sentence is None else ran.returncode != 0 and sentence in ran.stderr
    failed += not right
    print("ok  " if right else "FAIL", sentence or "the good template is taken", "" if right else ran.stderr)


def bent(change):
    value = copy.deepcopy(good)
    change(value)
    return value


expect(good, None)
expect(bent(lambda t: t.pop("mirror")), "its fields are not")
expect(bent(lambda t: t.update(extra=1)), "its fields are not")
expect(bent(lambda t: t["pact"]["text"].pop("nl")), "web-shop.pact.text: its fields are not")
expect(bent(lambda t: t["title"].update(sv="")), "web-shop.title.sv: '' is not allowed")
expect(bent(lambda t: t.update(mirror="yes")), "web-shop.mirror: 'yes' is not allowed")
expect(bent(lambda t: t["members"].update(least=True)), "web-shop.members.least: True is not allowed")
expect(bent(lambda t: t["members"].update(most=-1)), "web-shop.members.most: -1 is not allowed")
expect(bent(lambda t: t["words"].update(group="circle")), "web-shop.words.group: 'circle' is not allowed")
expect(bent(lambda t: t["practices"].append("dancing")), "'dancing' is not allowed")
expect(bent(lambda t: t["agenda"].append({"kind": "news"})), "web-shop.agenda[3]: its fields are not")
expect(bent(lambda t: t.update(name="other")), "web-shop.json names itself other")
sys.exit(1 if failed else 0)
