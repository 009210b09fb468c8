use std::collections::{BTreeMap, HashMap};

use percent_encoding::percent_decode_str;

use super::records::Log;

/// A segment that has more others beside it is a value, not a name.
const MOST_NAMES: usize = 30;
/// Names beside values have at least this share of their place's requests.
const NAME_SHARE: f64 = 0.02;
/// Most values of a parameter that are written.
const MOST_VALUES: usize = 12;

/// Where requests of a log go.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Route {
    pub method: String,
    /// With `{name}` for each segment that differs.
    pub path: String,
    /// The values of each parameter, the most frequent first.
    pub params: Vec<(String, Vec<String>)>,
    /// The values of each name of a query, and in which share of the requests it is there.
    pub query: Vec<(String, f64, Vec<String>)>,
    /// The statuses from 400 up, by frequency.
    pub failures: Vec<u16>,
}

/// The routes of a log, and the route of each record.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Routes {
    pub routes: Vec<Route>,
    pub of_record: Vec<u32>,
}

/// Finds what differs in paths.
pub(super) fn routes(log: &Log) -> Routes {
    let mut uses = vec![0_u64; log.targets.len()];
    for record in &log.records {
        uses[record.target as usize] += 1;
    }
    let templates = templates(&log.targets, &uses);
    let mut numbers: HashMap<(u16, &[Segment<'_>]), u32> = HashMap::new();
    let mut routes: Vec<Collected> = Vec::new();
    let mut of_record = Vec::with_capacity(log.records.len());
    for record in &log.records {
        let template = &templates[record.target as usize];
        let key = (record.method, template.as_slice());
        let number = *numbers.entry(key).or_insert_with(|| {
            let method = log.methods[usize::from(record.method)].clone();
            routes.push(Collected::new(method, template));
            (routes.len() - 1) as u32
        });
        routes[number as usize].add(
            &log.targets[record.target as usize],
            template,
            record.status,
        );
        of_record.push(number);
    }
    Routes {
        routes: routes.into_iter().map(Collected::finish).collect(),
        of_record,
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Segment<'a> {
    Name(&'a str),
    Value,
}

fn path_of(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

/// The template of each target: segment by segment, names where there are few, else values.
fn templates<'a>(targets: &'a [String], uses: &[u64]) -> Vec<Vec<Segment<'a>>> {
    let paths: Vec<Vec<&str>> = targets
        .iter()
        .map(|target| path_of(target).split('/').skip(1).collect())
        .collect();
    let mut templates: Vec<Vec<Segment<'a>>> = vec![Vec::new(); targets.len()];
    let deepest = paths.iter().map(Vec::len).max().unwrap_or(0);
    for depth in 0..deepest.min(64) {
        let mut children: HashMap<&[Segment<'_>], HashMap<&str, u64>> = HashMap::new();
        for (place, path) in paths.iter().enumerate() {
            if let Some(segment) = path.get(depth)
                && !is_value(segment)
            {
                let children = children.entry(templates[place].as_slice()).or_default();
                *children.entry(segment).or_default() += uses[place];
            }
        }
        let names: Vec<Segment<'a>> = paths
            .iter()
            .enumerate()
            .map(|(place, path)| {
                let Some(segment) = path.get(depth).copied() else {
                    return Segment::Value;
                };
                let Some(children) = children.get(templates[place].as_slice()) else {
                    return Segment::Value;
                };
                let Some(count) = children.get(segment) else {
                    return Segment::Value;
                };
                let total: u64 = children.values().sum();
                let is_name =
                    children.len() <= MOST_NAMES || *count as f64 >= NAME_SHARE * total as f64;
                if is_name {
                    Segment::Name(segment)
                } else {
                    Segment::Value
                }
            })
            .collect();
        for (place, segment) in names.into_iter().enumerate() {
            if paths[place].len() > depth {
                templates[place].push(segment);
            }
        }
    }
    templates
}

/// Whether a segment alone shows that it is an id: digits, a UUID, a long hexadecimal word, an address.
fn is_value(segment: &str) -> bool {
    let has_digit = segment.bytes().any(|byte| byte.is_ascii_digit());
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_uuid = segment.len() == 36 && is_hex(&segment.replace('-', ""));
    let is_number = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        || is_uuid
        || segment.contains('@')
        || segment.contains("%40")
        || (segment.len() >= 8 && has_digit && is_hex(segment))
        || (segment.len() >= 24 && has_digit)
}

/// A route while its requests are read.
struct Collected {
    method: String,
    path: String,
    names: Vec<String>,
    params: Vec<HashMap<String, u64>>,
    query: BTreeMap<String, (u64, HashMap<String, u64>)>,
    failures: BTreeMap<u16, u64>,
    count: u64,
}

/// Most distinct values that are counted.
const MOST_COUNTED: usize = 1000;

impl Collected {
    fn new(method: String, template: &[Segment<'_>]) -> Self {
        let mut path = String::new();
        let mut names: Vec<String> = Vec::new();
        let mut before = "";
        for segment in template {
            path.push('/');
            match segment {
                Segment::Name(name) => {
                    path.push_str(&name.replace('{', "%7B").replace('}', "%7D"));
                    before = name;
                }
                Segment::Value => {
                    let name = crate::import::Name::of(before.trim_end_matches('s'), "part");
                    let mut name = format!("{name}_id");
                    if names.contains(&name) {
                        name = format!("{name}_{}", names.len() + 1);
                    }
                    path.push_str(&format!("{{{name}}}"));
                    names.push(name);
                }
            }
        }
        if path.is_empty() {
            path.push('/');
        }
        let params = vec![HashMap::new(); names.len()];
        Self {
            method,
            path,
            names,
            params,
            query: BTreeMap::new(),
            failures: BTreeMap::new(),
            count: 0,
        }
    }

    fn add(&mut self, target: &str, template: &[Segment<'_>], status: u16) {
        self.count += 1;
        if status >= 400 {
            *self.failures.entry(status).or_default() += 1;
        }
        let segments = path_of(target).split('/').skip(1);
        let values = segments
            .zip(template)
            .filter(|(_, segment)| **segment == Segment::Value);
        for ((value, _), counted) in values.zip(&mut self.params) {
            let value = percent_decode_str(value).decode_utf8_lossy();
            count(counted, &value);
        }
        let Some((_, query)) = target.split_once('?') else {
            return;
        };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if self.query.len() >= MOST_NAMES && !self.query.contains_key(&*name) {
                continue;
            }
            let (uses, values) = self.query.entry(name.into_owned()).or_default();
            *uses += 1;
            count(values, &value);
        }
    }

    fn finish(self) -> Route {
        let total = self.count.max(1) as f64;
        let values = self.params.into_iter().map(most_frequent);
        let mut failures: Vec<(u16, u64)> = self.failures.into_iter().collect();
        failures.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Route {
            method: self.method,
            path: self.path,
            params: self.names.into_iter().zip(values).collect(),
            query: self
                .query
                .into_iter()
                .filter(|(_, (uses, _))| *uses as f64 >= 0.05 * total)
                .map(|(name, (uses, values))| {
                    (name, (uses as f64 / total).min(1.0), most_frequent(values))
                })
                .collect(),
            failures: failures
                .into_iter()
                .map(|(status, _)| status)
                .take(8)
                .collect(),
        }
    }
}

fn count(values: &mut HashMap<String, u64>, value: &str) {
    let value: String = value.chars().take(200).collect();
    if values.len() < MOST_COUNTED || values.contains_key(&value) {
        *values.entry(value).or_default() += 1;
    }
}

fn most_frequent(values: HashMap<String, u64>) -> Vec<String> {
    let mut values: Vec<(String, u64)> = values.into_iter().collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    values
        .into_iter()
        .map(|(value, _)| value)
        .filter(|value| !matches!(value.as_str(), "" | "." | ".."))
        .take(MOST_VALUES)
        .collect()
}
