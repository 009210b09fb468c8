//! Names whose values are secret.

/// A field whose name contains one of these words is secret.
const FIELDS: [&str; 8] = [
    "password",
    "passwd",
    "secret",
    "token",
    "authorization",
    "api_key",
    "api-key",
    "apikey",
];
/// A variable whose name contains one of these is secret too: unlike `key` in a body, such a variable is a value.
const KEYS: [&str; 12] = [
    "pass",
    "pwd",
    "key",
    "auth",
    "bearer",
    "cred",
    "cookie",
    "private",
    "session",
    "signature",
    "dsn",
    "otp",
];

/// Whether a field of a body, a query or a head is secret by its name.
pub fn is_secret_field(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // `token_type` and `expires` are not secret.
    FIELDS.iter().any(|word| name.contains(word)) && name != "token_type"
}

/// Whether a variable (`-e KEY=VALUE`) is secret by its name.
pub fn is_secret_key(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    is_secret_field(name) || KEYS.iter().any(|word| lower.contains(word))
}
