// The key of the home's store, wrapped: by a key that the browser keeps and gives to no script, by a PIN through Argon2id, or by a
// passkey's PRF. Specified in docs/formats/client.md ("In a browser").
import type { Emscripten } from "./emscripten.js";
import { withBytes } from "./emscripten.js";
import type { LockKind, LockState, Unlock } from "./types.js";
import { MuistioError } from "./types.js";

const ARGON2_PASSES = 3;
const ARGON2_BYTES = 64 << 20;
const CONTEXT = new TextEncoder().encode("muistio web key 1");

interface KeyFile {
  version: 1;
  kind: LockKind;
  salt: string; // of a PIN, 16 bytes; empty else
  passes: number;
  memory: number;
  credential: string | null;
  nonce: string;
  wrapped: string; // AES-256-GCM of the 32 bytes
  drop: DropKeys;
}
/** For what is written while the home is locked: anybody here may seal to it, only the open home reads it. */
interface DropKeys {
  publicKey: JsonWebKey;
  nonce: string;
  wrappedPrivate: string; // by a key derived from the home's
}

type Bytes = Uint8Array<ArrayBuffer>;
export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export function fromHex(text: string): Bytes {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) throw new MuistioError("malformed", "The key file is damaged.");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
const randomBytes = (count: number): Bytes => crypto.getRandomValues(new Uint8Array(count));

/** AES-256-GCM key that the browser keeps in IndexedDB and that no script can read. */
async function browserKey(create: boolean): Promise<CryptoKey> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const asked = indexedDB.open("muistio-keys", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("IndexedDB"));
  });
  try {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
      });
    const found = (await done(database.transaction("keys").objectStore("keys").get("device"))) as CryptoKey | undefined;
    if (found) return found;
    if (!create) throw new MuistioError("wrong_key", "The browser has lost the key of this home.");
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const transaction = database.transaction("keys", "readwrite", { durability: "strict" });
    transaction.objectStore("keys").put(made, "device");
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("IndexedDB"));
    });
    return made;
  } finally {
    database.close();
  }
}

const importAes = (bytes: Bytes): Promise<CryptoKey> => crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

async function derived(bytes: Bytes, purpose: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode(purpose) },
    base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

function argon2(module: Emscripten, pin: string, salt: Bytes, passes: number, memory: number): Bytes {
  const password = new TextEncoder().encode(pin.normalize("NFC"));
  return withBytes(module, password, (at) => withBytes(module, salt, (saltAt) => withBytes(module, new Uint8Array(32), (out) => {
    if (module._muistio_password_key(at, password.length, saltAt, passes, memory, out) !== 1)
      throw new MuistioError("too_large", "There is not enough memory to open the lock.");
    return module.HEAPU8.slice(out, out + 32) as Bytes;
  })));
}

async function wrappingKey(module: Emscripten, unlock: Unlock, file: Pick<KeyFile, "salt" | "passes" | "memory">, create: boolean): Promise<CryptoKey> {
  switch (unlock.kind) {
    case "device": return browserKey(create);
    case "pin": return importAes(argon2(module, unlock.pin, fromHex(file.salt), file.passes, file.memory));
    case "passkey": return derived(unlock.secret.slice() as Bytes, "muistio web passkey 1");
  }
}

async function seal(key: CryptoKey, bytes: Bytes): Promise<{ nonce: string; text: string }> {
  const nonce = randomBytes(12);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: CONTEXT }, key, bytes);
  return { nonce: toHex(nonce), text: toHex(new Uint8Array(sealed)) };
}
async function open(key: CryptoKey, nonce: string, text: string): Promise<Bytes | null> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromHex(nonce), additionalData: CONTEXT }, key, fromHex(text)));
  } catch (error) {
    if (error instanceof DOMException && error.name === "OperationError") return null;
    throw error;
  }
}

/** The key file and the drops of one home's folder. */
export class Keys {
  constructor(private readonly folder: FileSystemDirectoryHandle, private readonly module: Emscripten) {}

  private async read(): Promise<KeyFile | null> {
    try {
      const handle = await this.folder.getFileHandle("key.json");
      const parsed = JSON.parse(await (await handle.getFile()).text()) as KeyFile;
      if (parsed.version !== 1) throw new MuistioError("unsupported_version", "The key file is of a newer app.");
      return parsed;
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotFoundError") return null;
      if (error instanceof SyntaxError) throw new MuistioError("malformed", "The key file is damaged.");
      throw error;
    }
  }

  /** Whole or not at all: a file under another name takes its place. */
  private async write(file: KeyFile): Promise<void> {
    const handle = await this.folder.getFileHandle("key.json", { create: true });
    const out = await handle.createWritable();
    await out.write(JSON.stringify(file));
    await out.close();
  }

