// Lets clients of several MLS implementations live in one group and compares what they hold after every commit.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import readline from 'node:readline';
import { parseArgs } from 'node:util';

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

const hex = (text) => Buffer.from(text).toString('hex');
const kExtension = 0xf0a1;

class Implementation {
  constructor(name, command) {
    this.name = name;
    this.waiting = [];
    this.process = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.process.on('exit', (code) => {
      this.ended = `${name} ended with ${code}`;
      for (const { reject } of this.waiting.splice(0)) reject(new Error(this.ended));
    });
    this.process.stdin.on('error', () => {});
    readline.createInterface({ input: this.process.stdout }).on('line', (line) => this.waiting.shift().resolve(JSON.parse(line)));
  }
  ask(request) {
    if (this.ended) return Promise.reject(new Error(this.ended));
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.process.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }
  close() {
    this.process.stdin.end();
  }
}

class Client {
  constructor(implementation, name) {
    Object.assign(this, { implementation, name });
  }
  get ours() {
    return this.implementation.name === 'muistio';
  }
  async ask(op, fields = {}) {
    const reply = await this.implementation.ask({ op, client: this.name, ...fields });
    if (!reply.ok) throw new Error(`${this} refuses ${op}: ${reply.error}`);
    return reply;
  }
  async refuses(op, fields = {}) {
    const reply = await this.implementation.ask({ op, client: this.name, ...fields });
    if (reply.ok) throw new Error(`${this} does not refuse ${op}`);
  }
  toString() {
    return `${this.name} (${this.implementation.name})`;
  }
}

function require(holds, what) {
  if (!holds) throw new Error(what);
}

// The same draws for the same seed (splitmix64).
class Draws {
  constructor(seed) {
    this.state = BigInt(seed);
  }
  next() {
    const mask = (1n << 64n) - 1n;
    this.state = (this.state + 0x9e3779b97f4a7c15n) & mask;
    let z = this.state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return z ^ (z >> 31n);
  }
  below(limit) {
    return Number(this.next() % BigInt(limit));
  }
  coin() {
    return this.below(2) === 0;
  }
  pick(list) {
    return list[this.below(list.length)];
  }
}

let clientsMade = 0;

