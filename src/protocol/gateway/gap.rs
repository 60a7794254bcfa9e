//! What was missed while there was no connection: what of it is new, and how
//! far back to look for it.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};

use chrono::{DateTime, TimeDelta, Utc};

use crate::models::{DmMessage, RoomMessage};

/// How many messages of a place are remembered, to know one that comes twice.
const REMEMBERED: usize = 4_096;
/// The service may tell messages in another order than that of their times, so
/// that one which is a little older than the last one seen may be missing.
const SLACK: TimeDelta = TimeDelta::seconds(5);
/// How many messages are fetched for a place at most.
const LONGEST_GAP: usize = 10_000;

/// What is known of the messages of one room or conversation.
#[derive(Debug, Default)]
pub(crate) struct Place {
    hasher: RandomState,
    known: HashSet<u64>,
    /// Oldest first: what stands for a message, with its time.
    order: VecDeque<(Keys, Option<DateTime<Utc>>)>,
    /// The time of the latest message.
    latest: Option<DateTime<Utc>>,
    /// Whether messages were forgotten.
    is_full: bool,
}

/// What stands for a message. One that came without an id is known by its
/// words: author, time and content.
#[derive(Clone, Copy, Debug)]
enum Keys {
    Named { id: u64, words: u64 },
    Nameless { words: u64 },
}

impl Keys {
    fn all(self) -> impl Iterator<Item = u64> {
        let (first, second) = match self {
            Self::Named { id, words } => (words, Some(id)),
            Self::Nameless { words } => (words, None),
        };
        std::iter::once(first).chain(second)
    }
}

/// What tells one message from another.
pub(crate) trait Distinct {
    fn id(&self) -> &str;

    fn author(&self) -> Option<&str>;

    fn time(&self) -> Option<DateTime<Utc>>;

    fn content(&self) -> &str;
}

impl Distinct for RoomMessage {
    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn author(&self) -> Option<&str> {
        self.username.as_deref().or(self.author_name())
    }

    fn time(&self) -> Option<DateTime<Utc>> {
        self.created_at
    }

    fn content(&self) -> &str {
        &self.content
    }
}

impl Distinct for DmMessage {
    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn author(&self) -> Option<&str> {
        self.username.as_deref()
    }

    fn time(&self) -> Option<DateTime<Utc>> {
        self.created_at
    }

    fn content(&self) -> &str {
        &self.content
    }
}

impl Place {
    /// Whether a message is new. It is known from then on.
    pub(crate) fn is_new(&mut self, message: &impl Distinct) -> bool {
        let keys = self.keys(message);
        if self.is_known(message, keys) {
            return false;
        }
        if self.order.len() >= REMEMBERED
            && let Some((oldest, _)) = self.order.pop_front()
        {
            self.is_full = true;
            for key in oldest.all() {
                self.known.remove(&key);
            }
        }
        self.known.extend(keys.all());
        self.order.push_back((keys, message.time()));
        self.latest = self.latest.max(message.time());
        true
    }

    fn keys(&self, message: &impl Distinct) -> Keys {
        match message.id() {
            "" => Keys::Nameless {
                words: self.words(message, false),
            },
            id => Keys::Named {
                id: self.hasher.hash_one(id),
                words: self.words(message, true),
            },
        }
    }

    fn words(&self, message: &impl Distinct, is_named: bool) -> u64 {
        let words = (message.author(), message.time(), message.content());
        self.hasher.hash_one((is_named, words))
    }

    /// Two messages with ids are told apart by these alone: the same words may
    /// be said twice.
    fn is_known(&self, message: &impl Distinct, keys: Keys) -> bool {
        let (key, is_named) = match keys {
            Keys::Named { id, .. } => (id, true),
            Keys::Nameless { words } => (words, false),
        };
        self.known.contains(&key) || self.known.contains(&self.words(message, !is_named))
    }

