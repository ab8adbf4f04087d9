// Klubimuistio in Chromium with a real muistiod: node test/phone.mjs [WORDS OF A CASE'S NAME]. Screenshots land in MUISTIO_SHOTS.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Phone, Server, folder, run, until, webRoot } from "../../web/test/lib.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.MUISTIO_SHOTS ?? folder("shots");
mkdirSync(shots, { recursive: true });
const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file)) : {});
const catalogue = (language) => ({ ...read(join(here, `../words/${language}.json`)), ...read(join(here, `../../words/${language}.json`)) });

const server = await Server.start(webRoot("app", join(here, "../dist")));
const kaisa = await Phone.open("kaisa", { locale: "fi-FI", permissions: ["clipboard-read", "clipboard-write"] });
const anna = await Phone.open("anna", { locale: "en-GB", permissions: ["clipboard-read", "clipboard-write"] });
const state = { findings: [] };

/** The words that a phone shows. */
const word = (phone, key, gaps = {}) => {
  const found = catalogue(phone.options.locale.slice(0, 2))[key];
  const text = typeof found === "string" ? found : gaps.n === 1 ? found.one : found.other;
  return text.replace(/\{([a-z]+)\.([a-z]+)(\|cap)?\}/g, (_, name, form) => word(phone, `${name}.${name === "group" ? "club" : "host"}.${form}`)).replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
};
const button = (phone, key, gaps) => phone.page.getByRole("button", { name: word(phone, key, gaps), exact: true });
const sees = (phone, text) => phone.page.getByText(text).first().waitFor({ timeout: 20_000 });
const field = (phone, key) => phone.page.getByLabel(word(phone, key));

/** What axe finds serious, what is wider than the screen, and what is too small for a thumb. */
async function examine(phone, name) {
  const { violations } = await phone.page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const each of violations.filter(({ impact }) => impact === "serious" || impact === "critical"))
    state.findings.push(`${name}: ${each.id}: ${each.nodes.map((node) => node.html).join(" ").slice(0, 200)}`);
  const wide = (await phone.page.evaluate(() => document.documentElement.scrollWidth)) - phone.page.viewportSize().width;
  if (wide > 0) state.findings.push(`${name}: ${wide} pixels wider than the screen`);
  const small = await phone.page.evaluate(() =>
    [...document.querySelectorAll("button, label.button, a, .choice label")].filter((each) => {
      const box = each.getBoundingClientRect();
      return box.width > 0 && (box.height < 43.5 || box.width < 43.5);
    }).map((each) => each.outerHTML.slice(0, 120)));
  if (small.length > 0) state.findings.push(`${name}: targets under 44 pixels: ${small.join(" ")}`);
}
/** Screenshots of a screen in two languages, in the dark, and 320 wide with text of 200 %; each examined. */
async function look(phone, name) {
  const { page } = phone;
  const own = phone.options.locale.slice(0, 2);
  const other = own === "fi" ? "en" : "fi";
  await page.evaluate(axe); // beside the page's own scripts, which come from the server alone
  const show = (language) => page.evaluate((language) => globalThis.muistio.show(language), language);
  const shot = async (kind) => {
    await page.waitForTimeout(100);
    await page.screenshot({ path: join(shots, `${name}-${kind}.png`) });
    await examine(phone, `${name} ${kind}`);
  };
  await shot(own);
  await page.emulateMedia({ colorScheme: "dark" });
  await shot(`${own}-dark`);
  await page.emulateMedia({ colorScheme: "light" });
  await show(other);
  await shot(other);
  await show("sv");
  await page.setViewportSize({ width: 320, height: 640 });
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await shot("sv-320-200");
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  await page.setViewportSize({ width: phone.options.width, height: phone.options.height });
  await show(own);
  await page.evaluate(() => localStorage.removeItem("language"));
}
const visit = async (phone, path = "/") => {
  await phone.page.goto(server.origin + path);
  await phone.page.locator("h1").first().waitFor();
};
/** What is typed into a note is saved. */
const typed = async (phone, text) => {
  await phone.page.locator("textarea.paper").pressSequentially(text);
  await sees(phone, word(phone, "note.saved"));
};

