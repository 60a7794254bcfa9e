//! Walking over lists that come in pages. How a page is waited for differs
//! between the worlds, see `pages.rs` in their folders.

use std::fmt;

use super::super::pages::Pending;
use super::{Core, maybe_async};
use crate::error::Result;
use crate::protocol::page::{Page, Step, Walk, check_limit};
use crate::protocol::request::Request;
use crate::protocol::response::{Answer, repeated_cursor};

/// Reads a page out of an answer.
type Decode<T> = fn(&Answer) -> Result<Page<T>>;

/// The pages of a list, one after the other. `next_page` fetches one.
///
/// The walk ends behind the last page and after an error. To go on after an
/// error or in a later run, give the `next_cursor` of the last good page to
/// [`cursor`](Self::cursor).
#[must_use = "nothing is fetched until a page is asked for"]
pub struct Pages<T> {
    core: Core,
    request: Request,
    decode: Decode<T>,
    limit: Option<u32>,
    walk: Walk,
    pub(in super::super) pending: Pending<T>,
}

impl<T> Pages<T> {
    pub(crate) fn new(core: Core, request: Request, decode: Decode<T>) -> Self {
        Self {
            core,
            request,
            decode,
            limit: None,
            walk: Walk::from(None),
            pending: Pending::default(),
        }
    }

    /// How many items a page holds, from 1 to 100. Default: 50.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Begins at the `next_cursor` of an earlier [`Page`].
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.walk = Walk::from(Some(cursor.into()));
        self
    }

    /// The items of all pages, one after the other.
    pub fn items(self) -> Items<T> {
        Items {
            pages: self,
            page: Vec::new().into_iter(),
        }
    }

    /// What to do for the next page.
    pub(in super::super) fn next_fetch(&mut self) -> Option<Result<Fetch<T>>> {
        let cursor = match self.walk.step() {
            Step::Fetch(cursor) => cursor,
            Step::End => return None,
            Step::Repeated => {
                self.walk.end();
                return Some(Err(repeated_cursor(&self.request.endpoint)));
            }
        };
        let request = self
            .request
            .clone()
            .check(check_limit(self.limit))
            .query_opt("limit", self.limit)
            .query_opt("cursor", cursor);
        Some(Ok(Fetch {
            core: self.core.clone(),
            request,
            decode: self.decode,
        }))
    }

    /// Moves on behind a page that was fetched.
    pub(in super::super) fn fetched(&mut self, page: Result<Page<T>>) -> Result<Page<T>> {
        match &page {
            Ok(page) => self.walk.advance(page),
            Err(_) => self.walk.end(),
        }
        page
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("endpoint", &self.request.endpoint)
            .field("limit", &self.limit)
            .field("walk", &self.walk)
            .finish_non_exhaustive()
    }
}

/// The request for one page, independent of the walk.
pub(in super::super) struct Fetch<T> {
    core: Core,
    request: Request,
    decode: Decode<T>,
}

#[maybe_async]
impl<T> Fetch<T> {
    pub(in super::super) async fn run(self) -> Result<Page<T>> {
        let answer = self.core.send(self.request).await?;
        (self.decode)(&answer)
    }
}

/// The items of a list, across its pages.
///
/// Pages are fetched as they are needed. The walk ends behind the last item and
/// after an error.
#[must_use = "nothing is fetched until an item is asked for"]
pub struct Items<T> {
    pub(in super::super) pages: Pages<T>,
    pub(in super::super) page: std::vec::IntoIter<T>,
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .finish_non_exhaustive()
    }
}
