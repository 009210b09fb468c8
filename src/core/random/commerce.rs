//! What shops and their customers have: addresses, companies, products, prices, cards; as a locale writes them.

use super::locale::{COUNTRIES, Locale, Place};
use super::{Stream, string};

/// Letters in postcodes: those that British ones have behind the blank.
const POSTCODE_LETTERS: &str = "ABDEFGHJLNPQRSTUWXYZ";
/// Highest number of a house.
const LAST_HOUSE: i64 = 199;

/// Where somebody lives. Street, number and postcode are drawn: no such address needs to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Street and number as they are written.
    pub street: String,
    pub city: &'static str,
    /// State, province or region.
    pub region: &'static str,
    /// One of the town's.
    pub postcode: String,
    /// Code of the country (ISO 3166-1).
    pub country: &'static str,
    /// All in one line, without the country.
    pub line: String,
}

/// An address in the country of a locale.
pub fn address(stream: &mut Stream, locale: &Locale) -> Address {
    let place = pick(stream, locale.places);
    let street = pick(stream, locale.streets);
    let number = stream.int(1, LAST_HOUSE).to_string();
    let street = fill(
        locale.street_line,
        &[("street", street), ("number", &number)],
    );
    let postcode = postcode(stream, &place);
    let line = fill(
        locale.address_line,
        &[
            ("line", &street),
            ("city", place.city),
            ("region", place.region),
            ("postcode", &postcode),
        ],
    );
    Address {
        street,
        city: place.city,
        region: place.region,
        postcode,
        country: locale.country(),
        line,
    }
}

/// A town in the country of a locale.
pub fn city(stream: &mut Stream, locale: &Locale) -> &'static str {
    pick(stream, locale.places).city
}

/// A country: its name in the language of a locale, and its code (ISO 3166-1).
pub fn country(stream: &mut Stream, locale: &Locale) -> (&'static str, &'static str) {
    let index = stream.below(COUNTRIES.len() as u64) as usize;
    (locale.countries[index], COUNTRIES[index])
}

/// A name of a person as a locale writes it.
pub fn local_name(stream: &mut Stream, locale: &Locale) -> String {
    let given = pick(stream, locale.given);
    founded(stream, &fill(locale.name, &[("given", given)]), locale)
}

/// A name of a company.
pub fn company(stream: &mut Stream, locale: &Locale) -> String {
    let named = pick(stream, locale.companies);
    founded(stream, named, locale)
}

/// Each `{family}` of a pattern with another draw of a family name.
fn founded(stream: &mut Stream, pattern: &str, locale: &Locale) -> String {
    let mut name = pattern.to_owned();
    while name.contains("{family}") {
        name = name.replacen("{family}", pick(stream, locale.family), 1);
    }
    name
}

/// A name of a product.
pub fn product(stream: &mut Stream, locale: &Locale) -> String {
    let thing = pick(stream, locale.things);
    let material = pick(stream, locale.materials);
    fill(locale.product, &[("thing", thing), ("material", material)])
}

/// A price from `low` to `high`, as many of each order of magnitude, with the decimal places of the currency: most end in
/// .99, .95, .90 or .00 as in shops, unless that is out of the range.
pub fn price(stream: &mut Stream, low: f64, high: f64, decimals: u8) -> f64 {
    let x = stream.float();
    let ending = [0.99, 0.95, 0.90, 0.0][stream.below(4) as usize];
    let is_plain = stream.chance(0.2);
    let drawn = if low > 0.0 {
        (low.ln() * (1.0 - x) + high.ln() * x).exp()
    } else {
        low * (1.0 - x) + high * x
    };
    let unit = 10_f64.powi(i32::from(decimals));
    let rounded = |price: f64| (price * unit).round() / unit;
    let in_shops = rounded(drawn.floor() + ending);
    if decimals > 0 && !is_plain && (low..=high).contains(&in_shops) {
        return in_shops;
    }
    rounded(drawn).clamp(low, high)
}

/// A payment card that reaches no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// The number, digits only; valid by Luhn's formula (ISO/IEC 7812-1).
    pub number: &'static str,
    /// Its scheme.
    pub brand: &'static str,
    /// Digits of its verification code.
    pub code_length: usize,
}

/// Numbers that payment providers publish for tests (docs.stripe.com/testing and others): no card has one of them.
#[rustfmt::skip]
pub const CARDS: [Card; 14] = [
    card_of("4242424242424242", "visa", 3), card_of("4111111111111111", "visa", 3),
    card_of("4000056655665556", "visa", 3), card_of("5555555555554444", "mastercard", 3),
    card_of("2223003122003222", "mastercard", 3), card_of("5200828282828210", "mastercard", 3),
    card_of("5105105105105100", "mastercard", 3), card_of("378282246310005", "amex", 4),
    card_of("371449635398431", "amex", 4), card_of("6011111111111117", "discover", 3),
    card_of("6011000990139424", "discover", 3), card_of("3056930009020004", "diners", 3),
    card_of("3566002020360505", "jcb", 3), card_of("6200000000000005", "unionpay", 3),
];

const fn card_of(number: &'static str, brand: &'static str, code_length: usize) -> Card {
    Card {
        number,
        brand,
        code_length,
    }
}

/// A test card, and a verification code for it.
pub fn card(stream: &mut Stream) -> (Card, String) {
    let card = CARDS[stream.below(CARDS.len() as u64) as usize];
    (card, string(stream, card.code_length, "0123456789"))
}

/// Common words of a locale, with blanks between.
pub fn words(stream: &mut Stream, locale: &Locale, count: usize) -> String {
    let drawn: Vec<&str> = (0..count).map(|_| pick(stream, locale.words)).collect();
    drawn.join(" ")
}

