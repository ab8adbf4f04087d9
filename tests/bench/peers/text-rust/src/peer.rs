//! What a text implementation must offer to be measured here.
use crate::trace::Patch;

pub type Failure = Box<dyn std::error::Error>;

/// One replica of one text. Positions and lengths count Unicode scalar values.
pub trait Replica: Sized {
    /// The crate whose version is printed.
    const CRATE: &'static str;
    /// What a replica knows at some time.
    type Mark;

    /// An empty text; every replica of it has an agent number of its own.
    fn new(agent: u64) -> Result<Self, Failure>;
    /// One local transaction, encoded as it would be sent.
    fn edit(&mut self, patches: &[Patch]) -> Result<Vec<u8>, Failure>;
    fn mark(&mut self) -> Self::Mark;
    /// All that this replica knows beyond `mark`, as it would be sent.
    fn since(&mut self, mark: &Self::Mark) -> Result<Vec<u8>, Failure>;
    /// Takes in what another replica sent: `edit`, `since`, `together` or `log`.
    fn apply(&mut self, bytes: &[u8]) -> Result<(), Failure>;
    /// `apply` of several, in their order.
    fn apply_all(&mut self, updates: &[&[u8]]) -> Result<(), Failure> {
        updates.iter().try_for_each(|update| self.apply(update))
    }
    /// One batch of the updates that `edit` made since `mark` and that this replica has applied.
    fn together(&mut self, mark: &Self::Mark, _updates: &[Vec<u8>]) -> Result<Vec<u8>, Failure> {
        self.since(mark)
    }
    /// The whole history in one.
    fn log(&mut self) -> Result<Vec<u8>, Failure>;
    /// A replica that took in nothing but a whole log.
    fn merged(log: &[u8]) -> Result<Self, Failure> {
        let mut made = Self::new(99)?;
        made.apply(log)?;
        Ok(made)
    }
    /// The document as it is stored.
    fn stored(&mut self) -> Result<Vec<u8>, Failure>;
    fn load(stored: &[u8]) -> Result<Self, Failure>;
    fn text(&self) -> Result<String, Failure>;
}

/// The version of a crate that this program was built with, by the lock file.
pub fn version_of(name: &str) -> &'static str {
    let mut lines = include_str!("../Cargo.lock").lines().skip_while(|line| *line != format!("name = \"{name}\""));
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \""));
    version.and_then(|line| line.strip_suffix('"')).expect("the crate is in the lock file")
}
