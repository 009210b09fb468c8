//! French of France.

use super::table::{Locale, place};

#[rustfmt::skip]
pub static LOCALE: Locale = Locale {
    tag: "fr_FR",
    currency: ("EUR", 2),
    given: &[
        "Marie", "Jean", "Nathalie", "Pierre", "Isabelle", "Michel", "Sylvie", "Philippe", "Catherine", "Nicolas", "Émilie",
        "Julien", "Céline", "Thomas", "Aurélie", "Antoine", "Camille", "Hugo", "Léa", "Lucas", "Manon", "Louis", "Chloé",
        "Gabriel", "Inès", "Raphaël", "Jade", "Karim", "Fatima", "Théo", "Zoé", "François",
    ],
    family: &[
        "Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau", "Laurent", "Simon", "Michel",
        "Lefèvre", "Leroy", "Roux", "David", "Bertrand", "Morel", "Fournier", "Girard", "Bonnet", "Dupont", "Lambert",
        "Fontaine", "Rousseau", "Vincent", "Müller", "Lefebvre", "Faure", "André", "Mercier", "Blanc",
    ],
    name: "{given} {family}",
    places: &[
        place("Paris", "Île-de-France", "7500%"), place("Marseille", "Provence-Alpes-Côte d'Azur", "1300%"),
        place("Lyon", "Auvergne-Rhône-Alpes", "6900%"), place("Toulouse", "Occitanie", "31000"),
        place("Nice", "Provence-Alpes-Côte d'Azur", "06000"), place("Nantes", "Pays de la Loire", "44000"),
        place("Strasbourg", "Grand Est", "67000"), place("Montpellier", "Occitanie", "34000"),
        place("Bordeaux", "Nouvelle-Aquitaine", "33000"), place("Lille", "Hauts-de-France", "59000"),
        place("Rennes", "Bretagne", "35000"), place("Reims", "Grand Est", "51100"),
        place("Grenoble", "Auvergne-Rhône-Alpes", "38000"), place("Dijon", "Bourgogne-Franche-Comté", "21000"),
        place("Angers", "Pays de la Loire", "49000"), place("Tours", "Centre-Val de Loire", "37000"),
    ],
    streets: &[
        "rue de l'Église", "place de la Mairie", "rue Pasteur", "rue Victor Hugo", "avenue de la République", "rue du Moulin",
        "rue des Écoles", "rue de la Gare", "boulevard Voltaire", "rue Jean Jaurès", "rue du Château", "chemin des Vignes",
        "rue de la Fontaine", "impasse des Lilas", "quai de la Loire", "rue Nationale",
    ],
    street_line: "{number} {street}",
    address_line: "{line}, {postcode} {city}",
    companies: &["{family} SARL", "{family} SA", "{family} et Fils", "{family} et {family}", "Établissements {family}"],
    things: &[
        "Chemise", "Chaise", "Table", "Lampe", "Tasse", "Sac", "Montre", "Étagère", "Bol", "Veste", "Stylo", "Boîte", "Horloge",
        "Plateau", "Ceinture", "Cadre",
    ],
    materials: &["coton", "bois", "acier", "cuir", "verre", "céramique", "lin", "bambou"],
    product: "{thing} en {material}",
    words: &[
        "ami", "année", "arbre", "automne", "bateau", "bois", "bord", "bouche", "boulanger", "café", "campagne", "carte",
        "chanson", "chemin", "ciel", "clé", "coin", "couleur", "cuisine", "demain", "école", "église", "enfant", "été",
        "étoile", "famille", "fenêtre", "feu", "feuille", "fleur", "forêt", "fruit", "gare", "herbe", "heure", "histoire",
        "hiver", "île", "image", "jardin", "jour", "lampe", "lettre", "livre", "lumière", "lune", "main", "maison", "marché",
        "matin", "mer", "minute", "monde", "montagne", "mot", "musique", "neige", "nom", "nuage", "nuit", "oiseau", "ombre",
        "pain", "papier", "pays", "pierre", "place", "plage", "pluie", "pont", "port", "porte", "printemps", "question",
        "rivière", "route", "rue", "sable", "sel", "semaine", "soir", "soleil", "table", "terre", "train", "vallée", "vent",
        "ville", "voix", "voyage",
    ],
    countries: [
        "États-Unis", "Royaume-Uni", "Allemagne", "France", "Espagne", "Italie", "Brésil", "Pays-Bas", "Japon", "Inde",
        "Mexique", "Canada", "Australie", "Pologne", "Suède", "Afrique du Sud",
    ],
};
