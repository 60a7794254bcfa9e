//! Messages that were missed while there was no connection: which of them are
//! new, and how far back in time to look for them.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};

use chrono::{DateTime, TimeDelta, Utc};

use crate::models::{DmMessage, RoomMessage};

/// How many messages of one room or conversation are remembered, to recognize
/// one that comes twice.
const REMEMBERED: usize = 4_096;
/// How much older than the latest message a missed one may be: the service may
/// send messages in another order than that of their times.
const SLACK: TimeDelta = TimeDelta::seconds(5);
/// How many messages are fetched for one room or conversation, at most.
const LONGEST_GAP: usize = 10_000;

/// What is known of the messages of one room or conversation.
#[derive(Debug, Default)]
pub(crate) struct Place {
    hasher: RandomState,
    known: HashSet<u64>,
    /// The keys and the time of each remembered message, in the order in which
    /// the messages came.
    order: VecDeque<(Keys, Option<DateTime<Utc>>)>,
    /// The time of the latest message.
    latest: Option<DateTime<Utc>>,
    /// Whether messages were forgotten to make room for later ones.
    is_full: bool,
}

/// The hashes by which a message is remembered. One that came without an id is
/// recognized by its "words": author, time and content.
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

/// What messages are compared by.
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
    /// Whether a message is new. From this call on, it is not.
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

    /// Two messages that both have ids are compared by ids alone, since the
    /// same words may be said twice. A message without an id is compared by its
    /// words with all others. For this, a hash of words includes whether its
    /// message has an id.
    fn is_known(&self, message: &impl Distinct, keys: Keys) -> bool {
        let (key, is_named) = match keys {
            Keys::Named { id, .. } => (id, true),
            Keys::Nameless { words } => (words, false),
        };
        self.known.contains(&key) || self.known.contains(&self.words(message, !is_named))
    }

    /// The earliest time at which a message may have been missed. `since` is
    /// when the first connection was made.
    fn floor(&self, since: DateTime<Utc>) -> DateTime<Utc> {
        let floor = match self.latest {
            // Messages from before the first connection were not missed. If
            // `since` is later than a message that came over a connection, the
            // clock that it was taken from is wrong, and it is ignored.
            Some(latest) if latest >= since => since.max(latest - SLACK),
            Some(latest) => latest - SLACK,
            None => since,
        };
        // A message that was forgotten would count as new, so the walk must not
        // go further back than the oldest one that is remembered.
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
    /// The newest page comes first. Within a page, the oldest message does.
    pages: Vec<Vec<M>>,
    found: usize,
    /// The cursor of the last page, to notice when the walk does not move on.
    cursor: Option<String>,
    /// Whether the walk ended at [`LONGEST_GAP`] although there is more.
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

    /// Takes a page, whose messages are oldest first, and the server's cursor
    /// for the page of older ones. Returns the cursor to fetch next, or `None`
    /// if the walk is done.
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

    /// Whether older messages were left out because there were too many.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The new messages among those that were found, oldest first.
    pub(crate) fn finish(self, place: &mut Place) -> Vec<M> {
        let mut found: Vec<M> = self.pages.into_iter().rev().flatten().collect();
        // The pages are in order, but [overlap](overlapping).
        found.sort_by_key(Distinct::time);
        found.retain(|message| place.is_new(message));
        found
    }
}

/// Moves the cursor of the next page one millisecond later, so that the pages
/// overlap.
///
/// A page holds what is older than its cursor. If it ends between messages of
/// the same millisecond, the next page would leave out the others of them. If
/// the last page was at the later cursor already, the walk would not move on,
/// so the server's cursor is used then.
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

    /// Walks over `stored`, whose messages are oldest first, as the service
    /// would answer: the newest page first, each with the messages that are
    /// older than its cursor.
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
        // The same message, this time without an id.
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
        // A message that was forgotten does not count as missed.
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
            // A missed message that is a little older than the last one.
            let mut with_late = stored.clone();
            with_late.insert(11, message("late", 10_500));
            let (found, fetched) = walk(&mut place, &with_late, page);
            let expected = [
                "late", "m12", "m13", "m14", "m15", "m16", "m17", "m18", "m19",
            ];
            assert_eq!(found, expected, "pages of {page}");
            // Pages of one message overlap completely.
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
        // The clock of this machine is ahead of the server's.
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
