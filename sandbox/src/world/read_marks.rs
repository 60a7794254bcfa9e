//! Up to which time users have read, and how many messages they have not read.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::feed::To;
use super::time::Millis;
use super::{Author, Failure, Id, Timeline, World};

/// How many unread messages are counted, at most.
const COUNTED: usize = 1_000;

/// The time up to which each user has read each room and conversation.
#[derive(Debug, Default)]
pub(crate) struct ReadMarks {
    by_reader: HashMap<(Id, Id), Millis>,
}

impl ReadMarks {
    /// Sets a mark, which only moves forward.
    fn set(&mut self, reader: &Id, place: &Id, at: Millis) {
        let mark = self.by_reader.entry((reader.clone(), place.clone()));
        let mark = mark.or_insert(at);
        *mark = at.max(*mark);
    }

    fn get(&self, reader: &Id, place: &Id) -> Option<Millis> {
        self.by_reader
            .get(&(reader.clone(), place.clone()))
            .copied()
    }
}

impl World {
    /// A user has read a room up to a time.
    pub(crate) fn mark_room_read(
        &mut self,
        room: &str,
        reader: &Id,
        at: Millis,
    ) -> Result<(), Failure> {
        let place = self
            .servers
            .values()
            .filter(|server| server.members.contains(reader))
            .find_map(|server| server.rooms.get(room))
            .ok_or_else(|| Failure::not_found("Room"))?
            .id
            .clone();
        self.read_marks.set(reader, &place, at);
        self.tell_unread(reader);
        Ok(())
    }

    /// A user has read a conversation up to a time.
    pub(crate) fn mark_dm_read(
        &mut self,
        conversation: &str,
        reader: &Id,
        at: Millis,
    ) -> Result<(), Failure> {
        let place = self.conversation(conversation, reader)?.id.clone();
        self.read_marks.set(reader, &place, at);
        self.tell_unread(reader);
        Ok(())
    }

    /// Tells a user how many messages it has not read.
    pub(super) fn tell_unread(&self, reader: &Id) {
        self.tell(To::Users(vec![reader.clone()]), |world| {
            world.unread_counts(reader)
        });
    }

    /// How many messages of others a user has not read: in its conversations,
    /// and in those rooms that it has ever marked as read.
    pub(crate) fn unread_counts(&self, reader: &Id) -> Value {
        let unread = |messages: &Timeline, mark: Option<Millis>| {
            messages
                .after(mark.unwrap_or(Millis::MIN))
                .filter(|message| !is_by(&message.author, reader))
                .take(COUNTED)
                .count()
        };
        let counts: Vec<Value> = self
            .conversations
            .values()
            .filter(|conversation| conversation.involves(reader))
            .map(|conversation| {
                let mark = self.read_marks.get(reader, &conversation.id);
                let count = unread(&conversation.messages, mark);
                json!({"conversationId": &*conversation.id, "count": count})
            })
            .collect();
        let rooms: Vec<Value> = self
            .servers
            .values()
            .filter(|server| server.members.contains(reader))
            .flat_map(|server| server.rooms.values())
            .filter_map(|room| {
                let mark = self.read_marks.get(reader, &room.id)?;
                let count = unread(&room.messages, Some(mark));
                Some(json!({"roomId": &*room.id, "count": count}))
            })
            .collect();
        json!({"type": "unread_counts", "counts": counts, "rooms": rooms})
    }
}

fn is_by(author: &Author, user: &str) -> bool {
    matches!(author, Author::User(id) if &**id == user)
}
