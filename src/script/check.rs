//! Looks at a whole bundle before anything is sent: each script is loaded in a throw-away VM, all faults come at once.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use super::api::data::Desks;
use super::behaviour::{Behaviour, Steps, ThinkTime};
use super::bundle::Bundle;
use super::crowd::CrowdScript;
use super::fault::Fault;
use super::vm::Vm;
use super::world::Terms;
use crate::metrics::Recorder;
use crate::pace::Think;

/// What the run needs to know of a type before its first user: plain data.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The type's name: that of its file.
    pub name: String,
    /// Its file.
    pub path: String,
    /// Its share of the crowd.
    pub weight: f64,
    /// Requests in a session, if it says so.
    pub requests: Option<(u32, u32)>,
    /// The pause between steps, in words.
    pub think: String,
    /// Number of its steps; 1 for a type with its own `step`.
    pub steps: usize,
}

/// Loads every type once and throws the VMs away.
///
/// # Errors
/// Every fault of every file.
pub fn bundle(bundle: &Arc<Bundle>, terms: &Terms) -> Result<Vec<Sheet>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut sheets = Vec::new();
    let mut metrics = Recorder::new();
    let desks = Rc::new(Desks::new(0, 1));
    for (name, source) in &bundle.types {
        match Vm::load(bundle, name, 0, terms, &desks) {
            Ok(vm) => {
                sheets.push(sheet(name, &source.path, &vm.behaviour));
                for declaration in vm.declared.metrics.borrow().iter() {
                    if let Err(why) = metrics.declare(declaration.clone()) {
                        faults.push(Fault::at(&source.path, format!("metrics: {why}")));
                    }
                }
            }
            Err(found) => faults.extend(found),
        }
    }
    if let Err(found) = CrowdScript::load(bundle, terms) {
        faults.extend(found);
    }
    // A fault of a module comes with every type that requires it, each time behind other frames.
    let mut said = HashSet::new();
    faults.retain(|fault| said.insert((fault.place.clone(), fault.message.clone())));
    if faults.is_empty() {
        Ok(sheets)
    } else {
        Err(faults)
    }
}

fn sheet(name: &str, path: &str, behaviour: &Behaviour) -> Sheet {
    Sheet {
        name: name.to_owned(),
        path: path.to_owned(),
        weight: behaviour.weight,
        requests: behaviour.requests,
        think: match &behaviour.think {
            ThinkTime::Draw(Think::Fixed(seconds)) => format!("{seconds} s"),
            ThinkTime::Draw(Think::Range(from, to)) => format!("{from}-{to} s"),
            ThinkTime::Ask(_) => "its own".to_owned(),
        },
        steps: match &behaviour.steps {
            Steps::Own(_) => 1,
            Steps::Drawn(steps) => steps.len(),
        },
    }
}
