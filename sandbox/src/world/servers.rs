//! Servers and their invites.

use serde_json::{Map, Value, json};

use super::calendar::{Event, Template};
use super::feed::To;
use super::members::{Member, Role, Sanction};
use super::rooms::Room;
use super::time::{Millis, iso};
use super::{Failure, Id, Table, World, permissions};

/// How many members a server may have. The documentation shows a key for this
/// number, but not its value.
pub(crate) const MEMBER_LIMIT: usize = 500;

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) icon_url: Option<String>,
    pub(crate) icon_emoji: Option<String>,
    pub(crate) owner: Id,
    pub(crate) created: Millis,
    /// By user.
    pub(crate) members: Table<Member>,
    pub(crate) rooms: Table<Room>,
    pub(crate) roles: Table<Role>,
    /// The role of the owner.
    pub(crate) owner_role: Id,
    /// The role of members who have no other.
    pub(crate) member_role: Id,
    pub(crate) invites: Table<Invite>,
    /// By user.
    pub(crate) bans: Table<Sanction>,
    /// By user.
    pub(crate) mutes: Table<Sanction>,
    pub(crate) events: Table<Event>,
    pub(crate) templates: Table<Template>,
}

#[derive(Debug)]
pub(crate) struct Invite {
    pub(crate) id: Id,
    pub(crate) code: String,
    pub(crate) created_by: Id,
    pub(crate) max_uses: Option<u64>,
    pub(crate) uses: u64,
    pub(crate) expires: Option<Millis>,
    pub(crate) created: Millis,
}

impl Invite {
    pub(crate) fn is_valid(&self, now: Millis) -> bool {
        self.max_uses.is_none_or(|max| self.uses < max)
            && self.expires.is_none_or(|expires| now < expires)
    }

    pub(crate) fn view(&self) -> Value {
        json!({
            "id": &*self.id,
            "code": self.code,
            "createdBy": &*self.created_by,
            "maxUses": self.max_uses,
            "uses": self.uses,
            "expiresAt": self.expires.map(iso),
            "createdAt": iso(self.created),
        })
    }
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

    pub(crate) fn is_full(&self) -> bool {
        self.members.len() >= MEMBER_LIMIT
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

    /// Refuses members who lack the permission. The owner has all of them.
    pub(crate) fn require(&self, server: &str, user: &str, bit: u64) -> Result<(), Failure> {
        let server = self.server_of(server, user)?;
        if server.permissions_of(user) & bit == bit {
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
        let created = self.now();
        let (owner_role, admin_role, member_role) = (
            self.new_id("role"),
            self.new_id("role"),
            self.new_id("role"),
        );
        let mut server = Server {
            id: id.clone(),
            name,
            icon_url: None,
            icon_emoji: emoji,
            owner: owner.clone(),
            created,
            members: Table::default(),
            rooms: Table::default(),
            roles: Table::default(),
            owner_role: owner_role.clone(),
            member_role: member_role.clone(),
            invites: Table::default(),
            bans: Table::default(),
            mutes: Table::default(),
            events: Table::default(),
            templates: Table::default(),
        };
        let defaults = [
            (owner_role, "Owner", permissions::ALL),
            (admin_role, "Admin", permissions::ALL),
            (member_role, "Member", permissions::OF_MEMBERS),
        ];
        for (sort_order, (id, name, permissions)) in (0..).zip(defaults) {
            let role = Role {
                id: id.clone(),
                name: name.to_owned(),
                color: None,
                permissions,
                sort_order,
                is_default: true,
                created,
            };
            server.roles.insert(id, role);
        }
        server
            .members
            .insert(owner.clone(), Member::new(owner.clone(), created));
        self.servers.insert(id, server);
    }

    /// Deletes a server with all that is in it, its robots too.
    pub(crate) fn remove_server(&mut self, id: &str) {
        self.servers.remove(id);
        self.robots.retain(|robot| {
            let stays = &*robot.server != id;
            if !stays {
                robot.events.notify();
            }
            stays
        });
        let robots = &self.robots;
        self.robot_keys.retain(|_, robot| robots.contains(robot));
    }

    /// Tells robots and members what has changed about a server.
    pub(crate) fn server_changed(&mut self, server: &str, by: &str, changes: &Map<String, Value>) {
        let data = json!({"changes": changes, "updatedBy": by});
        self.emit(server, "server.updated", &data);
        self.tell_server(
            server,
            "server_event",
            &json!({"event": "server_updated", "payload": data}),
        );
    }

    pub(crate) fn add_invite(
        &mut self,
        server: &str,
        creator: &Id,
        max_uses: Option<u64>,
        expires: Option<Millis>,
    ) -> Result<&Invite, Failure> {
        let created = self.now();
        let id = self.new_id("inv");
        let code = format!("join{}", id.trim_start_matches("inv_"));
        let row = self.server_mut(server)?;
        row.invites.insert(
            id.clone(),
            Invite {
                id: id.clone(),
                code,
                created_by: creator.clone(),
                max_uses,
                uses: 0,
                expires,
                created,
            },
        );
        row.invites
            .get(&id)
            .ok_or_else(|| Failure::not_found("Invite"))
    }

    /// Tells a user about an invite that is meant for it.
    pub(crate) fn tell_invited(&self, server: &str, by: &Id, to: &Id, code: &str) {
        let name = self.servers.get(server).map(|server| server.name.as_str());
        self.tell(To::Users(vec![to.clone()]), |_| {
            json!({
                "type": "server_invite_received",
                "serverId": server,
                "serverName": name,
                "userId": &**by,
                "code": code,
            })
        });
    }

    /// The server and the invite that a code stands for.
    pub(crate) fn invite(&self, code: &str) -> Result<(&Server, &Invite), Failure> {
        self.servers
            .values()
            .find_map(|server| {
                let invite = server.invites.values().find(|invite| invite.code == code)?;
                Some((server, invite))
            })
            .ok_or_else(|| Failure::not_found("Invite"))
    }
}
