//! Robots, what they may do, and the events that wait for them.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::time::{Millis, iso};
use super::users::check_token;
use super::{Failure, Id, Server, Webhook, WebhookDelivery, World};

/// What a robot may do in its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RobotPermission {
    /// Read messages of rooms, and get events about them.
    ReadMessages,
    /// Send messages, edit and delete its own.
    SendMessages,
    /// List members, and get events about them.
    ReadMembers,
    /// Get events about who enters and leaves voice.
    ReadVoice,
    /// List rooms, and get events about them.
    ReadRooms,
    /// Get events about the status of users.
    ReadPresence,
}

impl RobotPermission {
    /// All that are documented.
    pub const ALL: [Self; 6] = [
        Self::ReadMessages,
        Self::SendMessages,
        Self::ReadMembers,
        Self::ReadVoice,
        Self::ReadRooms,
        Self::ReadPresence,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadMessages => "read_messages",
            Self::SendMessages => "send_messages",
            Self::ReadMembers => "read_members",
            Self::ReadVoice => "read_voice",
            Self::ReadRooms => "read_rooms",
            Self::ReadPresence => "read_presence",
        }
    }

    /// The permission with this name on the wire.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
}

impl AsRef<str> for RobotPermission {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for RobotPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The documented kinds of robot events and the permission that each needs.
pub(crate) const EVENT_KINDS: [(&str, Option<RobotPermission>); 13] = [
    ("room.message", Some(RobotPermission::ReadMessages)),
    ("room.message.edited", Some(RobotPermission::ReadMessages)),
    ("room.message.deleted", Some(RobotPermission::ReadMessages)),
    ("robot.mentioned", None),
    ("voice.join", Some(RobotPermission::ReadVoice)),
    ("voice.leave", Some(RobotPermission::ReadVoice)),
    ("member.join", Some(RobotPermission::ReadMembers)),
    ("member.leave", Some(RobotPermission::ReadMembers)),
    ("member.role_changed", Some(RobotPermission::ReadMembers)),
    ("room.created", Some(RobotPermission::ReadRooms)),
    ("room.deleted", Some(RobotPermission::ReadRooms)),
    ("presence.update", Some(RobotPermission::ReadPresence)),
    ("server.updated", None),
];

#[derive(Debug)]
pub(crate) struct Robot {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) server: Id,
    pub(crate) avatar_url: Option<String>,
    pub(crate) transport: String,
    pub(crate) subscribed: BTreeSet<String>,
    pub(crate) permissions: BTreeSet<RobotPermission>,
    pub(crate) active: bool,
    pub(crate) created: Millis,
    pub(crate) key: String,
    pub(crate) events: EventQueue,
    pub(crate) webhook: Option<Arc<Webhook>>,
    pub(crate) deliveries: Vec<WebhookDelivery>,
}

/// What a robot is made from.
#[derive(Debug)]
pub(crate) struct NewRobot {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) permissions: BTreeSet<RobotPermission>,
    /// `sse` unless given.
    pub(crate) transport: Option<String>,
    pub(crate) webhook: Option<Arc<Webhook>>,
    /// Everything unless given.
    pub(crate) subscribed: Option<Vec<String>>,
}

/// An event on its way to one robot.
#[derive(Clone, Debug)]
pub(crate) struct QueuedEvent {
    /// Counts up by one for each robot.
    pub(crate) number: u64,
    pub(crate) kind: Arc<str>,
    /// The event payload as JSON, the same for every robot and transport.
    pub(crate) payload: Arc<str>,
    pub(crate) created: Millis,
}

/// The id of an event on the wire.
pub(crate) fn event_id(number: u64) -> String {
    format!("evt_{number:08}")
}

/// The number of the event with this id; `None` if the id is not one of the
/// sandbox's.
pub(crate) fn event_number(id: &str) -> Option<u64> {
    id.trim().strip_prefix("evt_")?.parse().ok()
}

/// How a robot fetches its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Stream,
    Poll,
}

