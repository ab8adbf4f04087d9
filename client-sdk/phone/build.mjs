// Builds dist/, the folder that a server serves: the app, its Worker and WebAssembly, compressed beside, and the service worker that keeps it.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const sdk = join(here, "../web");
const dist = join(here, "dist");
const languages = ["fi", "sv", "nl", "en"];

// Every key that the source names must be in every language.
function words() {
  const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});
  const all = Object.fromEntries(languages.map((language) => [language, { ...read(join(here, `words/${language}.json`)), ...read(join(here, `../words/${language}.json`)) }]));
  const source = readdirSync(join(here, "src"), { recursive: true }).filter((name) => /\.tsx?$/.test(name)).map((name) => readFileSync(join(here, "src", name), "utf8")).join("\n");
  const used = new Set([...source.matchAll(/\bt\(\s*"([a-z_.0-9-]+)"/g)].map((match) => match[1]));
  for (const conditional of source.matchAll(/"((?:phone|sync|meeting|rsvp|attendance|catch_up|note|start|common|member|admission|nav|host|role|lock)\.[a-z_.0-9-]+)"/g)) used.add(conditional[1]);
  const keep = (key) => used.has(key) || /^(rsvp|attendance|error|language|group\.club|host\.host|date)\./.test(key);
  for (const language of languages)
    for (const key of used) if (!(key in all[language])) throw new Error(`${language} has no message ${key}`);
  return Object.fromEntries(languages.map((language) => [language, Object.fromEntries(Object.entries(all[language]).filter(([key]) => keep(key)))]));
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
cpSync(join(here, "public"), dist, { recursive: true });
const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
execFileSync(process.execPath, [join(dirname(typescript), JSON.parse(readFileSync(typescript, "utf8")).bin.tsc), "-p", here], { stdio: "inherit" });
const common = { bundle: true, format: "esm", target: ["chrome108", "firefox111", "safari16.4"], minify: true, sourcemap: process.argv.includes("--maps"), logLevel: "warning" };
await build({
  ...common,
  entryPoints: { main: join(here, "src/main.tsx") },
  outdir: dist,
  splitting: true,
  chunkNames: "[name]-[hash]",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [{
    name: "words",
    setup(plugin) {
      plugin.onResolve({ filter: /^virtual:words$/ }, () => ({ path: "words", namespace: "words" }));
      plugin.onLoad({ filter: /.*/, namespace: "words" }, () => ({ contents: JSON.stringify(words()), loader: "json" }));
    },
  }],
});
for (const file of ["worker.js", "muistio.wasm"]) copyFileSync(join(sdk, "dist", file), join(dist, file));

const files = readdirSync(dist).filter((name) => !name.endsWith(".map"));
const hash = createHash("sha256");
for (const name of files.sort()) hash.update(name).update(readFileSync(join(dist, name)));
const kept = files.map((name) => (name === "index.html" ? "/" : `/${name}`));
await build({ ...common, splitting: false, entryPoints: [join(here, "src/sw.ts")], outfile: join(dist, "sw.js"), sourcemap: false,
  define: { FILES: JSON.stringify(kept), BUILD: JSON.stringify(hash.digest("hex").slice(0, 16)) } });
// The page of an invitation link is the app.
copyFileSync(join(dist, "index.html"), join(dist, "join.html"));
let whole = 0;
let packed = 0;
for (const name of readdirSync(dist)) {
  const body = readFileSync(join(dist, name));
  whole += body.length;
  const small = /\.(html|js|css|wasm|svg|webmanifest)$/.test(name) ? gzipSync(body, { level: 9 }) : body;
  packed += small.length;
  if (small !== body) writeFileSync(join(dist, `${name}.gz`), small);
}
// What one compares with the hashes that are published with a release (docs/threat-model.md).
writeFileSync(join(dist, "SHA256SUMS.txt"), readdirSync(dist).filter((name) => name !== "SHA256SUMS.txt").sort()
  .map((name) => `${createHash("sha256").update(readFileSync(join(dist, name))).digest("hex")}  ${name}\n`).join(""));
console.log(`Klubimuistio: ${(whole / 1024).toFixed(0)} KiB installed, ${(packed / 1024).toFixed(0)} KiB over the network`);
