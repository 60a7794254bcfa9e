//! Pages, and the walk over them.

use serde::{Deserialize, Serialize};

use super::request::Request;
use super::response::Response;
use crate::error::{InvalidArgument, Result};
use crate::models::null_as_default;

/// One page of a longer list.
///
/// Pages of messages go back in time; the messages inside a page are oldest
/// first. With [`next_cursor`](Self::next_cursor) a walk can be resumed later.
///
/// A page can be looped over: `for message in page { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on this page. On the wire it is called `messages`.
    #[serde(rename = "messages")]
    pub items: Vec<T>,
    /// Whether the list goes on after this page.
    #[serde(default, deserialize_with = "null_as_default")]
    pub has_more: bool,
    /// Where the next page begins. `None` on the last page.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The only page of a list that comes as a whole.
    pub(crate) fn single(items: Vec<T>) -> Self {
        Self {
            items,
            has_more: false,
            next_cursor: None,
        }
    }

    /// The cursor of the next page, if there is one.
    pub(crate) fn next(&self) -> Option<String> {
        self.next_cursor
            .clone()
            .filter(|cursor| self.has_more && !cursor.is_empty())
    }
}

/// Lets a page be looped over, by value and by reference.
macro_rules! loop_over_items {
    ($page:ident) => {
        impl<T> $page<T> {
            /// The items of this page, by reference.
            pub fn iter(&self) -> std::slice::Iter<'_, T> {
                self.items.iter()
            }
        }

        impl<T> IntoIterator for $page<T> {
            type Item = T;
            type IntoIter = std::vec::IntoIter<T>;

            fn into_iter(self) -> Self::IntoIter {
                self.items.into_iter()
            }
        }

        impl<'a, T> IntoIterator for &'a $page<T> {
            type Item = &'a T;
            type IntoIter = std::slice::Iter<'a, T>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}

#[cfg(feature = "nolag")]
pub(crate) use loop_over_items;

loop_over_items!(Page);

/// What a walk has to know about a list with items `T` in pages `P`.
pub(crate) struct Paging<T, P> {
    /// Reads a page out of an answer.
    pub(crate) decode: fn(&Response) -> Result<P>,
    /// Where the next page begins, if there is one.
    pub(crate) next: fn(&P) -> Option<String>,
    pub(crate) items: fn(P) -> Vec<T>,
    /// The query parameter that says where a page begins.
    pub(crate) parameter: &'static str,
    /// The field of an answer that says where the next page begins, for errors.
    pub(crate) source: &'static str,
}

impl<T, P> Clone for Paging<T, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, P> Copy for Paging<T, P> {}

impl<T> Paging<T, Page<T>> {
    /// A list whose pages hold the cursor of the next one.
    pub(crate) fn by_cursor(decode: fn(&Response) -> Result<Page<T>>) -> Self {
        Self {
            decode,
            next: Page::next,
            items: |page| page.items,
            parameter: "cursor",
            source: "nextCursor",
        }
    }
}

/// How far a walk over the pages of a list is.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    position: Position,
    /// A cursor from earlier in the walk, to detect cursors that lead in a
    /// circle, by Brent's algorithm: after 1, 2, 4, 8, … pages the latest
    /// cursor takes its place. In a circle of any length the walk meets this
    /// cursor again, so one cursor has to be kept instead of all of them.
    mark: Option<String>,
    pages: u64,
}

#[derive(Clone, Debug)]
enum Position {
    /// The next page is the one at this cursor, or the first one.
    At(Option<String>),
    /// The server returned a cursor that leads back to where the walk was.
    Repeated,
    Ended,
}

/// What a walk does next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// Fetch the page at this cursor, or the first one.
    Fetch(Option<&'a str>),
    /// Report that the cursors go in a circle.
    Repeated,
    End,
}

impl Walk {
    pub(crate) fn from(cursor: Option<String>) -> Self {
        Self {
            mark: cursor.clone(),
            position: Position::At(cursor),
            pages: 0,
        }
    }

    pub(crate) fn step(&self) -> Step<'_> {
        match &self.position {
            Position::At(cursor) => Step::Fetch(cursor.as_deref()),
            Position::Repeated => Step::Repeated,
            Position::Ended => Step::End,
        }
    }

    pub(crate) fn end(&mut self) {
        self.position = Position::Ended;
    }

    /// Moves on to the page at `next`.
    pub(crate) fn advance(&mut self, next: Option<String>) {
        let here = std::mem::replace(&mut self.position, Position::Ended);
        let (Position::At(here), Some(_)) = (here, &next) else {
            return;
        };
        if here == next || self.mark == next {
            self.position = Position::Repeated;
            return;
        }
        self.pages += 1;
        if self.pages.is_power_of_two() {
            self.mark.clone_from(&next);
        }
        self.position = Position::At(next);
    }
}

/// Defines structs that say what to list. Their setters are as in
/// [`body!`](crate::models::body!). How they become the query of a request is
/// written by hand.
macro_rules! query {
    (
        $(#[$doc:meta])*
        $name:ident {
            $(#[$new_doc:meta])*
            new(),
            $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[must_use]
        pub struct $name {
            $(pub(crate) $field: Option<$type>,)*
        }

        impl $name {
            $(#[$new_doc])*
            pub fn new() -> Self {
                Self::default()
            }

            $crate::setters::setters! { $($(#[$field_doc])* $field: $type,)* }
        }

        $crate::models::from_nothing!($name);
    };
}

#[cfg(feature = "nolag")]
pub(crate) use query;

query! {
    /// Which page of a room's or conversation's messages to fetch.
    ///
    /// `()` stands for the defaults: the newest 50 messages.
    ListMessages {
        /// The newest 50 messages.
        new(),
        /// How many messages a page holds, from 1 to 100. Default: 50.
        limit: u32,
        /// Fetches what is older than this: the `next_cursor` of an earlier
        /// [`Page`].
        cursor: String,
    }
}

impl ListMessages {
    /// Adds these options to the query of a request.
    pub(crate) fn apply(self, request: Request) -> Request {
        request
            .check(check_limit(self.limit))
            .query_opt("limit", self.limit)
            .query_opt("cursor", self.cursor)
    }
}

/// Refuses a `limit` that the service refuses: 0, and more than 100.
pub(crate) fn check_limit(limit: Option<u32>) -> Result<(), InvalidArgument> {
    match limit {
        Some(limit) if !(1..=100).contains(&limit) => {
            Err(InvalidArgument::new("limit", "must be from 1 to 100"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_that_lead_in_a_circle_end_the_walk() {
        for circle in 1..50 {
            let mut walk = Walk::from(None);
            let ended = (0..1_000).find(|n| {
                let cursor = if *n < 7 { 1_000 + n } else { n % circle };
                walk.advance(Some(cursor.to_string()));
                walk.step() == Step::Repeated
            });
            assert!(ended.is_some_and(|n| n < 8 + 4 * circle.max(8)), "{circle}");
        }
    }
}
