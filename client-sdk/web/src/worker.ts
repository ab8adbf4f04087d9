// The Worker that holds the open home: WebAssembly over the pool of files, the network, and the pages' questions one after another.
import type { Emscripten } from "./emscripten.js";
import { callJson, takeJson, withBytes } from "./emscripten.js";
import { Keys } from "./keys.js";
import type { FromWorker, Question, ToWorker } from "./messages.js";
import { Browser } from "./network.js";
import { mountPool, Pool } from "./pool.js";
import type { LiveState } from "./types.js";
import { MuistioError } from "./types.js";
// @ts-expect-error made by the WebAssembly build
import createModule from "../dist/muistio.mjs";

const HOME = "/muistio";
const say = (message: FromWorker): void => self.postMessage(message);

class HomeWorker {
  private module: Promise<Emscripten> | null = null;
  private ready: Emscripten | null = null;
  private pool: Pool | null = null;
  private keys: Keys | null = null;
  private key: Uint8Array<ArrayBuffer> | null = null;
  private letGo: (() => void) | null = null;
  private channel: BroadcastChannel | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly observers = new Map<number, { request: Record<string, unknown>; last: string | null }>();
  private readonly browser = new Browser(() => this.pumpSoon(0));
  private turn: Promise<void> = Promise.resolve();

  /** One question at a time, in order. */
  take({ id, question }: ToWorker): void {
    this.turn = this.turn.then(async () => {
      try {
        say({ id, ok: await this.answer(question) });
      } catch (error) {
        say({ id, error: asFailure(error) });
      }
      this.refresh();
    });
  }

  private loaded(): Promise<Emscripten> {
    this.module ??= (createModule({
      browser: this.browser,
      locateFile: () => new URL("./muistio.wasm", self.location.href).href,
      printErr: () => undefined,
    }) as Promise<Emscripten>).then((module) => {
      this.browser.module = module;
      return (this.ready = module);
    });
    return this.module;
  }

  private async folderOf(home: string): Promise<FileSystemDirectoryHandle> {
    const root = await navigator.storage.getDirectory();
    const all = await root.getDirectoryHandle("muistio", { create: true });
    return all.getDirectoryHandle(home, { create: true });
  }

  private async answer(question: Question): Promise<unknown> {
    switch (question.ask) {
      case "state":
        return new Keys(await this.folderOf(question.home), await this.loaded()).state();
      case "open":
        return this.open(question.home, question.unlock, question.credential);
      case "relock":
        if (!this.keys || !this.key) throw new MuistioError("invalid_state", "no home is open");
        return this.keys.relock(this.key, question.unlock, question.credential);
      case "drop":
        return new Keys(await this.folderOf(question.home), await this.loaded()).drop(question.text);
      case "link":
        return unwrap(callJson(await this.loaded(), "muistio_link", question.link));
      case "call":
        await this.pool?.reserve();
        return this.call(question.request);
      case "addMaterial":
        return this.addMaterial(question.club, question.name, question.bytes);
      case "getMaterial":
        return this.getMaterial(question.material);
      case "observe":
        this.observers.set(question.observer, { request: question.request, last: null });
        return null;
      case "forget":
        this.observers.delete(question.observer);
        return null;
      case "online":
        // Tries at once instead of waiting for its turn.
        return this.call({ do: "startLive" });
      case "close":
        this.close();
        return null;
    }
  }

  private async open(home: string, unlock: Parameters<Keys["unlock"]>[0], credential: string | null): Promise<number> {
    const module = await this.loaded();
    const folder = await this.folderOf(home);
    await this.hold(home);
    try {
      this.keys = new Keys(folder, module);
      const fresh = !(await this.keys.state()).exists;
      const key = await this.keys.unlock(unlock, credential);
      this.pool = await Pool.open(await folder.getDirectoryHandle("pool", { create: true }));
      mountPool(module, this.pool, HOME);
      const answer = withBytes(module, key, (at) =>
        takeJson(module, module.ccall("muistio_open", "number", ["string", "number", "number"], [HOME, at, fresh || this.pool?.files().length === 0 ? 1 : 0])));
      unwrap(answer);
      this.key = key;
    } catch (error) {
      this.close();
      throw error;
    }
    this.pumpSoon(0);
    return this.takeDrops();
  }

