//! Spanish of Spain.

use super::table::{Locale, place};

#[rustfmt::skip]
pub static LOCALE: Locale = Locale {
    tag: "es_ES",
    currency: ("EUR", 2),
    given: &[
        "María", "Antonio", "Carmen", "José", "Ana", "Manuel", "Isabel", "Francisco", "Laura", "David", "Cristina", "Juan",
        "Marta", "Javier", "Lucía", "Daniel", "Elena", "Carlos", "Pilar", "Jesús", "Sara", "Alejandro", "Paula", "Miguel",
        "Raquel", "Rafael", "Sofía", "Pablo", "Beatriz", "Sergio", "Nuria", "Íñigo",
    ],
    family: &[
        "García", "Rodríguez", "González", "Fernández", "López", "Martínez", "Sánchez", "Pérez", "Gómez", "Martín", "Jiménez",
        "Ruiz", "Hernández", "Díaz", "Moreno", "Muñoz", "Álvarez", "Romero", "Alonso", "Gutiérrez", "Navarro", "Torres",
        "Domínguez", "Vázquez", "Ramos", "Gil", "Ramírez", "Serrano", "Blanco", "Molina", "Castro", "Ibáñez",
    ],
    name: "{given} {family} {family}",
    places: &[
        place("Madrid", "Madrid", "280##"), place("Barcelona", "Barcelona", "080##"), place("Valencia", "Valencia", "460##"),
        place("Sevilla", "Sevilla", "410##"), place("Zaragoza", "Zaragoza", "500##"), place("Málaga", "Málaga", "290##"),
        place("Murcia", "Murcia", "300##"), place("Palma", "Illes Balears", "070##"), place("Bilbao", "Bizkaia", "480##"),
        place("Alicante", "Alicante", "030##"), place("Córdoba", "Córdoba", "140##"),
        place("Valladolid", "Valladolid", "470##"), place("Vigo", "Pontevedra", "362##"), place("Gijón", "Asturias", "332##"),
        place("Granada", "Granada", "180##"), place("Oviedo", "Asturias", "330##"),
    ],
    streets: &[
        "Calle Mayor", "Calle Real", "Plaza de España", "Avenida de la Constitución", "Calle Nueva", "Calle del Sol",
        "Calle de la Iglesia", "Paseo Marítimo", "Calle Cervantes", "Ronda de Toledo", "Calle del Carmen", "Calle San Juan",
        "Avenida de Andalucía", "Calle de la Fuente", "Travesía del Río", "Calle Goya",
    ],
    street_line: "{street}, {number}",
    address_line: "{line}, {postcode} {city} ({region})",
    companies: &["{family} S.L.", "{family} S.A.", "{family} e Hijos", "{family} y {family} S.L.", "Grupo {family}"],
    things: &[
        "Camisa", "Silla", "Mesa", "Lámpara", "Taza", "Bolsa", "Caja", "Estantería", "Cuenco", "Chaqueta", "Pluma", "Bandeja",
        "Reloj", "Marco", "Cinturón", "Jarra",
    ],
    materials: &["algodón", "madera", "acero", "cuero", "vidrio", "cerámica", "lino", "bambú"],
    product: "{thing} de {material}",
    words: &[
        "abril", "agua", "aire", "alegre", "amigo", "año", "árbol", "arena", "azul", "barco", "blanco", "boca", "bosque",
        "bueno", "caja", "calle", "cama", "camino", "campo", "canción", "carta", "casa", "cielo", "ciudad", "claro", "cocina",
        "color", "comida", "corazón", "costa", "día", "dulce", "espejo", "estrella", "familia", "feliz", "fiesta", "flor",
        "fruta", "fuego", "fuente", "gato", "grande", "hoja", "hora", "invierno", "isla", "jardín", "lago", "lento", "letra",
        "libro", "luna", "luz", "madera", "mano", "mañana", "mapa", "mar", "mercado", "mesa", "mundo", "música", "nieve",
        "noche", "nombre", "nube", "otoño", "palabra", "pan", "papel", "paseo", "perro", "piedra", "playa", "plaza", "pueblo",
        "puente", "puerta", "río", "rojo", "sal", "sol", "sombra", "sueño", "tarde", "tierra", "tren", "valle", "ventana",
        "verano", "viaje", "viento", "voz",
    ],
    countries: [
        "Estados Unidos", "Reino Unido", "Alemania", "Francia", "España", "Italia", "Brasil", "Países Bajos", "Japón", "India",
        "México", "Canadá", "Australia", "Polonia", "Suecia", "Sudáfrica",
    ],
};
