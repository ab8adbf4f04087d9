"""One season of a club of a template, from forming to closing, on real processes: a server, and people who each run `muistio` with a home
of their own and are offline at random. At every step it is checked what each person can and cannot see; each "cannot" has somebody who can."""
import csv
import datetime
import hashlib
import io
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(root / "tests/integration/demo"))
from people import Network, Server  # noqa: E402

LANGUAGE = {"web-shop": "fi", "online-mentoring": "sv", "mirror-group": "en", "one-trade": "nl", "two-per-company": "fi"}
ZONE = {"fi": "Europe/Helsinki", "sv": "Europe/Helsinki", "nl": "Europe/Amsterdam", "en": "Europe/Helsinki"}


class Failed(Exception):
    pass


class Person:
    """One person's `muistio`; without a passphrase, so that no time goes into deriving a key."""

    def __init__(self, program, name, folder):
        self.program, self.name = program, name
        self.home = folder / name.lower().replace(" ", "-")

    def run(self, *words, expect=0, text=None):
        done = subprocess.run([self.program, "--home", str(self.home), *map(str, words)], input=None if text is None else text.encode(),
                              capture_output=True, env={"PATH": "/usr/bin:/bin"}, timeout=120)
        expected = expect if isinstance(expect, tuple) else (expect,)
        if done.returncode not in expected:
            raise Failed(f"{self.name}: muistio {' '.join(map(str, words))} ended with {done.returncode}, not {expected}: "
                         f"{done.stderr.decode(errors='replace')[-400:]}")
        self.said = done.stderr.decode(errors="replace")
        return done.stdout.decode()

    def line(self, *words, **options):
        return self.run(*words, **options).strip()

    def json(self, *words, **options):
        return json.loads(self.run(*words, "--json", **options))