/// The newest events of one robot.
#[derive(Debug)]
pub(crate) struct EventQueue {
    history: VecDeque<QueuedEvent>,
    /// The number before the number of the first event.
    before: u64,
    last: u64,
    /// The number of the last event that a poll has taken.
    polled: u64,
    /// The number of the last event that was delivered, by any transport.
    delivered: u64,
    /// How many event streams are open, and how many polls are held.
    streams: usize,
    polls: usize,
    capacity: usize,
    /// Woken by every new event, and by everything else that a waiting
    /// transport has to notice.
    wake: Arc<Notify>,
}

/// Why a robot that is switched off, or gone, gets no events.
pub(crate) fn disabled() -> Failure {
    Failure::forbidden("The robot is disabled")
}

impl EventQueue {
    pub(crate) fn new(capacity: usize, before: u64) -> Self {
        Self {
            history: VecDeque::new(),
            before,
            last: before,
            polled: before,
            delivered: before,
            streams: 0,
            polls: 0,
            capacity,
            wake: Arc::new(Notify::new()),
        }
    }

    fn push(&mut self, kind: Arc<str>, payload: Arc<str>, created: Millis) {
        self.last += 1;
        self.history.push_back(QueuedEvent {
            number: self.last,
            kind,
            payload,
            created,
        });
        if self.history.len() > self.capacity {
            self.history.pop_front();
        }
        self.notify();
    }

    /// Makes transports that wait for events look again.
    pub(crate) fn notify(&self) {
        self.wake.notify_waiters();
    }

    pub(crate) fn wake(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// Whether there was an event with this number. It need not be kept any
    /// more.
    pub(crate) fn has_had(&self, number: u64) -> bool {
        (self.before..=self.last).contains(&number)
    }

    /// The number before the number of the first event.
    pub(crate) fn before(&self) -> u64 {
        self.before
    }

    /// The number of the newest event.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    pub(crate) fn polled(&self) -> u64 {
        self.polled
    }

    /// Polls have taken the events up to this one.
    pub(crate) fn set_polled(&mut self, number: u64) {
        self.polled = self.polled.max(number);
        self.set_delivered(number);
    }

    /// The number of the newest event that was delivered.
    pub(crate) fn delivered(&self) -> u64 {
        self.delivered
    }

    pub(crate) fn set_delivered(&mut self, number: u64) {
        self.delivered = self.delivered.max(number);
    }

    pub(crate) fn streams(&self) -> usize {
        self.streams
    }

    pub(crate) fn polls(&self) -> usize {
        self.polls
    }

    pub(crate) fn count(&mut self, transport: Transport, open: bool) {
        let count = match transport {
            Transport::Stream => &mut self.streams,
            Transport::Poll => &mut self.polls,
        };
        *count = if open {
            *count + 1
        } else {
            count.saturating_sub(1)
        };
    }

    /// The kept events after the one with this number.
    pub(crate) fn after(&self, number: u64) -> impl Iterator<Item = &QueuedEvent> {
        let first = self.history.front().map_or(0, |event| event.number);
        let skipped = number.saturating_add(1).saturating_sub(first);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        self.history.range(skipped.min(self.history.len())..)
    }

    fn clear(&mut self) {
        self.history.clear();
        self.last = self.before;
        self.polled = self.before;
        self.delivered = self.before;
    }

    /// The events that are still kept, oldest first.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &QueuedEvent> {
        self.history.iter()
    }
}

impl Robot {
    pub(crate) fn may(&self, permission: RobotPermission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Switches the robot on or off, and tells the transports that wait for its
    /// events.
    pub(crate) fn set_active(&mut self, active: bool) {
        self.active = active;
        self.events.notify();
    }

    pub(crate) fn info(&self) -> Value {
        json!({
            "id": &*self.id,
            "name": self.name,
            "serverId": &*self.server,
            "avatarUrl": self.avatar_url,
            "transportType": self.transport,
            "subscribedEvents": self.subscribed,
            "permissions": self.permissions.iter().map(|p| p.as_str()).collect::<Vec<_>>(),
            "active": self.active,
            "createdAt": iso(self.created),
        })
    }

    fn hears(&self, kind: &str) -> bool {
        let permitted = EVENT_KINDS
            .iter()
            .find(|(known, _)| *known == kind)
            .is_some_and(|(_, needed)| needed.is_none_or(|needed| self.may(needed)));
        self.active && permitted && self.subscribed.contains(kind)
    }
}

impl World {
    /// Empties the queues of all robots.
    pub(crate) fn forget_events(&mut self) {
        for (_, robot) in self.robots.iter_mut() {
            robot.events.clear();
        }
    }

