//! Keystrokes of somebody offline; the same for the same seed.
use std::borrow::Cow;

use crate::trace::Patch;

pub const CHARACTERS: usize = 20_000;
pub const KEYSTROKES: usize = 1_000;

/// The same draws for the same seed (splitmix64).
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

/// Runs of 8 to 79 keystrokes at drawn places of a text of `length` characters; one keystroke in 16 takes the character before it away,
/// the others put a letter in.
pub fn keystrokes(mut length: usize, seed: u64) -> Vec<Patch<'static>> {
    let mut draws = Draws(seed);
    let mut made = Vec::new();
    while made.len() < KEYSTROKES {
        let mut place = draws.below(length + 1);
        for _ in 0..8 + draws.below(72) {
            if draws.below(16) == 0 && place > 0 {
                place -= 1;
                length -= 1;
                made.push(Patch { position: place, removed: 1, inserted: Cow::Borrowed("") });
            } else {
                let letter = char::from(b'a' + draws.below(26) as u8);
                made.push(Patch { position: place, removed: 0, inserted: Cow::Owned(letter.to_string()) });
                place += 1;
                length += 1;
            }
        }
    }
    made.truncate(KEYSTROKES);
    made
}
