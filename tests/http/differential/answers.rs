//! Answers drawn at random, well-formed but for one quirk at most.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// One thing that is odd about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quirk {
    None,
    /// Interim answers come first.
    Interim,
    /// It ends before its end.
    CutShort,
    /// Bytes come behind its end.
    Leftover,
    EmptyLinesFirst,
    Folded,
    BlankBeforeColon,
    OddName,
    ControlInValue,
    BareCr,
    OddVersion,
    LaterVersion,
    OddStatus,
    Switching,
    SameLengthTwice,
    LengthList,
    TwoLengths,
    NoLength,
    LengthAndChunked,
    ChunkedInHttp10,
    CodingBeforeChunked,
    CodingBehindChunked,
    UnknownCoding,
    Identity,
    OddChunkSize,
    HugeChunkSize,
    LfBehindChunkSize,
    NoCrlfBehindChunk,
}

impl Quirk {
    pub const ALL: [Self; 28] = [
        Self::None,
        Self::Interim,
        Self::CutShort,
        Self::Leftover,
        Self::EmptyLinesFirst,
        Self::Folded,
        Self::BlankBeforeColon,
        Self::OddName,
        Self::ControlInValue,
        Self::BareCr,
        Self::OddVersion,
        Self::LaterVersion,
        Self::OddStatus,
        Self::Switching,
        Self::SameLengthTwice,
        Self::LengthList,
        Self::TwoLengths,
        Self::NoLength,
        Self::LengthAndChunked,
        Self::ChunkedInHttp10,
        Self::CodingBeforeChunked,
        Self::CodingBehindChunked,
        Self::UnknownCoding,
        Self::Identity,
        Self::OddChunkSize,
        Self::HugeChunkSize,
        Self::LfBehindChunkSize,
        Self::NoCrlfBehindChunk,
    ];
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length,
    Chunked,
    Close,
}

/// An answer, the pieces in which it is written, and whether the connection may stay.
pub struct Answer {
    pub quirk: Quirk,
    pub bytes: Vec<u8>,
    pub pieces: Vec<usize>,
    pub stays: bool,
}

/// Answer number `seed`: the same in every run.
pub fn answer(seed: u64) -> Answer {
    let mut random = StdRng::seed_from_u64(seed);
    let quirk = match random.random_range(0..3) {
        0 => Quirk::None,
        _ => Quirk::ALL[random.random_range(0..Quirk::ALL.len())],
    };
    let mut draft = Draft::new(&mut random, quirk);
    let bytes = draft.write(&mut random);
    let mut pieces = Vec::new();
    if random.random_bool(0.5) {
        let count = random.random_range(1..12);
        pieces = (0..count)
            .map(|_| random.random_range(0..=bytes.len()))
            .collect();
        pieces.sort_unstable();
    }
    let whole = !matches!(quirk, Quirk::CutShort | Quirk::Leftover);
    Answer {
        stays: whole && draft.framing != Framing::Close && !draft.closes,
        quirk,
        bytes,
        pieces,
    }
}

struct Draft {
    quirk: Quirk,
    framing: Framing,
    closes: bool,
    status: u16,
    body: Vec<u8>,
    end: &'static str,
}

impl Draft {
    fn new(random: &mut StdRng, quirk: Quirk) -> Self {
        use Quirk::*;
        let length = random.random_range(0..3_000);
        let body: Vec<u8> = (0..length).map(|_| random.random()).collect();
        let framing = match quirk {
            SameLengthTwice | LengthList | TwoLengths | NoLength => Framing::Length,
            LengthAndChunked | ChunkedInHttp10 | CodingBeforeChunked | OddChunkSize
            | HugeChunkSize | LfBehindChunkSize | NoCrlfBehindChunk => Framing::Chunked,
            CodingBehindChunked | UnknownCoding | Identity => Framing::Close,
            _ => [Framing::Length, Framing::Chunked, Framing::Close][random.random_range(0..3)],
        };
        // Statuses without a body leave its framing without a meaning.
        let statuses: &[u16] = match quirk {
            None | Interim | Leftover | EmptyLinesFirst => &[
                200, 201, 204, 206, 304, 400, 404, 418, 429, 500, 503, 599, 799,
            ],
            _ => &[200, 404, 500],
        };
        Self {
            quirk,
            framing,
            closes: framing == Framing::Close || random.random_bool(0.3),
            status: statuses[random.random_range(0..statuses.len())],
            body,
            end: ["\r\n", "\n"][usize::from(random.random_bool(0.2))],
        }
    }

    fn write(&mut self, random: &mut StdRng) -> Vec<u8> {
        use Quirk::*;
        let end = self.end;
        let mut head = String::new();
        match self.quirk {
            Interim => {
                for _ in 0..random.random_range(1..5) {
                    let status = [100, 102, 103][random.random_range(0..3)];
                    head.push_str(&format!("HTTP/1.1 {status} Soon{end}Link: </a>{end}{end}"));
                }
            }
            EmptyLinesFirst => head.push_str(&end.repeat(random.random_range(1..4))),
            _ => {}
        }
        head.push_str(&self.status_line(random));
        head.push_str(end);
        for line in self.fields(random) {
            head.push_str(&line);
            head.push_str(end);
        }
        head.push_str(end);
        let mut bytes = head.into_bytes();
        if !matches!(self.status, 204 | 304) {
            match self.framing {
                Framing::Chunked => self.chunks(random, &mut bytes),
                _ => bytes.extend_from_slice(&self.body),
            }
        }
        match self.quirk {
            CutShort => bytes.truncate(random.random_range(0..bytes.len())),
            Leftover => bytes.extend_from_slice(b"HTTP/1.1 200 OK\r\n\r\n"),
            _ => {}
        }
        bytes
    }