await run([
  ["a host starts a club, and makes an invitation with a QR code that says its link", async () => {
    await visit(kaisa);
    await look(kaisa, "01-start");
    await button(kaisa, "start.create").click();
    await field(kaisa, "phone.start.club_name").fill("Verkkokauppiasklubi");
    await field(kaisa, "start.name").fill("Kaisa Virtanen");
    await look(kaisa, "02-create");
    await button(kaisa, "phone.start.begin").click();
    await kaisa.page.getByRole("heading", { name: "Verkkokauppiasklubi" }).waitFor();
    await look(kaisa, "03-club-empty");
    await button(kaisa, "nav.members").click();
    await button(kaisa, "admission.invite").click();
    await kaisa.page.getByRole("img", { name: word(kaisa, "phone.invite.qr") }).waitFor();
    await kaisa.page.evaluate(() => (navigator.share = undefined));
    await button(kaisa, "phone.invite.share").click();
    await sees(kaisa, word(kaisa, "phone.invite.copied"));
    state.link = await kaisa.page.evaluate(() => navigator.clipboard.readText());
    assert.match(state.link, new RegExp(`^${server.origin}/join#`));
    await look(kaisa, "04-invite");
  }],
  ["a member opens the link, says a name, and is let in", async () => {
    await kaisa.page.goBack();
    await server.stop().then(() => server.start()); // Kaisa's phone is on its way back while Anna comes
    await anna.page.goto(state.link);
    await field(anna, "start.name").waitFor();
    await look(anna, "05-invited");
    await field(anna, "start.name").fill("Anna Lindholm");
    const began = Date.now();
    await button(anna, "phone.start.begin").click();
    await anna.page.getByRole("heading", { name: "Verkkokauppiasklubi" }).waitFor();
    assert.ok(Date.now() - began < 5000);
    state.waited = await anna.page.getByText(word(anna, "admission.waiting")).count();
    await until("Anna is let in", async () => (await anna.page.getByText(word(anna, "admission.waiting")).count()) === 0, 40);
    await sees(anna, word(anna, "sync.all_sent"));
  }],
  ["a quick note is two taps away, and is hers alone until she says otherwise", async () => {
    await anna.page.goBack();
    await look(anna, "06-clubs");
    await button(anna, "phone.home.quick").click();
    await anna.page.waitForFunction(() => document.activeElement?.matches("textarea.paper"));
    await anna.page.keyboard.type("Kysy kuljetuksista.\nMatti tietää.");
    await look(anna, "07-new-note");
    await button(anna, "common.save").click();
    await sees(anna, word(anna, "note.private"));
    await anna.page.reload();
    await sees(anna, "Verkkokauppiasklubi");
    await anna.page.getByRole("button", { name: /Verkkokauppiasklubi/ }).first().click();
    await anna.page.getByRole("button", { name: /Kysy kuljetuksista/ }).waitFor();
    await look(anna, "08-notes");
  }],
  ["minutes are written by two at once, and each keeps her caret", async () => {
    await anna.page.getByRole("button", { name: word(anna, "note.new") }).click();
    await anna.page.getByLabel(/Title/).fill("Minutes");
    await anna.page.locator("textarea.paper").fill("Present: Anna\n\nNext time: 12 Dec");
    await button(anna, "common.save").click();
    await sees(anna, word(anna, "note.saved"));
    await button(kaisa, "nav.notes").click();
    await kaisa.page.getByRole("button", { name: /Minutes/ }).click();
    const paper = (phone) => phone.page.locator("textarea.paper");
    await until("Kaisa sees it", async () => (await paper(kaisa).inputValue()).startsWith("Present: Anna"));
    await paper(anna).evaluate((area) => { area.focus(); area.setSelectionRange(13, 13); });
    await paper(kaisa).evaluate((area) => { area.focus(); area.setSelectionRange(area.value.length, area.value.length); });
    await Promise.all([anna.page.keyboard.type(", Liisa, Matti", { delay: 30 }), kaisa.page.keyboard.type(" at Kaisa's", { delay: 40 })]);
    const whole = "Present: Anna, Liisa, Matti\n\nNext time: 12 Dec at Kaisa's";
    for (const phone of [anna, kaisa]) await until(`${phone.name} has both`, async () => (await paper(phone).inputValue()) === whole);
    assert.equal(await paper(anna).evaluate((area) => area.selectionStart), 27);
    assert.equal(await paper(kaisa).evaluate((area) => area.selectionStart), whole.length);
    await look(anna, "09-minutes");
    await look(kaisa, "09-minutes");
  }],
  ["from cold, with the server stopped, everything opens, and a note is written and goes later", async () => {
    await anna.page.goBack();
    await sees(anna, word(anna, "sync.all_sent"));
    await until("the app is kept on the phone", () => anna.page.evaluate(async () => (await caches.keys()).length === 1 && (await navigator.serviceWorker.ready).active !== null));
    await server.stop();
    await anna.close();
    await anna.start();
    await visit(anna);
    await anna.page.getByRole("button", { name: /Verkkokauppiasklubi/ }).first().click();
    await anna.page.getByRole("button", { name: /Minutes/ }).waitFor();
    await anna.page.getByRole("button", { name: word(anna, "note.new") }).click();
    await anna.page.locator("textarea.paper").fill("Written in the basement");
    await button(anna, "common.save").click();
    await sees(anna, word(anna, "sync.unsent", { n: 1 }));
    await look(anna, "10-offline-note");
    await anna.page.reload();
    await anna.page.getByRole("button", { name: /Verkkokauppiasklubi/ }).first().click();
    await sees(anna, word(anna, "sync.unsent", { n: 1 }));
    await server.start();
    await anna.page.evaluate(() => dispatchEvent(new Event("online")));
    await sees(anna, word(anna, "sync.all_sent"));
    await kaisa.page.goBack();
    await kaisa.page.evaluate(() => dispatchEvent(new Event("online")));
    await kaisa.page.getByRole("button", { name: /Written in the basement/ }).waitFor();
  }],
  ["a photo is shared and seen by the other", async () => {
    await button(kaisa, "nav.material").click();
    await kaisa.page.locator('input[accept="image/*"]').setInputFiles(join(here, "../public/icon-512.png"));
    await kaisa.page.getByRole("img", { name: "icon-512.png" }).waitFor();
    await look(kaisa, "11-material");
    await button(anna, "nav.material").click();
    await anna.page.getByRole("img", { name: "icon-512.png" }).waitFor({ timeout: 30_000 });
    const down = anna.page.waitForEvent("download");
    await button(anna, "phone.material.save").click();
    assert.deepEqual(readFileSync(await (await down).path()), readFileSync(join(here, "../public/icon-512.png")));
    await look(anna, "11-material");
  }],
  ["a meeting is planned offline, answered by the other, has minutes, attendance and a calendar file", async () => {
    await server.stop();
    await button(kaisa, "nav.meetings").click();
    await kaisa.page.getByRole("button", { name: word(kaisa, "meeting.new") }).click();
    await field(kaisa, "note.title").fill("Tapaaminen Raumalla");
    await field(kaisa, "meeting.time").fill("2027-01-12T18:00");
    await kaisa.page.getByLabel(new RegExp(word(kaisa, "meeting.place"))).fill("Kauppakatu 7");
    await look(kaisa, "23-new-meeting");
    await button(kaisa, "common.save").click();
    await kaisa.page.getByRole("heading", { level: 1, name: "Tapaaminen Raumalla" }).waitFor();
    await kaisa.page.getByLabel(word(kaisa, "meeting.theme")).fill("Hinnoittelu");
    await kaisa.page.getByRole("button", { name: word(kaisa, "common.add"), exact: true }).click();
    await sees(kaisa, "Hinnoittelu");
    await server.start();
    for (const phone of [kaisa, anna]) await phone.page.evaluate(() => dispatchEvent(new Event("online")));
    await button(anna, "nav.meetings").click();
    await anna.page.getByRole("button", { name: /Tapaaminen Raumalla/ }).waitFor();
    await anna.page.getByLabel(word(anna, "rsvp.late")).check({ force: true });
    await sees(kaisa, word(kaisa, "rsvp.late"));
    await until("Kaisa sees that Anna comes late", () => kaisa.page.locator("li", { hasText: "Anna Lindholm" }).getByText(word(kaisa, "rsvp.late")).count());
    await look(anna, "24-meetings");
    const present = kaisa.page.getByRole("group", { name: "Anna Lindholm" }).getByLabel(word(kaisa, "attendance.present"), { exact: true });
    await present.check({ force: true });
    await until("Anna is marked", () => present.isChecked());
    await look(kaisa, "25-meeting");
    const down = kaisa.page.waitForEvent("download");
    await button(kaisa, "meeting.calendar").click();
    const calendar = readFileSync(await (await down).path(), "utf8");
    assert.match(calendar, /SUMMARY:Tapaaminen Raumalla/);
    assert.match(calendar, /BEGIN:VALARM/);
    await button(kaisa, "note.minutes").click();
    await kaisa.page.locator("textarea.paper").fill("Avattiin 18.05.");
    await sees(kaisa, word(kaisa, "note.saved"));
    await kaisa.page.goBack();
    await kaisa.page.goBack();
    await button(kaisa, "nav.material").click();
    await button(anna, "nav.material").click();
  }],
  ["search finds other forms of a word, and marks them", async () => {
    await kaisa.page.goBack();
    await button(kaisa, "nav.search").click();
    await field(kaisa, "search.hint").fill("basement");
    await kaisa.page.locator("mark", { hasText: "basement" }).first().waitFor();
    await look(kaisa, "12-search");
    await kaisa.page.goBack();
  }],
  ["four languages are shown, and the choice is kept", async () => {
    await button(kaisa, "nav.settings").click();
    for (const [language, name] of [["sv", "svenska"], ["nl", "Nederlands"], ["en", "English"], ["fi", "suomi"]]) {
      await kaisa.page.getByLabel(name).check({ force: true });
      await kaisa.page.getByRole("heading", { level: 1, name: catalogue(language)["nav.settings"] }).waitFor();
      assert.equal(await kaisa.page.evaluate(() => document.documentElement.lang), language);
    }
    await look(kaisa, "13-settings");
  }],
  ["the 24 words are shown, and one is asked back", async () => {
    await kaisa.page.getByRole("button", { name: word(kaisa, "phone.recovery.show") }).click();
    await look(kaisa, "14-recovery");
    await kaisa.page.getByRole("button", { name: word(kaisa, "phone.recovery.show") }).click();
    await kaisa.page.locator(".words li").nth(23).waitFor();
    const words = await kaisa.page.locator(".words li").allTextContents();
    assert.equal(words.length, 24);
    await look(kaisa, "15-words");
    await button(kaisa, "recovery.written").click();
    const asked = Number(/\d+/.exec(await kaisa.page.locator("label.field span").textContent())[0]);
    await kaisa.page.locator("label.field input").fill("wrong");
    await button(kaisa, "common.confirm").click();
    await sees(kaisa, word(kaisa, "recovery.wrong"));
    await kaisa.page.locator("label.field input").fill(words[asked - 1]);
    await button(kaisa, "common.confirm").click();
    await kaisa.page.getByRole("heading", { level: 1, name: word(kaisa, "nav.settings") }).waitFor();
  }],
  ["a PIN locks, a wrong one does not open, and a quick note is kept meanwhile", async () => {
    await button(kaisa, "phone.lock.set_pin").click();
    await field(kaisa, "phone.lock.pin_choose").fill("246810");
    await field(kaisa, "phone.lock.pin_repeat").fill("246811");
    await button(kaisa, "common.save").click();
    await sees(kaisa, word(kaisa, "phone.lock.pin_differs"));
    await field(kaisa, "phone.lock.pin_repeat").fill("246810");
    await button(kaisa, "common.save").click();
    await button(kaisa, "phone.lock.now").click();
    await kaisa.page.getByRole("heading", { name: word(kaisa, "lock.locked") }).waitFor();
    await look(kaisa, "16-locked");
    await button(kaisa, "lock.quick_note").click();
    await kaisa.page.locator("textarea.paper").fill("Lukittuna kirjoitettu");
    await look(kaisa, "17-locked-note");
    await button(kaisa, "common.save").click();
    await sees(kaisa, word(kaisa, "phone.lock.kept"));
    await kaisa.page.reload();
    await field(kaisa, "phone.lock.pin").fill("111111");
    await button(kaisa, "lock.unlock").click();
    await sees(kaisa, word(kaisa, "phone.lock.wrong"));
    await field(kaisa, "phone.lock.pin").fill("246810");
    await button(kaisa, "lock.unlock").click();
    await kaisa.page.getByRole("button", { name: /Verkkokauppiasklubi/ }).first().click();
    await kaisa.page.getByRole("button", { name: /Lukittuna kirjoitettu/ }).waitFor();
  }],
  ["the host removes a member, who reads what she had and nothing more", async () => {
    await button(kaisa, "nav.members").click();
    await look(kaisa, "18-members");
    await kaisa.page.getByRole("button", { name: word(kaisa, "member.remove", { name: "Anna Lindholm" }) }).click();
    await look(kaisa, "19-remove");
    await kaisa.page.getByRole("dialog").getByRole("button", { name: word(kaisa, "member.remove", { name: "Anna Lindholm" }) }).click();
    await sees(anna, word(anna, "member.removed"));
    await button(anna, "nav.notes").click();
    await anna.page.getByRole("button", { name: /Minutes/ }).waitFor();
    await look(anna, "20-removed");
    assert.equal(await anna.page.getByRole("button", { name: word(anna, "note.new") }).count(), 0);
  }],
  ["a passkey locks and opens, and another does not", async () => {
    const session = await kaisa.context.newCDPSession(kaisa.page);
    await session.send("WebAuthn.enable");
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: true, automaticPresenceSimulation: true },
    });
    await visit(kaisa);
    await field(kaisa, "phone.lock.pin").fill("246810");
    await button(kaisa, "lock.unlock").click();
    await button(kaisa, "nav.settings").click();
    await button(kaisa, "phone.lock.remove").click();
    await button(kaisa, "phone.lock.set_passkey").click();
    await button(kaisa, "phone.lock.now").click();
    await button(kaisa, "phone.lock.passkey").click();
    await kaisa.page.getByRole("heading", { level: 1, name: word(kaisa, "nav.settings") }).waitFor();
    await button(kaisa, "phone.lock.now").click();
    await session.send("WebAuthn.clearCredentials", { authenticatorId });
    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await button(kaisa, "phone.lock.passkey").click();
    await kaisa.page.waitForTimeout(500);
    await kaisa.page.getByRole("heading", { name: word(kaisa, "lock.locked") }).waitFor();
  }],
  ["on an iPhone's browser the link only shows how to install, and makes nothing", async () => {
    const phone = await Phone.open("iphone", { locale: "fi-FI", permissions: ["clipboard-read", "clipboard-write"], userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1" });
    await phone.page.goto(state.link);
    await phone.page.getByRole("heading", { name: word(phone, "phone.install.title") }).waitFor();
    await look(phone, "21-iphone");
    await button(phone, "phone.install.copy").click();
    assert.equal(await phone.page.evaluate(() => navigator.clipboard.readText()), state.link);
    assert.deepEqual(await phone.page.evaluate(async () => {
      const names = [];
      for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
      return names;
    }), []);
    await phone.close();
  }],
  ["invented people are there to try it with, and nothing is sent anywhere", async () => {
    const phone = await Phone.open("practice", { locale: "sv-FI" });
    await visit(phone);
    await button(phone, "start.practice").click();
    await sees(phone, word(phone, "start.practice_banner"));
    await phone.page.getByRole("button", { name: new RegExp(word(phone, "phone.practice.club")) }).click();
    await sees(phone, word(phone, "phone.practice.note_title"));
    await look(phone, "22-practice");
    assert.equal(await phone.page.evaluate(() => globalThis.muistio.client.live.current), undefined);
    await phone.close();
  }],
  ["the examination finds what is planted", async () => {
    const before = state.findings.length;
    await kaisa.page.evaluate(() => {
      const planted = document.createElement("div");
      planted.innerHTML = "<button>x</button><img src='/icon.svg'><div>planted</div>";
      planted.lastChild.style.width = "500px";
      document.body.append(planted);
    });
    await kaisa.page.evaluate(axe);
    await examine(kaisa, "planted");
    const found = state.findings.splice(before).join("\n");
    for (const what of ["image-alt", "wider than the screen", "under 44 pixels"]) assert.ok(found.includes(what), `${what} in ${found}`);
    await kaisa.page.reload();
  }],
  ["no finding of axe is serious, nothing is wider than the screen, every target has 44 pixels", () => assert.deepEqual(state.findings, [])],
  ["no page had an error that nobody caught", () => assert.deepEqual([...kaisa.trouble, ...anna.trouble], [])],
]);
