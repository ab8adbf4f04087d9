// The requests of README.md answered by ts-mls 1.6.4. NPM_ROOT names the folder whose node_modules holds it.
import { webcrypto } from 'node:crypto';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

globalThis.crypto ??= webcrypto; // Debian's Node 18 has it in the module only

const base = pathToFileURL(`${process.env.NPM_ROOT}/node_modules/ts-mls/dist/src/`);
const load = (file) => import(new URL(file, base));
const mls = await load('index.js');
const ratchetTree = await load('ratchetTree.js');
const createCommitModule = await load('createCommit.js');

const suite = mls.getCiphersuiteFromName('MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519');
const plain = await mls.getCiphersuiteImpl(suite);
// ts-mls 1.6.4 leaves the inner length out of external_pub: what comes with it is taken without, what goes gets it (group_info).
const withoutLength = (key) => (key.length === 33 && key[0] === 32 ? key.slice(1) : key);
const cs = { ...plain, hpke: { ...plain.hpke, importPublicKey: (key) => plain.hpke.importPublicKey(withoutLength(key)) } };
const clientConfig = {
  keyRetentionConfig: mls.defaultKeyRetentionConfig,
  lifetimeConfig: mls.defaultLifetimeConfig,
  keyPackageEqualityConfig: mls.defaultKeyPackageEqualityConfig,
  paddingConfig: mls.defaultPaddingConfig,
  authService: mls.defaultAuthenticationService,
};

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const unhex = (text) => new Uint8Array(Buffer.from(text ?? '', 'hex'));
const message = (content) => hex(mls.encodeMlsMessage({ version: 'mls10', ...content }));
function parsed(text) {
  const bytes = unhex(text);
  const result = mls.decodeMlsMessage(bytes, 0);
  if (!result || result[1] !== bytes.length) throw new Error('not an MLSMessage');
  return result[0];
}
const extensionsOf = (list) => (list ?? []).map((e) => ({ extensionType: e.type, extensionData: unhex(e.data) }));

const clients = new Map();
function clientOf(name) {
  const client = clients.get(name);
  if (!client) throw new Error('no such client');
  return client;
}
function groupOf(client) {
  if (!client.state) throw new Error('the client is in no group');
  return client.state;
}
const pskIndex = (client) => mls.makePskIndex(client.state, client.psks);

function proposalsOf(request) {
  const proposals = [];
  for (const package_ of request.add ?? []) proposals.push({ proposalType: 'add', add: { keyPackage: parsed(package_).keyPackage } });
  for (const leaf of request.remove ?? []) proposals.push({ proposalType: 'remove', remove: { removed: leaf } });
  for (const psk of request.psk ?? []) {
    const pskNonce = psk.nonce ? unhex(psk.nonce) : cs.rng.randomBytes(cs.kdf.size);
    proposals.push({ proposalType: 'psk', psk: { preSharedKeyId: { psktype: 'external', pskId: unhex(psk.id), pskNonce } } });
  }
  if (request.group_extensions)
    proposals.push({
      proposalType: 'group_context_extensions',
      groupContextExtensions: { extensions: extensionsOf(request.group_extensions) },
    });
  if (request.reinit)
    proposals.push({
      proposalType: 'reinit',
      reinit: {
        groupId: unhex(request.reinit.group_id),
        version: 'mls10',
        cipherSuite: cs.name,
        extensions: extensionsOf(request.reinit.extensions),
      },
    });
  return proposals;
}

function stateOf(client) {
  const state = groupOf(client);
  const members = [];
  state.ratchetTree.forEach((node, index) => {
    if (node && node.nodeType === 'leaf') members.push({ leaf: index / 2, identity: hex(node.leaf.credential.identity ?? []) });
  });
  return {
    epoch: Number(state.groupContext.epoch),
    authenticator: hex(state.keySchedule.epochAuthenticator),
    tree_hash: hex(state.groupContext.treeHash),
    transcript: hex(state.groupContext.confirmedTranscriptHash),
    leaf: state.privatePath.leafIndex,
    members,
  };
}

