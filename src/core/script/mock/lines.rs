//! Where in a mock file a route stands, as far as its text tells: values of Lua do not know.

/// The text of a mock file.
pub struct Lines<'a>(pub &'a str);

impl Lines<'_> {
    /// The line of a route, from 1: where its key stands in quotes first.
    pub fn of_key(&self, key: &str) -> Option<usize> {
        self.positions(key).first().map(|at| self.line(*at))
    }

    /// The line of a field of a route; that of the route where it is not found. A route that is written several times has
    /// it where the field comes before the next of them.
    pub fn of_field(&self, key: &str, field: &str) -> Option<usize> {
        let starts = self.positions(key);
        let first = *starts.first()?;
        let ends = starts.iter().skip(1).copied().chain([self.0.len()]);
        let mut places = starts.iter().zip(ends);
        let found = places.find_map(|(start, end)| self.field(field, start + key.len(), end));
        Some(self.line(found.unwrap_or(first)))
    }

    /// Where a field is assigned between two places.
    fn field(&self, field: &str, from: usize, to: usize) -> Option<usize> {
        let mut from = from;
        while let Some(found) = self.0.get(from..to)?.find(field) {
            let (at, end) = (from + found, from + found + field.len());
            let before = self.0[..at].chars().next_back();
            let behind = self.0[end..].trim_start_matches(['"', '\'', ']', ' ', '\t']);
            let is_word = before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_');
            let is_assigned = behind.starts_with('=') && !behind.starts_with("==");
            if is_word && is_assigned && !self.is_comment(at) {
                return Some(at);
            }
            from = end;
        }
        None
    }

    /// Where a key stands in quotes, in order.
    fn positions(&self, key: &str) -> Vec<usize> {
        let quoted = ['"', '\''].map(|quote| format!("{quote}{key}{quote}"));
        let found = quoted.iter().flat_map(|text| self.0.match_indices(text));
        let mut positions: Vec<usize> = found
            .map(|(at, _)| at + 1)
            .filter(|at| !self.is_comment(*at))
            .collect();
        positions.sort_unstable();
        positions
    }

    /// Whether a comment begins before it on its line.
    fn is_comment(&self, at: usize) -> bool {
        let line = self.0[..at].rsplit('\n').next().unwrap_or_default();
        line.contains("--")
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
        let lines = Lines(
            "-- \"GET /a\" has stauts = 1\nmock { [\"GET /a\"] = 200 }\nmock { [\"GET /a\"] = { stauts = 1 } }\n",
        );
        assert_eq!(lines.of_key("GET /a"), Some(2));
        assert_eq!(lines.of_field("GET /a", "stauts"), Some(3));
    }
}
