//! Editing traces as JSON, plain or gzipped: sequential `txns`, or concurrent ones with `parents` and `agent`.
use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::peer::Failure;

/// At `position` so many scalar values are removed, then the text is inserted.
pub struct Patch<'a> {
    pub position: usize,
    pub removed: usize,
    pub inserted: Cow<'a, str>,
}

pub struct Transaction {
    pub patches: Vec<Patch<'static>>,
    pub agent: u64,
    /// Numbers of the transactions that it follows; empty in a sequential trace.
    pub parents: Vec<usize>,
}

pub struct Trace {
    pub transactions: Vec<Transaction>,
    pub concurrent: bool,
    pub end: String,
}

fn number(value: &Value) -> Result<usize, Failure> {
    Ok(usize::try_from(value.as_u64().ok_or("a number is wanted")?)?)
}

fn list(value: &Value) -> Result<&Vec<Value>, Failure> {
    value.as_array().ok_or_else(|| "a list is wanted".into())
}

fn patch(value: &Value) -> Result<Patch<'static>, Failure> {
    let inserted = Cow::Owned(value[2].as_str().ok_or("a text is wanted")?.to_owned());
    Ok(Patch { position: number(&value[0])?, removed: number(&value[1])?, inserted })
}

pub fn read(path: &Path) -> Result<Trace, Failure> {
    let mut bytes = std::fs::read(path)?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain)?;
        bytes = plain;
    }
    let json: Value = serde_json::from_slice(&bytes)?;
    let mut trace = Trace { transactions: Vec::new(), concurrent: false, end: String::new() };
    trace.end = json["endContent"].as_str().ok_or("the trace lacks endContent")?.to_owned();
    for entry in list(&json["txns"])? {
        trace.concurrent |= !entry["parents"].is_null();
        let parents = entry["parents"].as_array().into_iter().flatten().map(number).collect::<Result<Vec<_>, _>>()?;
        if parents.iter().any(|parent| *parent >= trace.transactions.len()) {
            return Err("a transaction follows a later one".into());
        }
        let patches = list(&entry["patches"])?.iter().map(patch).collect::<Result<Vec<_>, _>>()?;
        trace.transactions.push(Transaction { patches, agent: entry["agent"].as_u64().unwrap_or(0), parents });
    }
    if let Some(start) = json["startContent"].as_str().filter(|start| !start.is_empty()) {
        if trace.concurrent {
            return Err("a concurrent trace with a startContent".into());
        }
        let patches = vec![Patch { position: 0, removed: 0, inserted: Cow::Owned(start.to_owned()) }];
        trace.transactions.insert(0, Transaction { patches, agent: 0, parents: Vec::new() });
    }
    Ok(trace)
}

/// Whether UTF-16 units and scalar values are the same in it.
pub fn is_basic_plane(trace: &Trace) -> bool {
    let short = |text: &str| text.chars().all(|character| character <= '\u{ffff}');
    trace.transactions.iter().flat_map(|transaction| &transaction.patches).all(|patch| short(&patch.inserted))
}
