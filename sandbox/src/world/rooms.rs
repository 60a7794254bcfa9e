//! Rooms, and who is in their voice channel.

use serde_json::{Value, json};

use super::time::{Millis, iso};
use super::{Failure, Id, Server, Timeline, World};

#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) created_by: Id,
    pub(crate) max_participants: Option<u64>,
    pub(crate) participants: Vec<Participant>,
    pub(crate) created: Millis,
    pub(crate) messages: Timeline,
}

#[derive(Debug)]
pub(crate) struct Participant {
    pub(crate) user: Id,
    pub(crate) joined: Millis,
    pub(crate) speaking: bool,
}

impl Room {
    /// The reduced form that robots get.
    pub(crate) fn robot_view(&self) -> Value {
        json!({
            "id": &*self.id,
            "name": self.name,
            "createdAt": iso(self.created),
        })
    }

    fn is_full(&self) -> bool {
        self.max_participants
            .is_some_and(|max| self.participants.len() as u64 >= max)
    }
}

impl Server {
    pub(crate) fn room(&self, id: &str) -> Result<&Room, Failure> {
        self.rooms.get(id).ok_or_else(|| Failure::not_found("Room"))
    }

    pub(crate) fn room_mut(&mut self, id: &str) -> Result<&mut Room, Failure> {
        self.rooms
            .get_mut(id)
            .ok_or_else(|| Failure::not_found("Room"))
    }
}

impl World {
    pub(crate) fn room_view(&self, server: &Server, room: &Room) -> Value {
        let participants: Vec<Value> = room
            .participants
            .iter()
            .filter_map(|participant| {
                let user = self.users.get(&participant.user)?;
                Some(json!({
                    "userId": &*user.id,
                    "username": user.username,
                    "displayName": user.display_name,
                    "avatarUrl": user.avatar_url,
                    "isMuted": false,
                    "isDeafened": false,
                    "isSpeaking": participant.speaking,
                    "joinedAt": iso(participant.joined),
                }))
            })
            .collect();
        json!({
            "id": &*room.id,
            "serverId": &*server.id,
            "name": room.name,
            "createdBy": &*room.created_by,
            "maxParticipants": room.max_participants,
            "participants": participants,
            "createdAt": iso(room.created),
        })
    }

    pub(crate) fn add_room(
        &mut self,
        server: &str,
        id: Id,
        creator: &Id,
        name: String,
        max_participants: Option<u64>,
    ) -> Result<(), Failure> {
        let created = self.now();
        let data = json!({"roomId": &*id, "name": name, "createdBy": &**creator});
        self.server_mut(server)?.rooms.insert(
            id.clone(),
            Room {
                id,
                name,
                created_by: creator.clone(),
                max_participants,
                participants: Vec::new(),
                created,
                messages: Timeline::default(),
            },
        );
        self.tell_server(server, "server_room_created", &data);
        self.emit(server, "room.created", &data);
        Ok(())
    }

    pub(crate) fn remove_room(&mut self, server: &str, room: &str) -> Result<(), Failure> {
        let removed = self
            .server_mut(server)?
            .rooms
            .remove(room)
            .ok_or_else(|| Failure::not_found("Room"))?;
        let data = json!({"roomId": &*removed.id, "name": removed.name});
        self.tell_server(server, "server_room_deleted", &data);
        self.emit(server, "room.deleted", &data);
        Ok(())
    }

    pub(crate) fn room_id_taken(&self, id: &str) -> bool {
        self.servers
            .values()
            .any(|server| server.rooms.contains(id))
    }

    /// Lets a member enter a room's voice channel, and leave the one where it
    /// was.
    pub(crate) fn join_voice(
        &mut self,
        server: &str,
        room: &str,
        user: &str,
    ) -> Result<(), Failure> {
        let joined = self.now();
        let row = self.server_of(server, user)?;
        let target = row.room(room)?;
        if target.participants.iter().any(|there| &*there.user == user) {
            return Err(Failure::conflict("Already in this room"));
        }
        if target.is_full() {
            return Err(Failure::forbidden("The room is full"));
        }
        let before: Vec<Id> = row.rooms.iter().map(|(id, _)| id.clone()).collect();
        for other in before {
            self.leave_voice(server, &other, user)?;
        }
        let username = self.user(user)?.username.clone();
        let participant = Participant {
            user: user.into(),
            joined,
            speaking: false,
        };
        self.server_mut(server)?
            .room_mut(room)?
            .participants
            .push(participant);
        let data = json!({"roomId": room, "userId": user, "username": username});
        self.tell_server(server, "voice_room_user_joined", &data);
        self.emit(server, "voice.join", &data);
        Ok(())
    }

    /// Lets a user in a room's voice channel begin or stop speaking.
    pub(crate) fn set_speaking(
        &mut self,
        server: &str,
        room: &str,
        user: &str,
        speaking: bool,
    ) -> Result<(), Failure> {
        let participants = &mut self.server_mut(server)?.room_mut(room)?.participants;
        participants
            .iter_mut()
            .find(|there| &*there.user == user)
            .ok_or_else(|| Failure::impossible("Not in the voice channel of this room"))?
            .speaking = speaking;
        let data = json!({"roomId": room, "userId": user, "speaking": speaking});
        self.tell_server(server, "voice_room_user_speaking", &data);
        Ok(())
    }

    /// Lets a user leave a room's voice channel, if it is there.
    pub(crate) fn leave_voice(
        &mut self,
        server: &str,
        room: &str,
        user: &str,
    ) -> Result<(), Failure> {
        let now = self.now();
        let username = self.user(user)?.username.clone();
        let participants = &mut self.server_mut(server)?.room_mut(room)?.participants;
        let Some(place) = participants.iter().position(|there| &*there.user == user) else {
            return Ok(());
        };
        let joined = participants.remove(place).joined;
        let data = json!({
            "roomId": room,
            "userId": user,
            "username": username,
            "duration": (now - joined).max(0) / 1000,
        });
        self.tell_server(server, "voice_room_user_left", &data);
        self.emit(server, "voice.leave", &data);
        Ok(())
    }
}
