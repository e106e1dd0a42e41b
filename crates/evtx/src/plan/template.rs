//! Template definitions, each read once: a plan says which substitution holds which field.
//!
//! A definition is stored anew in every chunk, at another offset, with its names inlined or not, as
//! the chunk happened to need them. A plan is used again only where the definition is the same byte
//! for byte, but for the offsets of names, which must lead to the same names: a GUID proves nothing,
//! because a log may be the attacker's.

use crate::binxml::names::Names;
use crate::binxml::tokens::{DEFINITION_HEADER_BYTES, StreamKind, Tokens};
use crate::plan::layout::{Context, Layout, Learner, name_of};
use crate::raw::bytes::{array_at, u16_at, u32_at};
use crate::raw::damage::Malformed;

/// What finding the definitions of one chunk may cost: its 64 KiB of definitions, several times over.
const TOKENS_PER_CHUNK_MAX: u32 = 1 << 18;
/// Beyond this the cache starts anew with the next chunk. A domain controller's whole set of logs
/// needs some hundred plans of a few KiB.
const PLANS_MAX: usize = 4096;
const PLANS_MAX_BYTES: usize = 32 << 20;
const BUCKETS: usize = 256;
const PLANS_IN_BUCKET: usize = 8;
/// Definitions of this chunk that are remembered by offset.
const REMEMBERED: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlanId(u32);

/// What is learned from one definition.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) layout: Layout,
    context: Context,
    identity: Identity,
}

/// What must be the same for a definition to be the same.
#[derive(Debug)]
struct Identity {
    guid: [u8; 16],
    /// The body, with zeros in the moving places.
    body: Box<[u8]>,
    /// Zeros in the moving places, else ones.
    mask: Box<[u8]>,
    /// The four-byte places of the body that depend on where it stands, in order.
    moving: Box<[Moving]>,
    /// It can be recognised elsewhere at all.
    relocatable: bool,
}

#[derive(Debug, Clone, Copy)]
struct Moving {
    at: u32,
    what: MovingPart,
}

#[derive(Debug, Clone, Copy)]
enum MovingPart {
    /// A reference to a name in the body, so far from its start.
    InsideName(u32),
    /// A reference to a name elsewhere in the chunk.
    OutsideName(crate::binxml::names::NameId),
    /// The hash chain of names: not ours to follow.
    Link,
}

#[derive(Debug, Clone, Copy)]
struct Remembered {
    generation: u32,
    definition: u32,
    context: Context,
    plan: PlanId,
}

#[derive(Debug)]
pub(crate) struct Plans {
    list: Vec<Plan>,
    bytes: usize,
    buckets: Vec<Bucket>,
    remembered: Box<[Remembered; REMEMBERED]>,
    generation: u32,
    tokens_left: u32,
    learner: Learner,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    plans: [PlanId; PLANS_IN_BUCKET],
    filled: u32,
}

impl Plans {
    pub(crate) fn new() -> Self {
        let nothing = Remembered { generation: 0, definition: 0, context: Context::Top, plan: PlanId(0) };
        Plans {
            list: Vec::new(),
            bytes: 0,
            buckets: vec![Bucket { plans: [PlanId(0); PLANS_IN_BUCKET], filled: 0 }; BUCKETS],
            remembered: Box::new([nothing; REMEMBERED]),
            generation: 1,
            tokens_left: TOKENS_PER_CHUNK_MAX,
            learner: Learner::new(),
        }
    }

    /// Offsets mean other definitions now. The plans stay, while they are not too many.
    pub(crate) fn next_chunk(&mut self, names: &mut Names) {
        names.next_chunk();
        self.generation = self.generation.wrapping_add(1);
        self.tokens_left = TOKENS_PER_CHUNK_MAX;
        let full = names.is_full() || self.list.len() > PLANS_MAX || self.bytes > PLANS_MAX_BYTES;
        if full || self.generation == 0 {
            *self = Plans::new();
            names.forget();
        }
    }

