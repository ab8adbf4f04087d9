// What every two implementations must be able to do together, step by step.
import { Client } from './peers.mjs';
import { World, another, demand, hex, kExtension } from './world.mjs';

export async function scenario(first, second) {
  const world = new World();
  await world.found(first);
  const made = async (count, start = 0) => {
    const clients = [];
    for (let i = 0; i < count; ++i) clients.push(await world.newcomer([second, first][(i + start) % 2]));
    return clients;
  };
  const by = (implementation) => world.members.find((member) => member.implementation === implementation);
  const ours = [first, second].find(({ name }) => name === 'muistio');
  await world.commit(by(first), { added: await made(1) });
  await world.commit(by(second), { added: await made(3, 1), public: false });
  await world.commit(by(first), { added: await made(2), tree: false });
  await world.commit(by(second), { added: await made(4, 1), tree: false, public: false, aad: hex('aad') });
  await world.commit(by(first), { added: await made(1, 1) });
  demand(world.members.length === 12, 'twelve members');
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
      await world.commit(by(implementation), { removed: [world.others(by(implementation))[1]], public: isPublic });
    }
  for (const isPublic of [true, false])
    await world.commit(by(ours), { group_extensions: [{ type: kExtension, data: hex(`charter ${isPublic}`) }], public: isPublic });
  for (const implementation of [first, second]) {
    const from = by(implementation === first ? second : first);
    await world.joinFromOutside(await world.newcomer(implementation), from);
    await world.joinFromOutside(await world.newcomer(implementation), from, { tree: false });
    await world.joinFromOutside(by(implementation), from, { resync: true });
    await world.commit(world.members.at(-1));
  }
  const withPsk = await world.newcomer(ours);
  const psk = await world.givePsk([...world.members, withPsk]);
  await world.joinFromOutside(withPsk, by(second), { psk: [psk] });
  for (const [proposer, committer] of [[first, second], [second, first]])
    for (const isPublic of [true, false]) {
      const leaving = world.members.findLast((member) => member !== by(proposer) && member !== by(committer));
      await world.propose(by(proposer), { remove: [leaving.leaf], public: isPublic });
      await world.propose(by(proposer), { psk: [await world.givePsk()], public: isPublic });
      const updating = world.members.find((member) => member.full && member !== by(committer) && member !== leaving);
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
      const copy = new Client(member.implementation, `${member.name}+${another()}`);
      copy.keyPackage = (await copy.ask('client', { identity: hex(member.name), extensions: [kExtension] })).key_package;
      copies.set(member, copy);
    }
    const others = members.filter((member) => member !== maker);
    const into = copies.get(maker);
    const add = others.map((other) => copies.get(other).keyPackage);
    const { welcome } = await maker.ask('succeed', { into: into.name, add, ...fields });
    const { tree } = await into.ask('tree');
    for (const other of others) await copies.get(other).ask('join', { welcome, tree, from: other.name });
    const states = await Promise.all([...copies.values()].map((copy) => copy.ask('state')));
    states.forEach((state) => demand(state.authenticator === states[0].authenticator && state.epoch === 1, 'a successor group'));
  };
  for (const implementation of [first, second]) {
    const maker = world.members.find((member) => member.implementation === implementation);
    const other = world.members.find((member) => member.implementation !== implementation) ?? world.others(maker)[0];
    await follow(maker, [maker, other, world.others(maker, other)[0]], { group_id: hex(`branch ${another()}`) });
    world.count('branch');
  }
  if (!first.known.reinitsWithBlanks || !second.known.reinitsWithBlanks) {
    while (world.members.some(({ leaf }) => leaf >= world.members.length)) {
      await world.commit(world.members[0], { added: [await world.newcomer(second)] });
      world.count('blank leaf filled');
    }
  }
  const ending = world.members.find((member) => member.implementation === second);
  await world.commit(ending, { reinit: { group_id: hex(`next ${another()}`), extensions: [{ type: kExtension, data: hex('next') }] } });
  for (const implementation of [first, second]) {
    await follow(world.members.find((member) => member.implementation === implementation), world.members, {});
    world.count('reinit');
  }
}
