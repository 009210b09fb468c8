//! Exclusive rows of feeds that sessions hold; they go back when the session ends.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Guards of checked-out rows by user number: dropping a guard frees its row.
pub type Leases = Rc<RefCell<BTreeMap<u64, Vec<Box<dyn Any>>>>>;
