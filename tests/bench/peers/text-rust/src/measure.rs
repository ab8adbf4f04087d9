//! The timed part of each case, by the processor time of the process.
use cpu_time::ProcessTime;

use crate::frames::read_into;
use crate::offline::{keystrokes, CHARACTERS};
use crate::peer::{Failure, Replica};
use crate::trace::Patch;

pub struct Measured {
    pub milliseconds: f64,
    pub bytes: usize,
    pub equal: bool,
}

/// One run: the time of `work` alone, then what `check` says of its result.
fn run<T, U>(
    given: T,
    work: impl FnOnce(T) -> Result<U, Failure>,
    check: impl FnOnce(U) -> Result<(usize, bool), Failure>,
) -> Result<Measured, Failure> {
    let start = ProcessTime::now();
    let made = work(given)?;
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    let (bytes, equal) = check(made)?;
    Ok(Measured { milliseconds, bytes, equal })
}

pub fn measure<R: Replica>(case: &str, frames: &[&[u8]]) -> Result<Measured, Failure> {
    let (end, rest) = frames.split_first().ok_or("nothing was prepared")?;
    let end = std::str::from_utf8(end)?;
    let given_bytes = rest.iter().map(|frame| frame.len()).sum();
    match case {
        "typing" => type_all::<R>(end, rest),
        "offline" => exchange::<R>(end),
        _ => {
            let work = |frames: &[&[u8]]| {
                let replica = match case {
                    "batches" => {
                        let mut replica = R::new(99)?;
                        for batch in frames {
                            replica.apply(batch)?;
                        }
                        replica
                    }
                    "load" => R::load(frames[0])?,
                    _ => R::merged(frames[0])?,
                };
                let text = replica.text()?;
                Ok((replica, text)) // the replica's end is not timed
            };
            run(rest, work, |(_, text)| Ok((given_bytes, text == end)))
        }
    }
}

fn type_all<R: Replica>(end: &str, transactions: &[&[u8]]) -> Result<Measured, Failure> {
    let work = |mut replica: R| {
        let mut sent = 0;
        let mut patches: Vec<Patch> = Vec::new();
        for transaction in transactions {
            read_into(transaction, &mut patches)?;
            sent += replica.edit(&patches)?.len();
        }
        Ok((replica, sent))
    };
    run(R::new(0)?, work, |(replica, sent)| Ok((sent, replica.text()? == end)))
}

/// Two replicas of the beginning of the text, each with keystrokes that the other has not seen, tell each other.
fn exchange<R: Replica>(end: &str) -> Result<Measured, Failure> {
    let base: String = end.chars().take(CHARACTERS).collect();
    let length = base.chars().count();
    let first = R::new(0)?.edit(&[Patch { position: 0, removed: 0, inserted: base.into() }])?;
    let mut sides = Vec::new();
    let mut expected = length;
    for (agent, seed) in [(1, 11), (2, 12)] {
        let mut replica = R::new(agent)?;
        replica.apply(&first)?;
        let mark = replica.mark();
        for patch in keystrokes(length, seed) {
            expected = expected + patch.inserted.chars().count() - patch.removed;
            replica.edit(&[patch])?;
        }
        sides.push((replica, mark));
    }
    let work = |mut sides: Vec<(R, R::Mark)>| {
        let mut sent = Vec::new();
        for (replica, mark) in &mut sides {
            sent.push(replica.since(mark)?);
        }
        let mut texts = Vec::new();
        for ((replica, _), bytes) in sides.iter_mut().zip(sent.iter().rev()) {
            replica.apply(bytes)?;
            texts.push(replica.text()?);
        }
        Ok((sides, sent, texts))
    };
    run(sides, work, |(_, sent, texts)| {
        let whole = texts[0] == texts[1] && texts[0].chars().count() == expected;
        Ok((sent.iter().map(Vec::len).sum(), whole))
    })
}