    #[inline]
    pub(crate) fn get(&self, plan: PlanId) -> &Plan {
        &self.list[plan.0 as usize]
    }

    /// The plan for the definition at this offset.
    #[inline]
    pub(crate) fn find(
        &mut self,
        chunk: &[u8],
        definition: u32,
        context: Context,
        names: &mut Names,
    ) -> Result<PlanId, Malformed> {
        let slot = (definition.wrapping_mul(0x9e37_79b1) >> 24) as usize % REMEMBERED;
        for slot in [slot, slot ^ 1] {
            let known = self.remembered[slot];
            if known.generation == self.generation
                && known.definition == definition
                && known.context == context
            {
                return Ok(known.plan);
            }
        }
        let plan = self.recognise_or_learn(chunk, definition, context, names)?;
        // The second place, unless only the first is free: two definitions may share one.
        let slot = if self.remembered[slot].generation == self.generation { slot ^ 1 } else { slot };
        self.remembered[slot] = Remembered { generation: self.generation, definition, context, plan };
        Ok(plan)
    }

    #[cold]
    fn recognise_or_learn(
        &mut self,
        chunk: &[u8],
        definition: u32,
        context: Context,
        names: &mut Names,
    ) -> Result<PlanId, Malformed> {
        let at = definition as usize;
        let guid: [u8; 16] = array_at(chunk, at.saturating_add(4)).ok_or(Malformed::DefinitionOutOfRange)?;
        let size = u32_at(chunk, at + 20).ok_or(Malformed::DefinitionOutOfRange)? as usize;
        let start = at + DEFINITION_HEADER_BYTES;
        let body =
            chunk.get(start..).and_then(|rest| rest.get(..size)).ok_or(Malformed::DefinitionOutOfRange)?;
        let bucket = bucket_of(&guid, size);
        for place in 0..PLANS_IN_BUCKET.min(self.buckets[bucket].filled as usize) {
            let plan = self.buckets[bucket].plans[place];
            self.spend(1 + size as u32 / 64)?;
            let candidate = &self.list[plan.0 as usize];
            if candidate.context == context
                && candidate.identity.is_at(&guid, body, start as u32, chunk, names)
            {
                return Ok(plan);
            }
        }
        let plan = self.learn(chunk, start, body, guid, context, names)?;
        self.bytes +=
            plan.layout.size_bytes() + 2 * plan.identity.body.len() + plan.identity.moving.len() * 12;
        let id = PlanId(self.list.len() as u32);
        self.list.push(plan);
        let bucket = &mut self.buckets[bucket];
        bucket.plans[bucket.filled as usize % PLANS_IN_BUCKET] = id;
        bucket.filled = bucket.filled.wrapping_add(1);
        Ok(id)
    }

    fn spend(&mut self, tokens: u32) -> Result<(), Malformed> {
        match self.tokens_left.checked_sub(tokens) {
            Some(left) => self.tokens_left = left,
            None => return Err(Malformed::TooCostly),
        }
        Ok(())
    }

    fn learn(
        &mut self,
        chunk: &[u8],
        start: usize,
        body: &[u8],
        guid: [u8; 16],
        context: Context,
        names: &mut Names,
    ) -> Result<Plan, Malformed> {
        let end = start + body.len();
        let mut tokens = Tokens::new(chunk, start, end, StreamKind::Definition);
        self.learner.start(StreamKind::Definition, context, start as u32);
        let learned = self.learner.learn_rest(&mut tokens, chunk, names);
        self.spend(2 * tokens.read())?;
        learned?;
        let mut layout = std::mem::take(&mut self.learner.layout);
        layout.count_system_slots();
        layout.parts.shrink_to_fit();
        layout.items.shrink_to_fit();
        let identity = Identity::of(chunk, start, body, guid, !layout.has_nested, names)?;
        Ok(Plan { layout, context, identity })
    }
}

