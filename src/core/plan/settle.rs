//! What of a plan is known only with the types that take part: whose stages count, and when they end the run.

use super::shape::show_stages;
use super::{Fault, Length, Plan};

impl Plan {
    /// Keeps the shapes of the types that take part, by names and weights. A run whose every type has stages ends with the
    /// last of them where nothing else says when.
    ///
    /// # Errors
    /// When stages of types say how long users come and go, and the others would have one session each.
    pub fn settle(&mut self, types: &[(&str, f64)]) -> Result<(), Fault> {
        let takes_part = |name: &String| types.iter().any(|(other, _)| other == name);
        self.shape.types.retain(|name, _| takes_part(name));
        if let Some(end) = self.shape.end() {
            self.length = Length::Duration(end);
            return Ok(());
        }
        let (Length::Once, Some(end)) = (self.length, self.shape.end_of_types()) else {
            return Ok(());
        };
        let mut with_stages = self.shape.types.iter().filter(|(_, of)| of.has_stages());
        let has_stages = |name: &str| {
            let shape = self.shape.types.get(name);
            shape.is_some_and(super::shape::TypeShape::has_stages)
        };
        let others = types.iter().filter(|(_, weight)| *weight > 0.0);
        let others: Vec<&str> = others
            .map(|(name, _)| *name)
            .filter(|name| !has_stages(name))
            .collect();
        if let (Some((name, of)), false) = (with_stages.next(), others.is_empty()) {
            return Err(Fault::new(
                format!("types.{name}.stages {}", show_stages(&of.stages)),
                format!(
                    "does not say when the run of {} ends, whose users would have one session each",
                    others.join(", ")
                ),
                "give --duration, --continuous or --stage, or stages to every type",
            ));
        }
        self.length = Length::Duration(end);
        Ok(())
    }
}
