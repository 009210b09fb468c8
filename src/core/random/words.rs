//! Names and words, plain ASCII so that they are safe in addresses. A change here changes what a seed means.

/// From many countries.
#[rustfmt::skip]
pub(crate) const GIVEN_NAMES: [&str; 109] = [
    "Ada", "Adam", "Aisha", "Alan", "Alice", "Amara", "Amir", "Ana", "Andrei", "Anna", "Anton",
    "Arjun", "Astrid", "Ayumi", "Beatriz", "Ben", "Bianca", "Boris", "Bruno", "Camila", "Carl",
    "Carmen", "Chen", "Chloe", "Clara", "Daniel", "Daria", "David", "Diego", "Dina", "Edgar",
    "Elena", "Elias", "Elif", "Emil", "Emma", "Erik", "Esther", "Eva", "Fatima", "Felix", "Fiona",
    "Frank", "Frida", "Gabriel", "Grace", "Greta", "Hana", "Hans", "Hassan", "Helen", "Hugo",
    "Ida", "Igor", "Ines", "Iris", "Isaac", "Ivan", "Jack", "Jan", "Jana", "Jin", "Jonas",
    "Jorge", "Julia", "Kai", "Karim", "Kate", "Kofi", "Lars", "Laura", "Lea", "Leo", "Lina",
    "Luca", "Lucy", "Maja", "Marco", "Maria", "Martin", "Maya", "Mei", "Mila", "Nadia", "Nils",
    "Nina", "Noah", "Nora", "Olga", "Omar", "Oscar", "Otto", "Paul", "Petra", "Priya", "Rafael",
    "Rosa", "Ruth", "Samir", "Sara", "Sofia", "Stefan", "Tara", "Theo", "Tom", "Vera", "Viktor",
    "Yuki", "Zoe",
];

/// From many countries.
#[rustfmt::skip]
pub(crate) const FAMILY_NAMES: [&str; 120] = [
    "Abe", "Adams", "Ahmed", "Allen", "Almeida", "Andersson", "Baker", "Becker", "Bell",
    "Bianchi", "Brown", "Campos", "Carter", "Castro", "Chen", "Clark", "Cohen", "Costa", "Cruz",
    "Dahl", "Davies", "Diaz", "Dubois", "Eriksen", "Evans", "Fischer", "Flores", "Foster",
    "Fuchs", "Garcia", "Gomez", "Gray", "Green", "Gupta", "Haas", "Hall", "Hansen", "Harris",
    "Hassan", "Hill", "Hoffmann", "Horvat", "Hughes", "Ibrahim", "Ito", "Jansen", "Johnson",
    "Jones", "Kaya", "Keller", "Kelly", "Khan", "Kim", "King", "Klein", "Kovacs", "Kumar", "Lang",
    "Larsen", "Lee", "Lewis", "Li", "Lima", "Lopez", "Martin", "Mendes", "Meyer", "Miller",
    "Mori", "Murphy", "Nagy", "Nguyen", "Nielsen", "Novak", "Okafor", "Olsen", "Ortiz", "Owen",
    "Park", "Patel", "Perez", "Peters", "Petrov", "Popov", "Quinn", "Ramos", "Reed", "Reyes",
    "Ricci", "Rivera", "Rossi", "Roy", "Sato", "Schmidt", "Schulz", "Shah", "Silva", "Singh",
    "Smith", "Sousa", "Stone", "Suzuki", "Tanaka", "Taylor", "Torres", "Turner", "Vargas",
    "Vogel", "Wagner", "Walker", "Wang", "Weber", "White", "Wilson", "Wood", "Wright", "Yamada",
    "Yilmaz", "Young", "Zhang",
];

/// Common English words, at least two letters each.
#[rustfmt::skip]
pub(crate) const WORDS: [&str; 333] = [
    "able", "about", "above", "across", "after", "again", "air", "all", "almost", "along",
    "already", "also", "always", "among", "answer", "apple", "around", "ask", "autumn", "away",
    "back", "bank", "basket", "bird", "black", "blue", "board", "boat", "book", "both", "bread",
    "bridge", "bright", "bring", "brother", "build", "busy", "buy", "call", "camera", "cause",
    "chair", "change", "city", "clear", "close", "cloud", "coast", "coffee", "cold", "colour",
    "come", "corner", "could", "cover", "dark", "day", "deep", "different", "door", "draw",
    "dream", "drive", "early", "earth", "east", "easy", "edge", "eight", "empty", "enough",
    "evening", "every", "example", "eye", "face", "family", "far", "farm", "fast", "field",
    "fill", "find", "fire", "first", "fish", "five", "floor", "flower", "follow", "forest",
    "found", "four", "free", "fresh", "friend", "from", "garden", "gate", "gentle", "give",
    "glass", "gold", "good", "grass", "great", "green", "group", "grow", "half", "hand", "happy",
    "hard", "harbour", "head", "hear", "heavy", "help", "here", "high", "hill", "hold", "home",
    "hour", "house", "idea", "inside", "island", "join", "journey", "keep", "kind", "kitchen",
    "know", "lamp", "land", "large", "last", "late", "laugh", "learn", "leave", "left", "letter",
    "light", "line", "listen", "little", "long", "look", "lost", "loud", "low", "make", "many",
    "map", "market", "maybe", "meet", "middle", "mile", "mind", "money", "month", "moon", "more",
    "morning", "most", "mountain", "move", "much", "music", "name", "near", "never", "new",
    "next", "night", "north", "note", "number", "ocean", "often", "old", "once", "open", "orange",
    "other", "outside", "over", "own", "page", "paint", "paper", "part", "path", "people",
    "picture", "piece", "place", "plain", "plan", "plant", "play", "point", "quick", "quiet",
    "quite", "rain", "reach", "read", "ready", "real", "red", "rest", "right", "ring", "rise",
    "river", "road", "rock", "room", "round", "run", "safe", "sail", "salt", "same", "sand",
    "school", "sea", "second", "see", "seven", "several", "shape", "sharp", "shop", "shore",
    "short", "show", "side", "silver", "simple", "sister", "six", "sky", "sleep", "slow", "small",
    "smooth", "snow", "soft", "some", "song", "soon", "sound", "south", "space", "spring",
    "square", "stand", "star", "start", "station", "stay", "step", "still", "stone", "story",
    "street", "strong", "summer", "sun", "sure", "sweet", "table", "talk", "tall", "tea", "tell",
    "ten", "thank", "their", "then", "thing", "think", "three", "through", "time", "today",
    "together", "tomorrow", "town", "train", "travel", "tree", "true", "turn", "two", "under",
    "until", "use", "valley", "very", "view", "visit", "voice", "wait", "walk", "wall", "warm",
    "watch", "water", "way", "week", "well", "west", "while", "white", "wide", "wild", "wind",
    "window", "winter", "wood", "word", "work", "world", "write", "year", "yellow", "young",
];
