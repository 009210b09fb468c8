//! English of the United States.

use super::table::{Locale, place};
use crate::random::words::WORDS;

#[rustfmt::skip]
pub static LOCALE: Locale = Locale {
    tag: "en_US",
    currency: ("USD", 2),
    given: &[
        "James", "Mary", "Robert", "Patricia", "John", "Jennifer", "Michael", "Linda", "David", "Elizabeth", "William",
        "Barbara", "Richard", "Susan", "Joseph", "Jessica", "Thomas", "Karen", "Christopher", "Sarah", "Charles", "Lisa",
        "Daniel", "Nancy", "Matthew", "Sandra", "Anthony", "Ashley", "Mark", "Emily", "Steven", "Kimberly",
    ],
    family: &[
        "Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "Rodriguez", "Martinez",
        "Hernandez", "Lopez", "Gonzalez", "Wilson", "Anderson", "Thomas", "Taylor", "Moore", "Jackson", "Martin", "Lee",
        "Perez", "Thompson", "White", "Harris", "Sanchez", "Clark", "Ramirez", "Lewis", "Robinson", "Walker", "Young",
    ],
    name: "{given} {family}",
    places: &[
        place("New York", "NY", "100##"), place("Los Angeles", "CA", "900##"), place("Chicago", "IL", "606##"),
        place("Houston", "TX", "770##"), place("Phoenix", "AZ", "850##"), place("Philadelphia", "PA", "191##"),
        place("San Antonio", "TX", "782##"), place("San Diego", "CA", "921##"), place("Dallas", "TX", "752##"),
        place("Seattle", "WA", "981##"), place("Denver", "CO", "802##"), place("Boston", "MA", "021##"),
        place("Portland", "OR", "972##"), place("Atlanta", "GA", "303##"), place("Miami", "FL", "331##"),
        place("Minneapolis", "MN", "554##"),
    ],
    streets: &[
        "Main Street", "Oak Avenue", "Maple Street", "Park Avenue", "Cedar Lane", "Elm Street", "Washington Street",
        "Lake Drive", "Hill Road", "Pine Street", "Sunset Boulevard", "Church Street", "River Road", "Spring Street",
        "Franklin Avenue", "Highland Avenue",
    ],
    street_line: "{number} {street}",
    address_line: "{line}, {city}, {region} {postcode}",
    companies: &["{family} Inc", "{family} LLC", "{family} & Sons", "{family} and {family}", "{family} Group"],
    things: &[
        "Shirt", "Chair", "Table", "Lamp", "Mug", "Bag", "Watch", "Shelf", "Bowl", "Jacket", "Pen", "Box", "Clock",
        "Tray", "Belt", "Frame",
    ],
    materials: &["Cotton", "Wooden", "Steel", "Leather", "Glass", "Ceramic", "Linen", "Bamboo"],
    product: "{material} {thing}",
    words: &WORDS,
    countries: [
        "United States", "United Kingdom", "Germany", "France", "Spain", "Italy", "Brazil", "Netherlands", "Japan",
        "India", "Mexico", "Canada", "Australia", "Poland", "Sweden", "South Africa",
    ],
};
