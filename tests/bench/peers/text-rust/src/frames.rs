//! What the preparing process hands to the measured one: a file of byte strings, each after its length, and edits as such strings.
use std::borrow::Cow;

use crate::peer::Failure;
use crate::trace::Patch;

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u32::try_from(bytes.len()).expect("less than 4 GiB").to_le_bytes());
    out.extend_from_slice(bytes);
}

fn take<'a>(from: &mut &'a [u8]) -> Result<&'a [u8], Failure> {
    let (length, rest) = from.split_first_chunk::<4>().ok_or("a frame is cut short")?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > rest.len() {
        return Err("a frame is cut short".into());
    }
    let (bytes, rest) = rest.split_at(length);
    *from = rest;
    Ok(bytes)
}

pub fn joined(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for frame in frames {
        put(&mut out, frame);
    }
    out
}

pub fn split(mut bytes: &[u8]) -> Result<Vec<&[u8]>, Failure> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        frames.push(take(&mut bytes)?);
    }
    Ok(frames)
}

/// The edits of one transaction.
pub fn written(patches: &[Patch]) -> Vec<u8> {
    let mut out = Vec::new();
    for patch in patches {
        for number in [patch.position, patch.removed] {
            out.extend_from_slice(&u32::try_from(number).expect("a position below 2^32").to_le_bytes());
        }
        put(&mut out, patch.inserted.as_bytes());
    }
    out
}

/// What `written` wrote, into `patches`, without copying the texts.
pub fn read_into<'a>(mut bytes: &'a [u8], patches: &mut Vec<Patch<'a>>) -> Result<(), Failure> {
    patches.clear();
    while !bytes.is_empty() {
        let mut numbers = [0; 2];
        for number in &mut numbers {
            let (four, rest) = bytes.split_first_chunk::<4>().ok_or("an edit is cut short")?;
            *number = u32::from_le_bytes(*four) as usize;
            bytes = rest;
        }
        let inserted = Cow::Borrowed(std::str::from_utf8(take(&mut bytes)?)?);
        patches.push(Patch { position: numbers[0], removed: numbers[1], inserted });
    }
    Ok(())
}
