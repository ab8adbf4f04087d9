//! loro: updates for what is sent, a snapshot for what is stored.
use std::sync::{Arc, Mutex};

use loro::{ExportMode, LoroDoc, LoroText, Subscription, VersionVector};

use crate::peer::{Failure, Replica};
use crate::trace::Patch;

pub struct Loro {
    doc: LoroDoc,
    text: LoroText,
    sent: Arc<Mutex<Vec<u8>>>,
    _subscription: Subscription,
}

impl Loro {
    fn of(doc: LoroDoc) -> Self {
        let text = doc.get_text("t");
        let sent = Arc::new(Mutex::new(Vec::new()));
        let kept = sent.clone();
        let _subscription = doc.subscribe_local_update(Box::new(move |bytes| {
            kept.lock().unwrap().clone_from(bytes);
            true
        }));
        Self { doc, text, sent, _subscription }
    }
}

impl Replica for Loro {
    const CRATE: &'static str = "loro";
    type Mark = VersionVector;

    fn new(agent: u64) -> Result<Self, Failure> {
        let doc = LoroDoc::new();
        doc.set_peer_id(agent + 1)?;
        Ok(Self::of(doc))
    }
    fn edit(&mut self, patches: &[Patch]) -> Result<Vec<u8>, Failure> {
        for patch in patches {
            if patch.removed > 0 {
                self.text.delete(patch.position, patch.removed)?;
            }
            if !patch.inserted.is_empty() {
                self.text.insert(patch.position, &patch.inserted)?;
            }
        }
        self.doc.commit();
        Ok(std::mem::take(&mut *self.sent.lock().unwrap()))
    }
    fn mark(&mut self) -> Self::Mark {
        self.doc.oplog_vv()
    }
    fn since(&mut self, mark: &Self::Mark) -> Result<Vec<u8>, Failure> {
        Ok(self.doc.export(ExportMode::updates(mark))?)
    }
    fn apply(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.doc.import(bytes)?;
        Ok(())
    }
    fn log(&mut self) -> Result<Vec<u8>, Failure> {
        Ok(self.doc.export(ExportMode::all_updates())?)
    }
    fn stored(&mut self) -> Result<Vec<u8>, Failure> {
        Ok(self.doc.export(ExportMode::Snapshot)?)
    }
    fn load(stored: &[u8]) -> Result<Self, Failure> {
        Ok(Self::of(LoroDoc::from_snapshot(stored)?))
    }
    fn text(&self) -> Result<String, Failure> {
        Ok(self.text.to_string())
    }
}