const requests = {
  async client(request) {
    const now = BigInt(Math.floor(Date.now() / 1000));
    const capabilities = {
      versions: ['mls10'], ciphersuites: [cs.name], extensions: request.extensions ?? [], proposals: [], credentials: ['basic', 'x509'],
    };
    const keyPackage = await mls.generateKeyPackage(
      { credentialType: 'basic', identity: unhex(request.identity) }, capabilities,
      { notBefore: now - 3600n, notAfter: now + 86400n * 28n }, [], cs);
    clients.set(request.client, { keyPackage, psks: {}, state: undefined, staged: undefined });
    return { key_package: message({ wireformat: 'mls_key_package', keyPackage: keyPackage.publicPackage }) };
  },
  async psk(request) {
    clientOf(request.client).psks[mls.bytesToBase64(unhex(request.id))] = unhex(request.secret);
    return {};
  },
  async create(request) {
    const client = clientOf(request.client);
    const { publicPackage, privatePackage } = client.keyPackage;
    client.state = await mls.createGroup(
      unhex(request.group_id), publicPackage, privatePackage, extensionsOf(request.extensions), cs, clientConfig);
    return stateOf(client);
  },
  async commit(request) {
    const client = clientOf(request.client);
    const result = await mls.createCommit(
      { state: groupOf(client), cipherSuite: cs, pskIndex: pskIndex(client) },
      {
        wireAsPublicMessage: request.public ?? true,
        extraProposals: proposalsOf(request),
        ratchetTreeExtension: request.tree ?? true,
        authenticatedData: unhex(request.aad),
      });
    client.staged = result.newState;
    return {
      commit: hex(mls.encodeMlsMessage(result.commit)),
      welcome: result.welcome ? message({ wireformat: 'mls_welcome', welcome: result.welcome }) : null,
    };
  },
  async propose(request) {
    const client = clientOf(request.client);
    const [proposal, ...more] = proposalsOf(request);
    if (!proposal || more.length > 0) throw new Error('one proposal at a time, and no Update: ts-mls makes none');
    const result = await mls.createProposal(groupOf(client), request.public ?? true, proposal, cs);
    client.state = result.newState;
    return { message: hex(mls.encodeMlsMessage(result.message)) };
  },
  async merge(request) {
    const client = clientOf(request.client);
    if (!client.staged) throw new Error('nothing is staged');
    client.state = client.staged;
    client.staged = undefined;
    return stateOf(client);
  },
  async discard(request) {
    const client = clientOf(request.client);
    client.staged = undefined;
    return stateOf(client);
  },
  async join(request) {
    const client = clientOf(request.client);
    const { publicPackage, privatePackage } = client.keyPackage;
    const { welcome } = parsed(request.welcome);
    const tree = request.tree ? ratchetTree.decodeRatchetTree(unhex(request.tree), 0)[0] : undefined;
    const former = request.from ? groupOf(clientOf(request.from)) : undefined;
    if (!former) client.state = await mls.joinGroup(welcome, publicPackage, privatePackage, pskIndex(client), cs, tree, undefined, clientConfig);
    else if (former.groupActiveState.kind === 'suspendedPendingReinit')
      client.state = await mls.joinGroupFromReinit(former, welcome, publicPackage, privatePackage, tree);
    else client.state = await mls.joinGroupFromBranch(former, welcome, publicPackage, privatePackage, tree, cs);
    return stateOf(client);
  },
  async succeed(request) {
    const former = groupOf(clientOf(request.client));
    const client = clientOf(request.into);
    const { publicPackage, privatePackage } = client.keyPackage;
    const packages = (request.add ?? []).map((package_) => parsed(package_).keyPackage);
    const ended = former.groupActiveState.kind === 'suspendedPendingReinit' ? former.groupActiveState.reinit : undefined;
    const result = ended
      ? await mls.reinitCreateNewGroup(former, publicPackage, privatePackage, packages, ended.groupId, ended.cipherSuite, ended.extensions)
      : await mls.branchGroup(former, publicPackage, privatePackage, packages, unhex(request.group_id), cs);
    client.state = result.newState;
    return { welcome: message({ wireformat: 'mls_welcome', welcome: result.welcome }), ...stateOf(client) };
  },
  async process(request) {
    const client = clientOf(request.client);
    const incoming = parsed(request.message);
    // Not processMessage: that one drops the PSK index of a PrivateMessage.
    const result =
      incoming.wireformat === 'mls_public_message'
        ? { kind: 'newState', ...(await mls.processPublicMessage(groupOf(client), incoming.publicMessage, pskIndex(client), cs)) }
        : await mls.processPrivateMessage(groupOf(client), incoming.privateMessage, pskIndex(client), cs);
    client.state = result.newState;
    if (result.kind === 'applicationMessage') return { kind: 'application', data: hex(result.message) };
    return { kind: 'handshake', ...stateOf(client) };
  },
  async protect(request) {
    const client = clientOf(request.client);
    const result = await mls.createApplicationMessage(groupOf(client), unhex(request.data), cs, unhex(request.aad));
    client.state = result.newState;
    return { message: message({ wireformat: 'mls_private_message', privateMessage: result.privateMessage }) };
  },
  async group_info(request) {
    const state = groupOf(clientOf(request.client));
    const pair = await cs.hpke.deriveKeyPair(state.keySchedule.externalSecret);
    const extensions = [
      { extensionType: 'external_pub', extensionData: new Uint8Array([32, ...(await cs.hpke.exportPublicKey(pair.publicKey))]) },
    ];
    if (request.tree !== false)
      extensions.push({ extensionType: 'ratchet_tree', extensionData: ratchetTree.encodeRatchetTree(state.ratchetTree) });
    const groupInfo = await createCommitModule.createGroupInfo(state.groupContext, state.confirmationTag, state, extensions, cs);
    return { group_info: message({ wireformat: 'mls_group_info', groupInfo }) };
  },
  async tree(request) {
    return { tree: hex(ratchetTree.encodeRatchetTree(groupOf(clientOf(request.client)).ratchetTree)) };
  },
  async external_join(request) {
    const client = clientOf(request.client);
    const { publicPackage, privatePackage } = client.keyPackage;
    const tree = request.tree ? ratchetTree.decodeRatchetTree(unhex(request.tree), 0)[0] : undefined;
    const result = await mls.joinGroupExternal(
      parsed(request.group_info).groupInfo, publicPackage, privatePackage, request.resync ?? false, cs, tree, clientConfig);
    client.state = result.newState;
    return { commit: message({ wireformat: 'mls_public_message', publicMessage: result.publicMessage }), ...stateOf(client) };
  },
  async export(request) {
    const { exporterSecret } = groupOf(clientOf(request.client)).keySchedule;
    return { secret: hex(await mls.mlsExporter(exporterSecret, request.label, unhex(request.context), request.length ?? 32, cs)) };
  },
  async save(request) {
    const client = clientOf(request.client);
    const bytes = mls.encodeGroupState(groupOf(client));
    client.state = { ...mls.decodeGroupState(bytes, 0)[0], clientConfig };
    return { bytes: bytes.length };
  },
  async state(request) {
    return stateOf(clientOf(request.client));
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  let reply;
  try {
    const request = JSON.parse(line);
    if (!Object.hasOwn(requests, request.op)) throw new Error('no such request');
    reply = { ok: true, ...(await requests[request.op](request)) };
  } catch (error) {
    reply = { ok: false, error: `${error.name ?? 'Error'}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
