//! The members of a server, their roles, and bans and mutes.

use serde_json::{Value, json};

use super::time::{Millis, iso};
use super::{Failure, Id, Server, World, permissions};

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) user: Id,
    pub(crate) joined: Millis,
    /// `None` stands for the default role: that of the owner if this is the
    /// server's owner, else that of members.
    pub(crate) role: Option<Id>,
}

#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) color: Option<String>,
    /// Bits that are not documented are kept.
    pub(crate) permissions: u64,
    pub(crate) sort_order: i64,
    /// One of those that every server has: Owner, Admin, Member.
    pub(crate) is_default: bool,
    pub(crate) created: Millis,
}

/// A ban or a mute.
#[derive(Debug)]
pub(crate) struct Sanction {
    pub(crate) id: Id,
    pub(crate) user: Id,
    pub(crate) by: Id,
    pub(crate) reason: Option<String>,
    pub(crate) expires: Option<Millis>,
    pub(crate) created: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SanctionKind {
    Ban,
    Mute,
}

impl SanctionKind {
    pub(crate) fn permission(self) -> u64 {
        match self {
            Self::Ban => permissions::BAN_MEMBERS,
            Self::Mute => permissions::MUTE_MEMBERS,
        }
    }

    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Ban => "Ban",
            Self::Mute => "Mute",
        }
    }

    fn by_key(self) -> &'static str {
        match self {
            Self::Ban => "bannedBy",
            Self::Mute => "mutedBy",
        }
    }
}

impl Sanction {
    fn is_over(&self, now: Millis) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl Member {
    pub(crate) fn new(user: Id, joined: Millis) -> Self {
        Self {
            user,
            joined,
            role: None,
        }
    }
}

impl Role {
    pub(crate) fn view(&self, server: &Server) -> Value {
        json!({
            "id": &*self.id,
            "serverId": &*server.id,
            "name": self.name,
            "color": self.color,
            "permissions": self.permissions,
            "sortOrder": self.sort_order,
            "isDefault": self.is_default,
            "createdAt": iso(self.created),
        })
    }
}

impl Server {
    pub(crate) fn member(&self, user: &str) -> Result<&Member, Failure> {
        self.members
            .get(user)
            .ok_or_else(|| Failure::not_found("Member"))
    }

    pub(crate) fn role(&self, id: &str) -> Result<&Role, Failure> {
        self.roles.get(id).ok_or_else(|| Failure::not_found("Role"))
    }

    fn role_of(&self, member: &Member) -> Option<&Role> {
        let from_start = if member.user == self.owner {
            &self.owner_role
        } else {
            &self.member_role
        };
        self.roles.get(member.role.as_deref().unwrap_or(from_start))
    }

    /// The permission bits of a user in this server.
    pub(crate) fn permissions_of(&self, user: &str) -> u64 {
        if &*self.owner == user {
            return u64::MAX;
        }
        self.members
            .get(user)
            .and_then(|member| self.role_of(member))
            .map_or(0, |role| role.permissions)
    }

    /// `owner`, `admin` (who may manage the server) or `member`.
    pub(crate) fn role_name(&self, member: &Member) -> &'static str {
        if self.owner == member.user {
            "owner"
        } else if self.permissions_of(&member.user) & permissions::MANAGE_SERVER != 0 {
            "admin"
        } else {
            "member"
        }
    }

    pub(crate) fn sanctions(&self, kind: SanctionKind) -> &super::Table<Sanction> {
        match kind {
            SanctionKind::Ban => &self.bans,
            SanctionKind::Mute => &self.mutes,
        }
    }

    fn sanctions_mut(&mut self, kind: SanctionKind) -> &mut super::Table<Sanction> {
        match kind {
            SanctionKind::Ban => &mut self.bans,
            SanctionKind::Mute => &mut self.mutes,
        }
    }

    /// Whether a ban or a mute of the user is in force.
    pub(crate) fn is_sanctioned(&self, kind: SanctionKind, user: &str, now: Millis) -> bool {
        self.sanctions(kind)
            .get(user)
            .is_some_and(|sanction| !sanction.is_over(now))
    }
}

impl World {
    pub(crate) fn add_member(&mut self, server: &str, user: &str) -> Result<(), Failure> {
        let joined = self.now();
        let (id, username) = {
            let user = self.user(user)?;
            (user.id.clone(), user.username.clone())
        };
        let row = self.server_mut(server)?;
        if row.members.contains(&id) {
            return Err(Failure::conflict("Already a member of this server"));
        }
        row.members
            .insert(id.clone(), Member::new(id.clone(), joined));
        let data = json!({"userId": &*id, "username": username, "joinedAt": iso(joined)});
        self.tell_server(server, "server_member_joined", &data);
        self.emit(server, "member.join", &data);
        Ok(())
    }

    /// Removes a member who leaves, or who is kicked or banned.
    pub(crate) fn remove_member(&mut self, server: &str, user: &str) -> Result<(), Failure> {
        let username = self.user(user)?.username.clone();
        let rooms: Vec<Id> = {
            let row = self.server_mut(server)?;
            row.members
                .remove(user)
                .ok_or_else(|| Failure::not_found("Member"))?;
            row.rooms.iter().map(|(id, _)| id.clone()).collect()
        };
        for room in rooms {
            self.leave_voice(server, &room, user)?;
        }
        let data = json!({"userId": user, "username": username});
        self.tell_server(server, "server_member_left", &data);
        self.emit(server, "member.leave", &data);
        Ok(())
    }

