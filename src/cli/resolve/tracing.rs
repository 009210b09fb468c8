use url::Url;

use crate::cli::faults::{Faults, quoted};
use crate::cli::options::HttpOptions;
use crate::cli::resolved::Tracing;

const PLACEHOLDER: &str = "{trace_id}";
const REMEDY: &str = "give one such as 'https://jaeger.example.com/trace/{trace_id}'";

/// How requests are traced; none: they are not.
pub(super) fn tracing(options: &HttpOptions, faults: &mut Faults<'_>) -> Option<Tracing> {
    let sampled = faults.share("trace-sampled", options.trace_sampled.as_deref(), 1.0);
    let url = options.trace_url.as_deref();
    let url = url.and_then(|text| trace_url(text, faults));
    if options.trace_context {
        return Some(Tracing { sampled, url });
    }
    for (option, value) in [
        ("trace-sampled", &options.trace_sampled),
        ("trace-url", &options.trace_url),
    ] {
        if let Some(value) = value {
            faults.push(
                format!("--{option} {}", quoted(value)),
                "has no effect without --trace-context",
                "add --trace-context, or leave it out",
            );
        }
    }
    None
}

fn trace_url(text: &str, faults: &mut Faults<'_>) -> Option<String> {
    let why = match Url::parse(text) {
        _ if !text.contains(PLACEHOLDER) => "has no {trace_id} in it".to_owned(),
        Err(error) => format!("is not a valid URL: {error}"),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            "does not begin with http:// or https://".to_owned()
        }
        Ok(_) if text.chars().any(|c| c.is_control() || c.is_whitespace()) => {
            "has a blank or a control character in it".to_owned()
        }
        Ok(_) => return Some(text.to_owned()),
    };
    faults.push(format!("--trace-url {}", quoted(text)), why, REMEDY);
    None
}
