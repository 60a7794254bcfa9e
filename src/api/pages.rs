//! Walking over lists that come in pages. Only how to wait for a page differs
//! between the clients: see `pages.rs` in the folder of each.

use std::fmt;

use super::super::pages::Pending;
use super::{Core, example, maybe_async};
use crate::error::Result;
use crate::into_option::IntoOption;
use crate::protocol::page::{Page, Paging, Step, Walk, check_limit};
use crate::protocol::request::Request;
use crate::protocol::response::{Response, repeated_cursor};
use crate::setters::{debug_fields, setters};

/// A walk over the pages of a list, one after the other. `T` is the type of an
/// item, `P` that of a page.
///
#[doc = super::super::pages::pages_are!()]
///
#[doc = example! {
    let messages = client.servers().rooms().messages();
    if blocking {
        for page in messages.iter("srv_dev", "room_general").limit(100) {
            println!("{} messages", page?.items.len());
        }
    } else {
        let mut pages = messages.iter("srv_dev", "room_general").limit(100);
        while let Some(page) = pages.next_page().await {
            println!("{} messages", page?.items.len());
        }
    }
}]
///
/// The walk ends after the last page, and after the first error, which it
/// returns once. To go on after an error or in a later run of the program,
/// begin a new walk where the last page that you received ended: for Lag's
/// [`Page`], pass its `next_cursor` to [`cursor`](Self::cursor).
#[must_use = "nothing is fetched until a page is asked for"]
pub struct Pages<T, P = Page<T>> {
    core: Core,
    request: Request,
    paging: Paging<T, P>,
    limit: Option<u32>,
    walk: Walk,
    pub(in super::super) pending: Pending<P>,
}

impl<T> Pages<T> {
    pub(crate) fn new(
        core: Core,
        request: Request,
        decode: fn(&Response) -> Result<Page<T>>,
    ) -> Self {
        Self::over(core, request, Paging::by_cursor(decode), None)
    }

    setters! {
        /// How many items a page has at most, from 1 to 100. Default: 50. With
        /// any other number, the walk ends with
        /// [`InvalidArgument`](crate::Error::InvalidArgument) before anything
        /// is sent.
        limit: u32,
    }

    /// Begins the walk after an earlier [`Page`], whose `next_cursor` this is.
    /// `None` changes nothing: the walk begins at the first page.
    ///
    #[doc = example! {
        use lagclient::ListMessages;

        let messages = client.servers().rooms().messages();
        let newest = ListMessages::new().limit(10);
        let page = messages.list("srv_dev", "room_general", newest).await?;
        /// Later, from there on:
        let older = messages.iter("srv_dev", "room_general");
        let mut older = older.cursor(page.next_cursor);
        let next = older.next_page().await;
        # assert!(next.is_some());
    }]
    #[doc(alias = "resume")]
    #[doc(alias = "continue")]
    pub fn cursor(mut self, cursor: impl IntoOption<String>) -> Self {
        if let Some(cursor) = cursor.into_option() {
            self.walk = Walk::from(Some(cursor));
        }
        self
    }
}

impl<T, P> Pages<T, P> {
    /// A walk that begins at the page `from`, or at the first page if that is
    /// `None`.
    pub(crate) fn over(
        core: Core,
        request: Request,
        paging: Paging<T, P>,
        from: Option<String>,
    ) -> Self {
        Self {
            core,
            request,
            paging,
            limit: None,
            walk: Walk::from(from),
            pending: Pending::default(),
        }
    }

    /// Walks over the items of all pages, one after the other. They come in the
    /// order of the pages and, within a page, in the order in which the page
    /// has them. For messages that means: the newest page comes first, but
    /// within each page the oldest message comes first.
    ///
    #[doc = example! {
        let messages = client.servers().rooms().messages();
        let mut walk = messages.iter("srv_dev", "room_general").items();
        while let Some(message) = walk.next_item().await {
            println!("{}", message?.content);
        }
    }]
    pub fn items(self) -> Items<T, P> {
        Items {
            pages: self,
            page: Vec::new().into_iter(),
        }
    }

    /// What is to be sent for the next page; `None` after the last page.
    pub(in super::super) fn next_fetch(&mut self) -> Option<Result<Fetch<P>>> {
        let cursor = match self.walk.step() {
            Step::Fetch(cursor) => cursor,
            Step::End => return None,
            Step::Repeated => {
                self.walk.end();
                return Some(Err(repeated_cursor(
                    &self.core.endpoint(&self.request),
                    self.paging.source,
                )));
            }
        };
        let request = self
            .request
            .clone()
            .check(check_limit(self.limit))
            .query_opt("limit", self.limit)
            .query_opt(self.paging.parameter, cursor);
        Some(Ok(Fetch {
            core: self.core.clone(),
            request,
            decode: self.paging.decode,
        }))
    }

    /// Moves the walk on after the fetch of a page, whether it succeeded or
    /// failed.
    pub(in super::super) fn fetched(&mut self, page: Result<P>) -> Result<P> {
        match &page {
            Ok(page) => self.walk.advance((self.paging.next)(page)),
            Err(_) => self.walk.end(),
        }
        page
    }
}

impl<T, P> fmt::Debug for Pages<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("endpoint", &self.request.endpoint)
            .field("limit", &self.limit)
            .field("walk", &self.walk)
            .finish_non_exhaustive()
    }
}

/// The request for one page, independent of the walk.
pub(in super::super) struct Fetch<P> {
    core: Core,
    request: Request,
    decode: fn(&Response) -> Result<P>,
}

#[maybe_async]
impl<P> Fetch<P> {
    pub(in super::super) async fn run(self) -> Result<P> {
        let response = self.core.send(&self.request).await?;
        (self.decode)(&response)
    }
}

/// A walk over the items of a list, across its pages.
///
/// A page is fetched when its first item is asked for. The walk ends after the
/// last item, and after the first error, which it returns once.
///
#[doc = super::super::pages::items_are!()]
///
#[doc = example! {
    let messages = client.servers().rooms().messages();
    if blocking {
        for message in messages.iter("srv_dev", "room_general").items() {
            println!("{}", message?.content);
        }
    } else {
        let mut walk = messages.iter("srv_dev", "room_general").items();
        while let Some(message) = walk.next_item().await {
            println!("{}", message?.content);
        }
    }
}]
#[must_use = "nothing is fetched until an item is asked for"]
pub struct Items<T, P = Page<T>> {
    pub(in super::super) pages: Pages<T, P>,
    pub(in super::super) page: std::vec::IntoIter<T>,
}

impl<T, P> Items<T, P> {
    /// Continues with the items of `page`.
    pub(in super::super) fn turn_to(&mut self, page: P) {
        self.page = (self.pages.paging.items)(page).into_iter();
    }
}

debug_fields!(Items<T, P>: pages);
