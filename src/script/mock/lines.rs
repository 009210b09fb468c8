//! Where in a mock file a route stands, as far as its text tells: values of Lua do not know.

/// The text of a mock file.
pub struct Lines<'a>(pub &'a str);

impl Lines<'_> {
    /// The line of a route, from 1: where its key stands in quotes first.
    pub fn of_key(&self, key: &str) -> Option<usize> {
        self.position(key).map(|at| self.line(at))
    }

    /// The line of a field of a route; that of the route where it is not found.
    pub fn of_field(&self, key: &str, field: &str) -> Option<usize> {
        let start = self.position(key)?;
        let mut from = start + key.len();
        while let Some(found) = self.0[from..].find(field) {
            let (at, end) = (from + found, from + found + field.len());
            let before = self.0[..at].chars().next_back();
            let behind = self.0[end..].trim_start_matches(['"', '\'', ']', ' ', '\t']);
            let is_word = before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_');
            if is_word && behind.starts_with('=') && !behind.starts_with("==") {
                return Some(self.line(at));
            }
            from = end;
        }
        Some(self.line(start))
    }

    fn position(&self, key: &str) -> Option<usize> {
        ['"', '\'']
            .into_iter()
            .filter_map(|quote| self.0.find(&format!("{quote}{key}{quote}")))
            .min()
            .map(|at| at + 1)
    }

    fn line(&self, at: usize) -> usize {
        1 + self.0[..at].matches('\n').count()
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn a_field_is_found_behind_its_route() {
        let lines = Lines(
            "-- status = 1\nreturn {\n  [\"GET /a\"] = { status = 200 },\n  ['GET /b'] = {\n    my_status = 1,\n    status = 99,\n  },\n}\n",
        );
        assert_eq!(lines.of_key("GET /a"), Some(3));
        assert_eq!(lines.of_field("GET /a", "status"), Some(3));
        assert_eq!(lines.of_field("GET /b", "status"), Some(6));
        assert_eq!(lines.of_field("GET /b", "body"), Some(4));
        assert_eq!(lines.of_key("GET /c"), None);
    }
}