    /// From when on messages may have been missed. `since` is when the first
    /// connection was made.
    fn floor(&self, since: DateTime<Utc>) -> DateTime<Utc> {
        let floor = match self.latest {
            // What was there before the first connection was not missed. If
            // that is later than a message that came over it, then by a clock
            // that goes wrong.
            Some(latest) if latest >= since => since.max(latest - SLACK),
            Some(latest) => latest - SLACK,
            None => since,
        };
        // What was forgotten cannot be known again.
        let remembered = self.order.front().and_then(|(_, time)| *time);
        match remembered.filter(|_| self.is_full) {
            Some(oldest) => floor.max(oldest),
            None => floor,
        }
    }
}

/// The walk back in time over the pages of one place.
#[derive(Debug)]
pub(crate) struct Walk<M> {
    floor: DateTime<Utc>,
    /// Newest page first, each oldest first.
    pages: Vec<Vec<M>>,
    found: usize,
    /// Where the last page was, to see when the walk does not get on.
    cursor: Option<String>,
    /// Whether there is more than is fetched.
    is_cut: bool,
}

impl<M: Distinct> Walk<M> {
    pub(crate) fn new(place: &Place, since: DateTime<Utc>) -> Self {
        Self {
            floor: place.floor(since),
            pages: Vec::new(),
            found: 0,
            cursor: None,
            is_cut: false,
        }
    }

    /// Takes a page, oldest first, and the cursor of the one before it. Returns
    /// the cursor to go on with, if that is to be.
    pub(crate) fn page(&mut self, items: Vec<M>, next: Option<String>) -> Option<String> {
        let total = items.len();
        let wanted = |message: &M| message.time().is_none_or(|time| time >= self.floor);
        let items: Vec<M> = items.into_iter().filter(wanted).collect();
        let reached = items.len() < total;
        self.found += items.len();
        self.pages.push(items);
        if reached || total == 0 {
            return None;
        }
        let next = overlapping(next?, self.cursor.as_deref());
        if self.found >= LONGEST_GAP {
            self.is_cut = true;
            return None;
        }
        self.cursor = Some(next.clone());
        Some(next)
    }

    /// Whether messages are missing, as there were too many.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// What was found, oldest first, and only what is new.
    pub(crate) fn finish(self, place: &mut Place) -> Vec<M> {
        let mut found: Vec<M> = self.pages.into_iter().rev().flatten().collect();
        // Pages are in order, but they overlap.
        found.sort_by_key(Distinct::time);
        found.retain(|message| place.is_new(message));
        found
    }
}

