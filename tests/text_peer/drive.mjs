// drive.mjs --ours TEXT_CASES --cases N [--first SEED] [--reverse-agents]: replays the histories that text-cases makes with
// diamond-types-node and compares the ends. A history that ends differently is shrunk step by step and printed. The last line counts;
// exits with 0 only if all are equal. NPM_ROOT names the folder that holds node_modules.
// --reverse-agents gives the peer the opposite order of agents, so that it must disagree: for testing this test.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    ours: { type: 'string' }, cases: { type: 'string' }, first: { type: 'string', default: '1' },
    'reverse-agents': { type: 'boolean', default: false },
  },
});
const { OpLog } = createRequire(`${process.env.NPM_ROOT}/node_modules/`)('diamond-types-node');

/** An agent's name for the peer, which orders agents by their names' bytes as we do by their ids' bytes. */
const peerName = (agent) => (options['reverse-agents'] ? String.fromCharCode(0x7b - (agent.charCodeAt(0) - 0x61)) : agent);

/** What diamond-types makes of a history. */
function theirs({ txns }) {
  const log = new OpLog();
  let next = 0;
  for (const { parents, agent, span, ops } of txns) {
    log.setAgent(peerName(agent));
    let heads = Uint32Array.from(parents);
    for (const [position, removed, inserted] of ops) {
      if (removed > 0) next = log.del(position, removed, heads);
      if (inserted !== '') next = log.ins(position, inserted, heads);
      heads = Uint32Array.of(next);
    }
    if (next !== span[1] - 1) throw new Error(`the peer numbers edits otherwise: ${next} for ${span[1] - 1}`);
  }
  const branch = log.checkout();
  const text = branch.get();
  branch.free();
  log.free();
  return text;
}

/** Whether the ends differ, or the peer cannot replay the history at all. */
function disagrees(history) {
  try {
    return theirs(history) !== history.endContent;
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    return true;
  }
}

/** What the peer makes of it, for people to read. */
function told(history) {
  try {
    return JSON.stringify(theirs(history));
  } catch (error) {
    return `cannot replay it (${error.message})`;
  }
}

/** The history of `seed` without the steps in `skipped`. */
function remade(seed, skipped) {
  const made = spawnSync(options.ours, [String(seed), '1', ...(skipped.length > 0 ? ['--skip', skipped.join()] : [])], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`text-cases: ${made.stderr}`);
  return JSON.parse(made.stdout);
}

/** Leaves out every step without which the ends still differ. */
function shrunk(history) {
  let skipped = [];
  for (let changed = true; changed;) {
    changed = false;
    for (let step = history.steps; step >= 1; --step) {
      if (skipped.includes(step) || !disagrees(remade(history.seed, [...skipped, step]))) continue;
      skipped = [...skipped, step];
      changed = true;
    }
  }
  return remade(history.seed, skipped);
}

const ours = spawn(options.ours, [options.first, options.cases], { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = new Promise((resolve) => ours.on('close', resolve));
let equal = 0, different = 0, edits = 0, concurrent = 0;
for await (const line of createInterface({ input: ours.stdout })) {
  const history = JSON.parse(line);
  edits += history.txns.at(-1)?.span[1] ?? 0;
  if (history.txns.some(({ parents }) => parents.length > 1)) ++concurrent;
  if (!disagrees(history)) {
    ++equal;
    continue;
  }
  ++different;
  if (different > 1) continue;
  const small = shrunk(history);
  console.log(`seed ${history.seed}: the ends differ. Shrunk:\n${JSON.stringify(small)}\ndiamond-types: ${told(small)}`);
}
const status = await ended;
console.log(`${equal} of ${options.cases} histories end alike, ${concurrent} of them with merges; ${edits} edits in all`);
process.exitCode = status === 0 && different === 0 && equal === Number(options.cases) && equal > 0 ? 0 : 1;
