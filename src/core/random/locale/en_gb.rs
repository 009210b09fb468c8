//! English of the United Kingdom.

use super::en_us;
use super::table::{Locale, place};
use crate::random::words::WORDS;

#[rustfmt::skip]
pub static LOCALE: Locale = Locale {
    tag: "en_GB",
    currency: ("GBP", 2),
    given: &[
        "Oliver", "Olivia", "George", "Amelia", "Arthur", "Isla", "Noah", "Ava", "Muhammad", "Ivy", "Leo", "Freya", "Oscar",
        "Lily", "Harry", "Florence", "Archie", "Willow", "Jack", "Rosie", "Henry", "Sophia", "Charlie", "Isabella", "Freddie",
        "Grace", "Theodore", "Daisy", "Thomas", "Sienna", "Alfie", "Poppy",
    ],
    family: &[
        "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel", "Robinson", "Wright",
        "Thompson", "Evans", "Walker", "White", "Roberts", "Green", "Hall", "Thomas", "Clarke", "Jackson", "Wood", "Harris",
        "Edwards", "Turner", "Martin", "Cooper", "Hill", "Ward", "Hughes", "Moore", "Clark",
    ],
    name: "{given} {family}",
    places: &[
        place("London", "England", "SW% #@@"), place("Manchester", "England", "M% #@@"),
        place("Birmingham", "England", "B% #@@"), place("Leeds", "England", "LS% #@@"),
        place("Glasgow", "Scotland", "G% #@@"), place("Liverpool", "England", "L% #@@"),
        place("Bristol", "England", "BS% #@@"), place("Sheffield", "England", "S% #@@"),
        place("Edinburgh", "Scotland", "EH% #@@"), place("Cardiff", "Wales", "CF1% #@@"),
        place("Belfast", "Northern Ireland", "BT% #@@"), place("Newcastle upon Tyne", "England", "NE% #@@"),
        place("Nottingham", "England", "NG% #@@"), place("Oxford", "England", "OX% #@@"),
        place("York", "England", "YO1 #@@"), place("Bath", "England", "BA% #@@"),
    ],
    streets: &[
        "High Street", "Station Road", "Church Lane", "Victoria Road", "Park Road", "London Road", "Green Lane",
        "Manor Road", "Kings Road", "Queen Street", "Mill Lane", "The Crescent", "Windsor Road", "York Road",
        "Springfield Road", "Grange Road",
    ],
    street_line: "{number} {street}",
    address_line: "{line}, {city} {postcode}",
    companies: &["{family} Ltd", "{family} plc", "{family} & Sons", "{family} and {family} Ltd", "{family} Group"],
    things: en_us::LOCALE.things,
    materials: en_us::LOCALE.materials,
    product: "{material} {thing}",
    words: &WORDS,
    countries: en_us::LOCALE.countries,
};
