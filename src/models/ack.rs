//! The answer of endpoints that only confirm that something was done.

use super::answer;

answer! {
    /// The confirmation of a call. If a call returns this, it was done,
    /// whatever the field says.
    #[derive(Default)]
    Ack {
        /// Whether it was done. `None` if the answer does not say it.
        ok: Option<bool>,
    }
}