/// A page holds what is older than its cursor, so that of several messages of
/// the same millisecond the ones behind the end of a page would be left out:
/// this goes back to a cursor that is a little later, unless the walk has been
/// there.
fn overlapping(next: String, last: Option<&str>) -> String {
    let Ok(time) = DateTime::parse_from_rfc3339(&next) else {
        return next;
    };
    let later = crate::models::timestamp::format(&(time.to_utc() + TimeDelta::milliseconds(1)));
    if Some(&*later) == last { next } else { later }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use serde_json::json;

    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        let start = Utc.with_ymd_and_hms(2024, 1, 15, 12, 0, 0).unwrap();
        start + TimeDelta::milliseconds(millis)
    }

    fn message(id: &str, millis: i64) -> RoomMessage {
        serde_json::from_value(json!({
            "id": id, "roomId": "r", "username": "alice", "content": "Hello",
            "createdAt": at(millis).to_rfc3339(),
        }))
        .unwrap()
    }

    /// Walks over `stored`, oldest first, as the service answers: newest page
    /// first, each with what is older than its cursor.
    fn walk(place: &mut Place, stored: &[RoomMessage], page: usize) -> (Vec<String>, usize) {
        let mut walk = Walk::new(place, at(0));
        let (mut cursor, mut fetched) = (None::<String>, 0);
        loop {
            fetched += 1;
            let before = cursor
                .as_deref()
                .map(|cursor| DateTime::parse_from_rfc3339(cursor).unwrap().to_utc());
            let older: Vec<_> = stored
                .iter()
                .filter(|message| before.is_none_or(|before| message.created_at < Some(before)))
                .cloned()
                .collect();
            let items = older[older.len().saturating_sub(page)..].to_vec();
            let next = (older.len() > page).then(|| items[0].created_at.unwrap().to_rfc3339());
            cursor = walk.page(items, next);
            if cursor.is_none() {
                break;
            }
        }
        let found = walk.finish(place);
        let ids = found.into_iter().map(|message| String::from(message.id));
        (ids.collect(), fetched)
    }

    #[test]
    fn a_message_is_new_once() {
        let mut place = Place::default();
        assert!(place.is_new(&message("a", 0)));
        assert!(!place.is_new(&message("a", 0)));
        // The same words, but another message.
        assert!(place.is_new(&message("b", 0)));
        // The same, told without an id.
        assert!(!place.is_new(&message("", 0)));
        assert!(place.is_new(&message("", 1)));
        assert!(!place.is_new(&message("", 1)));
        assert!(!place.is_new(&message("c", 1)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut place = Place::default();
        for n in 0..20_000 {
            assert!(place.is_new(&message(&format!("m{n}"), n)));
        }
        assert_eq!(place.order.len(), REMEMBERED);
        assert_eq!(place.known.len(), 2 * REMEMBERED);
        // What is forgotten is not taken for missed.
        assert_eq!(place.floor(at(0)), at(20_000 - 4_096));
    }

    #[test]
    fn a_gap_is_filled_from_the_last_message_on() {
        for page in [1, 2, 3, 7, 100] {
            let stored: Vec<_> = (0..20)
                .map(|n| message(&format!("m{n}"), n * 1_000))
                .collect();
            let mut place = Place::default();
            for message in &stored[..12] {
                place.is_new(message);
            }
            // A little older than the last one, and missing.
            let mut with_late = stored.clone();
            with_late.insert(11, message("late", 10_500));
            let (found, fetched) = walk(&mut place, &with_late, page);
            let expected = [
                "late", "m12", "m13", "m14", "m15", "m16", "m17", "m18", "m19",
            ];
            assert_eq!(found, expected, "pages of {page}");
            // Pages of one message overlap by all that they hold.
            assert!(fetched <= 32 / page + 2, "{fetched} pages of {page}");
            assert_eq!(walk(&mut place, &with_late, page).0, [""; 0]);
        }
    }

    #[test]
    fn what_was_there_before_the_first_connection_is_no_gap() {
        let mut place = Place::default();
        place.is_new(&message("m", 2_000));
        assert_eq!(place.floor(at(1_000)), at(1_000));
        assert_eq!(place.floor(at(-9_000)), at(-3_000));
        // By a clock that is ahead of the server's.
        assert_eq!(place.floor(at(60_000)), at(-3_000));
    }

    #[test]
    fn a_page_may_end_between_messages_of_the_same_time() {
        let stored: Vec<_> = (0..60).map(|n| message(&format!("m{n}"), n / 4)).collect();
        for page in 5..20 {
            let (found, _) = walk(&mut Place::default(), &stored, page);
            let expected: Vec<_> = (0..60).map(|n| format!("m{n}")).collect();
            assert_eq!(found, expected, "pages of {page}");
        }
    }

    #[test]
    fn a_place_without_messages_is_looked_at_since_the_first_connection() {
        let stored: Vec<_> = (-3..3).map(|n| message(&format!("m{n}"), n)).collect();
        let (found, fetched) = walk(&mut Place::default(), &stored, 2);
        assert_eq!(
            (found, fetched),
            (vec!["m0".into(), "m1".into(), "m2".into()], 3)
        );
    }

    #[test]
    fn a_walk_ends_whatever_the_server_answers() {
        let place = Place::default();
        let mut walk = Walk::new(&place, at(0));
        let cursor = Some(at(1).to_rfc3339());
        let mut pages = 0;
        while walk
            .page(vec![message("same", 1)], cursor.clone())
            .is_some()
        {
            pages += 1;
            assert!(pages <= LONGEST_GAP);
        }
        assert!(walk.is_cut());
        let mut walk = Walk::<RoomMessage>::new(&place, at(0));
        assert_eq!(walk.page(Vec::new(), cursor), None);
        let mut walk = Walk::new(&place, at(0));
        let cursor = walk.page(vec![message("m", 1)], Some("no time".to_owned()));
        assert_eq!(cursor.as_deref(), Some("no time"));
    }
}
