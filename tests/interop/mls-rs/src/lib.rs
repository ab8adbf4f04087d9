//! A client of mls-rs with basic credentials and suite 0x0003, whose wire format and place of the tree are chosen per message.
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use mls_rs::client_builder::{BaseConfig, WithCryptoProvider, WithIdentityProvider, WithMlsRules};
use mls_rs::group::proposal::CustomProposal;
use mls_rs::group::{GroupContext, Roster};
use mls_rs::identity::basic::{BasicCredential, BasicIdentityProvider};
use mls_rs::identity::SigningIdentity;
use mls_rs::mls_rules::{CommitDirection, CommitOptions, CommitSource, DefaultMlsRules, EncryptionOptions, ProposalBundle};
use mls_rs::{CipherSuite, CipherSuiteProvider, CryptoProvider, MlsRules};
use mls_rs_crypto_rustcrypto::RustCryptoProvider;

pub mod fields;

pub type Config =
    WithMlsRules<Rules, WithCryptoProvider<RustCryptoProvider, WithIdentityProvider<BasicIdentityProvider, BaseConfig>>>;
pub type Client = mls_rs::Client<Config>;
pub type Group = mls_rs::Group<Config>;
pub type Failure = Box<dyn std::error::Error>;

pub const SUITE: CipherSuite = CipherSuite::CURVE25519_CHACHA;

pub fn crypto_provider() -> RustCryptoProvider {
    RustCryptoProvider::with_enabled_cipher_suites(vec![SUITE])
}

/// A signing key and the basic credential of `identity` with its public half.
pub fn signing_identity(identity: &[u8]) -> Result<(mls_rs::crypto::SignatureSecretKey, SigningIdentity), Failure> {
    let suite = crypto_provider().cipher_suite_provider(SUITE).ok_or("mls-rs lacks the suite")?;
    let (secret, public) = suite.signature_key_generate()?;
    Ok((secret, SigningIdentity::new(BasicCredential::new(identity.to_vec()).into_credential(), public)))
}

/// What may change from one message to the next; every copy is the same one.
#[derive(Clone, Default)]
pub struct Rules(Arc<Mutex<DefaultMlsRules>>);

impl Rules {
    pub fn set(&self, commit: CommitOptions, encryption: EncryptionOptions) {
        *self.0.lock().unwrap() = DefaultMlsRules::new().with_commit_options(commit).with_encryption_options(encryption);
    }
}

impl MlsRules for Rules {
    type Error = Infallible;

    fn filter_proposals(
        &self,
        _: CommitDirection,
        _: CommitSource,
        _: &Roster,
        _: &GroupContext,
        proposals: ProposalBundle,
    ) -> Result<ProposalBundle, Infallible> {
        Ok(proposals)
    }

    fn commit_options(&self, _: &Roster, _: &GroupContext, _: &ProposalBundle) -> Result<CommitOptions, Infallible> {
        Ok(self.0.lock().unwrap().commit_options)
    }

    fn encryption_options(&self, _: &Roster, _: &GroupContext) -> Result<EncryptionOptions, Infallible> {
        Ok(self.0.lock().unwrap().encryption_options)
    }

    fn custom_proposal_requires_update_path(&self, _: &CustomProposal) -> bool {
        true
    }
}

/// The version of a crate that this program was built with, by the lock file.
pub fn version_of(name: &str) -> &'static str {
    let mut lines = include_str!("../Cargo.lock").lines().skip_while(|line| *line != format!("name = \"{name}\""));
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \""));
    version.and_then(|line| line.strip_suffix('"')).expect("the crate is in the lock file")
}
