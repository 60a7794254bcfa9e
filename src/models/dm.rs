//! Conversations by direct messages.

use chrono::{DateTime, Utc};

use super::{DmMessage, User, answer};
use crate::ids::ConversationId;

answer! {
    /// A conversation between the caller and one other user.
    DmConversation {
        /// The conversation's id.
        id: ConversationId,
        /// The other user.
        other_user: User,
        /// The newest message, if there is one.
        last_message: Option<DmMessage>,
        /// When the conversation began.
        created_at: Option<DateTime<Utc>>,
    }
}
