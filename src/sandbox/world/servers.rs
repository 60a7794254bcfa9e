//! Servers, their members and their rooms.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::permissions;
use super::robots::EventQueue;
use super::{EVENT_KINDS, Id, Robot, RobotPermission, Table, Timeline, World};
use crate::sandbox::clock::{Millis, iso};
use crate::sandbox::failure::Failure;

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) icon_url: Option<String>,
    pub(crate) icon_emoji: Option<String>,
    pub(crate) owner: Id,
    pub(crate) created: Millis,
    pub(crate) members: Table<Member>,
    pub(crate) rooms: Table<Room>,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) user: Id,
    pub(crate) joined: Millis,
}

#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) created_by: Id,
    pub(crate) max_participants: Option<u64>,
    pub(crate) created: Millis,
    pub(crate) messages: Timeline,
}

impl Server {
    pub(crate) fn view(&self) -> Value {
        json!({
            "id": &*self.id,
            "name": self.name,
            "iconUrl": self.icon_url,
            "iconEmoji": self.icon_emoji,
            "ownerId": &*self.owner,
            "memberCount": self.members.len(),
            "createdAt": iso(self.created),
        })
    }

    pub(crate) fn room(&self, id: &str) -> Result<&Room, Failure> {
        self.rooms.get(id).ok_or_else(|| Failure::not_found("Room"))
    }

    /// `owner`, `admin` or `member`.
    pub(crate) fn role_name(&self, member: &Member) -> &'static str {
        if self.owner == member.user {
            "owner"
        } else {
            "member"
        }
    }
}

impl Room {
    pub(crate) fn view(&self, server: &str) -> Value {
        json!({
            "id": &*self.id,
            "serverId": server,
            "name": self.name,
            "createdBy": &*self.created_by,
            "maxParticipants": self.max_participants,
            "participants": [],
            "createdAt": iso(self.created),
        })
    }

    /// The reduced form that robots get.
    pub(crate) fn robot_view(&self) -> Value {
        json!({
            "id": &*self.id,
            "name": self.name,
            "createdAt": iso(self.created),
        })
    }
}

impl World {
    pub(crate) fn server(&self, id: &str) -> Result<&Server, Failure> {
        self.servers
            .get(id)
            .ok_or_else(|| Failure::not_found("Server"))
    }

    pub(crate) fn server_mut(&mut self, id: &str) -> Result<&mut Server, Failure> {
        self.servers
            .get_mut(id)
            .ok_or_else(|| Failure::not_found("Server"))
    }

    /// The server, if the user is a member of it.
    pub(crate) fn server_of(&self, server: &str, user: &str) -> Result<&Server, Failure> {
        let server = self.server(server)?;
        if server.members.contains(user) {
            Ok(server)
        } else {
            Err(Failure::forbidden("You are not a member of this server"))
        }
    }

    /// Refuses a member that lacks the permission; the owner has all.
    pub(crate) fn require(&self, server: &str, user: &str, bit: u64) -> Result<(), Failure> {
        let server = self.server_of(server, user)?;
        if &*server.owner == user {
            Ok(())
        } else {
            Err(Failure::forbidden(format!(
                "You need the permission {}",
                permissions::name(bit)
            )))
        }
    }

    /// Makes a server with its owner as the only member.
    pub(crate) fn add_server(&mut self, id: Id, owner: &Id, name: String, emoji: Option<String>) {
        let now = self.clock.now();
        let mut members = Table::default();
        members.insert(
            owner.clone(),
            Member {
                user: owner.clone(),
                joined: now,
            },
        );
        self.servers.insert(
            id.clone(),
            Server {
                id,
                name,
                icon_url: None,
                icon_emoji: emoji,
                owner: owner.clone(),
                created: now,
                members,
                rooms: Table::default(),
            },
        );
    }

    /// Deletes a server with all that is in it, its robots too.
    pub(crate) fn remove_server(&mut self, id: &str) {
        self.servers.remove(id);
        self.robots.retain(|robot| &*robot.server != id);
        let robots = &self.robots;
        self.robot_keys.retain(|_, robot| robots.contains(robot));
    }

    /// Tells the robots what changed about a server.
    pub(crate) fn server_changed(
        &mut self,
        server: &str,
        by: &str,
        changes: &serde_json::Map<String, Value>,
    ) {
        let data = json!({"changes": changes, "updatedBy": by});
        self.emit(server, "server.updated", &data);
    }

