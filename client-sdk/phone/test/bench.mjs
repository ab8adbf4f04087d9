// ./dev bench phone: what a person waits for, in Chromium with 5,000 notes of 1.5 KiB: medians of several runs.
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Phone, Server, endAll, until, webRoot } from "../../web/test/lib.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const notes = Number(process.env.MUISTIO_NOTES ?? 5000);
const rounds = Number(process.env.MUISTIO_ROUNDS ?? 5);
const dist = join(here, "../dist");
const median = (values) => [...values].sort((left, right) => left - right)[values.length >> 1];
const spread = (values) => `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)} in ${values.length})`;
const words = "kokous palautus kuljetus hinta varasto asiakas kampanja tuote toimitus sopimus verkkokauppa palvelu työaika koulutus vienti".split(" ");

const server = await Server.start(webRoot("app", dist));
const phone = await Phone.open("bench", { locale: "en-GB" });
const { page } = phone;
try {
  await page.goto(server.origin);
  await page.getByRole("button", { name: "Start a club" }).click();
  await page.locator("input").nth(0).fill("Club");
  await page.locator("input").nth(1).fill("Kaisa");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("heading", { name: "Club", exact: true }).waitFor();
  // The notes are written by the SDK in a second client over the same home, as the app would.
  const filled = await page.evaluate(async ([notes, words]) => {
    const { client } = globalThis.muistio;
    const club = (await client.clubs())[0].id;
    const began = performance.now();
    let seed = 1;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let count = 0; count < notes; ++count) {
      let text = "";
      while (text.length < 1500) text += `${words[Math.floor(random() * words.length)]}${Math.floor(random() * 100)} `;
      if (count === notes >> 1) text += "ainutlaatuinen";
      await client.addNote({ club, title: `Note ${count}`, text });
    }
    return performance.now() - began;
  }, [notes, words]);
  console.log(`${notes} notes written one by one, each durable: ${(filled / 1000).toFixed(1)} s, ${(filled / notes).toFixed(2)} ms each`);
  await until("everything is sent", async () => (await page.getByText("Everything is sent").count()) > 0, 600);
  const searched = [];
  await page.goBack();
  await page.getByRole("button", { name: "Search" }).click();
  const field = page.locator("input[type=search]");
  await field.fill("ainutlaatuinen");
  await page.locator("mark").first().waitFor({ timeout: 600_000 }); // what was not indexed yet is, once
  for (let round = 0; round < rounds; ++round) {
    await field.fill("");
    await page.locator("mark").first().waitFor({ state: "detached" });
    searched.push(await page.evaluate(() => new Promise((resolve) => {
      const input = document.querySelector("input[type=search]");
      const began = performance.now();
      new MutationObserver((_, observer) => {
        if (!document.querySelector("mark")) return;
        observer.disconnect();
        resolve(performance.now() - began);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
      input.value = "ainutlaatuisesta";
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    })));
  }
  console.log(`from the last letter to search results among ${notes} notes (120 ms of it waits for the next letter): ${spread(searched)}`);

  await server.stop();
  const cold = [], key = [];
  for (let round = 0; round < rounds; ++round) {
    await phone.close();
    await phone.start();
    await phone.page.goto(server.origin, { waitUntil: "commit" });
    await phone.page.getByRole("button", { name: /Club/ }).first().waitFor();
    // From navigation to the first list of clubs that is drawn, as the page itself measures it.
    cold.push(await phone.page.evaluate(() => performance.now() - 0));
    key.push(await phone.page.evaluate(() => new Promise((resolve) => {
      const began = performance.now();
      const look = () => (document.activeElement?.matches("textarea.paper") ? resolve(performance.now() - began) : requestAnimationFrame(look));
      document.querySelector("button.fab").click();
      look();
    })));
  }
  console.log(`cold start offline, browser closed before, from navigation to the list: ${spread(cold)}`);
  console.log(`from the tap on "Quick note" to where the first key lands: ${spread(key)}`);
  const whole = readdirSync(dist).filter((name) => !name.endsWith(".gz")).reduce((sum, name) => sum + statSync(join(dist, name)).size, 0);
  const packed = readdirSync(dist).filter((name) => name.endsWith(".gz")).reduce((sum, name) => sum + statSync(join(dist, name)).size, 0);
  console.log(`install size ${(whole / 1024).toFixed(0)} KiB, over the network ${(packed / 1024).toFixed(0)} KiB (of it muistio.wasm ${(statSync(join(dist, "muistio.wasm.gz")).size / 1024).toFixed(0)})`);
} finally {
  await endAll();
}
process.exit(0);