fn bucket_of(guid: &[u8; 16], size: usize) -> usize {
    let (low, high) = guid.split_at(8);
    let word = |bytes: &[u8]| bytes.iter().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
    let mixed = (word(low) ^ word(high).rotate_left(32) ^ size as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 56) as usize % BUCKETS
}

impl Identity {
    fn of(
        chunk: &[u8],
        start: usize,
        body: &[u8],
        guid: [u8; 16],
        mut relocatable: bool,
        names: &mut Names,
    ) -> Result<Identity, Malformed> {
        let mut moving = Vec::new();
        let mut inside = Vec::new();
        let mut tokens = Tokens::new(chunk, start, start + body.len(), StreamKind::Definition);
        while let Some(token) = tokens.next()? {
            let Some(name) = name_of(&token) else { continue };
            let at = name.stored_at - start as u32;
            let what = match (name.offset as usize).checked_sub(start).filter(|&offset| offset < body.len()) {
                Some(offset) => {
                    inside.push(offset);
                    MovingPart::InsideName(offset as u32)
                }
                None => MovingPart::OutsideName(names.at(chunk, name.offset)?),
            };
            moving.push(Moving { at, what });
            if name.inline {
                moving.push(Moving { at: at + 4, what: MovingPart::Link });
            }
        }
        // A name that runs through bytes which may differ elsewhere would be another name there.
        relocatable &= inside.iter().all(|&offset| {
            let units = u16_at(body, offset + 6).map_or(usize::MAX, usize::from);
            let text = offset + 6..(offset + 8).saturating_add(units.saturating_mul(2));
            let next = moving.partition_point(|place| place.at as usize + 4 <= text.start);
            text.end <= body.len() && moving.get(next).is_none_or(|place| place.at as usize >= text.end)
        });
        let mut mask = vec![0xff; body.len()].into_boxed_slice();
        for place in &moving {
            let at = place.at as usize;
            mask.get_mut(at..at + 4).ok_or(Malformed::Truncated)?.fill(0);
        }
        let body = body.iter().zip(&mask).map(|(byte, mask)| byte & mask).collect();
        Ok(Identity { guid, body, mask, moving: moving.into(), relocatable })
    }

    /// Whether the definition whose body starts at `start` of this chunk is this one.
    fn is_at(&self, guid: &[u8; 16], body: &[u8], start: u32, chunk: &[u8], names: &mut Names) -> bool {
        if !self.relocatable || self.guid != *guid || self.body.len() != body.len() {
            return false;
        }
        // All at once: a definition is short, and nearly always it is the same one.
        let known = self.body.iter().zip(&self.mask);
        let differing =
            body.iter().zip(known).fold(0, |any, (byte, (known, mask))| any | ((byte & mask) ^ known));
        differing == 0 && self.moving.iter().all(|place| place.is_same(body, start, chunk, names))
    }
}

