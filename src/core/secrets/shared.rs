use std::sync::{Arc, PoisonError, RwLock};

use super::masker::Masker;

/// A masker that can be exchanged while texts are written: a worker learns the secrets of a run when it takes part in it.
#[derive(Clone, Default)]
pub struct SharedMasker(Arc<RwLock<Arc<Masker>>>);

impl SharedMasker {
    /// The present one.
    pub fn get(&self) -> Arc<Masker> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on secrets are masked by this one.
    pub fn set(&self, masker: Arc<Masker>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = masker;
    }
}

impl From<Arc<Masker>> for SharedMasker {
    fn from(masker: Arc<Masker>) -> Self {
        Self(Arc::new(RwLock::new(masker)))
    }
}

impl From<&Arc<Masker>> for SharedMasker {
    fn from(masker: &Arc<Masker>) -> Self {
        Arc::clone(masker).into()
    }
}
