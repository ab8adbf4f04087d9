//! yrs, the native Yjs: updates in its first encoding, which providers send, the stored document in its second, which is smaller.
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update, WriteTxn};

use crate::peer::{Failure, Replica};
use crate::trace::Patch;

pub struct Yrs {
    doc: Doc,
    text: TextRef,
    /// Takes in what becomes one batch, in one transaction.
    relay: Option<Doc>,
}

impl Replica for Yrs {
    const CRATE: &'static str = "yrs";
    type Mark = StateVector;

    fn new(agent: u64) -> Result<Self, Failure> {
        let mut options = Options::with_client_id(ClientID::new(agent + 1));
        options.offset_kind = OffsetKind::Utf16; // the same as scalar values up to U+FFFF; others are refused for yrs
        let doc = Doc::with_options(options);
        let text = doc.transact_mut().get_or_insert_text("t");
        Ok(Self { doc, text, relay: None })
    }
    fn edit(&mut self, patches: &[Patch]) -> Result<Vec<u8>, Failure> {
        let mut transaction = self.doc.transact_mut();
        for patch in patches {
            let position = u32::try_from(patch.position)?;
            if patch.removed > 0 {
                self.text.remove_range(&mut transaction, position, u32::try_from(patch.removed)?);
            }
            if !patch.inserted.is_empty() {
                self.text.insert(&mut transaction, position, &patch.inserted);
            }
        }
        transaction.commit(); // so that what belongs together is one run
        Ok(transaction.encode_update_v1())
    }
    fn mark(&mut self) -> Self::Mark {
        self.doc.transact().state_vector()
    }
    fn since(&mut self, mark: &Self::Mark) -> Result<Vec<u8>, Failure> {
        Ok(self.doc.transact().encode_state_as_update_v1(mark))
    }
    fn together(&mut self, _: &Self::Mark, updates: &[Vec<u8>]) -> Result<Vec<u8>, Failure> {
        // `since` would carry all deletions ever made, and yrs::merge_updates_v1 leaves each keystroke apart.
        let mut transaction = self.relay.get_or_insert_with(Doc::new).transact_mut();
        for update in updates {
            transaction.apply_update(Update::decode_v1(update)?)?;
        }
        transaction.commit();
        Ok(transaction.encode_update_v1())
    }
    fn apply(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(self.doc.transact_mut().apply_update(Update::decode_v1(bytes)?)?)
    }
    fn log(&mut self) -> Result<Vec<u8>, Failure> {
        self.since(&StateVector::default())
    }
    fn stored(&mut self) -> Result<Vec<u8>, Failure> {
        Ok(self.doc.transact().encode_state_as_update_v2(&StateVector::default()))
    }
    fn load(stored: &[u8]) -> Result<Self, Failure> {
        let made = Self::new(98)?;
        made.doc.transact_mut().apply_update(Update::decode_v2(stored)?)?;
        Ok(made)
    }
    fn text(&self) -> Result<String, Failure> {
        Ok(self.text.get_string(&self.doc.transact()))
    }
}
