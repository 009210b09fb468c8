//! A shard's VMs: users of one type and version share a VM until it is full. A VM is made for its first user, and
//! dropped when the last one has left.

use std::cell::RefCell;
use std::rc::Rc;

use crate::engine::roster::{Roster, ScriptVersion};
use crate::metrics::TypeId;
use crate::script::{Diagnostic, ScriptConfig, USERS_PER_VM, Vm, VmResources};

/// The VMs of a shard.
pub struct VmPool {
    script_config: ScriptConfig,
    resources: VmResources,
    pooled: RefCell<Vec<PooledVm>>,
    /// Whether one VM of each version that is played stays without users: arrivals come one by one, and to load a script for
    /// each would cost more than it does.
    keeps_one: bool,
    /// What did not load, and why it was said already.
    broken: RefCell<Vec<(TypeId, u32)>>,
}

/// One VM and the number of its users.
struct PooledVm {
    kind: TypeId,
    vm: Rc<Vm>,
    users: usize,
    /// Whether somebody is meant to play its version.
    is_played: bool,
}

/// Why there is no VM for a user: reported by the first one that asked.
pub enum NoVm {
    /// These faults, and nobody has said them yet.
    Faults(Vec<Diagnostic>),
    /// As before.
    Reported,
}

impl VmPool {
    /// A pool without VMs.
    pub fn new(script_config: ScriptConfig, keeps_one: bool) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let resources = VmResources::new(count(script_config.shard), count(script_config.shards));
        Self {
            script_config,
            resources,
            keeps_one,
            pooled: RefCell::default(),
            broken: RefCell::default(),
        }
    }

    /// Loads what arrivals will play, so that the first of them need not wait for it.
    pub fn prepare(&self, roster: &Roster) {
        for (place, of) in (0u16..).zip(roster.types.iter()) {
            let kind = TypeId(place);
            let Some(version) = of.stable.filter(|_| self.keeps_one) else {
                continue;
            };
            match self.place(roster, kind, version) {
                Ok(vm) => self.leave(&vm),
                Err(NoVm::Faults(faults)) => {
                    for fault in faults {
                        tracing::error!("{fault}");
                    }
                }
                Err(NoVm::Reported) => {}
            }
        }
    }

    /// Says how many lines of scripts' logs were left out, if any were.
    pub fn settle_log(&self) {
        self.resources.log_rate.settle();
    }

    /// A VM with a place for one more user of this type and version.
    ///
    /// # Errors
    /// When the script does not load: it did when the bundle was checked, so memory or a feed changed since.
    pub fn place(
        &self,
        roster: &Roster,
        kind: TypeId,
        version: ScriptVersion,
    ) -> Result<Rc<Vm>, NoVm> {
        // Where a user could not be made, its VM may be there all the same.
        if self.is_broken(kind, version) {
            return Err(NoVm::Reported);
        }
        let fits = |one: &&mut PooledVm| {
            let same = one.kind == kind && one.vm.version == version.version;
            same && one.users < USERS_PER_VM
        };
        if let Some(one) = self.pooled.borrow_mut().iter_mut().find(fits) {
            one.users += 1;
            return Ok(Rc::clone(&one.vm));
        }
        let number = version.version;
        // A roster has the sources of all that it names.
        let (name, bundle) = roster.sources(kind, number).ok_or(NoVm::Reported)?;
        let vm = Vm::load(bundle, name, number, &self.script_config, &self.resources);
        let vm = Rc::new(vm.map_err(|faults| {
            self.give_up(kind, version);
            NoVm::Faults(faults)
        })?);
        self.pooled.borrow_mut().push(PooledVm {
            kind,
            vm: Rc::clone(&vm),
            users: 1,
            is_played: roster.plays(kind, number),
        });
        Ok(vm)
    }

    /// A user has left this VM.
    pub fn leave(&self, vm: &Rc<Vm>) {
        let mut pooled = self.pooled.borrow_mut();
        let Some(place) = pooled.iter().position(|one| Rc::ptr_eq(&one.vm, vm)) else {
            return;
        };
        pooled[place].users -= 1;
        let PooledVm {
            kind,
            users,
            is_played,
            ..
        } = pooled[place];
        let others = pooled
            .iter()
            .filter(|one| one.kind == kind && one.vm.version == vm.version);
        let stays = self.keeps_one && is_played && others.count() == 1;
        if users == 0 && !stays {
            pooled.swap_remove(place);
        }
    }

    /// There is a new roster: VMs that stayed without users for the sake of those to come, who play something else now, go.
    pub fn retire(&self, roster: &Roster) {
        let mut pooled = self.pooled.borrow_mut();
        for one in pooled.iter_mut() {
            one.is_played = roster.plays(one.kind, one.vm.version);
        }
        pooled.retain(|one| one.users > 0 || one.is_played);
    }

    /// Whether every VM is of a version that somebody is meant to play.
    pub fn is_up_to_date(&self, roster: &Roster) -> bool {
        let pooled = self.pooled.borrow();
        pooled
            .iter()
            .all(|one| roster.plays(one.kind, one.vm.version))
    }

    /// Nobody tries this again before there is a new roster.
    pub fn give_up(&self, kind: TypeId, version: ScriptVersion) {
        let mut broken = self.broken.borrow_mut();
        broken.push((kind, version.version));
    }

    /// Whether this did not load before.
    pub fn is_broken(&self, kind: TypeId, version: ScriptVersion) -> bool {
        let broken = self.broken.borrow();
        broken.contains(&(kind, version.version))
    }

    /// What did not load may be tried again: there is a new roster.
    pub fn forget_broken(&self) {
        self.broken.borrow_mut().clear();
    }

    /// Number of VMs and the bytes they hold.
    pub fn size(&self) -> (u64, u64) {
        let pooled = self.pooled.borrow();
        pooled.iter().fold((0, 0), |(count, bytes), one| {
            (count + 1, bytes + one.vm.memory() as u64)
        })
    }
}