impl Moving {
    fn is_same(&self, body: &[u8], start: u32, chunk: &[u8], names: &mut Names) -> bool {
        let Some(stored) = u32_at(body, self.at as usize) else { return false };
        match self.what {
            MovingPart::InsideName(offset) => stored == start + offset,
            MovingPart::OutsideName(name) => {
                let inside = stored >= start && ((stored - start) as usize) < body.len();
                !inside && names.at(chunk, stored) == Ok(name)
            }
            MovingPart::Link => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chunk with one definition: `<A><B>%1</B></A>`, the name `A` inline, `B` at offset 8.
    fn chunk_with(definition: usize, outside: &str) -> Vec<u8> {
        let mut chunk = vec![0; definition];
        chunk[14..16].copy_from_slice(&(outside.len() as u16).to_le_bytes());
        for (place, unit) in outside.encode_utf16().enumerate() {
            chunk[16 + place * 2..18 + place * 2].copy_from_slice(&unit.to_le_bytes());
        }
        let mut body = vec![0x0f, 1, 1, 0, 0x01, 0xff, 0xff, 0, 0, 0, 0];
        let inline = (definition + DEFINITION_HEADER_BYTES + body.len() + 4) as u32;
        body.extend(inline.to_le_bytes());
        body.extend([definition as u8, 1, 2, 3, 9, 9, 1, 0, b'A', 0, 0, 0]);
        body.extend([0x02, 0x01, 0xff, 0xff, 0, 0, 0, 0, 8, 0, 0, 0]);
        body.extend([0x02, 0x0e, 1, 0, 1, 0x04, 0x04, 0x00]);
        chunk.extend([0; 4]);
        chunk.extend([7; 16]);
        chunk.extend((body.len() as u32).to_le_bytes());
        chunk.extend(body);
        chunk
    }

    fn find(plans: &mut Plans, names: &mut Names, chunk: &[u8], at: u32) -> PlanId {
        plans.next_chunk(names);
        plans.find(chunk, at, Context::EventData, names).unwrap()
    }

    #[test]
    fn a_definition_is_known_again_elsewhere_and_only_where_it_is_the_same() {
        let (mut plans, mut names) = (Plans::new(), Names::new(std::sync::Arc::from([])));
        let first = find(&mut plans, &mut names, &chunk_with(64, "B"), 64);
        assert_eq!(find(&mut plans, &mut names, &chunk_with(64, "B"), 64), first);
        assert_eq!(find(&mut plans, &mut names, &chunk_with(96, "B"), 96), first, "moved");
        assert_ne!(find(&mut plans, &mut names, &chunk_with(64, "C"), 64), first, "another name outside");
        let mut other = chunk_with(64, "B");
        let last = other.len() - 6;
        assert_eq!(other[last - 1], 0x0e);
        other[last] = 2;
        assert_ne!(find(&mut plans, &mut names, &other, 64), first, "another slot under the same GUID");
        let mut inside = chunk_with(64, "B");
        inside[64 + 24 + 11] = 8;
        assert!(plans.find(&inside, 64, Context::EventData, &mut names).is_ok());
    }

    #[test]
    fn a_definition_outside_of_the_chunk_is_refused() {
        let (mut plans, mut names) = (Plans::new(), Names::new(std::sync::Arc::from([])));
        let chunk = chunk_with(64, "B");
        for at in [u32::MAX, chunk.len() as u32, chunk.len() as u32 - 1, 100] {
            assert!(plans.find(&chunk, at, Context::Top, &mut names).is_err(), "{at}");
        }
        let mut large = chunk.clone();
        large[64 + 20..64 + 24].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(plans.find(&large, 64, Context::Top, &mut names), Err(Malformed::DefinitionOutOfRange));
    }

    #[test]
    fn a_chunk_whose_definitions_cost_too_much_is_given_up() {
        let (mut plans, mut names) = (Plans::new(), Names::new(std::sync::Arc::from([])));
        // Definitions whose bodies all run through the same thousands of empty tokens.
        let mut chunk = vec![0; 1 << 16];
        for triple in chunk[2049..].as_chunks_mut::<3>().0 {
            *triple = [0x0b, 0, 0];
        }
        for at in (0..2016).step_by(32) {
            chunk[at + 20..at + 24].copy_from_slice(&60_000u32.to_le_bytes());
            let units_to_skip = (2049 - (at + 27)) / 2;
            chunk[at + 24] = 0x0b;
            chunk[at + 25..at + 27].copy_from_slice(&(units_to_skip as u16).to_le_bytes());
        }
        let mut find = |at: u32| plans.find(&chunk, at, Context::Top, &mut names);
        assert!(find(0).is_ok());
        assert!((1..63).any(|place| find(place * 32) == Err(Malformed::TooCostly)));
        assert!(find(0).is_ok(), "what is known stays known");
        plans.next_chunk(&mut names);
        assert_eq!(plans.tokens_left, TOKENS_PER_CHUNK_MAX);
    }
}
