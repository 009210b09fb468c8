//! German of Germany.

use super::table::{Locale, place};

#[rustfmt::skip]
pub static LOCALE: Locale = Locale {
    tag: "de_DE",
    currency: ("EUR", 2),
    given: &[
        "Anna", "Peter", "Sabine", "Michael", "Petra", "Thomas", "Monika", "Andreas", "Claudia", "Wolfgang", "Susanne", "Klaus",
        "Birgit", "Jürgen", "Katrin", "Stefan", "Julia", "Christian", "Lena", "Uwe", "Jan", "Lea", "Felix", "Hannah", "Lukas",
        "Mia", "Jonas", "Sophie", "Günther", "Ayşe", "Mehmet", "Käthe",
    ],
    family: &[
        "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Hoffmann", "Schäfer",
        "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann", "Braun", "Krüger",
        "Hofmann", "Hartmann", "Lange", "Schmitt", "Werner", "Krause", "Lehmann", "Köhler", "Yılmaz", "Weiß",
    ],
    name: "{given} {family}",
    places: &[
        place("Berlin", "Berlin", "10###"), place("Hamburg", "Hamburg", "20###"), place("München", "Bayern", "80###"),
        place("Köln", "Nordrhein-Westfalen", "50###"), place("Frankfurt am Main", "Hessen", "60###"),
        place("Stuttgart", "Baden-Württemberg", "70###"), place("Düsseldorf", "Nordrhein-Westfalen", "40###"),
        place("Leipzig", "Sachsen", "04###"), place("Dortmund", "Nordrhein-Westfalen", "44###"),
        place("Essen", "Nordrhein-Westfalen", "45###"), place("Bremen", "Bremen", "28###"),
        place("Dresden", "Sachsen", "01###"), place("Hannover", "Niedersachsen", "30###"),
        place("Nürnberg", "Bayern", "90###"), place("Freiburg im Breisgau", "Baden-Württemberg", "79###"),
        place("Kiel", "Schleswig-Holstein", "24###"),
    ],
    streets: &[
        "Hauptstraße", "Schulstraße", "Gartenstraße", "Bahnhofstraße", "Dorfstraße", "Bergstraße", "Lindenstraße",
        "Birkenweg", "Kirchstraße", "Waldstraße", "Ringstraße", "Amselweg", "Wiesenstraße", "Schillerstraße",
        "Goethestraße", "Am Markt",
    ],
    street_line: "{street} {number}",
    address_line: "{line}, {postcode} {city}",
    companies: &["{family} GmbH", "{family} AG", "{family} & Söhne", "{family} und {family} OHG", "{family} KG"],
    things: &[
        "Hemd", "Stuhl", "Tisch", "Lampe", "Becher", "Tasche", "Uhr", "Regal", "Schale", "Jacke", "Stift", "Kiste", "Dose",
        "Tablett", "Gürtel", "Rahmen",
    ],
    materials: &["Baumwolle", "Holz", "Stahl", "Leder", "Glas", "Keramik", "Leinen", "Bambus"],
    product: "{thing} aus {material}",
    words: &[
        "Abend", "Anfang", "Arbeit", "Auge", "Baum", "Berg", "Bild", "Blume", "Brief", "Brot", "Brücke", "Buch", "Dorf", "Ende",
        "Erde", "Fenster", "Feuer", "Fluss", "Frage", "Freund", "Garten", "Glas", "Gold", "Hafen", "Hand", "Haus", "Herbst",
        "Himmel", "Hof", "Insel", "Jahr", "Karte", "Küche", "Küste", "Lampe", "Land", "Licht", "Lied", "Markt", "Meer", "Mond",
        "Morgen", "Nacht", "Name", "Norden", "Ort", "Papier", "Platz", "Regen", "Reise", "Ring", "Salz", "Sand", "Schiff",
        "Schnee", "Schule", "See", "Sommer", "Sonne", "Spiel", "Stadt", "Stein", "Stern", "Straße", "Tag", "Tal", "Tee", "Tier",
        "Tisch", "Tor", "Traum", "Tür", "Ufer", "Uhr", "Wald", "Wasser", "Weg", "Welt", "Wind", "Winter", "Woche", "Wolke",
        "Wort", "Zahl", "Zeit", "Zug",
    ],
    countries: [
        "Vereinigte Staaten", "Vereinigtes Königreich", "Deutschland", "Frankreich", "Spanien", "Italien", "Brasilien",
        "Niederlande", "Japan", "Indien", "Mexiko", "Kanada", "Australien", "Polen", "Schweden", "Südafrika",
    ],
};
