//! Locales: names, places, streets, companies, products and words as they are written in a country.
//!
//! In: a locale and a stream. Out: made-up values. It must never know Lua, and what the values are for. The tables are the
//! project's own: crate `fake` (5.1) has no Spanish, towns without their postcodes and card numbers outside the test ranges,
//! and its draws may change with a release, while a seed has to mean the same.

mod de_de;
mod en_gb;
mod en_us;
mod es_es;
mod fr_fr;
mod it_it;
mod ja_jp;
mod nl_nl;
mod pt_br;
mod table;

pub use table::{COUNTRIES, Locale, Place};

/// All locales, by tag.
pub static LOCALES: [&Locale; 9] = [
    &de_de::LOCALE,
    &en_gb::LOCALE,
    &en_us::LOCALE,
    &es_es::LOCALE,
    &fr_fr::LOCALE,
    &it_it::LOCALE,
    &ja_jp::LOCALE,
    &nl_nl::LOCALE,
    &pt_br::LOCALE,
];

impl Locale {
    /// The locale of values that no locale is said for.
    pub fn default_one() -> &'static Self {
        &en_us::LOCALE
    }

    /// The locale with this tag, however it is written: `pt_BR`, `pt-br`, or a language alone where that has one locale.
    pub fn find(tag: &str) -> Option<&'static Self> {
        let wanted = tag.replace('-', "_").to_ascii_lowercase();
        let known = |locale: &&&Self| locale.tag.to_ascii_lowercase() == wanted;
        if let Some(locale) = LOCALES.iter().find(known) {
            return Some(locale);
        }
        let of_language = |locale: &&&Self| locale.language() == wanted;
        let mut of_language = LOCALES.iter().filter(of_language);
        match (of_language.next(), of_language.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// All tags.
    pub fn tags() -> impl Iterator<Item = &'static str> {
        LOCALES.iter().map(|locale| locale.tag)
    }
}
