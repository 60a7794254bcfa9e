//! What was handled lately, to recognize a repetition.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, Hash, RandomState};

/// The latest ids, at most `capacity` of them, each with a note on when it was
/// seen. An id may be anything that can be hashed. Only its hash is kept, so
/// that a long id takes no more memory than a short one. The hash has 128 bits,
/// so that no two ids are mistaken for the same.
#[derive(Debug)]
pub(crate) struct RecentIds<T = ()> {
    capacity: usize,
    hashers: [RandomState; 2],
    known: HashSet<u128>,
    /// Oldest first; the same ids as in `known`.
    order: VecDeque<(u128, T)>,
}

impl<T> RecentIds<T> {
    /// Remembers `capacity` ids, and at least one.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            hashers: [RandomState::new(), RandomState::new()],
            known: HashSet::new(),
            order: VecDeque::new(),
        }
    }

    /// Whether `id` is new. If so, it is remembered; if there is no room for
    /// it, the oldest id is forgotten.
    pub(crate) fn insert(&mut self, id: &(impl Hash + ?Sized), note: T) -> bool {
        let id = self.hash(id);
        if self.known.contains(&id) {
            return false;
        }
        if self.order.len() >= self.capacity {
            self.forget_oldest();
        }
        self.known.insert(id);
        self.order.push_back((id, note));
        true
    }

    /// Forgets the oldest id again and again, as long as `gone` is true for its
    /// note.
    #[cfg(feature = "webhook")]
    pub(crate) fn expire(&mut self, gone: impl Fn(&T) -> bool) {
        while self.order.front().is_some_and(|(_, note)| gone(note)) {
            self.forget_oldest();
        }
    }

    /// Forgets one id. This is slow if many are remembered.
    #[cfg(feature = "webhook")]
    pub(crate) fn forget(&mut self, id: &(impl Hash + ?Sized)) {
        let id = self.hash(id);
        if self.known.remove(&id) {
            self.order.retain(|(other, _)| *other != id);
        }
    }

    fn hash(&self, id: &(impl Hash + ?Sized)) -> u128 {
        let [high, low] = self.hashers.each_ref().map(|hasher| hasher.hash_one(id));
        u128::from(high) << 64 | u128::from(low)
    }

    fn forget_oldest(&mut self) {
        if let Some((id, _)) = self.order.pop_front() {
            self.known.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repetition_is_known_until_its_id_is_the_oldest_of_too_many() {
        let mut recent = RecentIds::new(2);
        assert!(recent.insert("a", ()));
        assert!(!recent.insert("a", ()));
        assert!(recent.insert("b", ()));
        assert!(
            !recent.insert("a", ()),
            "a repetition does not push ids out"
        );
        assert!(recent.insert("c", ()));
        assert!(!recent.insert("b", ()));
        assert!(recent.insert("a", ()));
        for n in 0..1000 {
            recent.insert(&n.to_string(), ());
        }
        assert_eq!((recent.known.len(), recent.order.len()), (2, 2));
    }
}
