//! Robots, for a test to arrange and to look at.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::act;
use super::wait::Wait;
use crate::routes::call::Caller;
use crate::server::webhook;
use crate::world::robots::event_id;
use crate::world::{Failure, RobotPermission, WebhookDelivery};

handle! {
    /// A robot of the sandbox.
    RobotHandle
}

impl RobotHandle {
    /// The name.
    #[must_use]
    pub fn name(&self) -> String {
        let world = self.shared.world();
        let robot = world.robots.get(&self.id);
        robot.map_or_else(String::new, |robot| robot.name.clone())
    }

    /// Makes a call as this robot, without a socket; see
    /// [`UserHandle::call`](crate::UserHandle::call).
    ///
    /// # Errors
    /// What the service would refuse.
    pub fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<serde_json::Value, Failure> {
        let caller = Caller::Robot(self.id.clone());
        act(&self.shared, caller, method, path, body)
    }

    /// The key with which this robot calls the API.
    #[must_use]
    pub fn key(&self) -> String {
        let world = self.shared.world();
        world
            .robots
            .get(&self.id)
            .map_or_else(String::new, |robot| robot.key.clone())
    }

    /// Replaces the robot's permissions. They are given as
    /// [`RobotPermission`]s, or as anything else that can be read as the name
    /// that a permission has on the wire (`"read_messages"`, a client's own
    /// type).
    ///
    /// # Panics
    /// When there is no permission with a given name.
    pub fn set_permissions(&self, permissions: impl IntoIterator<Item: AsRef<str>>) {
        let permissions = known(permissions);
        if let Some(robot) = self.shared.world().robots.get_mut(&self.id) {
            robot.permissions = permissions;
        }
    }

    /// Sends this robot's events to a webhook from now on, signed with each of
    /// the secrets (`whsec_…`), and repeats what is not answered with 2xx on
    /// the documented schedule, which follows the sandbox's clock speed.
    ///
    /// They are signed with the real time, whatever the sandbox's clock shows,
    /// because a receiver compares it with its own clock.
    ///
    /// # Errors
    /// When the URL is not plain http or a secret is not `whsec_` and base64.
    pub fn set_webhook(&self, url: &str, secrets: &[&str]) -> Result<(), Failure> {
        let webhook = Arc::new(webhook::parse(url, secrets)?);
        let mut world = self.shared.world();
        let robot = world
            .robots
            .get_mut(&self.id)
            .ok_or_else(|| Failure::not_found("Robot"))?;
        let after = robot.events.last();
        "webhook".clone_into(&mut robot.transport);
        robot.webhook = Some(webhook.clone());
        // Deliveries to the webhook before end.
        robot.events.notify();
        drop(world);
        let delivery = webhook::deliver(self.shared.clone(), self.id.clone(), webhook, after);
        if let Some(runtime) = self.shared.runtime.get() {
            runtime.spawn(delivery);
        }
        Ok(())
    }

    /// The attempts to deliver to the webhook so far.
    #[must_use]
    pub fn deliveries(&self) -> Vec<WebhookDelivery> {
        let world = self.shared.world();
        let robot = world.robots.get(&self.id);
        robot.map_or_else(Vec::new, |robot| robot.deliveries.clone())
    }

    /// Waits until there have been this many attempts to deliver to the
    /// webhook, or more, and returns them.
    pub fn wait_for_deliveries(
        &self,
        count: usize,
        timeout: Duration,
    ) -> Wait<Vec<WebhookDelivery>> {
        let id = self.id.clone();
        Wait::until(&self.shared, timeout, move |shared| {
            let world = shared.world();
            let robot = world.robots.get(&id);
            let deliveries = robot.map_or(&[][..], |robot| &robot.deliveries);
            if deliveries.len() >= count {
                return Ok(deliveries.to_vec());
            }
            let there = deliveries.len();
            Err(format!("{there} of {count} attempts to deliver"))
        })
    }

    /// Switches the robot on or off. A webhook that answers 410 switches it
    /// off, too.
    ///
    /// A robot that is off gets no events: its streams and held polls end, and
    /// nothing is sent to its webhook. When it is on again, it gets what was
    /// queued before it was switched off, and what happens from then on.
    pub fn set_active(&self, active: bool) {
        if let Some(robot) = self.shared.world().robots.get_mut(&self.id) {
            robot.set_active(active);
        }
    }

    /// The id of the newest event that was meant for this robot. A stream that
    /// resumes after it (`Last-Event-ID`) brings all that happens from now on,
    /// even if the stream is opened later. Before the first event, this is an
    /// id that no event has.
    ///
    /// # Panics
    /// When the robot is gone.
    #[must_use]
    pub fn last_event_id(&self) -> String {
        let world = self.shared.world();
        let robot = world.robots.get(&self.id);
        event_id(robot.expect("the robot is gone").events.last())
    }

    /// Waits until the robot listens: until a stream of its events is open. A
    /// stream does not get what happened before it was opened, so a test should
    /// wait for this before it lets something happen.
    ///
    /// A robot that polls, or has a webhook, loses nothing.
    pub fn wait_for_stream(&self, timeout: Duration) -> Wait<()> {
        let (id, name) = (self.id.clone(), self.name());
        Wait::until(&self.shared, timeout, move |shared| {
            let world = shared.world();
            match world.robots.get(&id) {
                Some(robot) if robot.events.streams() > 0 => Ok(()),
                Some(_) => Err(format!("no stream of the robot {name:?} is open")),
                None => Err(format!("the robot {name:?} is gone")),
            }
        })
    }

    /// The payloads of the events that were meant for this robot, oldest first,
    /// as JSON.
    #[must_use]
    pub fn events(&self) -> Vec<serde_json::Value> {
        let world = self.shared.world();
        let robot = world.robots.get(&self.id);
        robot
            .into_iter()
            .flat_map(|robot| robot.events.kept())
            .filter_map(|event| serde_json::from_str(&event.payload).ok())
            .collect()
    }
}

/// The permissions with these names.
pub(super) fn known(permissions: impl IntoIterator<Item: AsRef<str>>) -> BTreeSet<RobotPermission> {
    permissions
        .into_iter()
        .map(|name| {
            let name = name.as_ref();
            RobotPermission::from_name(name).unwrap_or_else(|| {
                let known = RobotPermission::ALL.map(RobotPermission::as_str);
                panic!("{name:?} is no permission of a robot: {}", known.join(", "))
            })
        })
        .collect()
}
