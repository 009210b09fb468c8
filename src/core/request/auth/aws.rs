//! AWS signature version 4, in the `Authorization` header.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

use std::collections::BTreeMap;
use std::time::SystemTime;

use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::digest::hex;
use crate::http::Request;
use crate::secrets::remember;

/// All but what RFC 3986 calls unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The keys of an account, and what they are used for.
pub struct AwsCredentials {
    access_key: String,
    secret_key: String,
    session_token: Option<String>,
    region: String,
    service: String,
}

impl std::fmt::Debug for AwsCredentials {
    /// Never the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AwsCredentials")
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl AwsCredentials {
    /// The keys, and for which region and service they sign.
    pub fn new(
        access_key: String,
        secret_key: String,
        session_token: Option<String>,
        region: String,
        service: String,
    ) -> Self {
        remember(&secret_key);
        if let Some(token) = &session_token {
            remember(token);
        }
        Self {
            access_key,
            secret_key,
            session_token,
            region,
            service,
        }
    }

    /// Adds `X-Amz-Date`, what else the service wants, and `Authorization`. Signed are the host, the type of the body and all
    /// fields whose names begin with `x-amz-`.
    pub(super) fn sign(&self, request: &mut Request, time: SystemTime) {
        let is_s3 = self.service == "s3";
        let (date, moment) = stamps(time);
        let payload = hex(&Sha256::digest(&request.body));
        let own = [
            ("X-Amz-Date", Some(moment.as_str())),
            ("X-Amz-Content-Sha256", is_s3.then_some(payload.as_str())),
            ("X-Amz-Security-Token", self.session_token.as_deref()),
        ];
        request.headers.remove("authorization");
        for (name, value) in own {
            if let Some(value) = value {
                request.headers.remove(name);
                // Checked where the script gave it.
                let _ = request.headers.push(name, value);
            }
        }
        // A plus is a space to some servers and a plus to others.
        if let Some((path, query)) = request.target.split_once('?') {
            request.target = format!("{path}?{}", query.replace('+', "%20"));
        }
        let fields = signed_fields(request);
        let names: Vec<&str> = fields.keys().map(String::as_str).collect();
        let names = names.join(";");
        let canonical = canonical(request, is_s3, &fields, &names, &payload);
        let scope = format!("{date}/{}/{}/aws4_request", self.region, self.service);
        let text = format!(
            "AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}",
            hex(&Sha256::digest(canonical))
        );
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for part in [&*date, &self.region, &self.service, "aws4_request"] {
            key = hmac(&key, part);
        }
        let value = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
            self.access_key,
            hex(&hmac(&key, &text))
        );
        let _ = request.headers.push("Authorization", value);
    }
}

/// `20150830` and `20150830T123600Z`.
fn stamps(time: SystemTime) -> (String, String) {
    let time = OffsetDateTime::from(time);
    let date = format!(
        "{:04}{:02}{:02}",
        time.year(),
        u8::from(time.month()),
        time.day()
    );
    let moment = format!(
        "{date}T{:02}{:02}{:02}Z",
        time.hour(),
        time.minute(),
        time.second()
    );
    (date, moment)
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length will do.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        },
    )
}

/// The fields that are signed, by lower-case name.
fn signed_fields(request: &Request) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::from([("host".to_owned(), request.origin.authority().to_owned())]);
    for (name, value) in request.headers.iter() {
        let name = name.to_ascii_lowercase();
        if name != "content-type" && name != "host" && !name.starts_with("x-amz-") {
            continue;
        }
        let text = String::from_utf8_lossy(value);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match fields.get_mut(&name) {
            Some(others) if name != "host" => {
                others.push(',');
                others.push_str(&text);
            }
            _ => drop(fields.insert(name, text)),
        }
    }
    fields
}

fn canonical(
    request: &Request,
    is_s3: bool,
    fields: &BTreeMap<String, String>,
    names: &str,
    payload: &str,
) -> String {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let encoded = |text: &str| {
        let bytes: Vec<u8> = percent_decode(text.as_bytes()).collect();
        percent_encode(&bytes, ENCODED).to_string()
    };
    let segment = |text: &str| match is_s3 {
        true => encoded(text),
        // All services but S3 encode what is encoded already.
        false => percent_encode(encoded(text).as_bytes(), ENCODED).to_string(),
    };
    let path: Vec<String> = path.split('/').map(segment).collect();
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (encoded(name), encoded(value))
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    format!(
        "{}\n{}\n{}\n{fields}\n{names}\n{payload}",
        request.method,
        path.join("/"),
        pairs.join("&")
    )
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::time::Duration;

    use ::http::Method;

    use super::*;
    use crate::http::Origin;

    /// 2015-08-30T12:36:00Z.
    const MOMENT: u64 = 1_440_938_160;

    fn signed(
        method: Method,
        target: &str,
        fields: &[(&str, &str)],
        body: &'static str,
    ) -> Request {
        let (origin, _) = Origin::parse("https://example.amazonaws.com/").expect("it is one");
        let mut request = Request::new(method, Rc::new(origin), target);
        for (name, value) in fields {
            request.headers.push(name, value).expect("it is a header");
        }
        request.body = body.into();
        let aws = AwsCredentials::new(
            "AKIDEXAMPLE".to_owned(),
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            None,
            "us-east-1".to_owned(),
            "service".to_owned(),
        );
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(MOMENT);
        aws.sign(&mut request, time);
        // Signed twice is signed once.
        aws.sign(&mut request, time);
        request
    }

    /// Vectors of AWS's test suite: get-vanilla, get-vanilla-query-order-key-case, post-vanilla,
    /// post-x-www-form-urlencoded.
    #[test]
    fn signatures_are_those_of_the_test_suite() {
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        for (method, target, fields, body, names, signature) in [
            (
                Method::GET,
                "/",
                &[][..],
                "",
                "host;x-amz-date",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                Method::GET,
                "/?Param2=value2&Param1=value1",
                &[],
                "",
                "host;x-amz-date",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                Method::POST,
                "/",
                &[],
                "",
                "host;x-amz-date",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                Method::POST,
                "/",
                &form,
                "Param1=value1",
                "content-type;host;x-amz-date",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
        ] {
            let request = signed(method, target, fields, body);
            let value = request
                .headers
                .get_str("authorization")
                .expect("it is signed");
            assert_eq!(
                value,
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                     SignedHeaders={names}, Signature={signature}"
                )
            );
            let moments: Vec<_> = request.headers.get_all("x-amz-date").collect();
            assert_eq!(moments, [b"20150830T123600Z"]);
        }
    }
}
