// One group, its members in several implementations, and what must hold after every step.
import { randomBytes } from 'node:crypto';

import { Client } from './peers.mjs';

export const hex = (text) => Buffer.from(text).toString('hex');
export const kExtension = 0xf0a1;

export function demand(holds, what) {
  if (!holds) throw new Error(what);
}

let clientsMade = 0;
// A number not given before in this run.
export const another = () => clientsMade++;

export class World {
  constructor() {
    this.members = [];
    this.commits = 0;
    this.counts = {};
  }
  count(what) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
  async newcomer(implementation, name = `${implementation.name}-${another()}`) {
    const client = new Client(implementation, name);
    client.keyPackage = (await client.ask('client', { identity: hex(name), extensions: [kExtension] })).key_package;
    return client;
  }
  async found(implementation, groupId = `group ${another()}`) {
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
      demand(state.members.find((other) => other.leaf === state.leaf)?.identity === hex(member.name), `${member}: its own leaf`);
      member.leaf = state.leaf;
      const { epoch, authenticator, tree_hash, transcript } = state;
      const members = state.members.map(({ leaf, identity }) => ({ leaf, identity }));
      return JSON.stringify({ epoch, authenticator, tree_hash, transcript, members, secret });
    }));
    held.forEach((state, i) =>
      demand(state === held[0], `${this.members[i]} differs from ${this.members[0]}:\n${state}\n${held[0]}`));
    const identities = JSON.parse(held[0]).members.map((member) => member.identity).sort();
    demand(JSON.stringify(identities) === JSON.stringify(this.members.map((member) => hex(member.name)).sort()), 'the members');
  }
  others(...clients) {
    return this.members.filter((member) => !clients.includes(member));
  }
  async send(message, receivers) {
    for (const receiver of receivers)
      demand((await receiver.ask('process', { message })).kind === 'handshake', `${receiver}: not a handshake`);
  }
  // `committer` commits; everybody else processes; `added` join by the Welcome, `removed` are gone.
  async commit(committer, { added = [], removed = [], tree = true, ...fields } = {}) {
    const request = { add: added.map((client) => client.keyPackage), remove: removed.map((client) => client.leaf), tree, ...fields };
    const { commit, welcome } = await committer.ask('commit', request);
    demand(Boolean(welcome) === added.length > 0, 'a Welcome exactly for newcomers');
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
      demand(reply.kind === 'application' && reply.data === data, `${receiver} reads something else`);
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
