//! Portuguese of Brazil.

use super::table::{Locale, place};

#[rustfmt::skip]
pub static LOCALE: Locale = Locale {
    tag: "pt_BR",
    currency: ("BRL", 2),
    given: &[
        "Maria", "José", "Ana", "João", "Antônia", "Antônio", "Francisca", "Francisco", "Adriana", "Carlos", "Juliana", "Paulo",
        "Márcia", "Pedro", "Fernanda", "Lucas", "Patrícia", "Luiz", "Aline", "Marcos", "Camila", "Gabriel", "Amanda", "Rafael",
        "Bruna", "Daniel", "Jéssica", "Marcelo", "Letícia", "Bruno", "Conceição", "Eduardo",
    ],
    family: &[
        "Silva", "Santos", "Oliveira", "Souza", "Rodrigues", "Ferreira", "Alves", "Pereira", "Lima", "Gomes", "Costa", "Ribeiro",
        "Martins", "Carvalho", "Almeida", "Lopes", "Soares", "Fernandes", "Vieira", "Barbosa", "Rocha", "Dias", "Nascimento",
        "Andrade", "Moreira", "Nunes", "Marques", "Machado", "Mendes", "Freitas", "Araújo", "Gonçalves",
    ],
    name: "{given} {family}",
    places: &[
        place("São Paulo", "SP", "01###-###"), place("Rio de Janeiro", "RJ", "20###-###"),
        place("Belo Horizonte", "MG", "30###-###"), place("Salvador", "BA", "40###-###"),
        place("Fortaleza", "CE", "60###-###"), place("Brasília", "DF", "70###-###"), place("Curitiba", "PR", "80###-###"),
        place("Recife", "PE", "50###-###"), place("Porto Alegre", "RS", "90###-###"), place("Manaus", "AM", "690##-###"),
        place("Belém", "PA", "66###-###"), place("Goiânia", "GO", "74###-###"), place("Campinas", "SP", "130##-###"),
        place("Florianópolis", "SC", "880##-###"), place("Natal", "RN", "590##-###"), place("Vitória", "ES", "290##-###"),
    ],
    streets: &[
        "Rua das Flores", "Avenida Brasil", "Rua São João", "Rua Sete de Setembro", "Avenida Paulista", "Rua Tiradentes",
        "Rua Santos Dumont", "Travessa da Paz", "Rua Quinze de Novembro", "Avenida Getúlio Vargas", "Rua Dom Pedro II",
        "Rua da Praia", "Alameda dos Anjos", "Rua Rui Barbosa", "Praça da Sé", "Rua São José",
    ],
    street_line: "{street}, {number}",
    address_line: "{line}, {city} - {region}, {postcode}",
    companies: &["{family} Ltda.", "{family} S.A.", "{family} e Filhos", "{family} e {family} Ltda.", "Grupo {family}"],
    things: &[
        "Camisa", "Cadeira", "Mesa", "Luminária", "Caneca", "Bolsa", "Relógio", "Estante", "Tigela", "Jaqueta", "Caneta",
        "Caixa", "Bandeja", "Moldura", "Cinto", "Jarra",
    ],
    materials: &["algodão", "madeira", "aço", "couro", "vidro", "cerâmica", "linho", "bambu"],
    product: "{thing} de {material}",
    words: &[
        "abrigo", "água", "alegre", "alto", "amanhã", "amigo", "ano", "areia", "árvore", "azul", "barco", "bom", "bonito",
        "branco", "café", "caixa", "calor", "caminho", "campo", "canção", "carta", "casa", "cedo", "céu", "chave", "chuva",
        "cidade", "claro", "coração", "costa", "cozinha", "dia", "doce", "escola", "estrela", "família", "feira", "feliz",
        "festa", "flor", "floresta", "fogo", "folha", "fonte", "frio", "fruta", "gato", "grande", "história", "hora", "ilha",
        "inverno", "jardim", "janela", "lago", "leve", "livro", "lua", "luz", "mão", "mapa", "mar", "mercado", "mesa", "montanha",
        "mundo", "música", "navio", "noite", "nome", "nuvem", "outono", "palavra", "pão", "papel", "pedra", "ponte", "porta",
        "porto", "praça", "praia", "rede", "rio", "rua", "sal", "serra", "sol", "sombra", "sonho", "tarde", "tempo", "terra",
        "trem", "vale", "vento", "verão", "verde", "viagem", "vila", "voz",
    ],
    countries: [
        "Estados Unidos", "Reino Unido", "Alemanha", "França", "Espanha", "Itália", "Brasil", "Países Baixos", "Japão", "Índia",
        "México", "Canadá", "Austrália", "Polônia", "Suécia", "África do Sul",
    ],
};
