//! Pages and items as iterators.

use std::marker::PhantomData;

use super::{Items, Pages};
use crate::error::Result;
use crate::protocol::page::Page;

/// A blocking fetch is never left halfway.
pub(super) type Pending<T> = PhantomData<T>;

impl<T> Pages<T> {
    /// Fetches the next page. `None` behind the last one.
    ///
    /// # Errors
    ///
    /// Those of the list's endpoint. The walk ends with the first one.
    pub fn next_page(&mut self) -> Option<Result<Page<T>>> {
        let page = match self.next_fetch()? {
            Ok(fetch) => fetch.run(),
            Err(error) => return Some(Err(error)),
        };
        Some(self.fetched(page))
    }
}

impl<T> Iterator for Pages<T> {
    type Item = Result<Page<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_page()
    }
}

impl<T> Items<T> {
    /// The next item, from a new page if need be. `None` behind the last one.
    ///
    /// # Errors
    ///
    /// Those of the list's endpoint. The walk ends with the first one.
    pub fn next_item(&mut self) -> Option<Result<T>> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            match self.pages.next_page()? {
                Ok(page) => self.page = page.items.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<T> Iterator for Items<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_item()
    }
}
