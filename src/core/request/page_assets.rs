//! Loads the assets of a page as a browser does: six at a time, and not those that its cache has.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use ::http::Method;
use tokio::time::Instant;
use url::Url;

use super::browser_cache::Cached;
use super::call::Call;
use super::cancel::{CancelToken, Cancelled};
use super::pipeline::perform;
use super::reply::{FinalResponse, Reply};
use super::requester::Requester;
use crate::http::Origin;
use crate::markup::{Asset, Assets};

/// How many are loaded at once: as browsers do it from one host over HTTP/1.1.
const AT_ONCE: usize = 6;
/// The name under which all are counted.
const NAME: &str = "asset";
/// How long one page may be searched for assets.
const SEARCH: Duration = Duration::from_millis(250);

/// What became of the assets of a page.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct AssetsLoaded {
    /// That came as a whole.
    pub loaded: u32,
    /// That the cache had, and the target said are still good (304).
    pub revalidated: u32,
    /// That the cache had, without a request.
    pub cached: u32,
    /// That did not come: an error, or a status from 400 up.
    pub failed: u32,
    /// On other origins, which were left alone.
    pub foreign: u32,
    /// Bytes that came.
    pub bytes: u64,
    /// From the first request to the end of the last.
    pub took: Duration,
}

/// Loads what a page needs: images, scripts, style sheets of its own origin, and of the hosts named.
///
/// # Errors
/// When the call has to end before all are there.
pub async fn load_assets(
    user: &Requester,
    page: &FinalResponse,
    hosts: &[String],
    cancel: CancelToken<'_>,
) -> Result<AssetsLoaded, Cancelled> {
    let started = Instant::now();
    let mut result = AssetsLoaded::default();
    let url = page.place.url();
    let Ok(base) = Url::parse(&url) else {
        return Ok(result);
    };
    if !is_page(page) {
        return Ok(result);
    }
    let is_named = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        hosts.iter().any(|other| other.eq_ignore_ascii_case(host))
    };
    let found = Assets::of(&page.body, &base, is_named, || started.elapsed() < SEARCH);
    result.foreign = u32::try_from(found.foreign).unwrap_or(u32::MAX);
    let load = Load {
        user,
        page: &url,
        queue: RefCell::new(found.own.into()),
        result: Cell::new(result),
    };
    let count = AT_ONCE.min(load.queue.borrow().len());
    let mut branches: Vec<_> = (0..count)
        .map(|_| Some(Box::pin(load.some(cancel)) as Branch<'_>))
        .collect();
    poll_fn(|cx| {
        let mut is_open = false;
        for slot in &mut branches {
            let Some(branch) = slot else { continue };
            match branch.as_mut().poll(cx) {
                Poll::Pending => is_open = true,
                Poll::Ready(Ok(())) => *slot = None,
                Poll::Ready(Err(cancelled)) => return Poll::Ready(Err(cancelled)),
            }
        }
        match is_open {
            true => Poll::Pending,
            false => Poll::Ready(Ok(())),
        }
    })
    .await?;
    let mut result = load.result.get();
    result.took = started.elapsed();
    Ok(result)
}

type Branch<'a> = Pin<Box<dyn Future<Output = Result<(), Cancelled>> + 'a>>;

/// Whether a response is a page that came: else there is nothing to load.
fn is_page(response: &FinalResponse) -> bool {
    let kind = response
        .headers
        .get_str("content-type")
        .unwrap_or("text/html");
    let kind = kind.trim_start().to_ascii_lowercase();
    (200..300).contains(&response.status)
        && (kind.starts_with("text/html") || kind.starts_with("application/xhtml+xml"))
}

/// A page whose assets are being loaded.
struct Load<'a> {
    user: &'a Requester,
    page: &'a str,
    queue: RefCell<VecDeque<Asset>>,
    result: Cell<AssetsLoaded>,
}

impl Load<'_> {
    /// Loads one after the other, until none is left.
    async fn some(&self, cancel: CancelToken<'_>) -> Result<(), Cancelled> {
        loop {
            let Some(asset) = self.queue.borrow_mut().pop_front() else {
                return Ok(());
            };
            self.one(&asset, cancel).await?;
        }
    }

    async fn one(&self, asset: &Asset, cancel: CancelToken<'_>) -> Result<(), Cancelled> {
        let clock = self.user.shared.run.clock;
        let cached = self.user.cache.borrow_mut().get(&asset.url, clock.now());
        let validators = match cached {
            Cached::Fresh => {
                self.count(|result| result.cached += 1);
                return Ok(());
            }
            Cached::Stale(validators) => validators,
            Cached::Missing => Vec::new(),
        };
        let Ok((origin, target)) = Origin::parse(&asset.url) else {
            return Ok(());
        };
        let mut call = Call::new(Method::GET, target, NAME);
        call.named = true;
        call.origin = Some(Rc::new(origin));
        let fields = [
            ("Accept", asset.kind.accept().to_owned()),
            ("Referer", self.page.to_owned()),
        ];
        for (name, value) in fields.into_iter().chain(validators) {
            // Each is a value that came as one, or made of a URL.
            let _ = call.headers.push(name, value);
        }
        let reply = perform(self.user, Box::new(call), cancel).await?;
        let Reply::Response(response) = reply else {
            self.count(|result| result.failed += 1);
            return Ok(());
        };
        self.count(|result| {
            result.bytes += response.bytes_received;
            match response.status {
                304 => result.revalidated += 1,
                200..400 => result.loaded += 1,
                _ => result.failed += 1,
            }
        });
        // What a redirect led to is another URL's.
        if response.redirects.is_empty() {
            let (now, time) = (clock.now(), clock.time_of_day());
            let mut cache = self.user.cache.borrow_mut();
            cache.store(&asset.url, response.status, &response.headers, now, time);
        }
        Ok(())
    }

    fn count(&self, change: impl FnOnce(&mut AssetsLoaded)) {
        let mut result = self.result.get();
        change(&mut result);
        self.result.set(result);
    }
}
