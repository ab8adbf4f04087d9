// The SDK in Chromium with a real muistiod: node test/browser.mjs [WORDS OF A CASE'S NAME]
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Phone, Server, run, until, webRoot } from "./lib.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const server = await Server.start(webRoot("sdk", join(here, "page"), join(here, "../dist")));
const kaisa = await Phone.open("kaisa");
const anna = await Phone.open("anna");
const state = {};

async function visit(phone) {
  await phone.page.goto(server.origin);
  await phone.page.waitForFunction(() => globalThis.client);
}
/** Calls the client in the page. */
const ask = (phone, name, ...given) =>
  phone.page.evaluate(
    async ([name, given]) => {
      try {
        const value = await client[name](...given);
        return { ok: value instanceof Uint8Array ? [...value] : value };
      } catch (error) {
        return { error: { code: error.code, message: error.message, detail: error.detail } };
      }
    },
    [name, given],
  ).then(({ ok, error }) => {
    if (error) throw Object.assign(new Error(`${name}: ${error.code} ${error.message} ${error.detail}`), error);
    return ok;
  });
const refusal = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error.code;
  }
  return "nothing";
};
const inStep = (phone) => until(`${phone.name} is in step`, () => phone.page.evaluate(() => client.live.current?.phase === "in-step"));
const text = async (phone, note) => (await ask(phone, "note", note)).text;

