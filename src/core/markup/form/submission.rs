//! What a form sends.

use url::Url;

use super::controls::{Control, ControlKind};
use super::encode::urlencoded;
use super::model::{Encoding, Entry, EntryValue, File, Form, FormError, FormMethod};
use crate::markup::links::literal;

/// What is put into a field, in place of what the page has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// Texts: of a field with one, the first; what is chosen of checkboxes, radio buttons and lists.
    Texts(Vec<Vec<u8>>),
    /// A checkbox or radio button is checked.
    On,
    /// Nothing is sent under this name.
    Off,
    File(File),
}

/// A form that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub method: FormMethod,
    /// Where it goes: a whole URL. With GET its query is that of the form.
    pub url: String,
    pub encoding: Encoding,
    pub entries: Vec<Entry>,
}

impl Form<'_> {
    /// What each control that has a name holds, in the order of the page, by name: as a browser would send it if no button
    /// were pressed.
    pub fn values(&self) -> Vec<(String, String)> {
        let entries = entries(&self.controls(), None, &mut Vec::new());
        let text = |entry: Entry| match entry.value {
            EntryValue::Text(text) => {
                Some((entry.name, String::from_utf8_lossy(&text).into_owned()))
            }
            EntryValue::File(_) => None,
        };
        entries.into_iter().filter_map(text).collect()
    }

    /// What is sent when the form of the page at this URL is sent with these fields. A button is pressed: the one that a
    /// field names (with that value, where there are several), else the first, as by the Enter key. Fields that the form
    /// has not are sent behind its own.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub fn submission(
        &self,
        page: &Url,
        fields: Vec<(String, FieldValue)>,
    ) -> Result<Submission, FormError> {
        let mut fields: Vec<_> = fields
            .into_iter()
            .map(|(name, value)| Some((name, value)))
            .collect();
        let controls = self.controls();
        let button = pressed(&controls, &fields);
        let entries = entries(&controls, button, &mut fields);
        let of = |own: &str, name: &str| {
            let by_button = button
                .map(|at| controls[at].node)
                .and_then(|node| self.document.attr(node, own));
            by_button
                .or_else(|| self.document.attr(self.node, name))
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let method = match of("formmethod", "method").to_ascii_lowercase().as_str() {
            "post" => FormMethod::Post,
            "dialog" => return Err(FormError::Dialog),
            _ => FormMethod::Get,
        };
        let encoding = match of("formenctype", "enctype").to_ascii_lowercase().as_str() {
            "multipart/form-data" => Encoding::Multipart,
            "text/plain" => Encoding::Plain,
            _ => Encoding::Urlencoded,
        };
        let action = of("formaction", "action");
        let mut url = match action.as_str() {
            "" => page.clone(),
            action => {
                let base = self.document.base(page);
                let url = base.join(action).ok();
                url.filter(|url| matches!(url.scheme(), "http" | "https"))
                    .ok_or_else(|| FormError::Action(action.to_owned()))?
            }
        };
        url.set_fragment(None);
        if method == FormMethod::Get {
            url.set_query(Some(&urlencoded(&entries)));
        }
        Ok(Submission {
            method,
            url: literal(&url),
            encoding,
            entries,
        })
    }
}

/// The entries in the order of the page. Fields that are used are taken out.
fn entries(
    controls: &[Control],
    button: Option<usize>,
    fields: &mut Vec<Option<(String, FieldValue)>>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut replaced = Vec::new();
    for (at, control) in controls.iter().enumerate() {
        if let ControlKind::Submit { value, is_image } = &control.kind {
            if button == Some(at) {
                press(control, value, *is_image, fields, &mut entries);
            }
            continue;
        }
        if control.name.is_empty() || replaced.contains(&control.name) {
            continue;
        }
        let is_field = |field: &&mut Option<(String, FieldValue)>| matches!(field, Some((name, _)) if *name == control.name);
        match fields.iter_mut().find(is_field) {
            None => own(control, &mut entries),
            Some(field) => {
                if fill(control, field, &mut entries) {
                    replaced.push(control.name.clone());
                }
            }
        }
    }
    for (name, value) in fields.drain(..).flatten() {
        add(&name, value, "true", &mut entries);
    }
    entries
}