class World {
  constructor(implementations) {
    this.implementations = implementations;
    this.members = [];
    this.commits = 0;
    this.counts = {};
  }
  count(what) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
  async newcomer(implementation, name = `${implementation.name}-${clientsMade++}`) {
    const client = new Client(implementation, name);
    client.keyPackage = (await client.ask('client', { identity: hex(name), extensions: [kExtension] })).key_package;
    return client;
  }
  async found(implementation, groupId = `group ${clientsMade}`) {
    const founder = await this.newcomer(implementation);
    await founder.ask('create', { group_id: hex(groupId), extensions: [{ type: kExtension, data: hex('charter') }] });
    this.members = [founder];
    await this.agree();
  }
  // Every member's state and exported secret are the same, and the members are those that the driver knows.
  async agree() {
    const context = randomBytes(8).toString('hex');
    const held = await Promise.all(this.members.map(async (member) => {
      const state = await member.ask('state');
      const { secret } = await member.ask('export', { label: 'interop', context, length: 40 });
      require(state.members.find((other) => other.leaf === state.leaf)?.identity === hex(member.name), `${member}: its own leaf`);
      member.leaf = state.leaf;
      const { epoch, authenticator, tree_hash, transcript } = state;
      const members = state.members.map(({ leaf, identity }) => ({ leaf, identity }));
      return JSON.stringify({ epoch, authenticator, tree_hash, transcript, members, secret });
    }));
    held.forEach((state, i) =>
      require(state === held[0], `${this.members[i]} differs from ${this.members[0]}:\n${state}\n${held[0]}`));
    const identities = JSON.parse(held[0]).members.map((member) => member.identity).sort();
    require(JSON.stringify(identities) === JSON.stringify(this.members.map((member) => hex(member.name)).sort()), 'the members');
  }
  others(...clients) {
    return this.members.filter((member) => !clients.includes(member));
  }
  async send(message, receivers) {
    for (const receiver of receivers)
      require((await receiver.ask('process', { message })).kind === 'handshake', `${receiver}: not a handshake`);
  }
  // `committer` commits; everybody else processes; `added` join by the Welcome, `removed` are gone.
  async commit(committer, { added = [], removed = [], tree = true, ...fields } = {}) {
    const request = { add: added.map((client) => client.keyPackage), remove: removed.map((client) => client.leaf), tree, ...fields };
    const { commit, welcome } = await committer.ask('commit', request);
    require(Boolean(welcome) === added.length > 0, 'a Welcome exactly for newcomers');
    await this.send(commit, this.others(committer, ...removed));
    await committer.ask('merge');
    const beside = tree || added.length === 0 ? undefined : (await committer.ask('tree')).tree;
    for (const client of added) await client.ask('join', { welcome, ...(beside ? { tree: beside } : {}) });
    this.members = [...this.others(...removed), ...added];
    this.commits += 1;
    await this.agree();
  }
  async propose(proposer, fields) {
    const { message } = await proposer.ask('propose', fields);
    await this.send(message, this.others(proposer));
  }
  async joinFromOutside(client, from, { resync = false, tree = true, ...fields } = {}) {
    const { group_info } = await from.ask('group_info', { tree });
    const beside = tree ? {} : { tree: (await from.ask('tree')).tree };
    const { commit } = await client.ask('external_join', { group_info, resync, ...beside, ...fields });
    await this.send(commit, this.others(client));
    this.members = [...this.others(client), client];
    this.commits += 1;
    await this.agree();
  }
  async givePsk(clients = this.members) {
    const [id, secret] = [randomBytes(8).toString('hex'), randomBytes(32).toString('hex')];
    for (const client of clients) await client.ask('psk', { id, secret });
    return { id };
  }
  async read(message, data, receivers) {
    for (const receiver of receivers) {
      const reply = await receiver.ask('process', { message });
      require(reply.kind === 'application' && reply.data === data, `${receiver} reads something else`);
    }
  }
  // `sender` sends `order.length` messages, which come in that order.
  async talk(sender, order) {
    const sent = [];
    for (let i = 0; i < order.length; ++i) {
      const data = randomBytes(i * 100).toString('hex');
      sent.push([(await sender.ask('protect', { data, aad: hex(`aad ${i}`) })).message, data]);
    }
    for (const i of order) await this.read(...sent[i], this.others(sender));
    for (const receiver of this.others(sender)) await receiver.refuses('process', { message: sent[0][0] });
  }
  // Messages of the epoch before are still read.
  async talkAcross(sender, committer) {
    const data = hex('from the epoch before');
    const { message } = await sender.ask('protect', { data, aad: '' });
    await this.commit(committer);
    await this.read(message, data, this.others(sender));
  }
}