class Season:
    def __init__(self, programs, template, seed, tell):
        self.programs, self.template, self.tells = programs, template, tell
        self.random = random.Random(f"{template} {seed}")
        self.language = LANGUAGE[template]
        self.claims = self.cannots = 0
        self.written = []  # what people wrote, to be looked for at the server

    # Telling and checking.
    def step(self, text):
        if self.tells:
            print(f"\n{text}", flush=True)

    def tell(self, text):
        if self.tells:
            print(f"    {text}", flush=True)

    def claim(self, holds, text):
        if not holds:
            raise Failed(text)
        self.claims += 1
        self.tell(f"holds: {text}")

    def sees(self, what, note, text, can, cannot=()):
        """Each of `can` reads the note byte for byte, none of `cannot` reads anything of it."""
        if not can:
            raise Failed(f"{what}: nobody can see it, so that others cannot shows nothing")
        for person in can:
            if person.run("note", "show", note) != text:
                raise Failed(f"{what}: {person.name} reads something else")
        for person in cannot:
            if person.run("note", "show", note, expect=1) != "":
                raise Failed(f"{what}: {person.name} can read it")
        self.cannots += len(cannot)
        self.claim(True, f"{what}: {', '.join(p.name.split()[0] for p in can)} can read it"
                   + (f"; {', '.join(p.name.split()[0] for p in cannot)} cannot" if cannot else ""))

    def shut_out(self, *words):
        """The outsider, who waits at the door with a used link, is told nothing."""
        if self.outsider.run(*words, expect=(1, 3)) != "":
            raise Failed(f"the outsider is told something by {' '.join(map(str, words))}")
        self.cannots += 1

    # Being online.
    def sync(self, *people, rounds=2):
        for _ in range(rounds):
            for person in people:
                person.run("sync")

    def some_offline(self, people):
        """At random who has no network in this step: at least one, and never all."""
        away = self.random.sample(people, self.random.randint(1, max(1, len(people) // 2)))
        return [p for p in people if p not in away], away

    def write(self, person, title, text, *options):
        self.written += [title, text.strip()]
        return person.line("note", "add", self.club, "--title", title, "--file", "-", *options, text=text)

    # The season.
    def play(self):
        work = pathlib.Path(tempfile.mkdtemp(prefix="muistio-season-"))
        server = None
        try:
            self.work = work
            self.net = Network()
            server = self.server = Server(str(self.programs / "muistiod"), work / "server", work / "server.log")
            server.start()
            self.net.target = server.port
            self.model = json.loads(self.tool("template", "show", self.template, "--language", self.language, "--json"))
            self.form()
            self.found()
            self.join()
            self.agree()
            self.plan()
            self.before_and_after()
            self.meet()
            for practice in self.model["practices"]:
                if play := getattr(self, f"practise_{practice}", None):
                    play()
            self.newcomer()
            self.remove()
            self.give()
            self.close()
        finally:
            if server is not None and server.process is not None and server.process.poll() is None:
                server.process.kill()
            shutil.rmtree(work, ignore_errors=True)
        return self.claims, self.cannots

    def tool(self, *words):
        done = subprocess.run([self.programs / "muistio", *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"muistio {' '.join(map(str, words))}: {done.stderr[-400:]}")
        return done.stdout

    def person(self, name):
        return Person(str(self.programs / "muistio"), name, self.work)

    def form(self):
        practice = json.loads((root / "client-sdk/practice" / f"{self.language}.json").read_text("utf-8"))
        self.practice, rows = practice, practice["members"]
        table = io.StringIO()
        out = csv.writer(table)
        out.writerow(["name", "company", "email", "trade", "region", "topics", "goals", "level", "consent", "would host"])
        for i, each in enumerate(rows):
            company = rows[i - i % 2]["company"] if self.model["members"]["seats_per_company"] == 2 and self.model["roles"] else each["company"]
            out.writerow([each["name"], company, f"p{i}@example.org", each["trade"], each["region"], ";".join(each["topics"]),
                          ";".join(each["goals"]), each["level"], "yes", "yes" if i == 0 else "no"])
        out.writerow(["Pertti Peruva", "Peruva Oy", "peruva@example.org", "", "", "", "", "", "withdrawn", "yes"])
        applications, self.proposal = self.work / "applications.csv", self.work / "proposal.csv"
        applications.write_text(table.getvalue(), "utf-8")
        self.step(f"{self.model['title']} ({self.template}): {self.model['summary']}")
        self.step("The coordinator forms the club out of a table of applications.")
        rules = ["--template", self.template, "--size-min", "6", "--language", self.language]
        score = json.loads(self.tool("form", "propose", applications, *rules, "--name", practice["club"], "--out", self.proposal, "--json"))
        self.claim(score["clubs"] == 1 and score["proposal"]["conflicts"] == 0, f"{score['applications']} people make one club, with no conflict")
        self.tool("form", "found", applications, self.proposal, *rules, "--out", self.work / "founding")
        self.founding = next((self.work / "founding").iterdir())
        text = self.founding.read_text("utf-8") + self.proposal.read_text("utf-8")
        self.claim(rows[1]["name"] in text and "Peruva" not in text and "peruva@" not in text,
                   "who withdrew consent is in no file; who did not is")
        for line in csv.DictReader(io.StringIO(self.proposal.read_text("utf-8-sig"))):
            self.tell(f"{line['name']} ({line['company']}, {line['role']}): {line['why']}")

    def found(self):
        self.people = [self.person(each["name"]) for each in self.practice["members"]]
        self.coordinator, self.outsider, self.late = self.person("Coordinator"), self.person("Outsider"), self.person("Late Comer")
        guided = self.model["host"] == "guide"
        self.host = self.person("Guide") if guided else self.people[0]
        url, self.ca = f"wss://127.0.0.1:{self.net.port}", self.server.data / "dev-ca.pem"
        for person in {self.host, self.coordinator, self.outsider, self.late}:
            person.run("init", "--name", person.name, "--server", url, "--ca", self.ca)
        self.step(f"{self.host.name} founds it on a device of their own; the coordinator never holds anything that opens it.")
        links = self.work / "links.csv"
        self.club = self.host.line("club", "found", self.founding, "--links", links, "--sheet", self.work / "sheet")
        self.links = {row["name"]: row["link"] for row in csv.DictReader(io.StringIO(links.read_text("utf-8-sig")))}
        self.claim(len(self.links) == 6 - (0 if guided else 1), f"{len(self.links)} personal links, and {len(list(self.work.glob('sheet-*.svg')))} sheet of QR codes")
        settings = self.host.json("club", "settings", self.club)
        self.claim(settings["template"] == self.template and settings["mirror"] == self.model["mirror"]
                   and settings["reminder_days"] == self.model["reminder_days"], "the club is what its template says")
        self.host.run("sync")

    def join(self):
        self.step("Everybody opens their own link; the host's phone lets them in.")
        self.members = [p for p in self.people if p is not self.host]
        for person in self.members:
            person.run("join", self.links[person.name], "--name", person.name, "--ca", self.ca)
            person.run("sync", expect=3)
        self.host.run("sync")
        self.everybody = [self.host, *self.members]
        self.sync(*self.everybody)
        names = {item["title"] for item in self.host.json("member", "list", self.club)["items"]}
        self.claim(names == {p.name for p in self.everybody}, f"{len(names)} are in: {', '.join(sorted(names))}")
        self.outsider.run("join", self.links[self.members[0].name], "--ca", self.ca)
        self.outsider.run("sync", expect=(0, 3))
        self.sync(self.host)
        self.outsider.run("sync", expect=(0, 3))
        first = self.write(self.host, "Tervetuloa", "Ensimmäinen viesti kaikille.\n")
        self.sync(*self.everybody)
        self.sees("the first note", first, "Ensimmäinen viesti kaikille.\n", self.everybody, [self.outsider, self.coordinator])
        self.members[0].run("club", "settings", self.club, "--reminder-days", "9", expect=1)
        self.host.run("club", "settings", self.club, "--reminder-days", self.model["reminder_days"])
        self.claim(True, "a member cannot change what the club is like; a host can")

    def agree(self):
        self.step("The pact: agreed by one tap, each on their own device.")
        self.pact = self.model["pact"]
        online, away = self.some_offline(self.members)
        self.claim(all(p.run("pact", "show", self.club) == self.pact for p in self.everybody), "everybody reads the template's text, byte for byte")
        for person in [self.host, *online]:
            person.run("pact", "sign", self.club)
        self.sync(self.host, *online)
        self.shut_out("pact", "show", self.club)
        self.members[0].run("pact", "set", self.club, "--file", "-", text="Muutettu\n", expect=1)
        self.claim(True, "an outsider reads no pact, and a member cannot change it; the host did")
        signed = self.host.run("pact", "list", self.club)
        self.claim(all(p.name in signed for p in online) and not any(p.name in signed for p in away),
                   f"{', '.join(p.name for p in online)} agreed; {', '.join(p.name for p in away)} was offline and has not yet")
        for person in away:
            person.run("sync")
            person.run("pact", "sign", self.club)
        self.sync(*self.everybody)
        signed = self.host.run("pact", "list", self.club)
        self.claim(all(p.name in signed for p in self.everybody), "then everybody has agreed")

    def plan(self):
        zone = ZONE[self.language]
        at = (datetime.datetime.now() + datetime.timedelta(days=14)).strftime("%Y-%m-%dT09:00")
        self.step(f"The season: {self.model['meetings']} meetings, every {self.model['every_days']} days, {self.model['minutes']} minutes each.")
        place = [] if not self.model["online"] else ["--link", "https://meet.example.org/ryhma"]
        turns = [] if self.model["online"] else [word for p in self.members[:3] for word in ("--turn", f"{p.name}={p.name} Oy")]
        words = ["season", "plan", self.club, "--name", self.practice["club"], "--at", at, "--zone", zone, *place, *turns]  # the rest is the template's
        self.members[0].run(*words, expect=1)
        self.host.run(*words)
        self.sync(*self.everybody)
        lists = [p.json("meeting", "list", self.club)["items"] for p in self.everybody]
        self.claim(all(len(items) == self.model["meetings"] and [m["id"] for m in items] == [m["id"] for m in lists[0]] for items in lists),
                   "every phone has the same plan; a member could not make it")
        self.meetings = [m["id"] for m in lists[0]]
        self.shut_out("meeting", "list", self.club)
        self.shut_out("meeting", "show", self.meetings[0])
        self.claim(True, "an outsider sees no meeting; the members do")
        online, away = self.some_offline(self.members)
        for person in self.members:
            person.run("meeting", "answer", self.meetings[0], self.random.choice(["yes", "late", "remote"]))
        self.sync(self.host, *online)
        shown = self.host.run("meeting", "show", self.meetings[0], "--json")
        self.tell(f"answered while offline, so that nobody sees it yet: {', '.join(p.name for p in away)}")
        self.sync(*self.everybody)
        after = self.host.run("meeting", "show", self.meetings[0], "--json")
        self.claim(shown != after, "their answers come when they are online")

    def before_and_after(self):
        self.step("Something is written before the season begins, and something after.")
        self.before = self.write(self.members[0], "Ennen kautta", "Tämä oli ennen kauden alkua.\n")
        self.sync(*self.everybody)
        self.host.run("club", "season", self.club)
        self.sync(*self.everybody)
        self.after = self.write(self.members[1], "Kauden alussa", "Tämä kirjoitettiin kaudella.\n")
        self.sync(*self.everybody)
        for note, text in ((self.before, "Tämä oli ennen kauden alkua.\n"), (self.after, "Tämä kirjoitettiin kaudella.\n")):
            self.sees("a note", note, text, self.everybody, [self.outsider, self.coordinator])

    def meet(self):
        self.step("The first meeting is in a basement without a network. Everybody writes; two edit the minutes at once.")
        self.server.stop()
        meeting = self.meetings[0]
        minutes = self.host.line("meeting", "minutes", meeting)
        one, other, third = self.random.sample(self.members, 3)
        for person in self.everybody:
            self.host.run("meeting", "attend", meeting, person.name, "present" if person is not third else "late")
        texts = [f"{one.name}: sovittiin yhteinen varastokierros.\n", f"{other.name}: hyödyllisin aamu pitkään aikaan.\n"]
        one.run("note", "append", minutes, "--file", "-", text=texts[0])
        other.run("note", "append", minutes, "--file", "-", text=texts[1])
        self.written += [t.strip() for t in texts]
        private = self.write(one, "Omat mietteet", "Tätä en vielä kerro kenellekään.\n", "--private")
        shared = self.write(other, self.practice["notes"][1]["title"], self.practice["notes"][1]["text"])
        self.host.run("action", "add", self.club, "--text", "Vertaillaan palautuskuluja", "--owner", other.name, "--meeting", meeting)
        for person in self.everybody:
            person.run("sync", expect=3)
        self.sees("a private note", private, "Tätä en vielä kerro kenellekään.\n", [one], [p for p in self.everybody if p is not one])
        self.sees("a note kept on one phone", shared, self.practice["notes"][1]["text"], [other], [p for p in self.everybody if p is not other])
        self.server.start()
        self.net.target = self.server.port
        online, away = self.some_offline([p for p in self.members if p not in (one, other)])
        self.sync(self.host, one, other, *online)
        self.step("The network is back for some.")
        self.sees("the shared note", shared, self.practice["notes"][1]["text"], [self.host, one, other, *online], [*away, self.outsider, self.coordinator])
        self.sync(*self.everybody)
        self.sees("the shared note, when all were online", shared, self.practice["notes"][1]["text"], self.everybody, [self.outsider])
        self.sees("the private note still", private, "Tätä en vielä kerro kenellekään.\n", [one], [p for p in self.everybody if p is not one])
        merged = [p.run("note", "show", minutes) for p in self.everybody]
        self.claim(all(text in merged[0] for text in texts) and len(set(merged)) == 1, "the minutes hold what both wrote, the same on every phone")
        shown = third.run("meeting", "show", meeting)
        self.claim("late" in shown, "attendance that was taken offline is on every phone")
        missed = away[0].run("catch-up", self.club)
        self.claim(self.practice["notes"][1]["title"] in missed, f"{away[0].name}, who was away, catches up")
        following = self.host.line("meeting", "next", meeting, "--organiser", other.name)
        self.sync(*self.everybody)
        self.claim(other.name in one.run("meeting", "show", following), f"the baton is {other.name}'s: the next meeting is made from this one")

    # What a model does that others do not: each by the name that its template gives it.
    def practise_date_poll(self):
        self.step("A date poll: most cannot, so a new one is asked, which most can.")
        meeting = self.meetings[-1]
        for days, marks in ((60, "no"), (67, "yes")):
            at = (datetime.datetime.now() + datetime.timedelta(days=days)).strftime("%Y-%m-%dT09:00")
            poll = self.host.line("poll", "add", self.club, "--title", "Milloin sopii?", "--time", at, "--zone", ZONE[self.language], "--meeting", meeting)
            self.sync(*self.everybody)
            for person in self.members:
                person.run("poll", "answer", poll, marks)
            self.sync(*self.everybody)
            shown = self.host.json("poll", "show", poll)
            self.claim(shown["most_cannot"] == (marks == "no"), "the organiser is told that most cannot come" if marks == "no" else "this one suits")
            self.shut_out("poll", "show", poll)
            self.members[0].run("poll", "close", poll, expect=1)
            self.host.run("poll", "close", poll, *(["--none"] if marks == "no" else []))
            self.sync(*self.everybody)
        starts = {p.json("meeting", "show", meeting)["starts"] for p in self.everybody}
        self.claim(starts == {at}, "the meeting is at the time that suits, on every phone; a member could not close the poll")

    def practise_places(self):
        self.step("A session with two places: who comes later waits, staff outside the club are signed up too.")
        meeting = self.meetings[-1]
        one, other, third = self.members[:3]
        self.host.run("meeting", "edit", meeting, "--places", "2")
        self.sync(*self.everybody)
        for person, words in ((one, ["--with", "Piet Collega"]), (other, [])):
            person.run("meeting", "answer", meeting, "yes", *words)
            self.sync(*self.everybody)
        shown = [p.json("meeting", "show", meeting) for p in (self.host, third)]
        self.claim(all(each["places"] == 2 and each["waiting"] == 1 for each in shown), "the third waits, and every phone says the same")
        one.run("meeting", "answer", meeting, "no")
        self.sync(*self.everybody)
        self.claim(third.json("meeting", "show", meeting)["waiting"] == 0, "a place that is given up goes to who waits")

    def practise_cases(self):
        self.step("A difficult case: question, advice, what came of it.")
        asks, helps, reads = self.random.sample(self.members, 3)
        self.written += ["Wie test de beveiliging?", "Laat een ander bedrijf het doen."]
        item = asks.line("agenda", "add", self.meetings[1], "--kind", "case", "--title", "Beveiliging", "--question", "-", text="Wie test de beveiliging?\n")
        self.sync(*self.everybody)
        helps.run("agenda", "edit", item, "--advice", "-", text="Laat een ander bedrijf het doen.\n")
        self.sync(*self.everybody)
        shown = reads.run("meeting", "show", self.meetings[1], "--json")
        self.claim("Wie test de beveiliging?" in shown and "Laat een ander bedrijf" in shown, f"{reads.name} reads the question and the advice")
        self.shut_out("meeting", "show", self.meetings[1])

    def practise_facilitator_questions(self):
        self.step("The facilitators' questions before, a summary after.")
        item = self.host.line("agenda", "add", self.meetings[1], "--title", "Mål", "--prompts", "-", text="Vad vill du uppnå?\n")
        self.host.run("agenda", "edit", item, "--summary", "-", text="Alla valde ett mål.\n")
        self.sync(*self.everybody)
        shown = self.members[0].run("meeting", "show", self.meetings[1], "--json")
        self.claim("Vad vill du uppnå?" in shown and "Alla valde ett mål." in shown, "a member reads both; an outsider does not")
        self.shut_out("meeting", "show", self.meetings[1])

    def practise_joint_sessions(self):
        self.step("An expert comes to a session of its own, and sees nothing else.")
        guest = self.person("Expert Guest")
        guest.run("init", "--name", guest.name, "--server", f"wss://127.0.0.1:{self.net.port}", "--ca", self.ca)
        session = self.host.line("session", "create", self.club, "Tietosuoja")
        link = self.host.line("session", "invite", session)
        self.sync(*self.everybody)
        member = self.members[0]
        member.run("session", "join", self.club, session)
        guest.run("join", link, "--ca", self.ca)
        guest.run("sync", expect=3)
        for _ in range(3):
            for person in (self.host, member, guest):
                person.run("sync", expect=(0, 3))
        note = self.host.line("note", "add", session, "--title", "Kalvot", "--file", "-", text="Asiantuntijan kalvot.\n")
        self.sync(self.host, member, guest)
        self.sees("a note of the session", note, "Asiantuntijan kalvot.\n", [self.host, member, guest], [self.members[1], self.outsider])
        self.sees("a note of the club", self.after, "Tämä kirjoitettiin kaudella.\n", [self.host, member], [guest, self.outsider])

    def practise_company_visit(self):
        self.step("At each company in turn.")
        places = [m["place"] for m in self.members[0].json("meeting", "list", self.club)["items"]][:3]
        self.claim(len(set(places)) == 3 and all(places), f"the first three meetings are at {', '.join(places)}")

    def newcomer(self):
        self.step(f"Somebody joins in the middle. The template's history is: {self.model['history']}.")
        link = self.host.line("invite", self.club)
        self.late.run("join", link, "--ca", self.ca)
        self.late.run("sync", expect=3)
        self.sync(self.host, self.late)
        self.sync(*self.everybody, self.late)
        old = (self.before, "Tämä oli ennen kauden alkua.\n")
        if self.model["history"] == "all":
            self.sees("what was before the season", *old, [*self.everybody, self.late], [self.outsider])
        else:
            self.sees("what was before the season", *old, self.everybody, [self.late, self.outsider])
        self.sees("what the season brought", self.after, "Tämä kirjoitettiin kaudella.\n", [*self.everybody, self.late], [self.outsider])

    def remove(self):
        gone = self.gone = self.members[-1]
        self.step(f"{gone.name} changes jobs and is removed.")
        self.members[0].run("member", "remove", self.club, gone.name, expect=1)
        self.host.run("member", "remove", self.club, gone.name)
        self.host.run("sync")
        self.rest = [p for p in [*self.everybody, self.late] if p is not gone]
        later = self.write(self.host, "Luottamuksellista", "Lumikenttä Oy myydään keväällä.\n")
        self.sync(*self.rest)
        gone.run("sync", expect=(0, 1, 3, 4))
        self.sees("what is written after a removal", later, "Lumikenttä Oy myydään keväällä.\n", self.rest, [gone, self.outsider, self.coordinator])
        self.sees("what they had before", self.after, "Tämä kirjoitettiin kaudella.\n", [gone, *self.rest], [self.outsider])

    def give(self):
        if not self.model["mirror"]:
            self.step("This template has no mirror of contributions.")
            self.host.run("mirror", self.club, expect=1)
            self.claim(self.rest[0].run("mirror", self.club, "--mine") != "", "nobody is shown what the others gave; one's own page is there")
            return
        self.step("Give in order to get: the mirror, computed on every phone.")
        mirrors = {p.run("mirror", self.club) for p in self.rest if p is not self.late}
        self.claim(len(mirrors) == 1, "it is the same on every phone")
        self.shut_out("mirror", self.club)
        if self.tells:
            print("    " + mirrors.pop().replace("\n", "\n    "))

    def close(self):
        self.step("The season ends. Everybody takes the archive; one leaves.")
        hashes = set()
        for person in self.rest:
            if person is self.late:
                continue
            out = self.work / f"export-{person.home.name}"
            person.run("export", self.club, "--out", out, expect=(0, 3))
            digest = hashlib.sha256()
            for file in sorted(p for p in out.rglob("*") if p.is_file()):
                digest.update(str(file.relative_to(out)).encode() + b"\0" + file.read_bytes())
            hashes.add(digest.hexdigest())
        self.claim(len(hashes) == 1, f"{len(self.rest) - 1} archives are the same, byte for byte")
        self.shut_out("export", self.club, "--out", self.work / "export-outsider")
        leaver = self.rest[1]
        leaver.run("club", "leave", self.club)
        self.sees("after leaving", self.after, "Tämä kirjoitettiin kaudella.\n", [p for p in self.rest if p is not leaver], [leaver])
        self.server.stop()
        words = self.work / "words.txt"
        names = [p.name for p in self.everybody] + [self.practice["club"]] + [w for text in self.written for w in text.split("\n") if w]
        words.write_text("\n".join(names) + "\n", "utf-8")
        finder = str(self.programs / "find-words")
        at_server = subprocess.run([finder, words, self.work / "server", self.work / "server.log"], capture_output=True, text=True)
        in_files = subprocess.run([finder, words, words], capture_output=True, text=True)
        self.claim(at_server.returncode == 1 and in_files.returncode == 0, "none of what anybody wrote, and no name, is found at the server")
