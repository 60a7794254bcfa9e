//! Where the bots of the examples play: with `LAG_ROBOT_API_KEY` (or
//! `LAG_TOKEN`) set on the real service, or on what `LAG_API_BASE` names, and
//! for good; else in a sandbox, where alice says her lines, and until the bot
//! has reacted to all of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lag_sandbox::Sandbox;

pub(crate) type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

#[derive(Clone)]
pub(crate) struct Stage {
    sandbox: Option<Arc<Sandbox>>,
    lines: &'static [&'static str],
    left: Arc<AtomicUsize>,
}

#[allow(dead_code, reason = "some examples need only part of it")]
impl Stage {
    /// A stage where alice will say these lines.
    pub(crate) fn set(lines: &'static [&'static str]) -> Result<Self> {
        let has_token = |name| std::env::var(name).is_ok_and(|token| !token.is_empty());
        let sandbox = if has_token("LAG_TOKEN") || has_token("LAG_ROBOT_API_KEY") {
            None
        } else {
            let sandbox = Sandbox::start()?;
            println!("No key set: using a sandbox on {}", sandbox.base_url());
            Some(Arc::new(sandbox))
        };
        Ok(Self {
            sandbox,
            lines,
            left: Arc::new(AtomicUsize::new(lines.len())),
        })
    }

    /// The sandbox, if that is where we are.
    pub(crate) fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_deref()
    }

    /// Alice says her lines.
    pub(crate) fn play(&self) {
        let Some(sandbox) = self.sandbox() else {
            return;
        };
        let (room, alice) = (sandbox.server("dev").room("general"), sandbox.user("alice"));
        for line in self.lines {
            println!("alice: {line}");
            if let Err(refused) = room.post(&alice, line) {
                eprintln!("The sandbox refuses it: {refused}");
            }
        }
    }

    /// The bot has reacted to a line. Whether that was the last one.
    pub(crate) fn was_last(&self) -> bool {
        self.sandbox.is_some() && self.left.fetch_sub(1, Ordering::Relaxed) == 1
    }
}
