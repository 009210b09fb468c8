use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;
use tokio::sync::mpsc::Receiver;

use crate::web::server::connections::{Answering, Pulse};

/// The body of an answer that goes on until the run is over.
pub struct Viewer {
    frames: Receiver<Bytes>,
    /// A connection with one is not quiet.
    _answering: Answering,
}

impl Viewer {
    pub fn new(frames: Receiver<Bytes>, pulse: &Arc<Pulse>) -> Self {
        Self {
            frames,
            _answering: Answering::begin(pulse),
        }
    }
}

impl HttpBody for Viewer {
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
