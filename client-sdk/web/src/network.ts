// The WebSocket and the transfers of attachments, for the code in WebAssembly.
import type { Emscripten } from "./emscripten.js";
import { withBytes } from "./emscripten.js";
import { offset } from "./zones.js";

const SUBPROTOCOL = "muistio.1.web";
/** An upload goes in pieces of this size, each durable at the server before the next. */
const PIECE_BYTES = 1 << 20;

class Refused extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

function refusal(status: number): Refused {
  switch (status) {
    case 401: case 403: return new Refused("not_authorised", "the ticket is not valid any more");
    case 404: return new Refused("not_found", "the server does not hold the attachment");
    case 409: return new Refused("disconnected", "the server holds another part of the upload than it said");
    case 413: case 507: return new Refused("quota_exceeded", "the server takes no more");
    case 416: return new Refused("bad_range", "the server does not hold that part");
    case 429: return new Refused("rate_limited", "the server asks to wait");
    case 503: return new Refused("server_busy", "the server cannot take this now");
    default: return new Refused("disconnected", `the server answered ${status}`);
  }
}

/** What `Module.browser` does. One WebSocket at a time; what happens to an older one is passed over. */
export class Browser {
  module!: Emscripten;
  readonly offset = offset;
  private socket: WebSocket | null = null;
  private transfers = new Map<number, AbortController>();

  /** `moved` is called whenever the client has something to do. */
  constructor(private readonly moved: () => void) {}

  open(url: string): void {
    this.close();
    let socket: WebSocket;
    try {
      socket = new WebSocket(url, SUBPROTOCOL);
    } catch {
      this.end("disconnected", "the address is not one");
      return;
    }
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.module.ccall("muistio_opened", null, ["string"], [self.location.origin]);
      this.moved();
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      if (!(event.data instanceof ArrayBuffer)) {
        this.close();
        this.end("disconnected", "the server sent text where bytes belong");
        return;
      }
      const bytes = new Uint8Array(event.data);
      withBytes(this.module, bytes, (at) => this.module._muistio_received(at, bytes.length));
      this.moved();
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.end("disconnected", event.reason === "" ? "the connection was lost" : `the server closed the connection: ${event.reason}`);
    };
  }

  private end(code: string, detail: string): void {
    this.module.ccall("muistio_closed", null, ["string", "string"], [code, detail]);
    this.moved();
  }

  send(bytes: Uint8Array): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(bytes as Uint8Array<ArrayBuffer>);
  }

  queued(): number {
    return this.socket?.bufferedAmount ?? 0;
  }

  close(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
  }

  move(id: number, isUpload: boolean, url: string, token: string, file: string, size: number): void {
    const abort = new AbortController();
    this.transfers.set(id, abort);
    const work = isUpload ? this.upload(id, url, token, file, size, abort.signal) : this.download(id, url, token, file, size, abort.signal);
    work
      .then(() => this.ended(id, "", ""))
      .catch((error: unknown) => {
        if (error instanceof Refused) this.ended(id, error.code, error.message);
        else if (error instanceof TypeError || abort.signal.aborted) this.ended(id, "disconnected", "the connection was lost");
        else this.ended(id, "io_failed", "the encrypted file");
      });
  }

  giveUp(id: number): void {
    this.transfers.get(id)?.abort();
    this.transfers.delete(id);
  }

  private ended(id: number, code: string, detail: string): void {
    if (!this.transfers.delete(id)) return;
    this.module.ccall("muistio_ended", null, ["number", "string", "string"], [id, code, detail]);
    this.moved();
  }

  private progress(id: number, offset: number, count: number): void {
    if (!this.transfers.has(id)) return;
    this.module._muistio_moved(id, offset, count);
    this.moved();
  }

  private async upload(id: number, url: string, token: string, file: string, size: number, signal: AbortSignal): Promise<void> {
    const headers = { Authorization: `Bearer ${token}` };
    const asked = await fetch(url, { method: "HEAD", headers, signal, cache: "no-store" });
    if (asked.status !== 404 && !asked.ok) throw refusal(asked.status);
    let offset = asked.ok ? Number(asked.headers.get("Upload-Offset")) : 0;
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > size) throw new Refused("disconnected", "the server did not say how far the upload came");
    this.progress(id, offset, 0);
    while (offset < size) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, size - offset));
      this.read(file, piece, offset);
      const answer = await fetch(url, {
        method: "PUT",
        headers: { ...headers, "Content-Range": `bytes ${offset}-${offset + piece.length - 1}/${size}`, "Content-Type": "application/octet-stream" },
        body: piece,
        signal,
      });
      if (!answer.ok) throw refusal(answer.status);
      offset += piece.length;
      this.progress(id, offset, piece.length);
    }
  }

  private read(file: string, piece: Uint8Array, offset: number): void {
    const { FS } = this.module;
    const stream = FS.open(file, "r");
    try {
      for (let done = 0; done < piece.length; ) {
        const count = FS.read(stream, piece, done, piece.length - done, offset + done);
        if (count <= 0) throw new Error("the encrypted file is shorter than it was");
        done += count;
      }
    } finally {
      FS.close(stream);
    }
  }

  private async download(id: number, url: string, token: string, file: string, size: number, signal: AbortSignal): Promise<void> {
    const { FS } = this.module;
    const stream = FS.open(file, "a");
    try {
      let offset = FS.stat(file).size;
      if (offset > size) throw new Refused("conflicting_content", "the file is longer than the attachment");
      this.progress(id, offset, 0);
      if (offset === size) return;
      const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}`, Range: `bytes=${offset}-` }, signal, cache: "no-store" });
      if (answer.status !== 206 && !(answer.status === 200 && offset === 0)) throw refusal(answer.status);
      if (answer.status === 206 && !answer.headers.get("Content-Range")?.startsWith(`bytes ${offset}-`))
        throw new Refused("bad_range", "the server sent another part");
      const reader = answer.body?.getReader();
      if (!reader) throw new Refused("disconnected", "the download is empty");
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (offset + value.length > size) throw new Refused("conflicting_content", "the server sent more than the attachment");
        this.write(stream, value, offset);
        offset += value.length;
        this.progress(id, offset, value.length);
      }
      if (offset !== size) throw new Refused("disconnected", "the download ended early");
    } finally {
      FS.close(stream);
    }
  }

  private write(stream: ReturnType<Emscripten["FS"]["open"]>, bytes: Uint8Array, offset: number): void {
    try {
      this.module.FS.write(stream, bytes, 0, bytes.length, offset);
    } catch {
      throw new Refused("disk_full", "the download cannot be written");
    }
  }
}
