//! Sends a robot its events: as server-sent events and by long-polling.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use super::shared::Shared;
use crate::world::robots::{Transport, disabled, event_id};
use crate::world::time::iso;
use crate::world::{Failure, Id, QueuedEvent};

/// The documented time between two pings.
const PING: Duration = Duration::from_secs(30);
/// The documented number of events in an answer to a poll.
const POLL_BATCH: usize = 50;
/// How many events are written to a stream at once.
const STREAM_BATCH: usize = 100;

fn frame(event: &QueuedEvent) -> String {
    let (id, kind) = (event_id(event.number), &event.kind);
    format!("id: {id}\nevent: {kind}\ndata: {}\n\n", event.payload)
}

/// Starts a stream of the robot's events after the one with this number.
pub(crate) fn stream(shared: Arc<Shared>, robot: Id, after: u64) -> mpsc::Receiver<Bytes> {
    let (sender, receiver) = mpsc::channel(4);
    // The stream counts as open from now on, not only when its task first runs.
    let epoch = shared.world().stream_epoch;
    let open = Open::new(&shared, &robot, Transport::Stream);
    tokio::spawn(async move {
        feed(&open.shared, &open.robot, after, epoch, sender).await;
    });
    receiver
}

/// Counts a transport as open for as long as this exists.
struct Open {
    shared: Arc<Shared>,
    robot: Id,
    transport: Transport,
    /// Tells the robot from another one with the same id, which a new world can
    /// have.
    wake: Option<Arc<Notify>>,
}

impl Open {
    fn new(shared: &Arc<Shared>, robot: &Id, transport: Transport) -> Self {
        let open = Self {
            shared: shared.clone(),
            robot: robot.clone(),
            transport,
            wake: wake(shared, robot),
        };
        open.count(true);
        open
    }

    fn count(&self, opened: bool) {
        let mut world = self.shared.world();
        let (Some(robot), Some(wake)) = (world.robots.get_mut(&self.robot), &self.wake) else {
            return;
        };
        if Arc::ptr_eq(&robot.events.wake(), wake) {
            robot.events.count(self.transport, opened);
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.count(false);
    }
}

async fn feed(
    shared: &Shared,
    robot: &Id,
    mut after: u64,
    epoch: u64,
    sender: mpsc::Sender<Bytes>,
) {
    while let Some(wake) = wake(shared, robot) {
        // This is done before the queue is looked at, so that nothing is missed
        // in between.
        let mut woken = pin!(wake.notified());
        woken.as_mut().enable();
        let Some((frames, ping)) = next_frames(shared, robot, epoch, &mut after) else {
            return;
        };
        let written = if frames.is_empty() {
            match timeout(ping, either(woken, sender.closed())).await {
                // The client has gone.
                Ok(()) if sender.is_closed() => return,
                Ok(()) => continue,
                Err(_) => Bytes::from_static(b": ping\n\n"),
            }
        } else {
            frames.into()
        };
        if sender.send(written).await.is_err() {
            return;
        }
    }
}

fn wake(shared: &Shared, robot: &Id) -> Option<Arc<Notify>> {
    let world = shared.world();
    world.robots.get(robot).map(|robot| robot.events.wake())
}

/// What a stream writes next, and how long it may be silent after that. `None`
/// if it is to end.
fn next_frames(
    shared: &Shared,
    robot: &Id,
    epoch: u64,
    after: &mut u64,
) -> Option<(String, Duration)> {
    let mut world = shared.world();
    if world.stream_epoch != epoch {
        return None;
    }
    let robot = world.robots.get_mut(robot)?;
    if !robot.active {
        return None;
    }
    let mut frames = String::new();
    let seen = *after;
    for event in robot.events.after(seen).take(STREAM_BATCH) {
        frames += &frame(event);
        *after = event.number;
    }
    robot.events.set_delivered(*after);
    drop(world);
    Some((frames, shared.clock().real(PING)))
}

/// Waits for the robot's next events, for as long as the service holds a poll.
/// With `keeps`, they stay in the queue, so that the next poll gets them as
/// well.
pub(crate) async fn poll(
    shared: &Arc<Shared>,
    robot: &Id,
    keeps: bool,
) -> Result<(Vec<Value>, u64), Failure> {
    let hold = shared.world().poll_hold;
    let hold = shared.clock().real(hold);
    let _open = Open::new(shared, robot, Transport::Poll);
    timeout(hold, poll_without_end(shared, robot, keeps))
        .await
        .unwrap_or_else(|_| Ok(Default::default()))
}

async fn poll_without_end(
    shared: &Shared,
    robot: &Id,
    keeps: bool,
) -> Result<(Vec<Value>, u64), Failure> {
    loop {
        let wake = wake(shared, robot).ok_or_else(disabled)?;
        let mut woken = pin!(wake.notified());
        woken.as_mut().enable();
        let taken = take(shared, robot, keeps)?;
        if !taken.0.is_empty() {
            return Ok(taken);
        }
        woken.await;
    }
}

/// Takes the events that no poll has taken yet. Returns them, and the number of
/// the last of them.
fn take(shared: &Shared, robot: &Id, keeps: bool) -> Result<(Vec<Value>, u64), Failure> {
    let mut world = shared.world();
    let robot = world.robots.get_mut(robot);
    let robot = robot.filter(|robot| robot.active).ok_or_else(disabled)?;
    let queue = &mut robot.events;
    let mut last = 0;
    let events = queue
        .after(queue.polled())
        .take(POLL_BATCH)
        .map(|event| {
            last = event.number;
            json!({
                "id": event_id(event.number),
                "eventType": &*event.kind,
                "payload": serde_json::from_str::<Value>(&event.payload).unwrap_or_default(),
                "createdAt": iso(event.created),
            })
        })
        .collect();
    if !keeps {
        // This is done while the world is locked, so that two polls at once do
        // not get the same events.
        queue.set_polled(last);
    }
    Ok((events, last))
}

/// Waits until one of the two is ready.
async fn either(one: impl Future, other: impl Future) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|cx| {
        if one.as_mut().poll(cx).is_ready() || other.as_mut().poll(cx).is_ready() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
