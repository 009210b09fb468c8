//! Dutch of the Netherlands.

use super::table::{Locale, place};

#[rustfmt::skip]
pub static LOCALE: Locale = Locale {
    tag: "nl_NL",
    currency: ("EUR", 2),
    given: &[
        "Jan", "Maria", "Johannes", "Anna", "Pieter", "Johanna", "Willem", "Elisabeth", "Hendrik", "Cornelia", "Daan", "Emma",
        "Sem", "Julia", "Bram", "Sophie", "Lucas", "Tess", "Milan", "Lotte", "Thijs", "Sanne", "Ruben", "Fleur", "Lars", "Eva",
        "Joris", "Noor", "Sander", "Femke", "Jeroen", "Zoë",
    ],
    family: &[
        "de Jong", "Jansen", "de Vries", "van den Berg", "van Dijk", "Bakker", "Janssen", "Visser", "Smit", "Meijer", "de Boer",
        "Mulder", "de Groot", "Bos", "Vos", "Peters", "Hendriks", "van Leeuwen", "Dekker", "Brouwer", "de Wit", "Dijkstra",
        "Smits", "de Graaf", "van der Meer", "van der Linden", "Kok", "Jacobs", "de Haan", "Vermeulen", "van den Heuvel", "Schouten",
    ],
    name: "{given} {family}",
    places: &[
        place("Amsterdam", "Noord-Holland", "10%# @@"), place("Rotterdam", "Zuid-Holland", "30%# @@"),
        place("Den Haag", "Zuid-Holland", "25%# @@"), place("Utrecht", "Utrecht", "35%# @@"),
        place("Eindhoven", "Noord-Brabant", "56%# @@"), place("Groningen", "Groningen", "97%# @@"),
        place("Tilburg", "Noord-Brabant", "50%# @@"), place("Almere", "Flevoland", "13%# @@"),
        place("Breda", "Noord-Brabant", "48%# @@"), place("Nijmegen", "Gelderland", "65%# @@"),
        place("Haarlem", "Noord-Holland", "20%# @@"), place("Arnhem", "Gelderland", "68%# @@"),
        place("Leiden", "Zuid-Holland", "23%# @@"), place("Delft", "Zuid-Holland", "26%# @@"),
        place("Maastricht", "Limburg", "62%# @@"), place("Zwolle", "Overijssel", "80%# @@"),
    ],
    streets: &[
        "Kerkstraat", "Dorpsstraat", "Schoolstraat", "Molenweg", "Stationsweg", "Julianastraat", "Wilhelminastraat",
        "Nieuwstraat", "Kastanjelaan", "Beatrixstraat", "Hoofdstraat", "Lindelaan", "Marktplein", "Prinsengracht",
        "Parallelweg", "Industrieweg",
    ],
    street_line: "{street} {number}",
    address_line: "{line}, {postcode} {city}",
    companies: &["{family} B.V.", "{family} N.V.", "{family} en Zonen", "{family} & {family} V.O.F.", "{family} Groep"],
    things: &[
        "Overhemd", "Stoel", "Tafel", "Lamp", "Mok", "Tas", "Horloge", "Plank", "Schaal", "Jas", "Pen", "Doos", "Klok",
        "Dienblad", "Riem", "Lijst",
    ],
    materials: &["katoen", "hout", "staal", "leer", "glas", "keramiek", "linnen", "bamboe"],
    product: "{thing} van {material}",
    words: &[
        "aarde", "appel", "avond", "berg", "bloem", "boek", "boom", "boot", "bord", "brief", "brood", "brug", "dag", "dorp",
        "droom", "duin", "eiland", "familie", "feest", "fiets", "fles", "gras", "groen", "haven", "hemel", "herfst", "hond",
        "huis", "jaar", "kaart", "kamer", "kat", "kerk", "keuken", "kleur", "klok", "koffie", "kust", "laan", "land", "lente",
        "licht", "lied", "lucht", "maan", "markt", "meer", "melk", "molen", "morgen", "muziek", "naam", "nacht", "oever",
        "papier", "plein", "polder", "raam", "regen", "reis", "rivier", "school", "schip", "sneeuw", "stad", "steen", "ster",
        "straat", "strand", "tafel", "thee", "tijd", "toren", "trein", "tuin", "veld", "vis", "vogel", "vriend", "vuur",
        "wandeling", "water", "weer", "week", "weg", "wereld", "wind", "winkel", "winter", "wolk", "woord", "zand", "zee", "zomer",
        "zon", "zout",
    ],
    countries: [
        "Verenigde Staten", "Verenigd Koninkrijk", "Duitsland", "Frankrijk", "Spanje", "Italië", "Brazilië", "Nederland",
        "Japan", "India", "Mexico", "Canada", "Australië", "Polen", "Zweden", "Zuid-Afrika",
    ],
};
