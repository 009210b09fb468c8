//! One way through a file: statements, scopes and the functions between them.

use std::collections::{BTreeSet, HashMap};

use full_moon::ast::{
    Assignment, Ast, Block, Expression, FunctionBody, FunctionDeclaration, LastStmt,
    LocalAssignment, LocalFunction, Parameter, Stmt, Var,
};

use full_moon::tokenizer::TokenReference;

use super::contract::{self, Functions, Role, Target};
use super::finding::{At, Rule};
use super::scope::{Scopes, Sort};
use super::sending::{Facts, may_send};
use super::syntax::{at, name};
use super::value::{Id, Known, object};

/// A read of a field that an object does not have: it is one only if the local is never given another value.
pub(super) struct StrangeField {
    pub local: Id,
    pub field: String,
    pub at: At,
    pub rule: Rule,
    pub message: String,
}

/// The way through one file.
pub(super) struct Walk<'a> {
    pub scopes: Scopes,
    pub found: Vec<(At, Rule, String)>,
    pub strange: Vec<StrangeField>,
    pub facts: Vec<Facts>,
    /// The functions around this place, by their numbers.
    pub inside: Vec<usize>,
    /// Globals that the file assigns: that is said once.
    pub assigned: BTreeSet<String>,
    /// Whether a global may be a local of another name (`_ENV`).
    pub has_environment: bool,
    /// The modules that there are.
    pub modules: &'a BTreeSet<String>,
    /// The last local of the statement that declares this one.
    pub groups: HashMap<Id, Id>,
    /// Which file it is.
    pub role: Role,
    pub functions: Functions<'a>,
    numbers: HashMap<*const FunctionBody, usize>,
}

impl<'a> Walk<'a> {
    /// Everything that is to be said of a file.
    pub fn through(
        ast: &'a Ast,
        role: Role,
        modules: &'a BTreeSet<String>,
    ) -> Vec<(At, Rule, String)> {
        let functions = match role {
            Role::Type => Functions::of(ast),
            Role::Mock => Functions::of_mock(ast),
            Role::Crowd | Role::Mistakes | Role::Module | Role::Test => Functions::default(),
        };
        let mut walk = Self {
            scopes: Scopes::default(),
            found: Vec::new(),
            strange: Vec::new(),
            facts: vec![Facts::default()],
            inside: vec![0],
            assigned: BTreeSet::new(),
            has_environment: false,
            modules,
            groups: HashMap::new(),
            role,
            functions,
            numbers: HashMap::new(),
        };
        walk.scopes.enter();
        walk.block(ast.nodes());
        walk.returned(ast, role);
        walk.steps();
        walk.leave();
        walk.settle();
        walk.found
    }

    pub fn say(&mut self, at: At, rule: Rule, message: impl Into<String>) {
        self.found.push((at, rule, message.into()));
    }

    /// The function in which this place is.
    pub fn here(&mut self) -> Option<&mut Facts> {
        let number = self.inside.last()?;
        self.facts.get_mut(*number)
    }

    fn block(&mut self, block: &'a Block) {
        for statement in block.stmts() {
            self.statement(statement);
        }
        if let Some(LastStmt::Return(last)) = block.last_stmt() {
            for value in last.returns() {
                self.expression(value);
            }
        }
    }

