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

/// Messages are ordered by time, and then by the order in which they came.
type Position = (Millis, u64);

/// Messages by their timestamps. Without a resolution, no two timestamps are
/// the same, so that paging by timestamp leaves out no message.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    by_time: BTreeMap<Position, Message>,
    positions: HashMap<Id, Position>,
    newest: Millis,
    count: u64,
}

impl Timeline {
    /// The timestamp that the next message gets: now, or just after the one
    /// before. With a resolution, it is the latest multiple of that, which may
    /// also be the timestamp of the one before.
    pub(crate) fn next_time(&self, now: Millis, resolution: Option<Millis>) -> Millis {
        match resolution {
            None => now.max(self.newest.saturating_add(1)),
            Some(step) => (now - now.rem_euclid(step.max(1))).max(self.newest),
        }
    }

    /// Adds a message. Its time must come from [`Timeline::next_time`].
    pub(crate) fn push(&mut self, message: Message) {
        self.newest = self.newest.max(message.at);
        self.count += 1;
        let position = (message.at, self.count);
        self.positions.insert(message.id.clone(), position);
        self.by_time.insert(position, message);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Message> {
        self.by_time.get(self.positions.get(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.by_time.get_mut(self.positions.get(id)?)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Message> {
        let position = self.positions.remove(id)?;
        self.by_time.remove(&position)
    }

    pub(crate) fn last(&self) -> Option<&Message> {
        self.by_time.values().next_back()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_time.len()
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Message> {
        self.by_time.values()
    }

    /// The messages that are newer than a time, oldest first.
    pub(crate) fn after(&self, at: Millis) -> impl Iterator<Item = &Message> {
        let newer = (Bound::Excluded((at, u64::MAX)), Bound::Unbounded);
        self.by_time.range(newer).map(|(_, message)| message)
    }

    /// The newest `limit` messages before the cursor, oldest first, and whether
    /// there are older ones.
    pub(crate) fn page(&self, before: Option<Millis>, limit: usize) -> (Vec<&Message>, bool) {
        // Strictly older: messages with the same time as the cursor are left
        // out.
        let end = before.map_or(Bound::Unbounded, |at| Bound::Excluded((at, 0)));
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

    fn message(id: &str) -> Message {
        Message {
            id: id.into(),
            at: 0,
            edited: None,
            author: Author::User("u".into()),
            content: String::new(),
            reply_to: None,
            image: None,
            mentions: Vec::new(),
        }
    }

    fn timeline(count: i64) -> Timeline {
        let mut timeline = Timeline::default();
        for number in 0..count {
            let mut message = message(&format!("m{number}"));
            message.at = timeline.next_time(1_000, None);
            timeline.push(message);
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

    #[test]
    fn with_a_resolution_times_may_be_equal() {
        let mut timeline = timeline(1);
        let mut push = |id: &str, now| {
            let at = timeline.next_time(now, Some(1_000));
            let mut message = message(id);
            message.at = at;
            timeline.push(message);
            at
        };
        let times = [2_001, 2_999, 3_000, 2_000].map(|now| push(&format!("n{now}"), now));
        assert_eq!(times, [2_000, 2_000, 3_000, 3_000]);
        let order: Vec<&str> = timeline.iter().map(|message| &*message.id).collect();
        assert_eq!(order, ["m0", "n2001", "n2999", "n3000", "n2000"]);
        // A message with the same time as the cursor is lost between two pages.
        let (page, more) = timeline.page(None, 1);
        assert_eq!((&*page[0].id, more), ("n2000", true));
        let (page, _) = timeline.page(Some(page[0].at), 1);
        assert_eq!(&*page[0].id, "n2999");
        assert!(timeline.remove("n3000").is_some());
        assert_eq!(timeline.iter().count(), 4);
    }
}
