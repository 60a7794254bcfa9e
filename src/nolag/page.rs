//! Lists that come in numbered pages.

use serde::{Deserialize, Serialize};

use crate::error::InvalidArgument;
use crate::models::count;
use crate::protocol::page::{Paging, loop_over_items};
use crate::protocol::response::Response;

/// One page of a longer list. Pages are numbered from 1. A page can be looped
/// over: `for app in page { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "PageBody<T>",
    into = "PageBody<T>",
    bound(serialize = "T: Clone + Serialize")
)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// How many items all pages have together. 0 if the service does not say
    /// it.
    pub total: u64,
    /// The number of this page, from 1.
    pub page: u64,
    /// How many pages there are.
    pub page_count: u64,
}

impl<T> Page<T> {
    /// The number of the next page. `None` if this is the last one.
    #[must_use]
    pub fn next_page(&self) -> Option<u64> {
        (self.page < self.page_count).then(|| self.page + 1)
    }
}

loop_over_items!(Page);

/// A page in the form that it has in the JSON of an answer.
#[derive(Serialize, Deserialize)]
struct PageBody<T> {
    data: Vec<T>,
    pagination: Pagination,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    #[serde(default, deserialize_with = "count::or_zero")]
    total: u64,
    page: u64,
    page_count: u64,
}

impl<T> From<PageBody<T>> for Page<T> {
    fn from(body: PageBody<T>) -> Self {
        Self {
            items: body.data,
            total: body.pagination.total,
            page: body.pagination.page,
            page_count: body.pagination.page_count,
        }
    }
}

impl<T> From<Page<T>> for PageBody<T> {
    fn from(page: Page<T>) -> Self {
        Self {
            data: page.items,
            pagination: Pagination {
                total: page.total,
                page: page.page,
                page_count: page.page_count,
            },
        }
    }
}

/// The way of paging in which each page contains its number and the number of
/// all pages.
pub(super) fn by_number<T: serde::de::DeserializeOwned>() -> Paging<T, Page<T>> {
    Paging {
        decode: Response::json,
        next: |page| page.next_page().map(|number| number.to_string()),
        items: |page| page.items,
        parameter: "page",
        source: "pagination.page",
    }
}

/// Refuses a page 0, as pages are numbered from 1, and a limit of 0, with which
/// a walk over the pages would never end.
pub(super) fn check(page: Option<u64>, limit: Option<u32>) -> Result<(), InvalidArgument> {
    if page == Some(0) {
        return Err(InvalidArgument::new("page", "must be at least 1"));
    }
    if limit == Some(0) {
        return Err(InvalidArgument::new("limit", "must be at least 1"));
    }
    Ok(())
}
