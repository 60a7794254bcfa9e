//! Answers that only say that something was done.

use super::answer;

answer! {
    /// Whether something was done. A call that returns this was successful,
    /// whatever the answer says beyond that.
    #[derive(Default)]
    Ack {
        /// Whether it was. `None` if the answer does not repeat that.
        ok: Option<bool>,
    }
}
