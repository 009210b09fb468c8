//! The paths before those of a document: of its server URLs.

use serde_json::Value;

/// The paths of `servers`, without a slash at the end, each once; `""` where there are none. Variables have their defaults.
pub(super) fn base_paths(root: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    for server in root
        .get("servers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let Some(url) = server.get("url").and_then(Value::as_str) else {
            continue;
        };
        let url = with_defaults(url, server.get("variables"));
        let path = path_of(&url);
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        paths.push(String::new());
    }
    paths
}

fn with_defaults(url: &str, variables: Option<&Value>) -> String {
    let mut url = url.to_owned();
    for (name, variable) in variables.and_then(Value::as_object).into_iter().flatten() {
        if let Some(default) = variable.get("default").and_then(Value::as_str) {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    url
}

/// The path of a URL, which may be relative.
fn path_of(url: &str) -> String {
    let rest = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => url,
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_matches('/');
    match path {
        "" | "." => String::new(),
        path => format!("/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn base_paths_are_those_of_the_servers() {
        let root = json!({"servers": [
            {"url": "https://api.example.com/v1/"}, {"url": "/v1"}, {"url": "https://example.com"},
            {"url": "https://{host}/{base}/x", "variables": {"base": {"default": "v3"}, "host": {"default": "h"}}},
        ]});
        assert_eq!(base_paths(&root), ["/v1", "", "/v3/x"]);
        assert_eq!(base_paths(&json!({})), [""]);
    }
}
