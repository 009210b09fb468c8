//! When sessions begin, such that their requests come when those of the log did.

use super::records::Log;
use super::sessions::Session;

/// Longest time after the start of a session that is looked at, in parts of a day.
const LONGEST_LAG: usize = 48;
/// Rounds of the estimate: few, since each follows the chance of single sessions more closely.
const ROUNDS: usize = 25;

/// The parts of the days that a log covers, one after the other.
pub(super) struct Parts {
    /// The part of the day of each.
    pub of_day: Vec<usize>,
    /// How much of each the log covers, from 0 to 1.
    pub covered: Vec<f64>,
    /// The length of one, in seconds.
    pub width: f64,
    /// When the first one begins.
    pub begin: f64,
}

impl Parts {
    fn at(&self, time: f64) -> usize {
        let place = ((time - self.begin) / self.width).max(0.0) as usize;
        place.min(self.of_day.len() - 1)
    }
}

/// Sessions that begin in a whole part of the day, for each of its `of_day` parts.
///
/// A session's requests come over its whole length, and sessions of one part of a day are longer than those of another: a
/// crowd that shrinks ends them early. So it is not enough to count where sessions began. The rates are those at which
/// sessions with the log's mean course have their requests when the log has them, by expectation and maximisation from the
/// counted starts (Richardson, 1972; Lucy, 1974).
pub(super) fn rates(log: &Log, sessions: &[Session], parts: &Parts, of_day: usize) -> Vec<f64> {
    let count = parts.of_day.len();
    let mut requests = vec![0.0; count];
    let mut starts = vec![0.0; count];
    let mut lags = vec![0.0; LONGEST_LAG];
    for session in sessions {
        let time = |place: &u32| log.records[*place as usize].start;
        let Some(first) = session.records.first().map(time) else {
            continue;
        };
        let begun = parts.at(first);
        starts[begun] += 1.0;
        for at in session.records.iter().map(|place| parts.at(time(place))) {
            requests[at] += 1.0;
            if let Some(lag) = lags.get_mut(at - begun) {
                *lag += 1.0;
            }
        }
    }
    // Of a session that began late, what came later is not known: it counts for the lags that it could have had.
    let mut known: f64 = starts.iter().sum();
    for (lag, mean) in lags.iter_mut().enumerate().take(count) {
        *mean /= known.max(1.0);
        known -= starts[count - 1 - lag];
    }
    let mut begun = vec![0.0; of_day];
    let mut exposed = vec![0.0; of_day];
    for (place, started) in starts.iter().enumerate() {
        begun[parts.of_day[place]] += started;
        exposed[parts.of_day[place]] += parts.covered[place];
    }
    let mut rates: Vec<f64> = begun
        .iter()
        .zip(&exposed)
        .map(|(begun, exposed)| if *exposed > 0.0 { begun / exposed } else { 0.0 })
        .collect();
    for _ in 0..ROUNDS {
        let expected = expected(&rates, &lags, parts);
        let mut wanted = vec![0.0; of_day];
        let mut weight = vec![0.0; of_day];
        for from in 0..count {
            let part = parts.of_day[from];
            for (lag, mean) in lags.iter().enumerate().take(count - from) {
                let share = mean * parts.covered[from] * last(parts, from, lag);
                weight[part] += share;
                if expected[from + lag] > 0.0 {
                    wanted[part] += share * requests[from + lag] / expected[from + lag];
                }
            }
        }
        for (rate, (wanted, weight)) in rates.iter_mut().zip(wanted.iter().zip(&weight)) {
            if *weight > 0.0 {
                *rate *= wanted / weight;
            }
        }
    }
    rates
}

/// The requests of each part, where sessions begin at these rates.
fn expected(rates: &[f64], lags: &[f64], parts: &Parts) -> Vec<f64> {
    let count = parts.of_day.len();
    let mut expected = vec![0.0; count];
    for from in 0..count {
        let started = rates[parts.of_day[from]] * parts.covered[from];
        for (lag, mean) in lags.iter().enumerate().take(count - from) {
            expected[from + lag] += started * mean * last(parts, from, lag);
        }
    }
    expected
}

/// How much of a part can have requests of sessions that began in an earlier one: the log ends within its last part.
fn last(parts: &Parts, from: usize, lag: usize) -> f64 {
    match lag > 0 && from + lag + 1 == parts.of_day.len() {
        true => parts.covered[from + lag],
        false => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::records::Record;
    use super::*;

    const PARTS: usize = 12;

    /// How far apart two courses of a day are, in requests.
    fn apart(one: &[f64], other: &[f64]) -> f64 {
        let pairs = one.iter().zip(other);
        pairs.map(|(one, other)| (one - other).abs()).sum()
    }

    /// Each part has sessions of one request; those of the middle of the day have long ones, too.
    #[test]
    fn requests_come_when_the_log_has_them_though_sessions_of_one_hour_are_longer() {
        let mut planned: Vec<(usize, usize)> =
            (0..PARTS).flat_map(|part| [(part, 1); 10]).collect();
        planned.extend([(4, 3); 30]);
        planned.extend([(5, 3); 30]);
        planned.sort_unstable();
        let (mut log, mut sessions, mut requests) = (Log::default(), Vec::new(), [0.0; PARTS]);
        for (begun, length) in planned {
            let mut records = Vec::new();
            for (part, requests) in requests.iter_mut().enumerate().skip(begun).take(length) {
                records.push(log.records.len() as u32);
                *requests += 1.0;
                log.records.push(Record {
                    start: part as f64 + 0.5,
                    duration: 0.0,
                    status: 200,
                    method: 0,
                    target: 0,
                    client: 0,
                });
            }
            let is_cut = false;
            sessions.push(Session { records, is_cut });
        }
        let parts = Parts {
            of_day: (0..PARTS).collect(),
            covered: vec![1.0; PARTS],
            width: 1.0,
            begin: 0.0,
        };
        // The mean course of a session: 60 of 180 go on for two parts.
        let lags = [1.0, 1.0 / 3.0, 1.0 / 3.0];
        let mut counted = [10.0; PARTS];
        counted[4] += 30.0;
        counted[5] += 30.0;
        let by_starts = apart(&expected(&counted, &lags, &parts), &requests);
        let fitted = rates(&log, &sessions, &parts, PARTS);
        let by_requests = apart(&expected(&fitted, &lags, &parts), &requests);
        assert!(
            by_requests < 0.3 * by_starts,
            "{by_requests} of {by_starts}"
        );
    }
}
