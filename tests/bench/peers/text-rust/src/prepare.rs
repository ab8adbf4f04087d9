//! The bytes that a case is measured on, made in a process of its own, so that the measured one's memory holds little else. The first
//! frame is the end text.
use std::collections::{HashMap, HashSet};

use crate::frames::written;
use crate::peer::{Failure, Replica};
use crate::trace::{is_basic_plane, Trace};

pub fn prepare<R: Replica>(case: &str, trace: &Trace, step: usize) -> Result<Vec<Vec<u8>>, Failure> {
    if R::CRATE == "yrs" && !is_basic_plane(trace) {
        return Err("yrs counts UTF-16 units, and the trace has characters above U+FFFF".into());
    }
    let mut frames = vec![trace.end.clone().into_bytes()];
    match case {
        "whole" => frames.push(history::<R>(trace, None)?.0.log()?),
        "concurrent" if trace.concurrent => frames.push(history::<R>(trace, None)?.0.log()?),
        "batches" => frames.extend(history::<R>(trace, Some(step))?.1),
        "load" => frames.push(history::<R>(trace, None)?.0.stored()?),
        "typing" if !trace.concurrent => {
            let edited = trace.transactions.iter().filter(|transaction| !transaction.patches.is_empty());
            frames.extend(edited.map(|transaction| written(&transaction.patches)));
        }
        "offline" => {}
        "typing" => return Err("only a sequential trace can be typed".into()),
        "concurrent" => return Err("the trace is not concurrent".into()),
        _ => return Err("there is no such case".into()),
    }
    Ok(frames)
}

/// A replica that took in the trace, transaction by transaction, and, with `step`, batches of so many.
fn history<R: Replica>(trace: &Trace, step: Option<usize>) -> Result<(R, Vec<Vec<u8>>), Failure> {
    let mut batches = Vec::new();
    let mut replica = R::new(if trace.concurrent { 1 << 20 } else { 0 })?;
    let mut authors = Authors::<R>::of(trace);
    let mut mark = replica.mark();
    let mut updates = Vec::new();
    for (i, transaction) in trace.transactions.iter().enumerate() {
        if trace.concurrent {
            updates.extend(authors.edit(trace, i)?);
        } else if !transaction.patches.is_empty() {
            updates.push(replica.edit(&transaction.patches)?);
        }
        if ((i + 1) % step.unwrap_or(1000) == 0 || i + 1 == trace.transactions.len()) && !updates.is_empty() {
            if trace.concurrent {
                replica.apply_all(&updates.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
            }
            if step.is_some() {
                batches.push(replica.together(&mark, &updates)?);
                mark = replica.mark();
            }
            updates.clear();
        }
    }
    Ok((replica, batches))
}

/// A replica for each agent of a concurrent trace; before an edit it takes in exactly what the edit's parents knew.
struct Authors<R> {
    replicas: HashMap<u64, (R, HashSet<usize>)>,
    updates: Vec<Option<Vec<u8>>>,
    last_edits: HashMap<u64, usize>,
}

impl<R: Replica> Authors<R> {
    fn of(trace: &Trace) -> Self {
        let last_edits = trace.transactions.iter().enumerate().map(|(i, transaction)| (transaction.agent, i)).collect();
        Self { replicas: HashMap::new(), updates: Vec::new(), last_edits }
    }

    fn edit(&mut self, trace: &Trace, i: usize) -> Result<Option<Vec<u8>>, Failure> {
        let transaction = &trace.transactions[i];
        let agent = transaction.agent;
        let (mut replica, mut seen) = match self.replicas.remove(&agent) {
            Some(kept) => kept,
            None => (R::new(agent)?, HashSet::new()),
        };
        let mut missing = Vec::new();
        let mut open = transaction.parents.clone();
        while let Some(j) = open.pop() {
            if seen.insert(j) {
                missing.push(j);
                open.extend(&trace.transactions[j].parents);
            }
        }
        missing.sort_unstable();
        let missing: Vec<_> = missing.iter().filter_map(|j| self.updates[*j].as_deref()).collect();
        if !missing.is_empty() {
            replica.apply_all(&missing)?;
        }
        let update = if transaction.patches.is_empty() { None } else { Some(replica.edit(&transaction.patches)?) };
        seen.insert(i);
        self.updates.push(update.clone());
        if self.last_edits[&agent] > i {
            self.replicas.insert(agent, (replica, seen));
        }
        Ok(update)
    }
}
