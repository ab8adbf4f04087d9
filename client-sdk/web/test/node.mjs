// The WebAssembly client without a browser: a home in memory makes a club and a note, and finds it by another form of a word. Prints sizes.
// node --no-experimental-fetch test/node.mjs FOLDER-OF-THE-BUILD
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { gzipSync } from "node:zlib";

const folder = process.argv[2];
globalThis.self = globalThis;
self.location = { href: pathToFileURL(join(folder, "muistio.mjs")).href, origin: "https://localhost" };
const wasmBinary = readFileSync(join(folder, "muistio.wasm"));
// The offset of a zone, as network.ts works it out.
const { outputFiles } = await build({ entryPoints: [new URL("../src/zones.ts", import.meta.url).pathname], bundle: true, format: "esm", write: false });
const { offset } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
const { default: create } = await import(self.location.href);
const module = await create({ wasmBinary, browser: { offset } });

function take(at) {
  const text = module.UTF8ToString(at);
  module._free(at);
  return JSON.parse(text);
}
const raw = (request) => take(module.ccall("muistio_call", "number", ["string"], [request]));
const call = (request) => {
  const answer = raw(JSON.stringify(request));
  if (answer.error) throw new Error(`${answer.error.code}: ${answer.error.detail}`);
  return answer.ok;
};
const open = (fill, create = 1) => {
  const key = module._malloc(32);
  module.HEAPU8.fill(fill, key, key + 32);
  const answer = take(module.ccall("muistio_open", "number", ["string", "number", "number"], ["/home", key, create]));
  assert.deepEqual([...module.HEAPU8.subarray(key, key + 32)], new Array(32).fill(0), "the key is wiped where it came in");
  module._free(key);
  return answer;
};

assert.deepEqual(open(7), { ok: null });
assert.equal(open(7).error.code, "invalid_state");
call({ do: "init", name: "Kaisa" });
const club = call({ do: "createClub", name: "Verkkokauppiasklubi" });
const text = "Puhuttiin varastokierrosta. Café 🦆, kokoukset joka kuudes viikko.";
const note = call({ do: "addNote", club, title: "Muistio", text });
const found = call({ do: "search", words: "kokouksessa" });
assert.equal(found.length, 1);
assert.equal(found[0].id, note);
const [{ at, length }] = found[0].snippetMatches;
assert.equal(found[0].snippet.slice(at, at + length), "kokoukset", "matches are counted as JavaScript counts");
assert.equal(call({ do: "search", words: "olematon" }).length, 0);

// Two edits of one version: both stay.
const shown = call({ do: "note", note, asShown: true });
call({ do: "editNote", note, text: `Kaisan rivi.\n${text}`, base: shown.version });
call({ do: "editNote", note, text: `${text}\nAnnan rivi.`, base: shown.version });
assert.equal(call({ do: "note", note }).text, `Kaisan rivi.\n${text}\nAnnan rivi.`);

// A meeting on the clock of its place: before and after the clocks change, in the hour that they skip and in the one that they show twice.
for (const [starts, at] of [
  ["2026-03-28T18:00", "2026-03-28T16:00Z"], ["2026-03-29T18:00", "2026-03-29T15:00Z"], ["2026-03-29T03:30", "2026-03-29T01:30Z"],
  ["2026-10-25T03:30", "2026-10-25T00:30Z"], ["2026-10-25T18:00", "2026-10-25T16:00Z"], ["2026-12-01T18:00", "2026-12-01T16:00Z"],
]) {
  const meeting = call({ do: "addMeeting", club, title: "Tapaaminen", starts, zone: "Europe/Helsinki", minutes: 120, place: "Rauma" });
  const { meeting: shownMeeting } = call({ do: "meeting", meeting });
  assert.equal(new Date(shownMeeting.at).toISOString(), new Date(at).toISOString(), starts);
  call({ do: "answerMeeting", meeting, answer: "late" });
  assert.equal(call({ do: "meeting", meeting }).meeting.ownAnswer, "late");
}
assert.equal(raw(JSON.stringify({ do: "addMeeting", club, title: "x", starts: "2026-12-01T18:00", zone: "Europe/Nowhere", minutes: 1 })).error.code, "invalid_argument");
assert.match(call({ do: "calendar", club }), /BEGIN:VALARM/);

for (const request of ["", "{", "null", "[]", '{"do":7}', '{"do":"nothing"}', '{"do":"notes"}', '{"do":"notes","club":"zz"}', '{"do":"addNote","club":null,"text":1}'])
  assert.ok(raw(request).error, request);

module._muistio_close();
assert.equal(open(8, 0).error.code, "wrong_key", "another key opens nothing");
assert.deepEqual(open(7, 0), { ok: null });
assert.equal(call({ do: "notes", club }).filter((each) => each.title === "Muistio").length, 1);
const disk = module.FS.readdir("/home").filter((name) => name.startsWith("home.db")).map((name) => Buffer.from(module.FS.readFile(`/home/${name}`)));
for (const word of ["varastokierros", "Kaisa", "SQLite format"])
  assert.ok(!disk.some((bytes) => bytes.includes(word)), `${word} is not on the disk in the clear`);
assert.ok(disk.some((bytes) => bytes.length > 8192));
module._muistio_close();

const script = readFileSync(join(folder, "muistio.mjs"));
const kib = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;
console.log(`muistio.wasm ${kib(wasmBinary.length)}, gzip ${kib(gzipSync(wasmBinary).length)}; muistio.mjs ${kib(script.length)}, gzip ${kib(gzipSync(script).length)}`);
