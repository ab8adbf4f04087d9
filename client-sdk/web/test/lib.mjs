// A real muistiod and real browsers: what the browser tests of the SDK and of the phone app share.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const scratch = mkdtempSync(join(tmpdir(), "muistio-web-"));
const ends = [() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })];
const phones = [];
export const folder = (name) => join(scratch, name);

/** Ends everything that was started, the last first. */
export async function endAll() {
  while (ends.length > 0) await ends.pop()();
}

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** muistiod on one port for its whole life, stopped and started at will; serves the app in `webRoot`. */
export class Server {
  static async start(webRoot) {
    const server = new Server();
    server.port = await freePort();
    server.webRoot = webRoot;
    ends.push(() => server.stop());
    await server.start();
    return server;
  }
  get data() {
    return folder("server");
  }
  get origin() {
    return `https://localhost:${this.port}`;
  }
  get url() {
    return `wss://localhost:${this.port}`;
  }
  async start() {
    const program = join(process.env.MUISTIO_BIN ?? join(root, "build/release/bin"), "muistiod");
    this.process = spawn(program, ["serve", "--data", folder("server"), "--listen", `127.0.0.1:${this.port}`, "--dev-tls", "--web-root", this.webRoot], {
      stdio: ["ignore", "pipe", process.env.MUISTIO_SERVER_LOG ? "inherit" : "ignore"],
    });
    await new Promise((resolve, reject) => {
      this.process.stdout.once("data", resolve);
      this.process.once("exit", (code) => reject(new Error(`muistiod ended with ${code}`)));
    });
  }
  async stop() {
    const { process: running } = this;
    this.process = null;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGTERM");
    await ended;
  }
}

/** One person's phone: a browser with a profile of its own, which a kill or a restart leaves on the disk. */
export class Phone {
  static async open(name, { width = 390, height = 844, locale = "en", colorScheme = "light", permissions = [], userAgent } = {}) {
    const phone = new Phone();
    phone.name = name;
    phone.options = { width, height, locale, colorScheme, permissions, userAgent };
    ends.push(() => phone.close());
    phones.push(phone);
    await phone.start();
    return phone;
  }
  async start() {
    const { width, height, locale, colorScheme, permissions, userAgent } = this.options;
    this.context = await chromium.launchPersistentContext(folder(`phone-${this.name}`), {
      executablePath: process.env.MUISTIO_CHROMIUM ?? "/usr/bin/chromium",
      headless: true,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--ignore-certificate-errors", "--use-fake-device-for-media-stream"],
      ignoreHTTPSErrors: true,
      viewport: { width, height },
      deviceScaleFactor: 2,
      isMobile: true,
      hasTouch: true,
      locale,
      colorScheme,
      permissions,
      ...(userAgent ? { userAgent } : {}),
    });
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
    this.trouble = [];
    this.page.on("pageerror", (error) => this.trouble.push(`${this.name}: ${error.stack ?? error}`));
    this.page.on("console", (message) => {
      if (process.env.MUISTIO_CONSOLE) console.log(`[${this.name}] ${message.type()} ${message.text()}`);
    });
  }
  async close() {
    await this.context?.close().catch(() => undefined);
    this.context = null;
  }
}

/** Runs `holds` until it gives something true, at most `seconds`. */
export async function until(what, holds, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`it did not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Test cases one after another; the process ends with 1 if one failed. */
export async function run(cases) {
  const only = process.argv.slice(2);
  let failed = 0;
  let passed = 0;
  try {
    for (const [name, test] of cases) {
      if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
      const began = Date.now();
      try {
        await test();
        ++passed;
        console.log(`ok    ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
      } catch (error) {
        ++failed;
        console.log(`FAIL  ${name}\n${String(error?.stack ?? error).split("\n").map((line) => `      ${line}`).join("\n")}`);
        for (const phone of phones) await phone.page.screenshot({ path: `${process.env.MUISTIO_SHOTS ?? tmpdir()}/failed-${phone.name}.png` }).catch(() => undefined);
        break; // the cases after it stand on it
      }
    }
  } finally {
    await endAll();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

/** A folder to serve, of files and folders. */
export function webRoot(name, ...from) {
  const to = folder(name);
  for (const each of from) {
    if (!existsSync(each)) throw new Error(`${each} is not there: build it first`);
    cpSync(each, to, { recursive: true });
  }
  return to;
}