fn postcode(stream: &mut Stream, place: &Place) -> String {
    let mut postcode = String::with_capacity(place.postcode.len());
    for sign in place.postcode.chars() {
        match sign {
            '#' => postcode.push_str(&string(stream, 1, "0123456789")),
            '%' => postcode.push_str(&string(stream, 1, "123456789")),
            '@' => postcode.push_str(&string(stream, 1, POSTCODE_LETTERS)),
            sign => postcode.push(sign),
        }
    }
    postcode
}

/// The pattern with what stands for each word in braces.
fn fill(pattern: &str, words: &[(&str, &str)]) -> String {
    let mut text = pattern.to_owned();
    for (word, value) in words {
        text = text.replace(&format!("{{{word}}}"), value);
    }
    text
}

/// One of a table, which is never empty.
fn pick<T: Copy>(stream: &mut Stream, list: &'static [T]) -> T {
    list[stream.below(list.len() as u64) as usize]
}

#[cfg(test)]
mod tests {
    use super::super::Purpose;
    use super::super::locale::LOCALES;
    use super::*;

    fn stream() -> Stream {
        Stream::new(7, 0, Purpose::Data)
    }

    #[test]
    fn every_locale_is_whole() {
        for locale in LOCALES {
            let tag = locale.tag;
            assert_eq!(tag.len(), 5, "{tag}");
            assert!(COUNTRIES.contains(&locale.country()), "{tag}");
            assert!(
                locale.given.len() >= 30 && locale.family.len() >= 30,
                "{tag}"
            );
            assert_eq!(
                (locale.places.len(), locale.streets.len()),
                (16, 16),
                "{tag}"
            );
            assert_eq!(
                (locale.things.len(), locale.materials.len()),
                (16, 8),
                "{tag}"
            );
            assert!(locale.words.len() >= 60, "{tag}: {}", locale.words.len());
            for list in [
                locale.given,
                locale.family,
                locale.streets,
                locale.things,
                locale.materials,
                locale.words,
            ] {
                let mut once: Vec<_> = list.iter().filter(|word| !word.trim().is_empty()).collect();
                once.sort_unstable();
                once.dedup();
                assert_eq!(
                    once.len(),
                    list.len(),
                    "{tag}: a word stands twice in {list:?}"
                );
            }
            let mut stream = stream();
            for _ in 0..200 {
                let address = address(&mut stream, locale);
                let texts = [
                    address.line.clone(),
                    address.street.clone(),
                    local_name(&mut stream, locale),
                    company(&mut stream, locale),
                    product(&mut stream, locale),
                ];
                for text in texts {
                    assert!(!text.contains(['{', '}', '#', '%', '@']), "{tag}: {text}");
                }
                assert!(
                    address.line.contains(address.city)
                        && address.line.contains(&*address.postcode)
                );
            }
        }
    }

    #[test]
    fn a_locale_is_found_however_it_is_written() {
        for (word, tag) in [
            ("pt_BR", Some("pt_BR")),
            ("pt-br", Some("pt_BR")),
            ("PT", Some("pt_BR")),
            ("de", Some("de_DE")),
            ("en", None),
            ("xx", None),
            ("", None),
        ] {
            assert_eq!(Locale::find(word).map(|locale| locale.tag), tag, "{word}");
        }
    }

    #[test]
    fn test_cards_pass_luhn() {
        for card in CARDS {
            let digits = card
                .number
                .bytes()
                .rev()
                .map(|digit| u32::from(digit - b'0'));
            let sum: u32 = digits
                .enumerate()
                .map(|(place, digit)| match (place % 2, digit * 2) {
                    (0, _) => digit,
                    (_, twice) if twice > 9 => twice - 9,
                    (_, twice) => twice,
                })
                .sum();
            assert_eq!(sum % 10, 0, "{}", card.number);
        }
    }

    #[test]
    fn prices_stay_in_their_range_and_look_like_prices() {
        let mut stream = stream();
        let mut endings = 0;
        for _ in 0..2_000 {
            let price = price(&mut stream, 1.5, 120.0, 2);
            assert!((1.5..=120.0).contains(&price), "{price}");
            assert!(((price * 100.0).round() / 100.0 - price).abs() < 1e-12);
            let cents = (price * 100.0).round() as u32 % 100;
            endings += u32::from([99, 95, 90, 0].contains(&cents));
            let yen = super::price(&mut stream, 100.0, 90_000.0, 0);
            assert!(yen.fract() == 0.0 && (100.0..=90_000.0).contains(&yen));
        }
        assert!((1_500..1_900).contains(&endings), "{endings}");
        assert!((super::price(&mut stream, 5.0, 5.0, 2) - 5.0).abs() < 1e-12);
        assert!((0.0..=1.0).contains(&super::price(&mut stream, 0.0, 1.0, 2)));
    }

    #[test]
    fn a_seed_gives_these_values() {
        let mut stream = stream();
        let brazil = Locale::find("pt_BR").unwrap();
        let drawn = [
            address(&mut stream, brazil).line,
            local_name(&mut stream, brazil),
            company(&mut stream, brazil),
            product(&mut stream, brazil),
            words(&mut stream, brazil, 3),
            card(&mut stream).0.number.to_owned(),
            country(&mut stream, brazil).0.to_owned(),
        ];
        assert_eq!(
            drawn,
            [
                "Avenida Brasil, 125, Curitiba - PR, 80722-097",
                "Francisco Mendes",
                "Grupo Dias",
                "Jarra de bambu",
                "caminho história caminho",
                "4242424242424242",
                "Brasil",
            ]
        );
    }
}
