//! The current values of live settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shape_key::ShapeKey;
use super::{Change, Setting};
use crate::plan::Plan;

/// The value of every setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiveSettings {
    /// By the index of the setting.
    pub(super) numbers: [f64; Setting::ALL.len()],
    weights: BTreeMap<String, f64>,
    /// What was set of the shape since the run began, and how often: the same again begins anew.
    shape: BTreeMap<ShapeKey, (String, u32)>,
    /// The step that every user whose type has it takes; only an incident sets it.
    pub(super) step: Option<String>,
}

impl LiveSettings {
    /// The initial values from a plan.
    pub fn of(plan: &Plan) -> Self {
        Self {
            numbers: Setting::ALL.map(|setting| setting.planned(plan)),
            weights: plan.weights.clone(),
            shape: BTreeMap::new(),
            step: None,
        }
    }

    /// Writes these values to a plan.
    pub fn set_in_plan(&self, plan: &mut Plan) {
        for setting in Setting::ALL {
            setting.set_in_plan(plan, self.get(setting));
        }
        plan.weights.clone_from(&self.weights);
    }

    /// The value of a setting.
    pub fn get(&self, setting: Setting) -> f64 {
        self.numbers[setting.place()]
    }

    /// Number of users.
    pub fn users(&self) -> u32 {
        // Every way to set the value keeps it an integer within its bounds.
        self.get(Setting::Users) as u32
    }

    /// Weights that override those of the scripts.
    pub fn weights(&self) -> &BTreeMap<String, f64> {
        &self.weights
    }

    /// The step that every user whose type has it takes at each turn; none: each type's own.
    pub fn step(&self) -> Option<&str> {
        self.step.as_deref()
    }

    /// The same after a change.
    #[must_use]
    pub fn with(mut self, change: &Change) -> Self {
        for (setting, value) in &change.numbers {
            self.numbers[setting.place()] = *value;
        }
        self.weights.extend(change.weights.clone());
        self.set_shape(change);
        self
    }

    fn set_shape(&mut self, change: &Change) {
        for (key, text) in &change.shape {
            let times = self.shape.get(key).map_or(0, |(_, times)| *times);
            self.shape.insert(*key, (text.clone(), times + 1));
        }
    }

    /// The same after a file of settings has changed from `before` to `now`: a value that changed in it is set, one that
    /// was taken out goes back to `base`, and one that stays does not change what a command set meanwhile.
    #[must_use]
    pub fn with_file(mut self, before: &Change, now: &Change, base: &Self) -> Self {
        for setting in Setting::ALL {
            if now.get(setting) != before.get(setting) {
                let value = now.get(setting).unwrap_or(base.get(setting));
                self.numbers[setting.place()] = value;
            }
        }
        self.set_shape(&now.since(before));
        for name in before.weights.keys().chain(now.weights.keys()) {
            let weight = now.weights.get(name);
            if weight == before.weights.get(name) {
                continue;
            }
            match weight {
                Some(weight) => self.weights.insert(name.clone(), *weight),
                None => self.weights.remove(name),
            };
        }
        self
    }

    /// The same with these weights of all types.
    #[must_use]
    pub fn with_weights(self, weights: BTreeMap<String, f64>) -> Self {
        Self { weights, ..self }
    }

    /// The differences to `before`, one value each: `users 100 -> 300`.
    pub fn since(&self, before: &Self) -> Vec<String> {
        let numbers = Setting::ALL.into_iter().map(|setting| {
            let (old, new) = (before.get(setting), self.get(setting));
            (setting.name().to_owned(), old, new)
        });
        let weights = self.weights.iter().map(|(name, new)| {
            let old = before.weights.get(name).unwrap_or(new);
            (format!("weights.{name}"), *old, *new)
        });
        let shape = self.shape.iter().filter_map(|(key, new)| {
            let old = before.shape.get(key);
            let is_new = old != Some(new);
            is_new.then(|| format!("{} {} from now on", key.name(), new.0))
        });
        let step = (self.step != before.step).then(|| {
            let name =
                |step: &Option<String>| step.clone().unwrap_or_else(|| "each its own".to_owned());
            format!("step {} -> {}", name(&before.step), name(&self.step))
        });
        numbers
            .chain(weights)
            .filter(|(_, old, new)| old != new)
            .map(|(name, old, new)| format!("{name} {old} -> {new}"))
            .chain(shape)
            .chain(step)
            .collect()
    }
}
