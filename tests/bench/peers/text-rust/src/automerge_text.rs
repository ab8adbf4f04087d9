//! automerge: single changes for what is sent, the columnar document for the whole history and for what is stored. All replicas begin
//! with the same change, which makes the text object.
use std::sync::OnceLock;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, ChangeHash, LoadOptions, ObjId, ObjType, ReadDoc, TextEncoding, ROOT};

use crate::peer::{Failure, Replica};
use crate::trace::Patch;

pub struct Automerge {
    doc: AutoCommit,
    text: Option<ObjId>,
}

/// The saved document that holds nothing but the empty text.
fn base() -> &'static [u8] {
    static BASE: OnceLock<Vec<u8>> = OnceLock::new();
    BASE.get_or_init(|| {
        let mut doc = AutoCommit::new_with_encoding(TextEncoding::UnicodeCodePoint).with_actor(ActorId::from([0xff; 16]));
        doc.put_object(ROOT, "t", ObjType::Text).expect("an empty document takes an object");
        doc.commit_with(CommitOptions::default().with_time(0));
        doc.save()
    })
}

impl Automerge {
    fn of(bytes: &[u8]) -> Result<Self, Failure> {
        let doc = AutoCommit::load_with_options(bytes, LoadOptions::new().text_encoding(TextEncoding::UnicodeCodePoint))?;
        let mut made = Self { doc, text: None };
        made.find()?;
        Ok(made)
    }
    fn find(&mut self) -> Result<(), Failure> {
        self.text = Some(self.doc.get(ROOT, "t")?.ok_or("there is no text")?.1);
        Ok(())
    }
    fn object(&self) -> Result<&ObjId, Failure> {
        self.text.as_ref().ok_or_else(|| "there is no text".into())
    }
}

impl Replica for Automerge {
    const CRATE: &'static str = "automerge";
    type Mark = Vec<ChangeHash>;

    fn new(agent: u64) -> Result<Self, Failure> {
        let mut made = Self::of(base())?;
        made.doc.set_actor(ActorId::from((u128::from(agent) + 1).to_be_bytes()));
        Ok(made)
    }
    fn edit(&mut self, patches: &[Patch]) -> Result<Vec<u8>, Failure> {
        let text = self.object()?.clone();
        for patch in patches {
            self.doc.splice_text(&text, patch.position, isize::try_from(patch.removed)?, &patch.inserted)?;
        }
        self.doc.commit_with(CommitOptions::default().with_time(0));
        let change = self.doc.get_last_local_change().ok_or("nothing was changed")?;
        Ok(change.raw_bytes().to_vec())
    }
    fn mark(&mut self) -> Self::Mark {
        self.doc.get_heads()
    }
    fn since(&mut self, mark: &Self::Mark) -> Result<Vec<u8>, Failure> {
        Ok(self.doc.save_after(mark))
    }
    fn apply(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.doc.load_incremental(bytes)?;
        Ok(())
    }
    fn apply_all(&mut self, updates: &[&[u8]]) -> Result<(), Failure> {
        self.apply(&updates.concat())
    }
    fn log(&mut self) -> Result<Vec<u8>, Failure> {
        self.stored()
    }
    fn merged(log: &[u8]) -> Result<Self, Failure> {
        Self::of(log) // into a document that has the base already it would take the log apart into changes
    }
    fn stored(&mut self) -> Result<Vec<u8>, Failure> {
        Ok(self.doc.save())
    }
    fn load(stored: &[u8]) -> Result<Self, Failure> {
        Self::of(stored)
    }
    fn text(&self) -> Result<String, Failure> {
        Ok(self.doc.text(self.object()?)?)
    }
}
