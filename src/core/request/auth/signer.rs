//! Credentials that sign each request anew, in place of a token that goes along as it is.

use std::time::SystemTime;

use super::aws::AwsCredentials;
use super::digest::Digest;
use crate::http::{Request, Response};

/// How the requests of a user are signed.
#[derive(Debug)]
pub enum Signer {
    /// HTTP digest authentication (RFC 7616).
    Digest(Digest),
    /// AWS signature version 4.
    Aws(AwsCredentials),
}

impl Signer {
    /// Signs a request as it is now, in place of a signature that it has already. `time` is the time of day.
    pub fn sign(&mut self, request: &mut Request, time: SystemTime) {
        match self {
            Self::Digest(digest) => digest.sign(request),
            Self::Aws(aws) => aws.sign(request, time),
        }
    }

    /// Whether a response asks to sign the request again in another way: a challenge. `tries` counts those before it in the
    /// same request.
    pub fn is_challenged(&mut self, response: &Response, tries: u32) -> bool {
        match self {
            Self::Digest(digest) => digest.is_challenged(response, tries),
            Self::Aws(_) => false,
        }
    }
}
