// A peer program that is running, and the clients that live in it.
import { spawn } from 'node:child_process';
import readline from 'node:readline';

// What an implementation cannot do, so that the scenario and the walk leave it out.
const kKnown = {
  'ts-mls': { leftOut: 'Updates proposed and group extensions committed by it', full: false },
  'mls-rs': { leftOut: 'a ReInit while leaves are blank (they are filled first)', reinitsWithBlanks: false },
};

export class Implementation {
  constructor(name, command) {
    this.name = name;
    this.known = { leftOut: '', full: true, reinitsWithBlanks: true, ...kKnown[name] };
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

export class Client {
  constructor(implementation, name) {
    Object.assign(this, { implementation, name });
  }
  // Whether it proposes Updates and commits group extensions.
  get full() {
    return this.implementation.known.full;
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