    /// Tells the robots of a server of something that happened in it.
    pub(crate) fn emit(&mut self, server: &str, kind: &str, data: &Value) {
        self.emit_to(server, kind, data, |_| true);
    }

    pub(crate) fn emit_to(
        &mut self,
        server: &str,
        kind: &str,
        data: &Value,
        to: impl Fn(&Robot) -> bool,
    ) {
        let now = self.now();
        let mut written: Option<(Arc<str>, Arc<str>)> = None;
        for (_, robot) in self.robots.iter_mut() {
            if &*robot.server != server || !robot.hears(kind) || !to(robot) {
                continue;
            }
            let (kind, payload) = written.get_or_insert_with(|| {
                let payload = json!({
                    "type": kind,
                    "serverId": server,
                    "timestamp": iso(now),
                    "data": data,
                });
                (kind.into(), payload.to_string().into())
            });
            robot.events.push(kind.clone(), payload.clone(), now);
        }
    }
}

impl World {
    /// The server of the path. Refuses robots of other servers.
    pub(crate) fn own_server(&self, robot: &str, server: &str) -> Result<&Server, Failure> {
        let server = self.server(server)?;
        let robot = self
            .robots
            .get(robot)
            .ok_or_else(|| Failure::not_found("Robot"))?;
        if robot.server != server.id {
            return Err(Failure::forbidden(
                "The robot does not belong to this server",
            ));
        }
        Ok(server)
    }

    /// The same, but also refuses robots that lack the permission.
    pub(crate) fn robot_server(
        &self,
        robot: &str,
        server: &str,
        permission: RobotPermission,
    ) -> Result<&Server, Failure> {
        let server = self.own_server(robot, server)?;
        let holder = self.robots.get(robot);
        if !holder.is_some_and(|robot| robot.may(permission)) {
            return Err(Failure::forbidden(format!(
                "The robot lacks the permission {permission}"
            )));
        }
        Ok(server)
    }

    /// Makes a robot.
    pub(crate) fn add_robot(&mut self, server: &str, new: NewRobot) -> Result<Id, Failure> {
        let NewRobot { name, key, .. } = new;
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
        if siblings().any(|robot| robot.name.eq_ignore_ascii_case(&name)) {
            return Err(Failure::conflict("This server has a robot of that name"));
        }
        check_token(&key)?;
        if !key.starts_with("lag_robot_") || self.robot_keys.contains_key(&key) {
            return Err(Failure::conflict(
                "A robot key begins with lag_robot_ and belongs to one robot",
            ));
        }
        let known = || EVENT_KINDS.iter().map(|(kind, _)| *kind);
        let subscribed = match new.subscribed {
            None => known().map(ToOwned::to_owned).collect(),
            Some(kinds) => {
                if let Some(kind) = kinds
                    .iter()
                    .find(|kind| !known().any(|known| known == **kind))
                {
                    return Err(Failure::bad_request(format!("{kind:?} is no event type")));
                }
                kinds.into_iter().collect()
            }
        };
        let id = self.readable_id("robot", &name, |world, id| world.robots.contains(id));
        self.robots.insert(
            id.clone(),
            Robot {
                id: id.clone(),
                name,
                server,
                avatar_url: None,
                transport: new.transport.unwrap_or_else(|| "sse".to_owned()),
                subscribed,
                permissions: new.permissions,
                active: true,
                created: self.now(),
                key: key.clone(),
                events: EventQueue::new(self.event_history, self.events_before),
                webhook: new.webhook,
                deliveries: Vec::new(),
            },
        );
        self.robot_keys.insert(key, id.clone());
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_to_numbers() {
        assert_eq!(event_number(&event_id(42)), Some(42));
        assert_eq!(event_number(" evt_7 "), Some(7));
        for other in ["", "evt_", "evt_x", "42", "evt_-1"] {
            assert_eq!(event_number(other), None, "{other}");
        }
    }
}
