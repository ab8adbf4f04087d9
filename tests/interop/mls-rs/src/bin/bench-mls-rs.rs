//! bench-mls-rs SIZE…: the operations of bench-crypto in mls-rs, handshakes as PrivateMessages, a path in every commit, the tree in
//! the Welcome, messages to and from bytes. Prints `PEER SIZE MILLISECONDS OPERATION`, medians of the thread's processor time.
use cpu_time::ThreadTime;
use mls_rs::client_builder::{ClientBuilder, PaddingMode};
use mls_rs::identity::basic::BasicIdentityProvider;
use mls_rs::mls_rules::{CommitOptions, EncryptionOptions};
use mls_rs::{ExtensionList, MlsMessage};
use muistio_mls_rs::{crypto_provider, signing_identity, version_of, Client, Failure, Group, Rules, SUITE};

fn client(name: &str, rules: &Rules) -> Result<Client, Failure> {
    let (signer, identity) = signing_identity(name.as_bytes())?;
    Ok(ClientBuilder::new()
        .crypto_provider(crypto_provider())
        .identity_provider(BasicIdentityProvider::new())
        .mls_rules(rules.clone())
        .signing_identity(identity, signer, SUITE)
        .build())
}

fn key_package(client: &Client) -> Result<MlsMessage, Failure> {
    Ok(client.generate_key_package_message(ExtensionList::new(), ExtensionList::new(), None)?)
}

/// The rows of one size of group.
struct Rows {
    peer: String,
    size: usize,
}

impl Rows {
    /// Times `work` on what `prepare` made, which itself is not timed.
    fn say<T>(
        &self,
        operation: &str,
        prepare: impl Fn() -> T,
        work: impl Fn(&mut T) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut times = Vec::new();
        for _ in 0..(if self.size >= 1000 {
            9
        } else if self.size >= 100 {
            21
        } else {
            51
        }) {
            let mut given = prepare();
            let start = ThreadTime::now();
            work(&mut given)?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!("{} {} {:.4} {operation}", self.peer, self.size, times[times.len() / 2]);
        Ok(())
    }
}

#[derive(Clone, Default)]
struct Proposed {
    added: Option<MlsMessage>,
    removed: Option<u32>,
}

/// The bytes of a commit, and of its Welcome if it adds somebody.
fn commit(group: &mut Group, proposed: Proposed) -> Result<(Vec<u8>, Option<Vec<u8>>), Failure> {
    let mut builder = group.commit_builder();
    if let Some(package) = proposed.added {
        builder = builder.add_member(package)?;
    }
    if let Some(leaf) = proposed.removed {
        builder = builder.remove_member(leaf)?;
    }
    let made = builder.build()?;
    let welcome = made.welcome_messages().first().map(MlsMessage::to_bytes).transpose()?;
    Ok((made.commit_message().to_bytes()?, welcome))
}

fn measure(size: usize, peer: String) -> Result<(), Failure> {
    let rows = Rows { peer, size };
    let rules = Rules::default();
    rules.set(CommitOptions::new().with_path_required(true), EncryptionOptions::new(true, PaddingMode::None));
    let founder = client("m0", &rules)?;
    let create = || founder.create_group_with_id(vec![1], ExtensionList::new(), ExtensionList::new(), None);
    rows.say("create", || (), |()| create().map(drop).map_err(Failure::from))?;

    let mut group = create()?;
    let mut last = client("m1", &rules)?;
    let mut builder = group.commit_builder();
    for i in 1..size {
        last = client(&format!("m{i}"), &rules)?;
        builder = builder.add_member(key_package(&last)?)?;
    }
    let welcome = builder.build()?.welcome_messages()[0].to_bytes()?;
    group.apply_pending_commit()?;
    let join = || -> Result<Group, Failure> { Ok(last.join_group(None, &MlsMessage::from_bytes(&welcome)?, None)?.0) };
    let second = join()?;
    rows.say("join", || (), |()| join().map(drop))?;

    let newcomer = client("newcomer", &rules)?;
    let mut operations =
        vec![("add", Proposed { added: Some(key_package(&newcomer)?), removed: None }), ("update", Proposed::default())];
    if size > 2 {
        operations.push(("remove", Proposed { added: None, removed: Some(1) }));
    }
    for (operation, proposed) in operations {
        let message = commit(&mut group.clone(), proposed.clone())?.0;
        let given = || (group.clone(), proposed.clone());
        rows.say(operation, given, |(group, proposed)| commit(group, std::mem::take(proposed)).map(drop))?;
        let process = |group: &mut Group| -> Result<(), Failure> {
            group.process_incoming_message(MlsMessage::from_bytes(&message)?)?;
            Ok(())
        };
        rows.say(&format!("process {operation}"), || second.clone(), process)?;
    }

    let text = vec![b'm'; 1024];
    let protect =
        |group: &mut Group| -> Result<Vec<u8>, Failure> { Ok(group.encrypt_application_message(&text, vec![])?.to_bytes()?) };
    let message = protect(&mut group.clone())?;
    rows.say("encrypt 1 KiB", || group.clone(), |group| protect(group).map(drop))?;
    let read = |group: &mut Group| -> Result<(), Failure> {
        group.process_incoming_message(MlsMessage::from_bytes(&message)?)?;
        Ok(())
    };
    rows.say("decrypt 1 KiB", || second.clone(), read)
}

fn main() -> Result<(), Failure> {
    for size in std::env::args().skip(1) {
        measure(size.parse()?, format!("mls-rs-{}", version_of("mls-rs")))?;
    }
    Ok(())
}