  async state(): Promise<LockState> {
    const file = await this.read();
    return { exists: file !== null, kind: file?.kind ?? null, credential: file?.credential ?? null };
  }

  /** The home's key, made if there is none. Throws wrong_key. */
  async unlock(unlock: Unlock, credential: string | null = null): Promise<Bytes> {
    const file = await this.read();
    if (!file) {
      const key = randomBytes(32);
      await this.wrap(key, unlock, credential, await this.makeDropKeys(key), true);
      return key;
    }
    if (file.kind !== unlock.kind) throw new MuistioError("wrong_key", "This home is locked in another way.");
    const key = await open(await wrappingKey(this.module, unlock, file, false), file.nonce, file.wrapped);
    if (!key || key.length !== 32) throw new MuistioError("wrong_key", "That does not open it.");
    return key;
  }

  /** From now on `unlock` opens the home of `key`. */
  async relock(key: Bytes, unlock: Unlock, credential: string | null): Promise<void> {
    const file = await this.read();
    await this.wrap(key, unlock, credential, file?.drop ?? (await this.makeDropKeys(key)), true);
  }

  private async wrap(key: Bytes, unlock: Unlock, credential: string | null, drop: DropKeys, create: boolean): Promise<void> {
    const cost = { salt: unlock.kind === "pin" ? toHex(randomBytes(16)) : "", passes: ARGON2_PASSES, memory: ARGON2_BYTES };
    const sealed = await seal(await wrappingKey(this.module, unlock, cost, create), key);
    await this.write({ version: 1, kind: unlock.kind, ...cost, credential, nonce: sealed.nonce, wrapped: sealed.text, drop });
  }

  private async makeDropKeys(key: Bytes): Promise<DropKeys> {
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const secret = new TextEncoder().encode(JSON.stringify(await crypto.subtle.exportKey("jwk", pair.privateKey)));
    const sealed = await seal(await derived(key, "muistio web drop 1"), secret);
    return { publicKey: await crypto.subtle.exportKey("jwk", pair.publicKey), nonce: sealed.nonce, wrappedPrivate: sealed.text };
  }

  /** Keeps a text that the home takes in when it is next open. Durable when it returns. */
  async drop(text: string): Promise<void> {
    const file = await this.read();
    if (!file) throw new MuistioError("not_found", "There is no home yet.");
    const to = await crypto.subtle.importKey("jwk", file.drop.publicKey, { name: "ECDH", namedCurve: "P-256" }, false, []);
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const key = await this.agreed(pair.privateKey, to);
    const sealed = await seal(key, new TextEncoder().encode(text));
    const from = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const drops = await this.folder.getDirectoryHandle("drops", { create: true });
    const handle = await drops.getFileHandle(`${Date.now()}-${crypto.randomUUID()}`, { create: true });
    const out = await handle.createWritable();
    await out.write(JSON.stringify({ from, nonce: sealed.nonce, text: sealed.text }));
    await out.close();
  }

  private async agreed(own: CryptoKey, other: CryptoKey): Promise<CryptoKey> {
    return derived(new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: other }, own, 256)), "muistio web dropped 1");
  }

  /** Hands each dropped text to `take`, oldest first, and forgets it when that has returned. */
  async takeDrops(key: Bytes, take: (text: string, at: number) => void): Promise<number> {
    const file = await this.read();
    let drops: FileSystemDirectoryHandle;
    try {
      drops = await this.folder.getDirectoryHandle("drops");
    } catch {
      return 0;
    }
    const names: string[] = [];
    for await (const name of drops.keys()) names.push(name);
    if (!file || names.length === 0) return 0;
    const secret = await open(await derived(key, "muistio web drop 1"), file.drop.nonce, file.drop.wrappedPrivate);
    if (!secret) return 0;
    const own = await crypto.subtle.importKey("jwk", JSON.parse(new TextDecoder().decode(secret)) as JsonWebKey,
      { name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
    let taken = 0;
    for (const name of names.sort()) {
      const body = await (await (await drops.getFileHandle(name)).getFile()).text();
      let text: Bytes | null = null;
      try {
        const dropped = JSON.parse(body) as { from: JsonWebKey; nonce: string; text: string };
        const from = await crypto.subtle.importKey("jwk", dropped.from, { name: "ECDH", namedCurve: "P-256" }, false, []);
        text = await open(await this.agreed(own, from), dropped.nonce, dropped.text);
      } catch {
        // Cut while it was written: it was never called saved.
      }
      if (text) {
        take(new TextDecoder().decode(text), Number(name.split("-")[0]));
        ++taken;
      }
      await drops.removeEntry(name);
    }
    return taken;
  }
}