async function scenario(implementations, first, second) {
  const world = new World(implementations);
  await world.found(first);
  const made = async (count, start = 0) => {
    const clients = [];
    for (let i = 0; i < count; ++i) clients.push(await world.newcomer([second, first, ...implementations][(i + start) % (implementations.length + 2)]));
    return clients;
  };
  const by = (implementation) => world.members.find((member) => member.implementation === implementation);
  const inOurs = world.implementations[0];
  await world.commit(by(first), { added: await made(1) });
  await world.commit(by(second), { added: await made(3, 1), public: false });
  await world.commit(by(first), { added: await made(2), tree: false });
  await world.commit(by(second), { added: await made(4, 1), tree: false, public: false, aad: hex('aad') });
  await world.commit(by(first), { added: await made(1, 1) });
  require(world.members.length === 12, 'twelve members');
  for (const member of [...world.members]) await world.commit(member, { public: world.commits % 2 === 0 });
  for (const member of [...world.members]) await world.talk(member, [2, 0, 1, 4, 3]);
  await world.talkAcross(by(first), by(second));
  await world.talkAcross(by(second), by(first));
  for (const member of world.members) await member.ask('save');
  await world.agree();
  for (const implementation of [first, second])
    for (const isPublic of [true, false]) {
      const psk = await world.givePsk();
      await world.commit(by(implementation), { psk: [psk], public: isPublic });
      const [added] = await made(1);
      const both = await world.givePsk([...world.members, added]);
      await world.commit(by(implementation), { psk: [both], added: [added], public: isPublic });
      await world.commit(by(implementation), { removed: [world.members.at(1) === by(implementation) ? world.members.at(2) : world.members.at(1)], public: isPublic });
    }
  for (const isPublic of [true, false])
    await world.commit(by(inOurs), { group_extensions: [{ type: kExtension, data: hex(`charter ${isPublic}`) }], public: isPublic });
  for (const implementation of [first, second]) {
    const from = by(implementation === first ? second : first);
    await world.joinFromOutside(await world.newcomer(implementation), from);
    await world.joinFromOutside(await world.newcomer(implementation), from, { tree: false });
    await world.joinFromOutside(by(implementation), from, { resync: true });
    await world.commit(world.members.at(-1));
  }
  const withPsk = await world.newcomer(inOurs);
  const psk = await world.givePsk([...world.members, withPsk]);
  await world.joinFromOutside(withPsk, by(second), { psk: [psk] });
  for (const [proposer, committer] of [[first, second], [second, first]])
    for (const isPublic of [true, false]) {
      const leaving = world.members.findLast((member) => member !== by(proposer) && member !== by(committer));
      await world.propose(by(proposer), { remove: [leaving.leaf], public: isPublic });
      await world.propose(by(proposer), { psk: [await world.givePsk()], public: isPublic });
      const updating = world.members.find((member) => member.ours && member !== by(committer) && member !== leaving);
      if (updating) await world.propose(updating, { public: isPublic });
      world.members = world.others(leaving);
      await world.commit(by(committer), { public: isPublic });
    }
  await successors(world, first, second);
  return world;
}

// A branch of three members and, at last, a ReInit of all: each made by one implementation and joined by the other.
async function successors(world, first, second) {
  const follow = async (maker, members, fields) => {
    const copies = new Map();
    for (const member of members) {
      const copy = new Client(member.implementation, `${member.name}+${clientsMade++}`);
      copy.keyPackage = (await copy.ask('client', { identity: hex(member.name), extensions: [kExtension] })).key_package;
      copies.set(member, copy);
    }
    const others = members.filter((member) => member !== maker);
    const into = copies.get(maker);
    const { welcome } = await maker.ask('succeed', { into: into.name, add: others.map((other) => copies.get(other).keyPackage), ...fields });
    const { tree } = await into.ask('tree');
    for (const other of others) await copies.get(other).ask('join', { welcome, tree, from: other.name });
    const states = await Promise.all([...copies.values()].map((copy) => copy.ask('state')));
    states.forEach((state) => require(state.authenticator === states[0].authenticator && state.epoch === 1, 'a successor group'));
  };
  for (const implementation of [first, second]) {
    const maker = world.members.find((member) => member.implementation === implementation);
    const other = world.members.find((member) => member.implementation !== implementation) ?? world.others(maker)[0];
    await follow(maker, [maker, other, world.others(maker, other)[0]], { group_id: hex(`branch ${clientsMade}`) });
    world.count('branch');
  }
  const ending = world.members.find((member) => member.implementation === second);
  await world.commit(ending, { reinit: { group_id: hex(`next ${clientsMade}`), extensions: [{ type: kExtension, data: hex('next') }] } });
  for (const implementation of [first, second]) {
    await follow(world.members.find((member) => member.implementation === implementation), world.members, {});
    world.count('reinit');
  }
}

