//! What is known of a locale.

/// Countries that every locale names, by their codes of ISO 3166-1, in the order of [`Locale::countries`].
pub const COUNTRIES: [&str; 16] = [
    "US", "GB", "DE", "FR", "ES", "IT", "BR", "NL", "JP", "IN", "MX", "CA", "AU", "PL", "SE", "ZA",
];

/// What is written how in one language of one country.
#[derive(Debug, PartialEq, Eq)]
pub struct Locale {
    /// Such as `pt_BR`: language (ISO 639-1) and country (ISO 3166-1).
    pub tag: &'static str,
    /// Code of the currency (ISO 4217), and its decimal places.
    pub currency: (&'static str, u8),
    /// Given names.
    pub given: &'static [&'static str],
    /// Family names.
    pub family: &'static [&'static str],
    /// How a whole name is written: `{given} {family}`.
    pub name: &'static str,
    /// Towns.
    pub places: &'static [Place],
    /// Whole names of streets.
    pub streets: &'static [&'static str],
    /// How the line with street and number is written.
    pub street_line: &'static str,
    /// How an address is written in one line.
    pub address_line: &'static str,
    /// How companies are named: `{family}` is one of its founders, each time another.
    pub companies: &'static [&'static str],
    /// Things that are sold.
    pub things: &'static [&'static str],
    /// What they are made of.
    pub materials: &'static [&'static str],
    /// How a product is named: `{material} {thing}`.
    pub product: &'static str,
    /// Common words.
    pub words: &'static [&'static str],
    /// Names of [`COUNTRIES`].
    pub countries: [&'static str; COUNTRIES.len()],
}

/// A town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub city: &'static str,
    /// Its state, province or region.
    pub region: &'static str,
    /// Its postcodes: `#` is a digit, `%` one from 1 up, `@` a letter that postcodes have.
    pub postcode: &'static str,
}

impl Locale {
    /// `pt` of `pt_BR`.
    pub fn language(&self) -> &'static str {
        &self.tag[..2]
    }

    /// `BR` of `pt_BR`.
    pub fn country(&self) -> &'static str {
        &self.tag[3..]
    }
}

/// One short line of a table.
pub(super) const fn place(
    city: &'static str,
    region: &'static str,
    postcode: &'static str,
) -> Place {
    Place {
        city,
        region,
        postcode,
    }
}
