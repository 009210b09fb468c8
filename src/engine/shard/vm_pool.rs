//! A shard's VMs: users of one type and generation share a VM until it is full. A VM is made when the first user moves
//! in, and dropped when the last one has left.

use std::cell::RefCell;
use std::rc::Rc;

use crate::engine::roster::{Edition, Roster};
use crate::metrics::TypeId;
use crate::script::api::data::Desks;
use crate::script::{Fault, Terms, USERS_PER_VM, Vm};

/// The VMs of a shard.
pub struct Fleet {
    terms: Terms,
    desks: Rc<Desks>,
    rooms: RefCell<Vec<Room>>,
    /// What did not load, and why it was said already.
    broken: RefCell<Vec<(TypeId, u32)>>,
}

/// One VM and the number of its users.
struct Room {
    kind: TypeId,
    vm: Rc<Vm>,
    users: usize,
}

/// Why a user has no place: said by the first one that asked.
pub enum NoPlace {
    /// These faults, and nobody has said them yet.
    Faults(Vec<Fault>),
    /// As before.
    Known,
}

impl Fleet {
    /// A fleet without VMs.
    pub fn new(terms: Terms) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let desks = Rc::new(Desks::new(count(terms.shard), count(terms.shards)));
        Self {
            terms,
            desks,
            rooms: RefCell::default(),
            broken: RefCell::default(),
        }
    }

    /// A VM with a place for one more user of this type and generation.
    ///
    /// # Errors
    /// When the script does not load: it did when the bundle was checked, so memory or a feed changed since.
    pub fn place(&self, kind: TypeId, edition: &Edition) -> Result<Rc<Vm>, NoPlace> {
        let fits = |room: &&mut Room| {
            let same = room.kind == kind && room.vm.generation == edition.generation;
            same && room.users < USERS_PER_VM
        };
        if let Some(room) = self.rooms.borrow_mut().iter_mut().find(fits) {
            room.users += 1;
            return Ok(Rc::clone(&room.vm));
        }
        if self.is_broken(kind, edition) {
            return Err(NoPlace::Known);
        }
        let (name, generation) = (&edition.sheet.name, edition.generation);
        let vm = Vm::load(&edition.bundle, name, generation, &self.terms, &self.desks);
        let vm = Rc::new(vm.map_err(|faults| {
            self.give_up(kind, edition);
            NoPlace::Faults(faults)
        })?);
        self.rooms.borrow_mut().push(Room {
            kind,
            vm: Rc::clone(&vm),
            users: 1,
        });
        Ok(vm)
    }

    /// A user has left this VM.
    pub fn leave(&self, vm: &Rc<Vm>) {
        let mut rooms = self.rooms.borrow_mut();
        let Some(place) = rooms.iter().position(|room| Rc::ptr_eq(&room.vm, vm)) else {
            return;
        };
        rooms[place].users -= 1;
        if rooms[place].users == 0 {
            rooms.swap_remove(place);
        }
    }

    /// Whether every VM is of a generation that somebody is meant to play.
    pub fn is_up_to_date(&self, roster: &Roster) -> bool {
        let rooms = self.rooms.borrow();
        rooms
            .iter()
            .all(|room| roster.plays(room.kind, room.vm.generation))
    }

    /// Nobody tries this again before there is a new roster.
    pub fn give_up(&self, kind: TypeId, edition: &Edition) {
        let mut broken = self.broken.borrow_mut();
        broken.push((kind, edition.generation));
    }

    /// Whether this did not load before.
    pub fn is_broken(&self, kind: TypeId, edition: &Edition) -> bool {
        let broken = self.broken.borrow();
        broken.contains(&(kind, edition.generation))
    }

    /// What did not load may be tried again: there is a new roster.
    pub fn forget_broken(&self) {
        self.broken.borrow_mut().clear();
    }

    /// Number of VMs and the bytes they hold.
    pub fn size(&self) -> (u64, u64) {
        let rooms = self.rooms.borrow();
        rooms.iter().fold((0, 0), |(count, bytes), room| {
            (count + 1, bytes + room.vm.memory() as u64)
        })
    }
}
