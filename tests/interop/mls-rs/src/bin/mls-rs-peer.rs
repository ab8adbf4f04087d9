//! The requests of tests/interop/README.md answered by mls-rs: one a line on standard input, one reply a line on standard output.
use std::collections::HashMap;
use std::io::{BufRead, Write};

use mls_rs::client_builder::ClientBuilder;
use mls_rs::extension::ExtensionType;
use mls_rs::group::ReceivedMessage;
use mls_rs::identity::SigningIdentity;
use mls_rs::mls_rules::{CommitOptions, EncryptionOptions};
use mls_rs::psk::{ExternalPskId, PreSharedKey};
use mls_rs::storage_provider::in_memory::{InMemoryKeyPackageStorage, InMemoryPreSharedKeyStorage};
use mls_rs::{ExtensionList, GroupStateStorage, ProtocolVersion};
use muistio_mls_rs::fields::{bytes, extensions, flag, list, message, number, psk_id, tree, written};
use muistio_mls_rs::{crypto_provider, signing_identity, Client, Failure, Group, Rules, SUITE};
use serde_json::{json, Map, Value};

type Reply = Result<Value, Failure>;

/// What all clients of one identity share: mls-rs joins a branch with the signing key and the stores of the group before.
#[derive(Clone)]
struct Identity {
    signer: mls_rs::crypto::SignatureSecretKey,
    signing: SigningIdentity,
    packages: InMemoryKeyPackageStorage,
    psks: InMemoryPreSharedKeyStorage,
}

struct Member {
    identity: Identity,
    client: Client,
    rules: Rules,
    group: Option<Group>,
}

impl Member {
    fn group(&mut self) -> Result<&mut Group, Failure> {
        self.group.as_mut().ok_or_else(|| "the client is in no group".into())
    }
    fn enter(&mut self, group: Group) -> Reply {
        self.group = Some(group);
        self.group()?.write_to_storage()?;
        self.state()
    }
    fn state(&mut self) -> Reply {
        let group = self.group()?;
        let members = group.roster().members_iter().map(|member| {
            let identity = member.signing_identity.credential.as_basic().map(|basic| basic.identifier.clone());
            json!({"leaf": member.index, "identity": hex::encode(identity.unwrap_or_default())})
        });
        Ok(json!({
            "members": members.collect::<Vec<_>>(),
            "epoch": group.current_epoch(),
            "authenticator": hex::encode(group.epoch_authenticator()?.as_bytes()),
            "tree_hash": hex::encode(&group.context().tree_hash),
            "transcript": hex::encode(&*group.context().confirmed_transcript_hash),
            "leaf": group.current_member_index(),
        }))
    }
}

#[derive(Default)]
struct Peer {
    identities: HashMap<Vec<u8>, Identity>,
    members: HashMap<String, Member>,
}

impl Peer {
    fn member(&mut self, name: &Value) -> Result<&mut Member, Failure> {
        self.members.get_mut(name.as_str().unwrap_or_default()).ok_or_else(|| "no such client".into())
    }

