// bench_ts_mls.mjs SIZE…: the operations of bench-crypto in ts-mls, handshakes as PrivateMessages, the tree in the Welcome. Prints
// `PEER SIZE MILLISECONDS OPERATION`, medians of processor time. A row takes no new run once it has used SECONDS_A_ROW of processor time
// (10 by default), so that a row at 1000 members, where one run takes seconds, ends; it has one run at least. NODE_MODULES names the
// folder that holds ts-mls.
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

globalThis.crypto ??= webcrypto; // Debian's Node 18 has it in the module only

const folder = `${process.env.NODE_MODULES}/ts-mls`;
const mls = await import(pathToFileURL(`${folder}/dist/src/index.js`));
const peer = `ts-mls-${JSON.parse(readFileSync(`${folder}/package.json`)).version}`;
const suite = await mls.getCiphersuiteImpl(mls.getCiphersuiteFromName('MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519'));
const client = {
  keyRetentionConfig: mls.defaultKeyRetentionConfig,
  lifetimeConfig: mls.defaultLifetimeConfig,
  keyPackageEqualityConfig: mls.defaultKeyPackageEqualityConfig,
  paddingConfig: { kind: 'padUntilLength', padUntilLength: 0 },
  authService: mls.defaultAuthenticationService,
};
const capabilities = { versions: ['mls10'], ciphersuites: [suite.name], extensions: [], proposals: [], credentials: ['basic'] };
const now = BigInt(Math.floor(Date.now() / 1000));
const lifetime = { notBefore: now - 3600n, notAfter: now + 86400n * 28n };
const credential = name => ({ credentialType: 'basic', identity: new TextEncoder().encode(name) });
const makePackage = name => mls.generateKeyPackage(credential(name), capabilities, lifetime, [], suite);
const addOf = made => ({ proposalType: 'add', add: { keyPackage: made.publicPackage } });
const removeOf = leaf => ({ proposalType: 'remove', remove: { removed: leaf } });

const limit = 1000 * Number(process.env.SECONDS_A_ROW ?? 10);

async function median(runs, work) {
  const times = [];
  for (let used = 0; times.length < runs && (used < limit || times.length === 0); used += times.at(-1)) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

for (const size of process.argv.slice(2).map(Number)) {
  const runs = size >= 1000 ? 3 : size >= 100 ? 7 : 31;
  const say = async (operation, work) => console.log(`${peer} ${size} ${(await median(runs, work)).toFixed(4)} ${operation}`);
  const packages = [];
  for (let i = 0; i <= size; i++) packages.push(await makePackage(`m${i}`));
  const create = () => mls.createGroup(new Uint8Array([1]), packages[0].publicPackage, packages[0].privatePackage, [], suite, client);
  await say('create', create);
  const commit = (state, proposals) =>
    mls.createCommit({ state, cipherSuite: suite }, { extraProposals: proposals, ratchetTreeExtension: true });
  const whole = await commit(await create(), packages.slice(1, size).map(addOf));
  const group = whole.newState;
  const last = packages[size - 1];
  const join = () => mls.joinGroup(whole.welcome, last.publicPackage, last.privatePackage, mls.emptyPskIndex, suite, undefined, undefined, client);
  const second = await join();
  await say('join', join);
  const both = async (operation, proposals) => {
    const made = await commit(group, proposals);
    await say(operation, () => commit(group, proposals));
    await say(`process ${operation}`, () => mls.processPrivateMessage(second, made.commit.privateMessage, mls.emptyPskIndex, suite));
  };
  await both('add', [addOf(packages[size])]);
  await both('update', []);
  if (size > 2) await both('remove', [removeOf(1)]);
  const text = new Uint8Array(1024).fill(109);
  const message = await mls.createApplicationMessage(group, text, suite);
  await say('encrypt 1 KiB', () => mls.createApplicationMessage(group, text, suite));
  await say('decrypt 1 KiB', () => mls.processPrivateMessage(second, message.privateMessage, mls.emptyPskIndex, suite));
}