    fn status_line(&self, random: &mut StdRng) -> String {
        let version = match self.quirk {
            Quirk::OddVersion => {
                ["HTTP/1.10", "HTTP/2.0", "http/1.1", "ICY"][random.random_range(0..4)]
            }
            Quirk::LaterVersion => ["HTTP/1.2", "HTTP/1.9"][random.random_range(0..2)],
            Quirk::ChunkedInHttp10 => "HTTP/1.0",
            // A coding in 1.0 is a quirk of its own.
            Quirk::CodingBehindChunked | Quirk::UnknownCoding | Quirk::Identity => "HTTP/1.1",
            _ if self.framing != Framing::Chunked && random.random_bool(0.2) => "HTTP/1.0",
            _ => "HTTP/1.1",
        };
        let status = match self.quirk {
            Quirk::OddStatus => {
                ["099", "20", "2000", "2x0", ""][random.random_range(0..5)].to_owned()
            }
            Quirk::Switching => "101".to_owned(),
            _ => self.status.to_string(),
        };
        let reason = [" OK", " ", "", " Not So \u{e9}"][random.random_range(0..4)];
        format!("{version} {status}{reason}")
    }

    fn fields(&self, random: &mut StdRng) -> Vec<String> {
        use Quirk::*;
        let mut lines = Vec::new();
        for number in 0..random.random_range(0..40) {
            let space = [" ", "", "  ", "\t"][random.random_range(0..4)];
            let value =
                ["", "a", "a b\tc", "x,y; z=\"1\"", "\u{e9}", "a:b"][random.random_range(0..6)];
            let name = ["X-Field", "x-fIELD", "!#$%&'*+-.^_`|~1"][random.random_range(0..3)];
            lines.push(format!("{name}-{}:{space}{value}{space}", number % 7));
        }
        let length = self.body.len();
        let odd = match self.quirk {
            Folded => "X-Odd: a\r\n b",
            BlankBeforeColon => "X-Odd : a",
            OddName => {
                ["X Odd: a", ": a", "X-\u{e9}: a", "no colon", "X(1): a"][random.random_range(0..5)]
            }
            ControlInValue => {
                ["X-Odd: a\0b", "X-Odd: a\x01b", "X-Odd: \x7f"][random.random_range(0..3)]
            }
            BareCr => "X-Odd: a\rb",
            _ => "",
        };
        if !odd.is_empty() {
            lines.push(odd.to_owned());
        }
        if self.closes {
            lines.push("Connection: close".to_owned());
        }
        match self.framing {
            Framing::Length => lines.push(format!("content-LENGTH: {length}")),
            Framing::Chunked => lines.push("Transfer-Encoding: Chunked".to_owned()),
            Framing::Close => {}
        }
        let framing = match self.quirk {
            SameLengthTwice => format!("Content-Length: {length}"),
            TwoLengths => format!("Content-Length: {}", length + 1),
            LengthAndChunked => format!("Content-Length: {length}"),
            CodingBehindChunked => "Transfer-Encoding: chunked, gzip".to_owned(),
            UnknownCoding => "Transfer-Encoding: gzip".to_owned(),
            Identity => "Transfer-Encoding: identity".to_owned(),
            _ => String::new(),
        };
        if !framing.is_empty() {
            lines.push(framing);
        }
        let wrong = ["-1", "+3", "0x3", "", "3 3", "99999999999999999999"];
        for line in &mut lines {
            match self.quirk {
                LengthList if line.starts_with("content-L") => *line = format!("{line}, {length}"),
                NoLength if line.starts_with("content-L") => {
                    *line = format!(
                        "Content-Length: {}",
                        wrong[random.random_range(0..wrong.len())]
                    );
                }
                CodingBeforeChunked if line.starts_with("Transfer") => {
                    *line = "Transfer-Encoding: gzip, chunked".to_owned();
                }
                _ => {}
            }
        }
        // Where a field stands must not matter.
        for from in (1..lines.len()).rev() {
            lines.swap(from, random.random_range(0..=from));
        }
        lines
    }

    fn chunks(&self, random: &mut StdRng, bytes: &mut Vec<u8>) {
        use Quirk::*;
        let mut rest = &self.body[..];
        // A quirk of the chunks needs one.
        let filler = [b'x'; 5];
        if rest.is_empty() {
            rest = &filler;
        }
        let mut quirk = Some(self.quirk);
        while !rest.is_empty() {
            let (chunk, behind) = rest.split_at(random.random_range(1..=rest.len()));
            let size = chunk.len();
            let now = quirk.filter(|_| behind.is_empty() || random.random_bool(0.5));
            let size = match now {
                Some(OddChunkSize) => ["", "x", "-1", "+1", "0x5", " 5", "5 x", "5\t5"]
                    [random.random_range(0..8)]
                .to_owned(),
                Some(HugeChunkSize) => "11111111111111111".to_owned(),
                _ => match random.random_range(0..3) {
                    0 => format!("{size:x}"),
                    1 => format!("{size:X}"),
                    _ => format!("{size:06x}"),
                },
            };
            let extension = ["", "", ";a=b", ";a=\"b;c\"", "  "][random.random_range(0..5)];
            let end = if now == Some(LfBehindChunkSize) {
                "\n"
            } else {
                "\r\n"
            };
            bytes.extend_from_slice(format!("{size}{extension}{end}").as_bytes());
            bytes.extend_from_slice(chunk);
            if now != Some(NoCrlfBehindChunk) {
                bytes.extend_from_slice(b"\r\n");
            }
            if now.is_some() {
                quirk = Option::None;
            }
            rest = behind;
        }
        bytes.extend_from_slice(b"0\r\n");
        for _ in 0..random.random_range(0..3) {
            bytes.extend_from_slice(b"X-Trailer: 1\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
    }
}
