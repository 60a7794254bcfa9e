//! The messages of a room or of a conversation, by time.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use super::Id;
use super::time::Millis;

#[derive(Clone, Debug)]
pub(crate) enum Author {
    User(Id),
    Robot(Id),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MentionKind {
    User,
    Robot,
}

#[derive(Clone, Debug)]
pub(crate) struct Mention {
    pub(crate) kind: MentionKind,
    pub(crate) id: Id,
    /// The name as it was when the message was written.
    pub(crate) name: String,
}

#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: Id,
    pub(crate) at: Millis,
    pub(crate) edited: Option<Millis>,
    pub(crate) author: Author,
    pub(crate) content: String,
    pub(crate) reply_to: Option<Id>,
    pub(crate) image: Option<Id>,
    pub(crate) mentions: Vec<Mention>,
}

/// Messages whose timestamps strictly increase, so that a timestamp is a cursor
/// that loses nothing.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    by_time: BTreeMap<Millis, Message>,
    times: HashMap<Id, Millis>,
    newest: Millis,
}

impl Timeline {
    /// The timestamp that the next message gets: now, or just after the one
    /// before.
    pub(crate) fn next_time(&self, now: Millis) -> Millis {
        now.max(self.newest.saturating_add(1))
    }

    /// Takes a message in whose time came from [`Timeline::next_time`].
    pub(crate) fn push(&mut self, message: Message) {
        self.newest = self.newest.max(message.at);
        self.times.insert(message.id.clone(), message.at);
        self.by_time.insert(message.at, message);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Message> {
        self.by_time.get(self.times.get(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.by_time.get_mut(self.times.get(id)?)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Message> {
        let at = self.times.remove(id)?;
        self.by_time.remove(&at)
    }

    pub(crate) fn last(&self) -> Option<&Message> {
        self.by_time.values().next_back()
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Message> {
        self.by_time.values()
    }

    /// The newest `limit` messages before the cursor, oldest first, and whether
    /// there are older ones.
    pub(crate) fn page(&self, before: Option<Millis>, limit: usize) -> (Vec<&Message>, bool) {
        let end = before.map_or(Bound::Unbounded, Bound::Excluded);
        let mut older = self
            .by_time
            .range((Bound::Unbounded, end))
            .rev()
            .map(|(_, message)| message);
        let mut page: Vec<_> = older.by_ref().take(limit).collect();
        page.reverse();
        (page, older.next().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(count: i64) -> Timeline {
        let mut timeline = Timeline::default();
        for number in 0..count {
            let at = timeline.next_time(1_000);
            timeline.push(Message {
                id: format!("m{number}").into(),
                at,
                edited: None,
                author: Author::User("u".into()),
                content: String::new(),
                reply_to: None,
                image: None,
                mentions: Vec::new(),
            });
        }
        timeline
    }

    #[test]
    fn walking_by_cursor_meets_every_message_once() {
        let timeline = timeline(250);
        let mut met = Vec::new();
        let mut cursor = None;
        loop {
            let (page, more) = timeline.page(cursor, 100);
            assert!(page.is_sorted_by_key(|message| message.at));
            cursor = page.first().map(|message| message.at);
            met.extend(page.iter().map(|message| message.at));
            if !more {
                break;
            }
        }
        met.sort_unstable();
        assert_eq!(met, (1_000..1_250).collect::<Vec<_>>());
    }

    #[test]
    fn a_full_last_page_has_nothing_more() {
        let timeline = timeline(100);
        assert!(!timeline.page(None, 100).1);
        assert!(timeline.page(None, 99).1);
        assert_eq!(timeline.page(Some(1_000), 10).0.len(), 0);
    }
}
