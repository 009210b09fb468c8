//! What a run covered of the contract of its target.

use std::ops::Range;

use serde::Serialize;

use crate::metrics;
use crate::openapi::{Contract, Operation, OperationItems};

/// What was covered of an OpenAPI document: an item is covered once a request that has it was answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Coverage {
    /// The title of the document.
    pub document: String,
    pub operations: CoverageShare,
    pub parameters: CoverageShare,
    pub statuses: CoverageShare,
    /// Of request bodies and of responses.
    pub content_types: CoverageShare,
    /// Operations that answered with a status of success at least once.
    pub succeeded: u64,
    /// Those of `--min-coverage`; judged once the run is over.
    pub rules: Vec<CoverageRule>,
    /// Every operation, in the order of the document.
    pub by_operation: Vec<OperationCoverage>,
    /// Statuses that the document does not describe for their operation.
    pub undocumented: Vec<UndocumentedStatus>,
    /// Requests that are not in the document.
    pub outside: Vec<OutsideRequest>,
    /// Responses that do not follow their schema, by the place in them.
    pub mismatches: Vec<SchemaMismatch>,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CoverageShare {
    pub covered: u64,
    pub total: u64,
    /// 0 to 1; none where there is nothing to cover.
    pub ratio: Option<f64>,
}

/// One `--min-coverage`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CoverageRule {
    /// `operations`, `parameters`, `statuses` or `content_types`.
    pub of: &'static str,
    /// 0 to 1.
    pub minimum: f64,
    pub passed: bool,
}

/// An operation, with the answered requests that covered it and what belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperationCoverage {
    /// `GET /users/{id}`
    pub operation: String,
    /// Its `operationId`.
    pub id: Option<String>,
    pub requests: u64,
    /// Those with a status of success.
    pub succeeded: u64,
    pub parameters: Vec<ParameterCoverage>,
    pub statuses: Vec<StatusCoverage>,
    pub request_types: Vec<TypeCoverage>,
    pub response_types: Vec<TypeCoverage>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParameterCoverage {
    pub name: String,
    /// `path`, `query`, `header` or `cookie`.
    #[serde(rename = "in")]
    pub location: &'static str,
    pub requests: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatusCoverage {
    /// `200`, `2XX` or `default`.
    pub status: String,
    pub requests: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TypeCoverage {
    /// The status of a response; none of a request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    pub media_type: String,
    pub requests: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UndocumentedStatus {
    pub operation: String,
    pub status: u16,
    pub requests: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutsideRequest {
    /// Method and path, in which what varies is `{}`; of another host method and host.
    pub request: String,
    pub requests: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SchemaMismatch {
    pub operation: String,
    pub status: u16,
    /// JSON pointer to the value, items of lists as `-`.
    pub pointer: String,
    pub count: u64,
    /// Why the first of them does not.
    pub example: String,
}

impl Coverage {
    /// What these counts say of this contract.
    pub fn of(contract: &Contract, counts: &metrics::Coverage) -> Self {
        let names = Names(contract);
        let count = |item: u32| counts.items.get(&item).copied().unwrap_or(0);
        let by_operation: Vec<_> = (0..)
            .zip(contract.items())
            .map(|(number, (operation, items))| {
                let succeeded = counts.succeeded.get(&number).copied().unwrap_or(0);
                operation_coverage(operation, items, succeeded, &count)
            })
            .collect();
        let of = |range: fn(&OperationItems) -> Range<u32>| {
            let items = contract.items().flat_map(|(_, items)| range(items));
            CoverageShare::of(items.map(count))
        };
        let undocumented = counts.undocumented.iter();
        let undocumented = undocumented.map(|((operation, status), requests)| UndocumentedStatus {
            operation: names.of(*operation),
            status: *status,
            requests: *requests,
        });
        let mismatches = counts.mismatches.iter().map(|(key, one)| SchemaMismatch {
            operation: names.of(key.operation),
            status: key.status,
            pointer: key.pointer.clone(),
            count: one.count,
            example: one.example.clone(),
        });
        let outside = counts
            .outside
            .iter()
            .map(|(request, requests)| OutsideRequest {
                request: request.clone(),
                requests: *requests,
            });
        Self {
            document: contract.document().title.clone(),
            operations: of(|items| items.operation..items.operation + 1),
            parameters: of(|items| items.parameters.clone()),
            statuses: of(|items| items.statuses.clone()),
            // Both ranges follow one another.
            content_types: of(|items| items.request_types.start..items.response_types.end),
            succeeded: by_operation.iter().filter(|one| one.succeeded > 0).count() as u64,
            rules: Vec::new(),
            by_operation,
            undocumented: undocumented.collect(),
            outside: outside.collect(),
            mismatches: mismatches.collect(),
        }
    }

    /// The operations that no request covered.
    pub fn uncovered(&self) -> impl Iterator<Item = &OperationCoverage> {
        self.by_operation.iter().filter(|one| one.requests == 0)
    }

    /// The rules that the run did not reach.
    pub fn missed(&self) -> impl Iterator<Item = &CoverageRule> {
        self.rules.iter().filter(|rule| !rule.passed)
    }
}

impl CoverageShare {
    fn of(counts: impl Iterator<Item = u64>) -> Self {
        let (mut covered, mut total) = (0, 0);
        for count in counts {
            total += 1;
            covered += u64::from(count > 0);
        }
        Self {
            covered,
            total,
            ratio: (total > 0).then(|| covered as f64 / total as f64),
        }
    }
}

fn operation_coverage(
    operation: &Operation,
    items: &OperationItems,
    succeeded: u64,
    count: &impl Fn(u32) -> u64,
) -> OperationCoverage {
    let parameters = items.parameters.clone().zip(&operation.parameters);
    let statuses = items.statuses.clone().zip(&operation.responses);
    let taken = operation.body.iter().flat_map(|body| &body.content);
    let request_types = items.request_types.clone().zip(taken);
    let answered = operation.responses.iter().flat_map(|one| {
        let status = one.status.to_string();
        one.content
            .iter()
            .map(move |content| (status.clone(), content))
    });
    let response_types = items.response_types.clone().zip(answered);
    OperationCoverage {
        operation: operation.to_string(),
        id: operation.id.clone(),
        requests: count(items.operation),
        succeeded,
        parameters: parameters
            .map(|(item, one)| ParameterCoverage {
                name: one.name.clone(),
                location: one.location.as_str(),
                requests: count(item),
            })
            .collect(),
        statuses: statuses
            .map(|(item, one)| StatusCoverage {
                status: one.status.to_string(),
                requests: count(item),
            })
            .collect(),
        request_types: request_types
            .map(|(item, one)| TypeCoverage {
                status: None,
                media_type: one.media_type.clone(),
                requests: count(item),
            })
            .collect(),
        response_types: response_types
            .map(|(item, (status, one))| TypeCoverage {
                status: Some(status),
                media_type: one.media_type.clone(),
                requests: count(item),
            })
            .collect(),
    }
}

/// Operations by their numbers.
struct Names<'a>(&'a Contract);

impl Names<'_> {
    fn of(&self, number: u32) -> String {
        let operations = &self.0.document().operations;
        let operation = operations.get(number as usize);
        operation.map_or_else(|| metrics::OTHER.to_owned(), ToString::to_string)
    }
}