async function walk(implementations, commits, seed) {
  const draws = new Draws(seed);
  const world = new World(implementations);
  const newcomer = () => world.newcomer(draws.pick(implementations));
  await world.found(draws.pick(implementations));
  const steps = {
    async add() {
      const added = [];
      for (let i = 0; i <= draws.below(3); ++i) added.push(await newcomer());
      await world.commit(draws.pick(world.members), { added, tree: draws.coin(), public: draws.coin() });
    },
    async remove() {
      const committer = draws.pick(world.members);
      await world.commit(committer, { removed: [draws.pick(world.others(committer))], public: draws.coin() });
    },
    async replace() {
      const committer = draws.pick(world.members);
      await world.commit(committer, { removed: [draws.pick(world.others(committer))], added: [await newcomer()], public: draws.coin() });
    },
    async update() {
      await world.commit(draws.pick(world.members), { public: draws.coin() });
    },
    async psk() {
      await world.commit(draws.pick(world.members), { psk: [await world.givePsk()], public: draws.coin() });
    },
    async extensions() {
      const ours = world.members.filter((member) => member.ours);
      if (ours.length === 0) return false;
      await world.commit(draws.pick(ours), { group_extensions: [{ type: kExtension, data: hex(`charter ${world.commits}`) }], public: draws.coin() });
    },
    async outside() {
      await world.joinFromOutside(await newcomer(), draws.pick(world.members), { tree: draws.coin() });
    },
    async resync() {
      const client = draws.pick(world.members);
      await world.joinFromOutside(client, draws.pick(world.others(client)), { resync: true });
    },
    async propose() {
      const committer = draws.pick(world.members);
      const proposer = draws.pick(world.others(committer));
      const leaving = draws.pick(world.others(committer, proposer));
      const updating = world.others(committer, leaving).filter((member) => member.ours);
      if (draws.coin()) await world.propose(proposer, { psk: [await world.givePsk()], public: draws.coin() });
      if (updating.length > 0 && draws.coin()) await world.propose(draws.pick(updating), { public: draws.coin() });
      await world.propose(proposer, { remove: [leaving.leaf], public: draws.coin() });
      world.members = world.others(leaving);
      await world.commit(committer, { public: draws.coin() });
    },
    async discard() {
      const committer = draws.pick(world.members);
      await committer.ask('commit', { public: draws.coin() });
      await committer.ask('discard');
      await world.commit(committer, { public: draws.coin() });
    },
    async across() {
      await world.talkAcross(draws.pick(world.members), draws.pick(world.members));
    },
  };
  let step = '';
  try {
    while (world.commits < commits) {
      const size = world.members.length;
      const growing = ['add', 'outside'];
      const shrinking = ['remove', 'propose'];
      const staying = ['update', 'psk', 'extensions', 'resync', 'replace', 'discard', 'across'];
      step = draws.pick(size < 4 ? growing : size > 12 ? shrinking : [...growing, ...shrinking, ...staying, ...staying]);
      if ((await steps[step]()) === false) continue;
      world.count(step);
      if (draws.below(4) === 0) {
        await world.talk(draws.pick(world.members), draws.pick([[0], [1, 0], [2, 0, 1], [3, 1, 2, 0]]));
        world.count('talk');
      }
      if (draws.below(8) === 0) await draws.pick(world.members).ask('save');
    }
  } catch (error) {
    throw new Error(`seed ${seed}, commit ${world.commits + 1}, step ${step}: ${error.message}`);
  }
  return world;
}

const implementations = [new Implementation('muistio', options.ours)];
for (const pair of options.theirs) implementations.push(new Implementation(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)));
const counted = (world) => Object.entries(world.counts).sort().map(([what, count]) => `${what} ${count}`).join(', ');
try {
  if (options.scenario)
    for (const other of implementations.slice(1))
      for (const [first, second] of [[implementations[0], other], [other, implementations[0]]]) {
        const world = await scenario([implementations[0], other], first, second);
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
