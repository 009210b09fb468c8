use std::collections::{HashMap, HashSet};

use super::syntax::{Expr, Field, Stmt};
use super::values::multi_fields;
use super::{auth, functions, layout, literal, pauses, requests};
use crate::import::behaviour::Requests;
use crate::import::name::Names;
use crate::import::{Action, Auth, Behaviour, Name, Pause, Place, Step};

/// The step before the first one, in the table of pauses: a name that no step has, since it is no method and no title.
const START: &str = "on_start";

/// Locals at the top of a file: Lua takes 200, the rest is for what else stands there.
const MOST_LOCALS: usize = 150;

/// Names that the functions of steps must not take.
const TAKEN: [&str; 29] = [
    "at",
    "auth",
    "coroutine",
    "crowd",
    "crypto",
    "data",
    "drawn",
    "http",
    "ipairs",
    "journey",
    "json",
    "log",
    "login",
    "math",
    "metrics",
    "parallel",
    "random",
    "require",
    "res",
    "step",
    "string",
    "table",
    "think",
    "time",
    "type",
    "tostring",
    "user",
    "vars",
    "way",
];

/// The script of a type.
pub(super) fn text(behaviour: &Behaviour) -> String {
    let mut top: Vec<Stmt> = behaviour.about.iter().cloned().map(Stmt::Comment).collect();
    top.push(Stmt::Blank);
    top.extend(auth::declaration(&behaviour.auth));
    let used = Used::of(behaviour);
    for (is_used, code) in [(used.at, functions::AT), (used.drawn, functions::DRAWN)] {
        if is_used {
            top.extend([Stmt::Code(code), Stmt::Blank]);
        }
    }
    if used.pauses {
        top.extend(pause_table(behaviour));
    }
    let named = named(behaviour);
    let as_locals = behaviour.steps.len() <= MOST_LOCALS;
    if !as_locals {
        top.push(Stmt::Comment(
            "The steps, as a table: a file has at most 200 locals.".to_owned(),
        ));
        top.extend([Stmt::Local("step", Expr::Table(Vec::new())), Stmt::Blank]);
    }
    let order = in_order(&behaviour.steps);
    let places = order.iter().enumerate();
    let places = places.map(|(place, step)| (step.name.as_str(), place));
    let places: HashMap<&str, usize> = places.collect();
    for step in order {
        top.extend(step.comments.iter().cloned().map(Stmt::Comment));
        let head = match as_locals {
            true => format!("local function {}", named[step.name.as_str()]),
            false => format!("function step.{}", named[step.name.as_str()]),
        };
        let body = body(step, behaviour, (&named, &places), as_locals, used.pauses);
        let parameters = if reads_user(&body) { "user" } else { "" };
        top.extend([Stmt::Define(head, parameters, body), Stmt::Blank]);
    }
    top.push(Stmt::Return(vec![contract(
        behaviour, &named, as_locals, &used,
    )]));
    layout::block(&top)
}

/// The function of each step, by the step's name.
fn named(behaviour: &Behaviour) -> HashMap<&str, Name> {
    let mut names = Names::with(&TAKEN);
    let of_step = |step: &'_ Step| names.take(&Name::of(&step.name, "step"));
    let functions: Vec<Name> = behaviour.steps.iter().map(of_step).collect();
    let names = behaviour.steps.iter().map(|step| step.name.as_str());
    names.zip(functions).collect()
}

/// The steps so that each comes after those that it calls.
fn in_order(steps: &[Step]) -> Vec<&Step> {
    let mut done: HashSet<&str> = HashSet::new();
    let mut ordered = Vec::with_capacity(steps.len());
    while ordered.len() < steps.len() {
        let before = ordered.len();
        for step in steps {
            let is_ready = |step: &Step| {
                let made_by = step.needs.iter().filter_map(|need| need.made_by.as_deref());
                made_by.into_iter().all(|name| done.contains(name))
            };
            if !done.contains(step.name.as_str()) && is_ready(step) {
                done.insert(&step.name);
                ordered.push(step);
            }
        }
        if ordered.len() == before {
            // Steps that need each other: `body` calls only those that stand above.
            let rest = steps.iter().find(|step| !done.contains(step.name.as_str()));
            let Some(step) = rest else { break };
            done.insert(&step.name);
            ordered.push(step);
        }
    }
    ordered
}

