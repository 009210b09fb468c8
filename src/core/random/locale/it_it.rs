//! Italian of Italy.

use super::table::{Locale, place};

#[rustfmt::skip]
pub static LOCALE: Locale = Locale {
    tag: "it_IT",
    currency: ("EUR", 2),
    given: &[
        "Giuseppe", "Maria", "Giovanni", "Anna", "Antonio", "Rosa", "Mario", "Angela", "Luigi", "Giovanna", "Francesco",
        "Teresa", "Angelo", "Lucia", "Vincenzo", "Carmela", "Pietro", "Caterina", "Salvatore", "Francesca", "Carlo", "Elena",
        "Marco", "Chiara", "Andrea", "Giulia", "Matteo", "Sara", "Luca", "Martina", "Davide", "Niccolò",
    ],
    family: &[
        "Rossi", "Russo", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci", "Marino", "Greco", "Bruno", "Gallo",
        "Conti", "De Luca", "Mancini", "Costa", "Giordano", "Rizzo", "Lombardi", "Moretti", "Barbieri", "Fontana", "Santoro",
        "Mariani", "Rinaldi", "Caruso", "Ferrara", "Galli", "Martini", "Leone", "D'Angelo", "Longo",
    ],
    name: "{given} {family}",
    places: &[
        place("Roma", "RM", "001##"), place("Milano", "MI", "201##"), place("Napoli", "NA", "801##"),
        place("Torino", "TO", "101##"), place("Palermo", "PA", "901##"), place("Genova", "GE", "161##"),
        place("Bologna", "BO", "401##"), place("Firenze", "FI", "501##"), place("Bari", "BA", "701##"),
        place("Catania", "CT", "951##"), place("Venezia", "VE", "301##"), place("Verona", "VR", "371##"),
        place("Padova", "PD", "351##"), place("Trieste", "TS", "341##"), place("Parma", "PR", "431##"),
        place("Pisa", "PI", "561##"),
    ],
    streets: &[
        "Via Roma", "Via Garibaldi", "Via Mazzini", "Corso Italia", "Via Dante", "Piazza del Duomo", "Via Verdi",
        "Via Marconi", "Viale della Libertà", "Via Cavour", "Via Matteotti", "Via XX Settembre", "Piazza San Marco",
        "Via della Stazione", "Vicolo Stretto", "Via Manzoni",
    ],
    street_line: "{street}, {number}",
    address_line: "{line}, {postcode} {city} {region}",
    companies: &["{family} S.r.l.", "{family} S.p.A.", "{family} e Figli", "{family} & {family} S.n.c.", "Gruppo {family}"],
    things: &[
        "Camicia", "Sedia", "Tavolo", "Lampada", "Tazza", "Borsa", "Orologio", "Scaffale", "Ciotola", "Giacca", "Penna",
        "Scatola", "Vassoio", "Cornice", "Cintura", "Brocca",
    ],
    materials: &["cotone", "legno", "acciaio", "cuoio", "vetro", "ceramica", "lino", "bambù"],
    product: "{thing} di {material}",
    words: &[
        "acqua", "albero", "alto", "amico", "anno", "aria", "arte", "autunno", "azzurro", "barca", "bello", "bianco", "bosco",
        "buono", "caldo", "campo", "canto", "carta", "casa", "chiaro", "chiave", "cielo", "città", "colle", "colore", "costa",
        "cucina", "cuore", "dolce", "domani", "estate", "famiglia", "festa", "fiore", "fiume", "foglia", "fontana", "fuoco",
        "gatto", "giardino", "giorno", "inverno", "isola", "lago", "lettera", "libro", "luce", "luna", "mano", "mare",
        "mattina", "mercato", "mondo", "monte", "musica", "nave", "neve", "nome", "notte", "nuvola", "ombra", "onda", "ora",
        "pane", "parola", "paese", "piazza", "pietra", "pioggia", "ponte", "porta", "porto", "prato", "rosso", "sabbia", "sale",
        "scuola", "sera", "sogno", "sole", "stella", "storia", "strada", "tavola", "tempo", "terra", "treno", "valle", "vento",
        "verde", "viaggio", "villaggio", "vino", "voce",
    ],
    countries: [
        "Stati Uniti", "Regno Unito", "Germania", "Francia", "Spagna", "Italia", "Brasile", "Paesi Bassi", "Giappone", "India",
        "Messico", "Canada", "Australia", "Polonia", "Svezia", "Sudafrica",
    ],
};
