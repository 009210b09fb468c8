//! Fictitious people, with addresses and phone numbers that reach nobody.

use super::Stream;
use super::words::{FAMILY_NAMES, GIVEN_NAMES};

/// A name, and values derived from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    pub given: &'static str,
    pub family: &'static str,
}

/// A person.
pub fn person(stream: &mut Stream) -> Person {
    let given = GIVEN_NAMES[stream.below(GIVEN_NAMES.len() as u64) as usize];
    let family = FAMILY_NAMES[stream.below(FAMILY_NAMES.len() as u64) as usize];
    Person { given, family }
}

impl Person {
    /// `Ada Fischer`.
    pub fn name(self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// `ada.fischer.{unique}@example.com`: a domain reserved by RFC 2606, so no mail ever arrives.
    pub fn email(self, unique: &str) -> String {
        format!("{}.{}.{unique}@example.com", self.given, self.family).to_ascii_lowercase()
    }

    /// `ada_fischer_{unique}`.
    pub fn username(self, unique: &str) -> String {
        format!("{}_{}_{unique}", self.given, self.family).to_ascii_lowercase()
    }
}

/// Area codes of the +1 numbers.
const AREAS: [u16; 20] = [
    201, 202, 206, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 612, 617, 702, 713, 718, 808,
    907,
];

/// A number in E.164 format (`+12065550142`): 555-0100 to 555-0199, which the North American plan reserves for fiction.
pub fn phone(stream: &mut Stream) -> String {
    let area = AREAS[stream.below(AREAS.len() as u64) as usize];
    format!("+1{area}55501{:02}", stream.below(100))
}
