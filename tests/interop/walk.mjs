// A random walk through the life of a group; the same for the same seed, but for keys.
import { World, hex, kExtension } from './world.mjs';

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

export async function walk(implementations, commits, seed) {
  const draws = new Draws(seed);
  const world = new World();
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
      const able = world.members.filter((member) => member.full);
      if (able.length === 0) return false;
      const group_extensions = [{ type: kExtension, data: hex(`charter ${world.commits}`) }];
      await world.commit(draws.pick(able), { group_extensions, public: draws.coin() });
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
      const updating = world.others(committer, leaving).filter((member) => member.full);
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
