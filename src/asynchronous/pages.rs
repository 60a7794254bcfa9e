//! Pages and items as streams.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::exclusive::Exclusive;
use super::{Items, Pages};
use crate::error::Result;

/// What the documentation of pages says for this client.
macro_rules! pages_are {
    () => {
        "[`next_page`](Self::next_page) fetches one; in addition, this is a `Stream`. Call
[`items`](Self::items) for the items."
    };
}
pub(super) use pages_are;

/// The same for items.
macro_rules! items_are {
    () => {
        "[`next_item`](Self::next_item) gives one; in addition, this is a `Stream`, so
`take(100).try_collect::<Vec<_>>().await`, with the crate `futures-util`, gives the first
hundred."
    };
}
pub(super) use items_are;

type Fetching<P> = Pin<Box<dyn Future<Output = Result<P>> + Send>>;

/// A page that is being fetched. It is kept here and not in the future of
/// `next_page`: if that future is dropped, in a `select!` for instance, the
/// next call goes on with the same fetch.
pub(super) struct Pending<P>(Option<Exclusive<Fetching<P>>>);

impl<P> Default for Pending<P> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T, P: 'static> Pages<T, P> {
    /// Fetches the next page. `None` after the last one.
    ///
    /// If the future is dropped, nothing is lost: the next call goes on with
    /// the page that was being fetched.
    ///
    /// # Errors
    ///
    /// Those of the list's endpoint. The first error ends the walk.
    pub async fn next_page(&mut self) -> Option<Result<P>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<P>>> {
        let fetching = match &mut self.pending.0 {
            Some(fetching) => fetching,
            None => match self.next_fetch() {
                Some(Ok(fetch)) => {
                    let fetching: Fetching<P> = Box::pin(fetch.run());
                    self.pending.0.insert(Exclusive::new(fetching))
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            },
        };
        let page = ready!(fetching.get_mut().as_mut().poll(context));
        self.pending.0 = None;
        Poll::Ready(Some(self.fetched(page)))
    }
}

impl<T, P: 'static> Stream for Pages<T, P> {
    type Item = Result<P>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_page(context)
    }
}

impl<T: Unpin, P: 'static> Items<T, P> {
    /// The next item, from a new page if need be. `None` after the last one.
    ///
    /// # Errors
    ///
    /// Those of the list's endpoint. The first error ends the walk.
    pub async fn next_item(&mut self) -> Option<Result<T>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll_page(context)) {
                Some(Ok(page)) => self.turn_to(page),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T: Unpin, P: 'static> Stream for Items<T, P> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context)
    }
}
