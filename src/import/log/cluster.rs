use super::routes::Routes;
use super::sessions::Session;

/// Most types that are distinguished.
const MOST_TYPES: usize = 8;
/// Sessions from which clusters are made; the others join them.
const SAMPLE: usize = 600;
/// Least mean silhouette (Rousseeuw, 1987) that tells types apart.
const LEAST_SILHOUETTE: f64 = 0.2;
/// What one type more has to add to it.
const LEAST_GAIN: f64 = 0.1;
/// A type has at least this share of the sessions.
const LEAST_SHARE: f64 = 0.01;
/// Rounds of k-means, which settles sooner as a rule.
const ROUNDS: usize = 50;

/// Places of sessions, by type, the largest type first.
pub(super) fn clusters(sessions: &[Session], routes: &Routes) -> Vec<Vec<usize>> {
    let points: Vec<Point> = sessions
        .iter()
        .map(|session| point(session, routes))
        .collect();
    let step = sessions.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<&Point> = points.iter().step_by(step).collect();
    let mut best: Option<(f64, Vec<Point>)> = None;
    for count in 2..=MOST_TYPES.min(sample.len() / 2) {
        let centres = k_means(&sample, count);
        let score = silhouette(&sample, &centres);
        if score
            > best
                .as_ref()
                .map_or(LEAST_SILHOUETTE, |(score, _)| *score + LEAST_GAIN)
        {
            best = Some((score, centres));
        }
    }
    let Some((_, centres)) = best else {
        return vec![(0..sessions.len()).collect()];
    };
    let mut clusters = assigned(&points, &centres);
    let is_large = |cluster: &Vec<usize>| cluster.len() as f64 >= LEAST_SHARE * points.len() as f64;
    let large: Vec<Point> = centres
        .into_iter()
        .zip(&clusters)
        .filter(|(_, cluster)| is_large(cluster))
        .map(|(centre, _)| centre)
        .collect();
    if large.len() < clusters.len() {
        clusters = assigned(&points, &large);
    }
    clusters.retain(|cluster| !cluster.is_empty());
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.len()));
    clusters
}

/// The square roots of the shares of each route among a session's requests, so that the distance of two is
/// Hellinger's; routes that it has, by number.
type Point = Vec<(u32, f64)>;

fn point(session: &Session, routes: &Routes) -> Point {
    let mut visited: Vec<u32> = session
        .records
        .iter()
        .map(|record| routes.of_record[*record as usize])
        .collect();
    visited.sort_unstable();
    let total = visited.len() as f64;
    visited
        .chunk_by(|a, b| a == b)
        .map(|same| (same[0], (same.len() as f64 / total).sqrt()))
        .collect()
}

fn distance(a: &Point, b: &Point) -> f64 {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut sum = 0.0_f64;
    loop {
        let difference = match (a.peek(), b.peek()) {
            (None, None) => return sum.sqrt(),
            (Some((_, x)), None) => {
                a.next();
                *x
            }
            (None, Some((_, y))) => {
                b.next();
                *y
            }
            (Some((i, x)), Some((j, y))) => match i.cmp(j) {
                std::cmp::Ordering::Less => {
                    a.next();
                    *x
                }
                std::cmp::Ordering::Greater => {
                    b.next();
                    *y
                }
                std::cmp::Ordering::Equal => {
                    a.next();
                    b.next();
                    x - y
                }
            },
        };
        sum += difference * difference;
    }
}

fn nearest(point: &Point, centres: &[Point]) -> usize {
    let distances = centres.iter().map(|centre| distance(point, centre));
    let nearest = distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
    nearest.map_or(0, |(place, _)| place)
}

/// Lloyd's k-means, begun with points far from each other: the same log gives the same types.
fn k_means(points: &[&Point], count: usize) -> Vec<Point> {
    let mut centres: Vec<Point> = points
        .first()
        .map(|first| (*first).clone())
        .into_iter()
        .collect();
    while centres.len() < count {
        let far = points.iter().max_by(|a, b| {
            let from = |point: &Point| {
                let distances = centres.iter().map(|centre| distance(point, centre));
                distances.fold(f64::INFINITY, f64::min)
            };
            from(a).total_cmp(&from(b))
        });
        let Some(far) = far else { break };
        centres.push((*far).clone());
    }
    let mut before: Vec<usize> = Vec::new();
    for _ in 0..ROUNDS {
        let now: Vec<usize> = points
            .iter()
            .map(|point| nearest(point, &centres))
            .collect();
        if now == before {
            break;
        }
        for (place, centre) in centres.iter_mut().enumerate() {
            let members = points.iter().zip(&now).filter(|(_, of)| **of == place);
            let members: Vec<&Point> = members.map(|(point, _)| *point).collect();
            if !members.is_empty() {
                *centre = mean(&members);
            }
        }
        before = now;
    }
    centres
}

fn mean(points: &[&Point]) -> Point {
    let mut sums: std::collections::BTreeMap<u32, f64> = std::collections::BTreeMap::new();
    for (route, value) in points.iter().flat_map(|point| point.iter()) {
        *sums.entry(*route).or_default() += value;
    }
    let count = points.len() as f64;
    sums.into_iter()
        .map(|(route, sum)| (route, sum / count))
        .collect()
}

/// How much nearer points are to their own cluster than to the next, by the clusters' centres, from -1 to 1.
fn silhouette(points: &[&Point], centres: &[Point]) -> f64 {
    let of_point = |point: &&Point| {
        let mut distances: Vec<f64> = centres
            .iter()
            .map(|centre| distance(point, centre))
            .collect();
        distances.sort_by(f64::total_cmp);
        match distances.as_slice() {
            [own, next, ..] if *next > 0.0 => (next - own) / next,
            _ => 0.0,
        }
    };
    points.iter().map(of_point).sum::<f64>() / points.len().max(1) as f64
}

fn assigned(points: &[Point], centres: &[Point]) -> Vec<Vec<usize>> {
    let mut clusters = vec![Vec::new(); centres.len().max(1)];
    for (place, point) in points.iter().enumerate() {
        clusters[nearest(point, centres)].push(place);
    }
    clusters
}