    fn answer(&mut self, request: &Value) -> Reply {
        let operation = request["op"].as_str().unwrap_or_default();
        match operation {
            "client" => return self.make_client(request),
            "succeed" => return self.succeed(request),
            "join" => return self.join(request),
            _ => {}
        }
        let member = self.member(&request["client"])?;
        // Whoever names the tree as bytes gives it; as a flag it says where the tree shall go.
        let commit = CommitOptions::new().with_ratchet_tree_extension(flag(request, "tree", true));
        member.rules.set(commit, EncryptionOptions::new(!flag(request, "public", true), Default::default()));
        match operation {
            "create" => {
                let leaf_extensions = ExtensionList::new();
                let group_extensions = extensions(list(request, "extensions"))?;
                let group =
                    member.client.create_group_with_id(bytes(request, "group_id")?, group_extensions, leaf_extensions, None)?;
                member.enter(group)
            }
            "commit" => commit_of(member.group()?, request),
            "propose" => propose(member.group()?, request),
            "merge" => {
                member.group()?.apply_pending_commit()?;
                member.group()?.write_to_storage()?;
                member.state()
            }
            "discard" => {
                member.group()?.clear_pending_commit();
                member.state()
            }
            "process" => process(member, request),
            "protect" => {
                let sent = member.group()?.encrypt_application_message(&bytes(request, "data")?, bytes(request, "aad")?)?;
                Ok(json!({"message": written(&sent)?}))
            }
            "group_info" => {
                let info = member.group()?.group_info_message_allowing_ext_commit(flag(request, "tree", true))?;
                Ok(json!({"group_info": written(&info)?}))
            }
            "tree" => Ok(json!({"tree": hex::encode(member.group()?.export_tree().to_bytes()?)})),
            "external_join" => external_join(member, request),
            "psk" => {
                let id = ExternalPskId::new(bytes(request, "id")?);
                member.identity.psks.insert(id, PreSharedKey::new(bytes(request, "secret")?));
                Ok(json!({}))
            }
            "export" => {
                let label = request["label"].as_str().unwrap_or_default().as_bytes();
                let length = request["length"].as_u64().unwrap_or(32) as usize;
                let secret = member.group()?.export_secret(label, &bytes(request, "context")?, length)?;
                Ok(json!({"secret": hex::encode(secret.as_bytes())}))
            }
            "save" => {
                member.group()?.write_to_storage()?;
                let id = member.group()?.group_id().to_vec();
                let stored = member.client.group_state_storage().state(&id)?.ok_or("the group was not written")?;
                member.group = Some(member.client.load_group(&id)?);
                Ok(json!({"bytes": stored.len()}))
            }
            "state" => member.state(),
            _ => Err("no such request".into()),
        }
    }

    fn make_client(&mut self, request: &Value) -> Reply {
        let name = bytes(request, "identity")?;
        if !self.identities.contains_key(&name) {
            let (signer, signing) = signing_identity(&name)?;
            let made = Identity { signer, signing, packages: Default::default(), psks: Default::default() };
            self.identities.insert(name.clone(), made);
        }
        let identity = self.identities[&name].clone();
        let rules = Rules::default();
        let mut kinds = Vec::new();
        for kind in list(request, "extensions") {
            kinds.push(ExtensionType::new(u16::try_from(number(kind)?)?));
        }
        let client = ClientBuilder::new()
            .crypto_provider(crypto_provider())
            .identity_provider(mls_rs::identity::basic::BasicIdentityProvider::new())
            .mls_rules(rules.clone())
            .key_package_repo(identity.packages.clone())
            .psk_store(identity.psks.clone())
            .extension_types(kinds)
            .signing_identity(identity.signing.clone(), identity.signer.clone(), SUITE)
            .build();
        let package = client.generate_key_package_message(Default::default(), Default::default(), None)?;
        let member = Member { identity, client, rules, group: None };
        self.members.insert(request["client"].as_str().ok_or("no name")?.to_owned(), member);
        Ok(json!({"key_package": written(&package)?}))
    }

    fn join(&mut self, request: &Value) -> Reply {
        let welcome = message(&request["welcome"])?;
        let tree = tree(request)?;
        let group = if request["from"].is_null() {
            self.member(&request["client"])?.client.join_group(tree, &welcome, None)?.0
        } else {
            let former = self.member(&request["from"])?.group()?.clone();
            let identity = self.member(&request["client"])?.identity.clone();
            match former.clone().get_reinit_client(Some(identity.signer), Some(identity.signing)) {
                Ok(successor) => successor.join(&welcome, tree, None)?.0,
                Err(_) => former.join_subgroup(&welcome, tree, None)?.0,
            }
        };
        self.member(&request["client"])?.enter(group)
    }

