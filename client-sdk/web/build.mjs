// Builds dist/ from src/ and from the WebAssembly build, whose folder is the argument (build/web/bin).
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const binaries = process.argv[2] ?? join(here, "../../build/web/bin");
const dist = join(here, "dist");

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
copyFileSync(join(binaries, "muistio.wasm"), join(dist, "muistio.wasm"));
copyFileSync(join(binaries, "muistio.mjs"), join(dist, "muistio.mjs"));
const common = { bundle: true, format: "esm", target: ["chrome108", "firefox111", "safari16.4"], sourcemap: true, minify: true, logLevel: "warning" };
await build({ ...common, entryPoints: [join(here, "src/index.ts")], outfile: join(dist, "index.js") });
await build({ ...common, entryPoints: [join(here, "src/worker.ts")], outfile: join(dist, "worker.js") });
const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
execFileSync(process.execPath, [join(dirname(typescript), JSON.parse(readFileSync(typescript, "utf8")).bin.tsc), "-p", here], { stdio: "inherit" });
writeFileSync(join(dist, "LICENSE"), readFileSync(join(here, "../../LICENSE")));
rmSync(join(dist, "muistio.mjs")); // it is in worker.js
