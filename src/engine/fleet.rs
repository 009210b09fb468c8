//! A shard's VMs: users of one type share a VM until it is full.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::metrics::TypeId;
use crate::script::api::data::Desks;
use crate::script::{Bundle, Fault, Sheet, Terms, USERS_PER_VM, Vm};

/// The VMs of one type, each with the number of its users.
type Rooms = Vec<(Rc<Vm>, usize)>;

/// The VMs of a shard, by type.
pub struct Fleet {
    bundle: Arc<Bundle>,
    sheets: Arc<[Sheet]>,
    terms: Terms,
    desks: Rc<Desks>,
    vms: RefCell<Vec<Rooms>>,
}

impl Fleet {
    /// A fleet without VMs: they are made when the first user needs one.
    pub fn new(bundle: Arc<Bundle>, sheets: Arc<[Sheet]>, terms: Terms) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let desks = Rc::new(Desks::new(count(terms.shard), count(terms.shards)));
        let vms = RefCell::new(sheets.iter().map(|_| Vec::new()).collect());
        Self {
            bundle,
            sheets,
            terms,
            desks,
            vms,
        }
    }

    /// A VM with a place for one more user of this type.
    ///
    /// # Errors
    /// When the script does not load: it did when the bundle was checked, so memory or a feed changed since.
    pub fn place(&self, kind: TypeId) -> Result<Rc<Vm>, Vec<Fault>> {
        let index = usize::from(kind.0);
        if let Some((vm, users)) = self
            .vms
            .borrow_mut()
            .get_mut(index)
            .and_then(|list| list.last_mut())
            && *users < USERS_PER_VM
        {
            *users += 1;
            return Ok(Rc::clone(vm));
        }
        let name = self
            .sheets
            .get(index)
            .map(|sheet| sheet.name.as_str())
            .unwrap_or_default();
        let vm = Rc::new(Vm::load(&self.bundle, name, 1, &self.terms, &self.desks)?);
        if let Some(list) = self.vms.borrow_mut().get_mut(index) {
            list.push((Rc::clone(&vm), 1));
        }
        Ok(vm)
    }

    /// Number of VMs and the bytes they hold.
    pub fn size(&self) -> (u64, u64) {
        self.vms
            .borrow()
            .iter()
            .flatten()
            .fold((0, 0), |(count, bytes), (vm, _)| {
                (count + 1, bytes + vm.memory() as u64)
            })
    }
}