  /** One page has the home at a time; the one that asks last. */
  private async hold(home: string): Promise<void> {
    const channel = new BroadcastChannel(`muistio-${home}`);
    channel.postMessage("give");
    await new Promise<void>((resolve, reject) => {
      navigator.locks
        .request(`muistio-${home}`, { signal: AbortSignal.timeout(5000) }, () => {
          resolve();
          return new Promise<void>((release) => (this.letGo = release));
        })
        .catch(() => reject(new MuistioError("store_busy", "Another window has this open.")));
    });
    channel.onmessage = () => {
      this.turn = this.turn.then(() => {
        this.close();
        say({ taken: true });
      });
    };
    this.channel = channel;
  }

  private close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.ready && this.key) this.ready._muistio_close();
    this.key?.fill(0);
    this.key = null;
    this.pool?.close();
    this.pool = null;
    this.channel?.close();
    this.channel = null;
    this.letGo?.();
    this.letGo = null;
    // The file system is mounted once in a module's life; what was in its memory goes with it.
    this.module = this.ready = null;
  }

  private call(request: Record<string, unknown>): unknown {
    if (!this.ready) throw new MuistioError("invalid_state", "no home is open");
    const value = unwrap(callJson(this.ready, "muistio_call", JSON.stringify(request)));
    this.pumpSoon(0);
    return value;
  }

  private async takeDrops(): Promise<number> {
    if (!this.keys || !this.key) return 0;
    return this.keys.takeDrops(this.key, (text) => {
      const { club, title, body } = JSON.parse(text) as { club: string; title: string; body: string };
      this.call({ do: "addNote", club, title, text: body, private: true });
    });
  }

  private async addMaterial(club: string, name: string, bytes: Uint8Array): Promise<unknown> {
    await this.pool?.reserve();
    if (!this.ready) throw new MuistioError("invalid_state", "no home is open");
    const { FS } = this.ready;
    const file = `/tmp/${name.replace(/[/\0]/g, "_") || "_"}`;
    FS.writeFile(file, bytes);
    try {
      return this.call({ do: "addMaterial", club, file });
    } finally {
      FS.unlink(file);
    }
  }

  private async getMaterial(material: string): Promise<Uint8Array> {
    await this.pool?.reserve();
    if (!this.ready) throw new MuistioError("invalid_state", "no home is open");
    const out = "/tmp/out";
    this.call({ do: "getMaterial", material, out });
    const bytes = this.ready.FS.readFile(out);
    this.ready.FS.unlink(out);
    return bytes;
  }

  private pumpSoon(ms: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.turn = this.turn.then(() => this.pump());
    }, ms);
  }

  private async pump(): Promise<void> {
    if (!this.ready || !this.key) return;
    await this.pool?.reserve();
    const step = takeJson(this.ready, this.ready._muistio_step()) as { changed: boolean; live: LiveState | null; again: number | null };
    if (step.live) say({ live: step.live });
    if (step.changed) this.refresh();
    if (step.again !== null && this.timer === null) this.pumpSoon(step.again);
  }

  /** Asks the observed queries again, and tells what is another answer. */
  private refresh(): void {
    if (!this.ready || !this.key) return;
    for (const [observer, observed] of this.observers) {
      let value: unknown;
      try {
        value = unwrap(callJson(this.ready, "muistio_ask", JSON.stringify(observed.request)));
      } catch {
        continue; // a club that is not open yet, for one: the last answer stands
      }
      const text = JSON.stringify(value);
      if (text === observed.last) continue;
      observed.last = text;
      say({ observer, value });
    }
  }
}

function unwrap(answer: unknown): unknown {
  const { ok, error } = answer as { ok?: unknown; error?: { code: string; message: string; detail: string } };
  if (error) throw new MuistioError(error.code, error.message, error.detail);
  return ok;
}

function asFailure(error: unknown): { code: string; message: string; detail: string } {
  if (error instanceof MuistioError) return { code: error.code, message: error.message, detail: error.detail };
  if (error instanceof DOMException && error.name === "QuotaExceededError") return { code: "disk_full", message: "The storage is full.", detail: "" };
  if (error instanceof DOMException && error.name === "NoModificationAllowedError") return { code: "store_busy", message: "Another window has this open.", detail: "" };
  return { code: "io_failed", message: error instanceof Error ? error.message : String(error), detail: "" };
}

const worker = new HomeWorker();
self.onmessage = (event: MessageEvent<ToWorker>) => worker.take(event.data);
