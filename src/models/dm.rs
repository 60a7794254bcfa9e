//! Conversations: the direct messages between two users.

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
        /// The newest message. `None` if there is none yet.
        last_message: Option<DmMessage>,
        /// When the conversation began.
        created_at: Option<DateTime<Utc>>,
    }
}
