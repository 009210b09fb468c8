//! The shape of a type: its stages and its curve.

use toml::de::DeValue;

use super::Item;
use super::numbers::text_of;
use super::reading::{Reading, Value};
use super::tables::{self, Table};
use crate::plan::Fault;
use crate::plan::live::NO_CURVE;
use crate::plan::shape::{parse_curve, parse_stages};

pub(super) const STAGES: &str = "stages";
pub(super) const CURVE: &str = "curve";

impl Reading<'_> {
    /// `stages = "2m:100,1m:0"`, an array of such parts, or `[[types.NAME.stages]]`.
    pub(super) fn stages_of(&mut self, kind: &str, value: &Value<'_>) {
        let key = format!("types.{kind}.{STAGES}");
        let Some(items) = self.stage_items(&key, value) else {
            return;
        };
        if items.is_empty() {
            let remedy = "write stages = \"2m:100,5m:100,1m:0\", or leave it out";
            return self.wrong(&key, value, "is empty", remedy);
        }
        let texts: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
        match parse_stages(&texts.join(",")) {
            Ok(stages) => {
                self.plan.stages.insert(kind.to_owned(), stages);
                self.items(key, value, items);
            }
            Err(why) => self.wrong(&key, value, &why.cause, &why.remedy),
        }
    }

    fn stage_items(&mut self, key: &str, value: &Value<'_>) -> Option<Vec<Item>> {
        if let Some(Table::Rows(row)) = tables::of("stage", value.get_ref()) {
            return row.items(self, key, value.get_ref());
        }
        let item = |value: &Value<'_>| match value.get_ref() {
            DeValue::String(text) => Some(Item {
                text: text.clone().into_owned(),
                place: self.place(value.span().start),
            }),
            _ => None,
        };
        let items: Option<Vec<Item>> = match value.get_ref() {
            DeValue::Array(parts) => parts.iter().map(item).collect(),
            _ => item(value).map(|one| vec![one]),
        };
        if items.is_none() {
            self.wrong(
                key,
                value,
                "must be a string, an array of them, or tables",
                "write stages = \"2m:100,5m:100,1m:0\"",
            );
        }
        items
    }

    /// `curve = "office"`, a file, or `"none"`.
    pub(super) fn curve_of(&mut self, kind: &str, value: &Value<'_>) {
        let key = format!("types.{kind}.{CURVE}");
        let text = match value.get_ref() {
            DeValue::String(_) => text_of(value.get_ref()),
            _ => None,
        };
        let Some(text) = text else {
            let remedy = "write curve = \"office\"";
            return self.wrong(&key, value, "must be a string", remedy);
        };
        let source = match parse_curve(&text) {
            Ok(source) => Some(source),
            Err(_) if text == NO_CURVE => None,
            Err(why) => {
                let remedy = format!("{}; {NO_CURVE} is without the run's curve", why.remedy);
                return self.wrong(&key, value, &why.cause, &remedy);
            }
        };
        self.plan.curves.insert(kind.to_owned(), source);
        self.entry(key, value, text);
    }

    /// Stages say how many users of a type there are, and so does a weight.
    pub(super) fn stages_beside_weights(&mut self) {
        let mut faults = Vec::new();
        for kind in self.plan.stages.keys() {
            let key = format!("types.{kind}.{STAGES}");
            let Some(stages) = self.plan.entry(&key) else {
                continue;
            };
            let mut fault = |place: &super::Place, thing: String, remedy: &str| {
                let cause = format!("{key} at {} says how many users there are", stages.place);
                let fault = Fault::new(thing, cause, remedy);
                let place = place.clone();
                faults.push(super::FileFault { place, fault });
            };
            let weight = format!("types.{kind}.weight");
            if let Some(entry) = self.plan.entry(&weight) {
                fault(&entry.place, weight, "give one of them");
            }
            let places = self.plan.entry("incident").into_iter();
            let places = places.flat_map(|entry| &entry.items);
            for (incident, item) in self.plan.incidents.iter().zip(places) {
                if incident.overlay.change.weights().contains_key(kind) {
                    let thing = format!("incident {}: weights.{kind}", incident.name);
                    fault(&item.place, thing, "leave the weight out");
                }
            }
        }
        self.faults.extend(faults);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Baseline, Keys, read};
    use crate::plan::shape::{CurveSource, show_stages};

    #[test]
    fn stages_of_a_type_may_take_no_time() {
        let text = "[types.new]\nstages = '0s:1'";
        let (plan, faults) = read("f", text.as_bytes(), &Keys::default());
        assert_eq!(faults, []);
        assert_eq!(show_stages(&plan.stages["new"]), "0s:1");
    }

    #[test]
    fn stages_are_text_parts_or_tables_and_a_curve_is_a_name_or_a_file() {
        for text in [
            "[types.new]\nstages = '2m:100,1m:0'",
            "[types.new]\nstages = ['2m:100', '1m:0']",
            "[[types.new.stages]]\nover = '2m'\nusers = 100\n[[types.new.stages]]\nover = 60\nusers = 0",
        ] {
            let (plan, faults) = read("f", text.as_bytes(), &Keys::default());
            assert_eq!(faults, [], "{text}");
            assert_eq!(show_stages(&plan.stages["new"]), "2m:100,1m:0", "{text}");
            assert_eq!(plan.types[0].text, "new");
            assert!(plan.entry("types.new.stages").is_some());
        }
        for (text, source) in [
            ("office", Some(CurveSource::Office)),
            ("a.csv", Some(CurveSource::File("a.csv".to_owned()))),
            ("none", None),
        ] {
            let text = format!("[types.new]\ncurve = '{text}'");
            let (plan, faults) = read("f", text.as_bytes(), &Keys::default());
            assert_eq!(faults, [], "{text}");
            assert_eq!(plan.curves["new"], source);
        }
    }

    #[test]
    fn an_edit_during_a_run_is_refused_with_its_place() {
        let plan = |text: &str| read("f", text.as_bytes(), &Keys::default()).0;
        let began = plan("[types.new]\nstages = '2m:100'\ncurve = 'day'");
        let baseline = Baseline::default().begun(&began);
        assert_eq!(baseline.faults("f", &began), []);
        let now = plan("[types.new]\nstages = '2m:300'");
        let faults = baseline.faults("f", &now);
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let refused = "cannot change during a run; restart the run for it, or write again what it";
        assert_eq!(faults.len(), 2, "{faults:#?}");
        for (fault, thing) in faults
            .iter()
            .zip(["f:2:10: types.new.stages: ", "f:1:1: types.new.curve: "])
        {
            assert!(fault.starts_with(&format!("{thing}{refused}")), "{fault}");
        }
    }

    #[test]
    fn what_is_wrong_with_them_has_its_place() {
        for (text, expected) in [
            (
                "[types.new]\nstages = '2m'",
                "f:2:10: types.new.stages '2m': has \"2m\" in place of a time and",
            ),
            (
                "[types.new]\nstages = 5",
                "f:2:10: types.new.stages 5: must be a string, an array of them, or tables; write",
            ),
            (
                "[[types.new.stages]]\nover = '2m'",
                "f:1:1: types.new.stages: has no users; give over, users",
            ),
            (
                "[types.new]\ncurve = 'ofice'",
                "f:2:9: types.new.curve 'ofice': is not a valid curve; give day,",
            ),
            (
                "[types.new]\ncurve = 5",
                "f:2:9: types.new.curve 5: must be a string; write",
            ),
            (
                "[types.new]\nstage = '2m:5'",
                "f:2:1: stage: is not a key of a type; did you mean stages?",
            ),
            (
                "[types.new]\nweight = 3\nstages = '2m:5'",
                "f:2:10: types.new.weight: types.new.stages at f:3:10 says how many users there are; \
                 give one of them",
            ),
            (
                "[types.new]\nstages = '2m:5'\n[weights]\nnew = 3",
                "f:4:7: types.new.weight: types.new.stages at f:2:10 says",
            ),
            (
                "[types.new]\nstages = '2m:5'\n[[incident]]\nname = 'x'\nfor = 5\nweights = { new = 3 }",
                "f:3:1: incident x: weights.new: types.new.stages at f:2:10 says how many users there \
                 are; leave the weight out",
            ),
        ] {
            let (_, faults) = read("f", text.as_bytes(), &Keys::default());
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            assert_eq!(faults.len(), 1, "{text}: {faults:#?}");
            assert!(faults[0].starts_with(expected), "{text}: {}", faults[0]);
        }
    }
}
