//! diamond-types: one run-length encoded log and the plain text, kept open.
use diamond_types::list::encoding::{ENCODE_FULL, ENCODE_PATCH};
use diamond_types::list::ListCRDT;
use diamond_types::AgentId;

use crate::peer::{Failure, Replica};
use crate::trace::Patch;

pub struct Diamond {
    list: ListCRDT,
    agent: AgentId,
}

impl Replica for Diamond {
    const CRATE: &'static str = "diamond-types";
    type Mark = diamond_types::LocalVersion;

    fn new(agent: u64) -> Result<Self, Failure> {
        let mut list = ListCRDT::new();
        let agent = list.get_or_create_agent_id(&format!("a{agent}"));
        Ok(Self { list, agent })
    }
    fn edit(&mut self, patches: &[Patch]) -> Result<Vec<u8>, Failure> {
        let before = self.mark();
        for patch in patches {
            if patch.removed > 0 {
                self.list.delete_without_content(self.agent, patch.position..patch.position + patch.removed);
            }
            if !patch.inserted.is_empty() {
                self.list.insert(self.agent, patch.position, &patch.inserted);
            }
        }
        self.since(&before)
    }
    fn mark(&mut self) -> Self::Mark {
        self.list.oplog.local_version()
    }
    fn since(&mut self, mark: &Self::Mark) -> Result<Vec<u8>, Failure> {
        Ok(self.list.oplog.encode_from(ENCODE_PATCH, mark))
    }
    fn apply(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.list.merge_data_and_ff(bytes).map_err(|error| format!("{error:?}"))?;
        Ok(())
    }
    fn log(&mut self) -> Result<Vec<u8>, Failure> {
        Ok(self.list.oplog.encode(ENCODE_FULL))
    }
    fn stored(&mut self) -> Result<Vec<u8>, Failure> {
        self.log()
    }
    fn load(stored: &[u8]) -> Result<Self, Failure> {
        let list = ListCRDT::load_from(stored).map_err(|error| format!("{error:?}"))?;
        Ok(Self { list, agent: 0 })
    }
    fn text(&self) -> Result<String, Failure> {
        Ok(self.list.branch.content().to_string())
    }
}