    fn scoped(&mut self, block: &'a Block) {
        self.scopes.enter();
        self.block(block);
        self.leave();
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::LocalAssignment(local) => self.local(local),
            Stmt::LocalFunction(function) => self.local_function(function),
            Stmt::FunctionDeclaration(function) => self.declared_function(function),
            Stmt::Assignment(assignment) => self.assignment(assignment),
            Stmt::FunctionCall(call) => {
                self.chain(call.prefix(), call.suffixes());
            }
            Stmt::Do(inner) => self.scoped(inner.block()),
            Stmt::While(inner) => {
                self.expression(inner.condition());
                self.scoped(inner.block());
            }
            Stmt::Repeat(inner) => {
                self.scopes.enter();
                self.block(inner.block());
                // The condition sees the locals of the block.
                self.expression(inner.until());
                self.leave();
            }
            Stmt::If(branches) => {
                self.expression(branches.condition());
                self.scoped(branches.block());
                for branch in branches.else_if().into_iter().flatten() {
                    self.expression(branch.condition());
                    self.scoped(branch.block());
                }
                if let Some(last) = branches.else_block() {
                    self.scoped(last);
                }
            }
            Stmt::NumericFor(inner) => {
                self.expression(inner.start());
                self.expression(inner.end());
                if let Some(step) = inner.step() {
                    self.expression(step);
                }
                self.scopes.enter();
                self.declare(inner.index_variable(), Sort::Given, Known::Nothing);
                self.block(inner.block());
                self.leave();
            }
            Stmt::GenericFor(inner) => {
                for value in inner.expressions() {
                    self.expression(value);
                }
                self.scopes.enter();
                for variable in inner.names() {
                    self.declare(variable, Sort::Given, Known::Nothing);
                }
                self.block(inner.block());
                self.leave();
            }
            _ => {}
        }
    }

    fn local(&mut self, local: &'a LocalAssignment) {
        let values: Vec<Known> = local
            .expressions()
            .iter()
            .map(|one| self.expression(one))
            .collect();
        let attributes: Vec<bool> = local
            .attributes()
            .map(|one| one.is_some_and(|attribute| name(attribute.name()) == "close"))
            .collect();
        for (place, token) in local.names().iter().enumerate() {
            let value = local.expressions().iter().nth(place);
            if !value.is_some_and(|value| is_copy(value, token)) {
                self.shadows(token);
            }
            let known = values.get(place).copied().unwrap_or_default();
            let known = match known {
                Known::Object(object, _) => Known::Object(object, None),
                other => other,
            };
            let id = self
                .scopes
                .declare(name(token), at(token), Sort::Local, known);
            let variable = &mut self.scopes.variables[id];
            variable.closes = attributes.get(place).copied().unwrap_or(false);
        }
        // A value in front of one that is used has to have a name.
        let end = self.scopes.variables.len();
        for id in end - local.names().len()..end {
            self.groups.insert(id, end - 1);
        }
    }

    fn local_function(&mut self, function: &'a LocalFunction) {
        let token = function.name();
        self.shadows(token);
        let is_outermost = self.scopes.is_outermost();
        let id = self
            .scopes
            .declare(name(token), at(token), Sort::Local, Known::Nothing);
        let first = self.functions.first_of(name(token));
        let first = first.filter(|_| is_outermost);
        let number = self.function(function.body(), first, false);
        self.scopes.variables[id].known = Known::Body(number);
    }

    fn declared_function(&mut self, function: &'a FunctionDeclaration) {
        let path = function.name();
        let is_method = path.method_name().is_some();
        let number = self.function(function.body(), None, is_method);
        let Some(first) = path.names().iter().next() else {
            return;
        };
        if path.names().len() > 1 || is_method {
            let known = self.name(first);
            let last = path.method_name().or_else(|| path.names().iter().last());
            if let Some(last) = last {
                self.assigned_field(known, name(last), at(last));
            }
        } else {
            self.assigned_name(first, Known::Body(number));
        }
    }

    fn assignment(&mut self, assignment: &'a Assignment) {
        let values: Vec<Known> = assignment
            .expressions()
            .iter()
            .map(|value| self.expression(value))
            .collect();
        for (place, variable) in assignment.variables().iter().enumerate() {
            match variable {
                Var::Name(token) => {
                    let known = values.get(place).copied().unwrap_or_default();
                    self.assigned_name(token, known);
                }
                Var::Expression(target) => self.assigned_place(target),
                _ => {}
            }
        }
    }

    /// A function of the script, and the type of its first argument where its name tells it; its number.
    pub fn function(
        &mut self,
        body: &'a FunctionBody,
        first: Option<&'static str>,
        is_method: bool,
    ) -> usize {
        let number = self.facts.len();
        self.facts.push(Facts::default());
        self.numbers.insert(std::ptr::from_ref(body), number);
        self.inside.push(number);
        self.scopes.enter();
        if is_method {
            self.scopes
                .declare("self", At::default(), Sort::Given, Known::Nothing);
        }
        let first = first.or_else(|| self.functions.first_of_body(body));
        for (place, parameter) in body.parameters().iter().enumerate() {
            if let Parameter::Name(token) = parameter {
                let object = first.filter(|_| place == 0).and_then(object);
                let known = object.map_or(Known::Nothing, |object| Known::Object(object, None));
                self.declare(token, Sort::Given, known);
            }
        }
        self.block(body.block());
        self.leave();
        self.inside.pop();
        // It may be called where it stands.
        let inner = std::mem::take(&mut self.facts[number].uses);
        let sends = self.facts[number].may_send;
        if let Some(outer) = self.inside.last().copied().filter(|outer| *outer != 0) {
            self.facts[outer].uses.extend(inner.iter().copied());
            self.facts[outer].may_send |= sends;
        }
        self.facts[number].uses = inner;
        number
    }

    /// Says which steps send nothing.
    fn steps(&mut self) {
        for step in std::mem::take(&mut self.functions.steps) {
            let number = match step.target {
                Target::Body(body) => self.numbers.get(&std::ptr::from_ref(body)).copied(),
                Target::Name(token) => {
                    let id = self.scopes.find(name(token));
                    let variable = id.map(|id| &self.scopes.variables[id]);
                    match variable
                        .filter(|variable| variable.writes == 0)
                        .map(|one| one.known)
                    {
                        Some(Known::Body(number)) => Some(number),
                        _ => None,
                    }
                }
            };
            let Some(number) = number else { continue };
            if !may_send(number, &self.facts, &self.scopes.variables) {
                self.say(
                    step.at,
                    Rule::SendsNothing,
                    format!(
                        "{} sends nothing: there is no call of http or auth in it, and it counts \
                         as one request",
                        step.label
                    ),
                );
            }
        }
    }

    fn returned(&mut self, ast: &'a Ast, role: Role) {
        let kind = match role {
            Role::Type => "Contract",
            Role::Crowd => "CrowdScript",
            Role::Mistakes => "Mistakes",
            Role::Mock => {
                if let Some(table) = contract::returned(ast) {
                    self.routes(table);
                }
                return;
            }
            Role::Module | Role::Test => return,
        };
        if let (Some(table), Some(options)) = (contract::returned(ast), super::kinds::table(kind)) {
            self.options(table, options, "the table");
        }
    }
}

/// `local print = print`: the local means the same.
fn is_copy(value: &Expression, local: &TokenReference) -> bool {
    match value {
        Expression::Var(Var::Name(from)) => name(from) == name(local),
        _ => false,
    }
}
