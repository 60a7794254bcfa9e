//! Pages and items as iterators.

use std::marker::PhantomData;

use super::{Items, Pages};
use crate::error::Result;

/// What the documentation of pages says for this client.
macro_rules! pages_are {
    () => {
        "[`next_page`](Self::next_page) fetches one; in addition, this is an `Iterator`.
Call [`items`](Self::items) for the items."
    };
}
pub(super) use pages_are;

/// The same for items.
macro_rules! items_are {
    () => {
        "[`next_item`](Self::next_item) gives one; in addition, this is an `Iterator`, so
`take(100).collect::<Result<Vec<_>, _>>()` gives the first hundred."
    };
}
pub(super) use items_are;

/// A blocking call fetches a page as a whole, so there is nothing to keep
/// between two calls.
pub(super) type Pending<P> = PhantomData<fn() -> P>;

impl<T, P> Pages<T, P> {
    /// Fetches the next page. `None` after the last one.
    ///
    /// # Errors
    ///
    /// Those of the list's endpoint. The first error ends the walk.
    pub fn next_page(&mut self) -> Option<Result<P>> {
        let page = match self.next_fetch()? {
            Ok(fetch) => fetch.run(),
            Err(error) => return Some(Err(error)),
        };
        Some(self.fetched(page))
    }
}

impl<T, P> Iterator for Pages<T, P> {
    type Item = Result<P>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_page()
    }
}

impl<T, P> Items<T, P> {
    /// The next item, from a new page if need be. `None` after the last one.
    ///
    /// # Errors
    ///
    /// Those of the list's endpoint. The first error ends the walk.
    pub fn next_item(&mut self) -> Option<Result<T>> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            match self.pages.next_page()? {
                Ok(page) => self.turn_to(page),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<T, P> Iterator for Items<T, P> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_item()
    }
}