await run([
  ["a home is made, opened by its own page alone, and locked", async () => {
    await visit(kaisa);
    assert.deepEqual(await ask(kaisa, "lockState"), { exists: false, kind: null, credential: null });
    await ask(kaisa, "open");
    assert.equal(await refusal(ask(kaisa, "clubs")), "nothing");
    await ask(kaisa, "init", "Kaisa", server.url);
    // A second window takes it over; the first learns of it.
    const second = await kaisa.context.newPage();
    await second.goto(server.origin);
    await second.waitForFunction(() => globalThis.client);
    await second.evaluate(() => client.open());
    assert.equal(await second.evaluate(async () => (await client.about()).name), "Kaisa");
    await until("the first window knows", () => kaisa.page.evaluate(() => client.taken.current));
    assert.equal(await refusal(ask(kaisa, "clubs")), "invalid_state");
    await second.close();
    await ask(kaisa, "open");
    assert.equal((await ask(kaisa, "about")).name, "Kaisa");
  }],
  ["a club is made, somebody joins by a link and is admitted, and notes go both ways", async () => {
    state.club = await ask(kaisa, "createClub", "Verkkokauppiasklubi");
    const { link } = await ask(kaisa, "invite", state.club);
    const said = await ask(kaisa, "describeLink", link);
    assert.deepEqual(said, { club: "Verkkokauppiasklubi", inviter: "Kaisa", server: server.url });
    assert.notEqual(await refusal(ask(kaisa, "describeLink", link.slice(0, -3))), "nothing");
    await ask(kaisa, "startLive");
    await visit(anna);
    await ask(anna, "open");
    await ask(anna, "join", link, "Anna");
    state.draft = await ask(anna, "addNote", { club: state.club, title: "Luonnos", text: "Ennen hyväksyntää." });
    await ask(anna, "startLive");
    await until("Anna is in", async () => (await ask(anna, "clubs"))[0].standing === "open");
    await until("Kaisa has the draft", async () => (await ask(kaisa, "notes", state.club)).some((note) => note.title === "Luonnos"));
    state.note = await ask(kaisa, "addNote", { club: state.club, title: "Muistio", text: "Alku." });
    await until("Anna has the note", async () => (await ask(anna, "notes", state.club)).some((note) => note.id === state.note));
  }],
  ["an observed query gives each newer answer, and a loop over it ends when it is closed", async () => {
    const seen = anna.page.evaluate(async (club) => {
      const titles = [];
      const observed = client.observeNotes(club);
      for await (const notes of observed) {
        titles.push(notes.map((note) => note.title).sort().join());
        if (titles.at(-1).includes("Kolmas")) observed.close();
      }
      return titles;
    }, state.club);
    await until("it is observed", () => anna.page.evaluate(() => client.live.current?.phase === "in-step"));
    await ask(kaisa, "addNote", { club: state.club, title: "Kolmas", text: "" });
    const titles = await seen;
    assert.equal(titles.at(-1), "Kolmas,Luonnos,Muistio");
    assert.ok(new Set(titles).size === titles.length, "the same answer is not told twice");
  }],
  ["minutes that two edit with the server stopped merge on both", async () => {
    await inStep(kaisa);
    await inStep(anna);
    await server.stop();
    const edit = async (phone, change) => {
      const { text: old, version } = await ask(phone, "note", state.note);
      await ask(phone, "editNote", state.note, change(old), version);
    };
    await edit(kaisa, (old) => `Kaisan rivi.\n${old}`);
    await edit(anna, (old) => `${old}\nAnnan rivi.`);
    await until("Anna knows that there is no network", () => anna.page.evaluate(() => client.live.current?.phase === "waiting"));
    await until("it says that one change waits", () => anna.page.evaluate(() => client.live.current.unsent === 1));
    assert.equal((await ask(anna, "clubs"))[0].unsent, 1);
    assert.equal(await text(anna, state.note), "Alku.\nAnnan rivi.");
    await server.start();
    for (const phone of [kaisa, anna]) {
      await phone.page.evaluate(() => dispatchEvent(new Event("online")));
      await until(`${phone.name} has both`, async () => (await text(phone, state.note)) === "Kaisan rivi.\nAlku.\nAnnan rivi.");
    }
  }],
  ["what was acknowledged is there after the browser was killed in the middle of saving", async () => {
    await ask(anna, "stopLive");
    for (let round = 0; round < 3; ++round) {
      const browser = anna.context;
      const { page } = anna;
      let acknowledged = 0;
      await page.exposeFunction(`saved${round}`, (count) => (acknowledged = count));
      await page.evaluate(([note, round]) => {
        void (async () => {
          for (let count = 1; ; ++count) {
            await client.appendNote(note, `\n${round}:${count}`);
            void globalThis[`saved${round}`](count);
          }
        })();
      }, [state.note, round]);
      await until("some are saved", () => acknowledged >= 10);
      // The renderer dies where it stands.
      await page.goto("chrome://crash").catch(() => undefined);
      const before = acknowledged;
      await browser.close().catch(() => undefined);
      await anna.start();
      await visit(anna);
      await ask(anna, "open");
      const now = await text(anna, state.note);
      for (let count = 1; count <= before; ++count) assert.ok(now.includes(`\n${round}:${count}`), `${round}:${count} of ${before}`);
    }
    await ask(anna, "startLive");
  }],
  ["a photo goes up and comes down byte for byte", async () => {
    const bytes = Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251);
    await anna.page.evaluate(([club, bytes]) => client.addMaterial(club, "kuva.jpg", new Uint8Array(bytes)), [state.club, bytes]);
    const found = await until("Kaisa has it", () => kaisa.page.evaluate(async (club) => {
      globalThis.material ??= client.observeMaterial(club);
      return material.current?.find((each) => each.title === "kuva.jpg" && each.present);
    }, state.club), 40);
    assert.equal(found.author, "Anna");
    assert.deepEqual(await ask(kaisa, "getMaterial", found.id), bytes);
    assert.equal(await refusal(ask(kaisa, "getMaterial", "00".repeat(16))), "not_found");
  }],
  ["a PIN opens the home, another does not, and a note dropped while it is locked is taken in", async () => {
    await ask(kaisa, "lockWith", { kind: "pin", pin: "246810" });
    await ask(kaisa, "close");
    assert.equal(await refusal(ask(kaisa, "clubs")), "invalid_state");
    assert.equal(await refusal(ask(kaisa, "open", { kind: "pin", pin: "246811" })), "wrong_key");
    assert.equal(await refusal(ask(kaisa, "open", { kind: "device" })), "wrong_key");
    await ask(kaisa, "drop", { club: state.club, title: "Lukittuna", body: "Muista kysyä hinnoista." });
    assert.equal((await ask(kaisa, "lockState")).kind, "pin");
    const found = await kaisa.page.evaluate(async () => {
      const files = [];
      const walk = async (folder) => {
        for await (const entry of folder.values())
          if (entry.kind === "directory") await walk(entry);
          else files.push(new TextDecoder("latin1").decode(await (await entry.getFile()).arrayBuffer()));
      };
      await walk(await navigator.storage.getDirectory());
      return { files: files.length, words: ["Muista", "hinnoista", "Kaisa", "Alku", "246810"].filter((word) => files.some((file) => file.includes(word))) };
    });
    assert.ok(found.files > 3);
    assert.deepEqual(found.words, []);
    assert.equal(await ask(kaisa, "open", { kind: "pin", pin: "246810" }), 1);
    const dropped = (await ask(kaisa, "notes", state.club)).find((note) => note.title === "Lukittuna");
    assert.ok(dropped.private);
    assert.equal(await text(kaisa, dropped.id), "Muista kysyä hinnoista.");
    await ask(kaisa, "startLive");
  }],
  ["a removed member gets nothing that is written afterwards", async () => {
    await inStep(kaisa);
    await inStep(anna);
    const members = await until("Kaisa sees Anna", () => kaisa.page.evaluate(async (club) => {
      globalThis.members ??= client.observeMembers(club);
      return members.current?.length === 2 && members.current;
    }, state.club));
    await ask(kaisa, "removeMember", state.club, members.find((member) => !member.self).id);
    await until("Anna is out", async () => (await ask(anna, "clubs"))[0].standing === "removed");
    await ask(kaisa, "addNote", { club: state.club, title: "Vain meille", text: "" });
    await inStep(kaisa);
    assert.ok(!(await ask(anna, "notes", state.club)).some((note) => note.title === "Vain meille"));
    assert.ok((await ask(anna, "notes", state.club)).some((note) => note.title === "Muistio"), "what was there stays readable");
  }],
  ["a full storage is said, and nothing that was saved is lost", async () => {
    const session = await kaisa.context.newCDPSession(kaisa.page);
    const { usage } = await session.send("Storage.getUsageAndQuota", { origin: server.origin });
    await session.send("Storage.overrideQuotaForOrigin", { origin: server.origin, quotaSize: usage + 200_000 });
    const before = await text(kaisa, state.note);
    let code = "nothing";
    for (let count = 0; count < 40 && code === "nothing"; ++count)
      code = await refusal(ask(kaisa, "appendNote", state.note, `\n${String(count).padStart(3)}${"äöå".repeat(20_000)}${Math.random()}`));
    assert.equal(code, "disk_full");
    await session.send("Storage.overrideQuotaForOrigin", { origin: server.origin });
    assert.ok((await text(kaisa, state.note)).startsWith(before));
    await ask(kaisa, "appendNote", state.note, "\nJälleen tilaa.");
    assert.ok((await text(kaisa, state.note)).endsWith("Jälleen tilaa."));
  }],
  ["no page had an error that nobody caught", () => assert.deepEqual([...kaisa.trouble, ...anna.trouble], [])],
]);