    /// Refuses to let `by` act on `user`: nobody acts on the owner, or on
    /// itself.
    pub(crate) fn may_act_on(&self, server: &str, by: &str, user: &str) -> Result<(), Failure> {
        let server = self.server(server)?;
        if by == user {
            return Err(Failure::impossible("You cannot do this to yourself"));
        }
        if &*server.owner == user {
            return Err(Failure::forbidden("Nobody can do this to the owner"));
        }
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
            let role = server.role_of(member).map(|role| &*role.id);
            view.insert("roleId".to_owned(), role.into());
            view.insert("status".to_owned(), user.status.into());
        }
        Some(view)
    }

    /// Gives a member another role and tells the robots.
    pub(crate) fn assign_role(
        &mut self,
        server: &str,
        user: &str,
        role: &str,
    ) -> Result<Value, Failure> {
        let row = self.server_mut(server)?;
        let old = row.role_of(row.member(user)?).map(|old| old.name.clone());
        let (id, name) = {
            let role = row.role(role)?;
            (role.id.clone(), role.name.clone())
        };
        if id == row.owner_role {
            return Err(Failure::impossible(
                "The role of the owner is not given away",
            ));
        }
        if let Some(member) = row.members.get_mut(user) {
            member.role = Some(id.clone());
        }
        let new = row.role_name(row.member(user)?);
        let data = json!({
            "userId": user,
            "oldRole": old,
            "newRole": name,
            "roleId": &*id,
            "roleName": name,
        });
        self.emit(server, "member.role_changed", &data);
        self.tell_server(
            server,
            "server_event",
            &json!({"event": "member_role_changed", "payload": data}),
        );
        Ok(json!({"userId": user, "roleId": &*id, "roleName": name, "role": new}))
    }

    /// Deletes a role; its members fall back to the role of all members.
    pub(crate) fn remove_role(&mut self, server: &str, role: &str) -> Result<(), Failure> {
        let row = self.server_mut(server)?;
        if row.role(role)?.is_default {
            return Err(Failure::impossible("A default role cannot be deleted"));
        }
        row.roles.remove(role);
        for (_, member) in row.members.iter_mut() {
            if member.role.as_deref() == Some(role) {
                member.role = None;
            }
        }
        Ok(())
    }

    /// Bans or mutes; a ban removes the member.
    pub(crate) fn sanction(
        &mut self,
        kind: SanctionKind,
        server: &str,
        by: &Id,
        user: &str,
        reason: Option<String>,
        minutes: Option<u64>,
    ) -> Result<(), Failure> {
        self.may_act_on(server, by, user)?;
        let user = self.user(user)?.id.clone();
        let created = self.now();
        let row = self.server(server)?;
        if kind == SanctionKind::Mute {
            row.member(&user)?;
        }
        if row.is_sanctioned(kind, &user, created) {
            let noun = kind.noun().to_lowercase();
            return Err(Failure::conflict(format!("There is a {noun} already")));
        }
        let is_member = row.members.contains(&user);
        let expires = minutes.map(|minutes| {
            let length = i64::try_from(minutes).unwrap_or(i64::MAX);
            created.saturating_add(length.saturating_mul(60_000))
        });
        let id = self.new_id(&kind.noun().to_lowercase());
        let sanction = Sanction {
            id,
            user: user.clone(),
            by: by.clone(),
            reason,
            expires,
            created,
        };
        let sanctions = self.server_mut(server)?.sanctions_mut(kind);
        // An expired one is removed first, so that the new one is the last in
        // the list.
        sanctions.remove(&user);
        sanctions.insert(user.clone(), sanction);
        if kind == SanctionKind::Ban && is_member {
            self.remove_member(server, &user)?;
        }
        Ok(())
    }

    /// Lifts a ban or a mute that is in force.
    pub(crate) fn pardon(
        &mut self,
        kind: SanctionKind,
        server: &str,
        user: &str,
    ) -> Result<(), Failure> {
        let now = self.now();
        let row = self.server_mut(server)?;
        let in_force = row.is_sanctioned(kind, user, now);
        row.sanctions_mut(kind).remove(user);
        if in_force {
            Ok(())
        } else {
            Err(Failure::not_found(kind.noun()))
        }
    }

    /// The bans or mutes that are in force.
    pub(crate) fn sanction_views(
        &self,
        kind: SanctionKind,
        server: &str,
    ) -> Result<Vec<Value>, Failure> {
        let now = self.now();
        let server = self.server(server)?;
        Ok(server
            .sanctions(kind)
            .values()
            .filter(|sanction| !sanction.is_over(now))
            .filter_map(|sanction| self.sanction_view(kind, server, sanction))
            .collect())
    }

    pub(crate) fn sanction_view(
        &self,
        kind: SanctionKind,
        server: &Server,
        sanction: &Sanction,
    ) -> Option<Value> {
        let user = self.users.get(&sanction.user)?;
        Some(json!({
            "id": &*sanction.id,
            "serverId": &*server.id,
            "userId": &*user.id,
            kind.by_key(): &*sanction.by,
            "reason": sanction.reason,
            "expiresAt": sanction.expires.map(iso),
            "createdAt": iso(sanction.created),
            "username": user.username,
            "displayName": user.display_name,
            "avatarUrl": user.avatar_url,
        }))
    }
}
