import { Client } from "./index.js";
globalThis.client = new Client({ worker: "./worker.js" });
globalThis.Client = Client;