fn body(
    step: &Step,
    behaviour: &Behaviour,
    (named, places): (&HashMap<&str, Name>, &HashMap<&str, usize>),
    as_locals: bool,
    keeps_last: bool,
) -> Vec<Stmt> {
    let mut body = Vec::new();
    if keeps_last {
        let name = Expr::plain(literal::string(step.name.as_bytes()));
        body.push(Stmt::Assign("user.state.last_step".to_owned(), name));
    }
    for need in &step.needs {
        let missing = format!("not user.state.{}", need.variable);
        let maker = need.made_by.as_deref();
        let above = maker.filter(|maker| places.get(maker) < places.get(step.name.as_str()));
        if let Some(function) = above.and_then(|maker| named.get(maker)) {
            let function = match as_locals {
                true => function.to_string(),
                false => format!("step.{function}"),
            };
            let call = Expr::Call(function, vec![Expr::plain("user")]);
            body.push(Stmt::If(missing.clone(), vec![Stmt::Do(call)]));
        }
        body.push(Stmt::If(missing, vec![Stmt::Return(Vec::new())]));
    }
    body.extend(requests::statements(&step.actions, &behaviour.auth));
    body
}

/// Whether a function reads its argument: one that does not has none.
fn reads_user(body: &[Stmt]) -> bool {
    layout::block(body).contains("user")
}

fn contract(
    behaviour: &Behaviour,
    named: &HashMap<&str, Name>,
    as_locals: bool,
    used: &Used,
) -> Expr {
    let weight = Expr::plain(literal::number(behaviour.weight));
    let mut fields = vec![
        Field::named("weight", weight).with("share of the users, relative to other types"),
        Field::named("requests", requests_of(behaviour)).with("per session"),
        Field::named("think", think(behaviour, used)).with("seconds between steps"),
    ];
    if !behaviour.headers.is_empty() {
        let headers = Expr::Table(multi_fields(&behaviour.headers));
        fields.push(Field::named("headers", headers));
    }
    let mut start = Vec::new();
    if let Requests::Quantiles(quantiles) = &behaviour.requests {
        let numbers = quantiles
            .iter()
            .map(|number| Expr::plain(number.to_string()));
        let drawn = Expr::Call("drawn".to_owned(), vec![Expr::list(numbers)]);
        let rounded = Expr::Call("math.ceil".to_owned(), vec![drawn]);
        start.push(Stmt::Assign("user.requests_left".to_owned(), rounded));
    }
    let is_logged_in = behaviour.start.contains(&Action::Login);
    if !is_logged_in && !matches!(behaviour.auth, Auth::None | Auth::Login(_)) {
        start.extend(auth::log_in(&behaviour.auth));
    }
    start.extend(requests::statements(&behaviour.start, &behaviour.auth));
    if used.pauses && behaviour.start_pause.is_some() {
        let last = Expr::plain(format!("\"{START}\""));
        start.push(Stmt::Assign("user.state.last_step".to_owned(), last));
    }
    let stop = requests::statements(&behaviour.stop, &behaviour.auth);
    for (key, body, when) in [("on_start", start, true), ("on_stop", stop, false)] {
        if !body.is_empty() && when {
            fields.push(Field::named(key, function(body)));
        } else if !body.is_empty() {
            fields.push(steps(behaviour, named, as_locals));
            fields.push(Field::named(key, function(body)));
            return Expr::Table(fields);
        }
    }
    fields.push(steps(behaviour, named, as_locals));
    Expr::Table(fields)
}

fn function(body: Vec<Stmt>) -> Expr {
    let parameters = if reads_user(&body) { "user" } else { "" };
    Expr::Function(parameters, body)
}

