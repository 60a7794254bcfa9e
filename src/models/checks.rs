//! Arguments that are refused before anything is sent, because they cannot be
//! right.

use super::body::Units;
use super::{
    CreateEventTemplate, CreateInvite, Key, Restriction, SendMessage, UpdateEventTemplate,
};
use crate::error::InvalidArgument;
use crate::ids::Id;
use crate::protocol::request::check_id;
use crate::token_kind::TokenKind;

/// How many characters a robot's message may have.
const MAX_ROBOT_CONTENT: usize = 2_000;

/// Refuses an optional id that cannot be an id, such as an empty text.
pub(crate) fn check_optional_id(name: &str, id: &Key<impl Id>) -> Result<(), InvalidArgument> {
    id.value().map_or(Ok(()), |id| check_id(name, id.as_str()))
}

/// Refuses a duration that is shorter than one unit. It is a mistake, and a
/// service that reads 0 as "not set" would make it a duration without an end.
pub(crate) fn check_duration<const SECONDS: u64>(
    name: &str,
    duration: &Key<Units<SECONDS>>,
) -> Result<(), InvalidArgument> {
    match duration.value() {
        Some(Units(duration)) if duration.as_secs() < SECONDS => {
            let unit = if SECONDS == 60 { "minute" } else { "hour" };
            Err(InvalidArgument::new(
                name,
                format!("must be at least 1 {unit}"),
            ))
        }
        _ => Ok(()),
    }
}

impl CreateEventTemplate {
    pub(crate) fn check(&self) -> Result<(), InvalidArgument> {
        check_start_time(&self.start_time)?;
        check_duration("duration", &self.duration)
    }
}

impl UpdateEventTemplate {
    pub(crate) fn check(&self) -> Result<(), InvalidArgument> {
        if let Some(start_time) = self.start_time.value() {
            check_start_time(start_time)?;
        }
        check_duration("duration", &self.duration)
    }
}

/// Refuses a time that does not have the documented form. If the server
/// accepted such a template, the failure would show only when it makes an
/// event, when nobody looks.
fn check_start_time(time: &str) -> Result<(), InvalidArgument> {
    match time.as_bytes() {
        [b'0' | b'1', b'0'..=b'9', b':', b'0'..=b'5', b'0'..=b'9']
        | [b'2', b'0'..=b'3', b':', b'0'..=b'5', b'0'..=b'9'] => Ok(()),
        _ => Err(InvalidArgument::new(
            "start_time",
            "must be HH:MM, from 00:00 to 23:59",
        )),
    }
}

impl CreateInvite {
    pub(crate) fn check(&self) -> Result<(), InvalidArgument> {
        check_duration("expires_in", &self.expires_in)
    }
}

impl Restriction {
    pub(crate) fn check(&self) -> Result<(), InvalidArgument> {
        check_duration("duration", &self.duration)
    }
}

impl SendMessage {
    pub(crate) fn check(&self, sender: TokenKind) -> Result<(), InvalidArgument> {
        self.check_ids()?;
        match (self.content.value(), self.image.value(), sender) {
            (None, Some(_), TokenKind::User) => Ok(()),
            (None, None, TokenKind::User) => Err(InvalidArgument::new(
                "content",
                "a message needs text or an image",
            )),
            (content, _, _) => check_content(content.map_or("", String::as_str), sender),
        }
    }

    /// Checks a direct message, which must have text.
    pub(crate) fn check_direct(&self) -> Result<(), InvalidArgument> {
        self.check_ids()?;
        match self.content.value() {
            Some(_) => Ok(()),
            None => Err(InvalidArgument::new(
                "content",
                "a direct message needs text",
            )),
        }
    }

    fn check_ids(&self) -> Result<(), InvalidArgument> {
        check_optional_id("reply_to", &self.reply_to)?;
        check_optional_id("image", &self.image)
    }
}

/// Refuses a text that the server would refuse. The limits are documented for
/// robots only, so a user's text is not checked.
pub(crate) fn check_content(content: &str, sender: TokenKind) -> Result<(), InvalidArgument> {
    let invalid = |reason| Err(InvalidArgument::new("content", reason));
    if sender == TokenKind::User {
        Ok(())
    } else if content.is_empty() {
        invalid("must not be empty")
    // A text never has more characters than bytes, so a text with few bytes
    // needs no counting.
    } else if content.len() > MAX_ROBOT_CONTENT && content.chars().count() > MAX_ROBOT_CONTENT {
        invalid("must have at most 2000 characters")
    } else {
        Ok(())
    }
}
