//! The date of a cookie's `Expires`, in any form that browsers accept (RFC 6265bis, 5.1.1).

use time::{Date, Month, Time};

/// The first three letters of the months, from January.
const MONTHS: [&[u8; 3]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

/// What has been found so far; the first of each counts.
#[derive(Default)]
struct Found {
    time: Option<[u8; 3]>,
    day: Option<u8>,
    month: Option<u8>,
    year: Option<i32>,
}

/// Seconds since 1970, in UTC whatever zone the text names; none for an invalid date.
pub(crate) fn parse(text: &[u8]) -> Option<i64> {
    let mut found = Found::default();
    for token in text.split(|&byte| is_delimiter(byte)) {
        found.take(token);
    }
    let year = match found.year? {
        year @ 70..=99 => year + 1900,
        year @ 0..=69 => year + 2000,
        year => year,
    };
    if year < 1601 {
        return None;
    }
    let month = Month::try_from(found.month?).ok()?;
    let [hour, minute, second] = found.time?;
    let date = Date::from_calendar_date(year, month, found.day?).ok()?;
    let time = Time::from_hms(hour, minute, second).ok()?;
    Some(date.with_time(time).assume_utc().unix_timestamp())
}

impl Found {
    fn take(&mut self, token: &[u8]) {
        if self.time.is_none() {
            self.time = time(token);
            if self.time.is_some() {
                return;
            }
        }
        if self.day.is_none() {
            self.day = number(token, 1, 2).and_then(|day| u8::try_from(day).ok());
            if self.day.is_some() {
                return;
            }
        }
        if self.month.is_none() {
            self.month = month(token);
            if self.month.is_some() {
                return;
            }
        }
        if self.year.is_none() {
            self.year = number(token, 2, 4);
        }
    }
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x20..=0x2f | 0x3b..=0x40 | 0x5b..=0x60 | 0x7b..=0x7e)
}

/// So many digits, followed by the end or a non-digit: `1st`.
fn number(token: &[u8], least: usize, most: usize) -> Option<i32> {
    let digits = token.iter().take_while(|byte| byte.is_ascii_digit());
    let count = digits.count();
    if !(least..=most).contains(&count) {
        return None;
    }
    let digits = token[..count].iter();
    Some(digits.fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0')))
}

/// `7:05:9`, followed by the end or a non-digit.
fn time(token: &[u8]) -> Option<[u8; 3]> {
    let mut fields = token.splitn(3, |&byte| byte == b':');
    let (hour, minute, second) = (fields.next()?, fields.next()?, fields.next()?);
    let whole = |field: &[u8]| {
        let is_number = field.iter().all(u8::is_ascii_digit);
        number(field, 1, 2).filter(|_| is_number)
    };
    let all = [whole(hour)?, whole(minute)?, number(second, 1, 2)?];
    let [hour, minute, second] = all.map(|field| u8::try_from(field).unwrap_or(u8::MAX));
    Some([hour, minute, second])
}

fn month(token: &[u8]) -> Option<u8> {
    let begin = token.get(..3)?;
    let index = MONTHS
        .iter()
        .position(|month| begin.eq_ignore_ascii_case(*month))?;
    u8::try_from(index + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_date_is_read_in_any_form() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 1 Jan 1970 00:00:00 GMT", 0),
            ("Thursday, 01-Jan-70 00:00:00 UTC", 0),
            ("Thu Jan  1 00:00:00 1970", 0),
            ("01 1970 jan 0:0:0", 0),
            // Two digits are a year as soon as there is a day.
            ("01 01 1970 jan 0:0:0", 978_307_200),
            ("1970 january 1st 00:00:00abc", 0),
            ("Tue, 5 Mar 2030 7:8:9 -0800 (PST)", 1_898_924_889),
            ("2030 mar 05 07:08:09", 1_898_924_889),
            ("05-MAR-30_07:08:09", 1_898_924_889),
            ("Tue\t05;Mar/2030@07:08:09~", 1_898_924_889),
            ("29 Feb 2024 23:59:59", 1_709_251_199),
            ("31 Dec 1969 23:59:59", -1),
            ("1 Jan 1601 00:00:00", -11_644_473_600),
            ("31 Dec 9999 23:59:59", 253_402_300_799),
            ("1 Jan 70 00:00:00", 0),
            ("1 Jan 69 00:00:00", 3_124_224_000),
            ("1 Jan 00 00:00:00", 946_684_800),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(seconds), "{text}");
        }
        // The first of each counts.
        assert_eq!(parse(b"1 Jan Feb 1970 1971 00:00:00 11:11:11"), Some(0));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "0",
            "tomorrow",
            "Thu, 01 Jan 1970",
            "Thu, 01 Jan 00:00:00",
            "01 1970 00:00:00",
            "Jan 1970 00:00:00",
            "30 Feb 2024 00:00:00",
            "29 Feb 2023 00:00:00",
            "32 Jan 2024 00:00:00",
            "0 Jan 2024 00:00:00",
            "1 Jan 1600 00:00:00",
            "1 Jan 20240 00:00:00",
            "1 Jan 2024 24:00:00",
            "1 Jan 2024 00:60:00",
            "1 Jan 2024 00:00:60",
            "1 Jan 2024 00:00",
            "1 Jan 2024 00: 00:00",
            "1 Jan 2024 000:00:00",
            "1 Jän 2024 00:00:00",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