fn steps(behaviour: &Behaviour, named: &HashMap<&str, Name>, as_locals: bool) -> Field {
    let step = |step: &Step| {
        let function = &named[step.name.as_str()];
        let function = match as_locals {
            true => function.to_string(),
            false => format!("step.{function}"),
        };
        let mut fields = vec![
            Field::item(Expr::plain(literal::number(step.weight))),
            Field::item(Expr::plain(function)),
            Field::named("name", Expr::plain(literal::string(step.name.as_bytes()))),
        ];
        if !step.next.is_empty() {
            let share = |(name, share): &(String, f64)| {
                Field::named(literal::key(name), Expr::plain(literal::number(*share)))
            };
            let next = Expr::Table(step.next.iter().map(share).collect());
            fields.push(Field::named("next", next));
        }
        Expr::Table(fields)
    };
    Field::named("steps", Expr::list(behaviour.steps.iter().map(step)))
}

fn requests_of(behaviour: &Behaviour) -> Expr {
    let (low, high) = match &behaviour.requests {
        Requests::Range(low, high) => (*low, *high),
        Requests::Quantiles(quantiles) => (
            quantiles.first().copied().unwrap_or(1),
            quantiles.last().copied().unwrap_or(1),
        ),
    };
    Expr::list([low, high].map(|number| Expr::plain(number.to_string())))
}

fn think(behaviour: &Behaviour, used: &Used) -> Expr {
    if used.pauses {
        let pause = Stmt::Local("pause", Expr::plain("PAUSES[user.state.last_step]"));
        let result = Stmt::Return(vec![Expr::plain("pause and pause() or 0")]);
        return Expr::Function("user", vec![pause, result]);
    }
    match &behaviour.think {
        Pause::Range(from, to) => {
            let ends = [*from, *to].map(|end| Expr::plain(literal::number(end)));
            Expr::list(ends)
        }
        drawn => Expr::Function("", vec![Stmt::Return(vec![pauses::draw(drawn)])]),
    }
}

/// The table of pauses, by the step before.
fn pause_table(behaviour: &Behaviour) -> Vec<Stmt> {
    let field = |step: &Step| {
        let drawn = step.pause.as_ref().unwrap_or(&behaviour.think);
        let draw = Expr::Function("", vec![Stmt::Return(vec![pauses::draw(drawn)])]);
        Field::named(literal::key(&step.name), draw)
    };
    let mut fields: Vec<Field> = behaviour.steps.iter().map(field).collect();
    if let Some(pause) = &behaviour.start_pause {
        let draw = Expr::Function("", vec![Stmt::Return(vec![pauses::draw(pause)])]);
        fields.insert(0, Field::named(START, draw));
    }
    let table = Expr::Table(fields);
    vec![
        Stmt::Comment("Seconds after each step.".to_owned()),
        Stmt::Local("PAUSES <const>", table),
        Stmt::Blank,
    ]
}

/// Which of the writer's own functions a script needs.
struct Used {
    at: bool,
    drawn: bool,
    pauses: bool,
}

impl Used {
    fn of(behaviour: &Behaviour) -> Self {
        let steps = behaviour.steps.iter().flat_map(|step| &step.actions);
        let actions = behaviour.start.iter().chain(steps).chain(&behaviour.stop);
        let extracts_json = |action: &Action| match action {
            Action::Request(request) => request
                .extract
                .iter()
                .any(|extraction| matches!(extraction.place, Place::Json(_))),
            _ => false,
        };
        let at = actions.into_iter().any(extracts_json);
        let pauses = behaviour.start_pause.is_some()
            || behaviour.steps.iter().any(|step| step.pause.is_some());
        let is_table = |pause: &Pause| matches!(pause, Pause::Quantiles(_));
        let of_steps = behaviour
            .steps
            .iter()
            .filter_map(|step| step.pause.as_ref());
        let of_start = behaviour.start.iter().filter_map(|action| match action {
            Action::Pause(pause) => Some(pause),
            _ => None,
        });
        let falls_back = behaviour.steps.iter().any(|step| step.pause.is_none());
        let drawn = of_steps
            .chain(of_start)
            .chain(&behaviour.start_pause)
            .any(is_table)
            || matches!(behaviour.requests, Requests::Quantiles(_))
            || (falls_back && is_table(&behaviour.think));
        Self { at, drawn, pauses }
    }
}
