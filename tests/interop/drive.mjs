// Lets clients of several MLS implementations live in one group and compares what they hold after every commit.
import { parseArgs } from 'node:util';

import { Implementation } from './peers.mjs';
import { scenario } from './scenario.mjs';
import { walk } from './walk.mjs';

const usage = `usage: node drive.mjs --ours COMMAND --theirs NAME=COMMAND [--theirs …] [--scenario] [--walk COMMITS] [--seed N]
Runs the scenario of twelve members with every two implementations as founder and second, and a random walk of COMMITS
commits. Prints one line for each and exits 1 at the first thing that differs, naming seed and step.`;
const { values: options } = parseArgs({
  options: {
    ours: { type: 'string' }, theirs: { type: 'string', multiple: true }, scenario: { type: 'boolean' },
    walk: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' },
  },
});
if (options.help || !options.ours || !options.theirs) {
  console.log(usage);
  process.exit(options.help ? 0 : 2);
}

const implementations = [new Implementation('muistio', options.ours)];
for (const pair of options.theirs) {
  const at = pair.indexOf('=');
  implementations.push(new Implementation(pair.slice(0, at), pair.slice(at + 1)));
}
for (const { name, known } of implementations) if (known.leftOut) console.log(`left out with ${name}: ${known.leftOut}`);
const counted = (world) => Object.entries(world.counts).sort().map(([what, count]) => `${what} ${count}`).join(', ');
try {
  if (options.scenario)
    for (const other of implementations.slice(1))
      for (const [first, second] of [[implementations[0], other], [other, implementations[0]]]) {
        const world = await scenario(first, second);
        console.log(`scenario, founded by ${first.name}, with ${second.name}: ${world.commits} commits, all agree (${counted(world)})`);
      }
  if (options.walk) {
    const seed = Number(options.seed ?? 1);
    const world = await walk(implementations, Number(options.walk), seed);
    const names = implementations.map((implementation) => implementation.name).join(', ');
    console.log(`walk of ${names}, seed ${seed}: ${world.commits} commits, all agree (${counted(world)})`);
  }
} catch (error) {
  console.log(`FAILED: ${error.message}`);
  process.exitCode = 1;
}
for (const implementation of implementations) implementation.close();