    fn succeed(&mut self, request: &Value) -> Reply {
        let former = self.member(&request["client"])?.group()?.clone();
        let identity = self.member(&request["into"])?.identity.clone();
        let packages = list(request, "add").iter().map(message).collect::<Result<Vec<_>, _>>()?;
        let (group, welcomes) = match former.clone().get_reinit_client(Some(identity.signer), Some(identity.signing)) {
            Ok(successor) => successor.commit(packages, ExtensionList::new(), None)?,
            Err(_) => former.branch(bytes(request, "group_id")?, packages, None)?,
        };
        let mut reply = self.member(&request["into"])?.enter(group)?;
        reply["welcome"] = json!(written(welcomes.first().ok_or("no Welcome")?)?);
        Ok(reply)
    }
}

fn commit_of(group: &mut Group, request: &Value) -> Reply {
    let mut builder = group.commit_builder().authenticated_data(bytes(request, "aad")?);
    for package in list(request, "add") {
        builder = builder.add_member(message(package)?)?;
    }
    for leaf in list(request, "remove") {
        builder = builder.remove_member(number(leaf)?)?;
    }
    for psk in list(request, "psk") {
        builder = builder.add_external_psk(psk_id(psk)?)?;
    }
    if let Some(entries) = request["group_extensions"].as_array() {
        builder = builder.set_group_context_ext(extensions(entries)?)?;
    }
    let reinit = &request["reinit"];
    if !reinit.is_null() {
        let group_id = Some(bytes(reinit, "group_id")?);
        builder = builder.reinit(group_id, ProtocolVersion::MLS_10, SUITE, extensions(list(reinit, "extensions"))?)?;
    }
    let made = builder.build()?;
    let welcome = made.welcome_messages().first().map(written).transpose()?;
    Ok(json!({"commit": written(made.commit_message())?, "welcome": welcome}))
}

fn propose(group: &mut Group, request: &Value) -> Reply {
    let aad = bytes(request, "aad")?;
    let made = match (list(request, "add"), list(request, "remove"), list(request, "psk")) {
        ([package], [], []) => group.propose_add(message(package)?, aad)?,
        ([], [leaf], []) => group.propose_remove(number(leaf)?, aad)?,
        ([], [], [psk]) => group.propose_external_psk(psk_id(psk)?, aad)?,
        ([], [], []) => group.propose_update(aad)?,
        _ => return Err("one proposal at a time".into()),
    };
    Ok(json!({"message": written(&made)?}))
}

fn process(member: &mut Member, request: &Value) -> Reply {
    let incoming = message(&request["message"])?;
    let group = member.group()?;
    if let ReceivedMessage::ApplicationMessage(read) = group.process_incoming_message(incoming)? {
        return Ok(json!({"kind": "application", "data": hex::encode(read.data())}));
    }
    group.write_to_storage()?;
    let mut reply = member.state()?;
    reply["kind"] = json!("handshake");
    Ok(reply)
}

fn external_join(member: &mut Member, request: &Value) -> Reply {
    let mut builder = member.client.external_commit_builder()?;
    if let Some(tree) = tree(request)? {
        builder = builder.with_tree_data(tree);
    }
    for psk in list(request, "psk") {
        builder = builder.with_external_psk(psk_id(psk)?);
    }
    if flag(request, "resync", false) {
        builder = builder.with_removal(member.group()?.current_member_index());
    }
    let (group, commit) = builder.build(message(&request["group_info"])?)?;
    let mut reply = member.enter(group)?;
    reply["commit"] = json!(written(&commit)?);
    Ok(reply)
}

fn main() -> Result<(), Failure> {
    let mut peer = Peer::default();
    for line in std::io::stdin().lock().lines() {
        let mut reply = Map::new();
        match serde_json::from_str(&line?).map_err(Failure::from).and_then(|request| peer.answer(&request)) {
            Ok(fields) => {
                reply.insert("ok".into(), json!(true));
                reply.extend(fields.as_object().cloned().unwrap_or_default());
            }
            Err(error) => {
                reply.insert("ok".into(), json!(false));
                reply.insert("error".into(), json!(error.to_string()));
            }
        }
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, &reply)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}