/// What a control sends by itself.
fn own(control: &Control, entries: &mut Vec<Entry>) {
    let name = &control.name;
    match &control.kind {
        ControlKind::Text(value) => push(name, value.as_bytes(), entries),
        ControlKind::Checkable {
            value, is_checked, ..
        } => {
            if *is_checked {
                push(name, value.as_bytes(), entries);
            }
        }
        ControlKind::Select(values) => {
            for value in values {
                push(name, value.as_bytes(), entries);
            }
        }
        // As browsers do where no file is chosen.
        ControlKind::File => entries.push(Entry {
            name: name.clone(),
            value: EntryValue::File(File::default()),
        }),
        ControlKind::Submit { .. } => {}
    }
}

/// Sends what a field says in place of what the control holds; whether it stands for all controls of that name.
fn fill(
    control: &Control,
    field: &mut Option<(String, FieldValue)>,
    entries: &mut Vec<Entry>,
) -> bool {
    let Some((name, value)) = field.take() else {
        return false;
    };
    match (&control.kind, value) {
        (ControlKind::Text(_), FieldValue::Texts(mut texts)) if !texts.is_empty() => {
            // Several fields of one name take one text each.
            push(&name, &texts.remove(0), entries);
            if !texts.is_empty() {
                *field = Some((name, FieldValue::Texts(texts)));
            }
            false
        }
        (ControlKind::Checkable { value, .. }, FieldValue::On) => {
            push(&name, value.as_bytes(), entries);
            true
        }
        (_, value) => {
            add(&name, value, "true", entries);
            true
        }
    }
}

/// Sends what a field says.
fn add(name: &str, value: FieldValue, on: &str, entries: &mut Vec<Entry>) {
    match value {
        FieldValue::Texts(texts) => {
            for text in texts {
                push(name, &text, entries);
            }
        }
        FieldValue::On => push(name, on.as_bytes(), entries),
        FieldValue::Off => {}
        FieldValue::File(file) => entries.push(Entry {
            name: name.to_owned(),
            value: EntryValue::File(file),
        }),
    }
}

fn push(name: &str, text: &[u8], entries: &mut Vec<Entry>) {
    entries.push(Entry {
        name: name.to_owned(),
        value: EntryValue::Text(with_line_ends(text)),
    });
}

/// The button that is pressed.
fn pressed(controls: &[Control], fields: &[Option<(String, FieldValue)>]) -> Option<usize> {
    let is_button = |control: &Control| matches!(control.kind, ControlKind::Submit { .. });
    let is_other = |name: &str| {
        controls
            .iter()
            .any(|control| control.name == name && !is_button(control))
    };
    let named = fields.iter().flatten().find_map(|(name, value)| {
        let mut buttons = controls
            .iter()
            .enumerate()
            .filter(|(_, control)| is_button(control) && control.name == *name)
            .peekable();
        buttons.peek()?;
        if is_other(name) || *value == FieldValue::Off {
            return None;
        }
        let holds = |control: &Control| match (&control.kind, value) {
            (ControlKind::Submit { value, .. }, FieldValue::Texts(texts)) => {
                texts.first().is_some_and(|text| text == value.as_bytes())
            }
            _ => false,
        };
        let first = buttons.peek().map(|(at, _)| *at);
        let exact = buttons.find(|(_, control)| holds(control));
        exact.map(|(at, _)| at).or(first)
    });
    named.or_else(|| controls.iter().position(is_button))
}

/// Sends the name and value of the button that is pressed.
fn press(
    control: &Control,
    value: &str,
    is_image: bool,
    fields: &mut [Option<(String, FieldValue)>],
    entries: &mut Vec<Entry>,
) {
    let name = &control.name;
    if is_image {
        let dot = if name.is_empty() { "" } else { "." };
        for axis in ["x", "y"] {
            push(&format!("{name}{dot}{axis}"), b"0", entries);
        }
        return;
    }
    if name.is_empty() {
        return;
    }
    let is_field = |field: &&mut Option<(String, FieldValue)>| matches!(field, Some((other, _)) if other == name);
    match fields.iter_mut().find(is_field).and_then(Option::take) {
        None | Some((_, FieldValue::On)) => push(name, value.as_bytes(), entries),
        Some((name, other)) => add(&name, other, value, entries),
    }
}

/// Line ends as forms have them.
fn with_line_ends(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                bytes.next_if_eq(&b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            other => out.push(other),
        }
    }
    out
}