    pub(crate) fn add_member(&mut self, server: &str, user: &str) -> Result<(), Failure> {
        let joined = self.clock.now();
        let (id, username) = {
            let user = self.user(user)?;
            (user.id.clone(), user.username.clone())
        };
        let row = self.server_mut(server)?;
        if row.members.contains(&id) {
            return Err(Failure::conflict("Already a member of this server"));
        }
        row.members.insert(
            id.clone(),
            Member {
                user: id.clone(),
                joined,
            },
        );
        let data = json!({"userId": &*id, "username": username, "joinedAt": iso(joined)});
        self.emit(server, "member.join", &data);
        Ok(())
    }

    /// A member goes, of its own will or not.
    pub(crate) fn remove_member(&mut self, server: &str, user: &str) -> Result<(), Failure> {
        self.server_mut(server)?
            .members
            .remove(user)
            .ok_or_else(|| Failure::not_found("Member"))?;
        let username = self.user(user)?.username.clone();
        self.emit(
            server,
            "member.leave",
            &json!({"userId": user, "username": username}),
        );
        Ok(())
    }

    pub(crate) fn member_view(
        &self,
        server: &Server,
        member: &Member,
        for_robot: bool,
    ) -> Option<Value> {
        let user = self.users.get(&member.user)?;
        let mut view = json!({
            "userId": &*user.id,
            "username": user.username,
            "displayName": user.display_name,
            "avatarUrl": user.avatar_url,
            "role": server.role_name(member),
            "joinedAt": iso(member.joined),
        });
        if let (false, Some(view)) = (for_robot, view.as_object_mut()) {
            view.insert("roleId".to_owned(), Value::Null);
            view.insert("status".to_owned(), user.status.into());
        }
        Some(view)
    }

    pub(crate) fn add_room(
        &mut self,
        server: &str,
        id: Id,
        creator: &Id,
        name: String,
        max_participants: Option<u64>,
    ) -> Result<(), Failure> {
        let created = self.clock.now();
        let data = json!({"roomId": &*id, "name": name, "createdBy": &**creator});
        self.server_mut(server)?.rooms.insert(
            id.clone(),
            Room {
                id,
                name,
                created_by: creator.clone(),
                max_participants,
                created,
                messages: Timeline::default(),
            },
        );
        self.emit(server, "room.created", &data);
        Ok(())
    }

    pub(crate) fn room_id_taken(&self, id: &str) -> bool {
        self.servers
            .values()
            .any(|server| server.rooms.contains(id))
    }

    /// Makes a robot that hears of everything it has the permission for.
    pub(crate) fn add_robot(
        &mut self,
        server: &str,
        name: &str,
        key: &str,
        permissions: BTreeSet<RobotPermission>,
    ) -> Result<Id, Failure> {
        let length = name.chars().count();
        if !(1..=32).contains(&length) {
            return Err(Failure::bad_request(
                "A robot's name has 1 to 32 characters",
            ));
        }
        let server = self.server(server)?.id.clone();
        let siblings = || self.robots.values().filter(|robot| robot.server == server);
        if siblings().count() >= 10 {
            return Err(Failure::conflict("A server has at most 10 robots"));
        }
        if siblings().any(|robot| robot.name.eq_ignore_ascii_case(name)) {
            return Err(Failure::conflict("This server has a robot of that name"));
        }
        if !key.starts_with("lag_robot_") || self.robot_keys.contains_key(key) {
            return Err(Failure::conflict(
                "A robot key begins with lag_robot_ and belongs to one robot",
            ));
        }
        let id = self.readable_id("robot", name, |world, id| world.robots.contains(id));
        self.robots.insert(
            id.clone(),
            Robot {
                id: id.clone(),
                name: name.to_owned(),
                server,
                avatar_url: None,
                transport: "sse".to_owned(),
                subscribed: EVENT_KINDS
                    .iter()
                    .map(|(kind, _)| (*kind).to_owned())
                    .collect(),
                permissions,
                active: true,
                created: self.clock.now(),
                key: key.to_owned(),
                events: EventQueue::new(self.event_history),
            },
        );
        self.robot_keys.insert(key.to_owned(), id.clone());
        Ok(id)
    }
}
