import type { Emscripten } from "./emscripten.js";
/** What `Module.browser` does. One WebSocket at a time; what happens to an older one is passed over. */
export declare class Browser {
    private readonly moved;
    module: Emscripten;
    private socket;
    private transfers;
    /** `moved` is called whenever the client has something to do. */
    constructor(moved: () => void);
    open(url: string): void;
    private end;
    send(bytes: Uint8Array): void;
    queued(): number;
    close(): void;
    move(id: number, isUpload: boolean, url: string, token: string, file: string, size: number): void;
    giveUp(id: number): void;
    private ended;
    private progress;
    private upload;
    private read;
    private download;
    private write;
}
