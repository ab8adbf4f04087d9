// ./dev demo phone: a real muistiod on loopback that serves the app, a filled example club, and links for two members. Ends with Ctrl-C.
// --check fills it, lets a member come in by the first link, and ends.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Phone, Server, endAll, root, until } from "../../web/test/lib.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const checks = process.argv.includes("--check");
const programs = process.env.MUISTIO_BIN ?? join(root, "build/release/bin");
const scratch = mkdtempSync(join(tmpdir(), "muistio-demo-"));
const server = await Server.start(join(here, "../dist"));
const home = join(scratch, "kaisa");
const muistio = (...words) => execFileSync(join(programs, "muistio"), ["--home", home, ...words], { encoding: "utf8" }).trim();
const note = (title, text) => {
  const file = join(scratch, "note.txt");
  writeFileSync(file, text);
  muistio("note", "add", "Verkkokauppiasklubi", "--title", title, "--file", file);
};

muistio("init", "--name", "Kaisa Virtanen", "--server", server.url, "--ca", join(server.data, "dev-ca.pem"));
muistio("club", "create", "Verkkokauppiasklubi", "--history", "all");
note("Pelisäännöt", "1. Se mitä täällä puhutaan, jää tänne.\n2. Anna, niin saat.\n3. Ole mukana.\n");
note("Tapaaminen Raumalla", "Paikalla: Kaisa, Liisa, Matti, Anna\n\nLiisa: palautukset vähenivät kolmanneksella, kun tuotesivuille tuli kokotaulukko ja oikeat kuvat.\nMatti: kuljetusten hinnat nousivat; vertaamme tarjouksia ensi kertaan mennessä.\n\nSeuraava kerta 12.12. Annan luona.\n");
note("Toiveita", "– Miten hinnoitella palvelu?\n– Kansainvälistyminen: kokemuksia Ruotsista\n– Vierailu Matin varastolla\n");
const links = [muistio("invite", "Verkkokauppiasklubi"), muistio("invite", "Verkkokauppiasklubi")];
muistio("sync");
// Kaisa's phone is on all the while and lets in whoever comes by a link.
const letting = setInterval(() => spawn(join(programs, "muistio"), ["--home", home, "sync"], { stdio: "ignore" }), 2000);

console.log(`\nKlubimuistio is at ${server.origin} (this machine's own certificate: the browser asks once whether to go on).\n`);
console.log("The club is Kaisa's. Two members may come in, each in a browser or a private window of its own:\n");
for (const link of links) {
  console.log(`  ${link}\n`);
  if (!checks) {
    const { default: qrcode } = await import("qrcode-generator");
    const code = qrcode(0, "L");
    code.addData(link);
    code.make();
    const dark = (row, column) => row >= 0 && column >= 0 && row < code.getModuleCount() && column < code.getModuleCount() && code.isDark(row, column);
    for (let row = -2; row < code.getModuleCount() + 2; row += 2) {
      let line = "";
      for (let column = -2; column < code.getModuleCount() + 2; ++column) line += [" ", "▄", "▀", "█"][(dark(row, column) ? 0 : 2) + (dark(row + 1, column) ? 0 : 1)];
      console.log(`  ${line}`);
    }
    console.log();
  }
}
const end = async () => {
  clearInterval(letting);
  await endAll();
  rmSync(scratch, { recursive: true, force: true });
};
if (checks) {
  try {
    const anna = await Phone.open("anna", { locale: "fi-FI" });
    await anna.page.goto(links[0]);
    await anna.page.locator("input[autocomplete=name]").fill("Anna");
    await anna.page.locator("form button").first().click();
    await until("Anna reads the minutes", async () => (await anna.page.getByText("Tapaaminen Raumalla").count()) > 0, 40);
    assert.deepEqual(anna.trouble, []);
    console.log("Anna came in by the first link and sees the club's notes.");
  } finally {
    await end();
  }
  process.exit(0);
}
console.log("Ctrl-C ends it.");
process.once("SIGINT", () => void end().then(() => process.exit(0)));
process.once("SIGTERM", () => void end().then(() => process.exit(0)));
if (!existsSync(join(here, "../dist"))) throw new Error("build it first: .ci/web build");
