use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;
use tokio::sync::mpsc::Receiver;

use crate::web::connection_activity::{ActiveRequest, Activity};

/// The body of a response that goes on until the run is over.
pub struct EventStream {
    frames: Receiver<Bytes>,
    /// A connection with one is not idle.
    _active: ActiveRequest,
}

impl EventStream {
    pub fn new(frames: Receiver<Bytes>, activity: &Arc<Activity>) -> Self {
        Self {
            frames,
            _active: ActiveRequest::begin(activity),
        }
    }
}

impl HttpBody for EventStream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = self.frames.poll_recv(cx);
        frame.map(|frame| frame.map(|bytes| Ok(Frame::data(bytes))))
    }
}
