//! Registration of described functions in a VM.

use mlua::{
    Error, FromLuaMulti, IntoLua, IntoLuaMulti, Lua, Result, Table, UserDataMethods, UserDataRef,
    Value,
};

use super::description::{Function, Namespace};

/// A namespace that is being filled for one VM.
pub struct Registration<'l> {
    lua: &'l Lua,
    described: &'static Namespace,
    table: Table,
}

impl<'l> Registration<'l> {
    /// An empty table for this namespace.
    ///
    /// # Errors
    /// When the VM has no memory left.
    pub fn new(lua: &'l Lua, described: &'static Namespace) -> Result<Self> {
        let count = described.functions.len() + described.values.len();
        Ok(Self {
            lua,
            described,
            table: lua.create_table_with_capacity(0, count)?,
        })
    }

    /// Adds a function.
    ///
    /// # Errors
    /// When the namespace does not list it, it is described as one that waits, or the VM has no memory left.
    pub fn function<A, R>(
        &self,
        described: &'static Function,
        body: impl Fn(&Lua, A) -> Result<R> + 'static,
    ) -> Result<()>
    where
        A: FromLuaMulti,
        R: IntoLuaMulti,
    {
        let function = function(self.lua, described, body)?;
        self.add(described, function)
    }

    /// Adds a function in which the user waits.
    ///
    /// # Errors
    /// When the namespace does not list it, it is not described as one that waits, or the VM has no memory left.
    pub fn waiting<A, F, R>(
        &self,
        described: &'static Function,
        body: impl Fn(Lua, A) -> F + 'static,
    ) -> Result<()>
    where
        A: FromLuaMulti,
        F: Future<Output = Result<R>> + 'static,
        R: IntoLuaMulti,
    {
        let function = waiting(self.lua, described, body)?;
        self.add(described, function)
    }

    /// Adds a value that the namespace lists, or a namespace inside this one.
    ///
    /// # Errors
    /// When the VM has no memory left.
    pub fn value(&self, name: &str, value: impl IntoLua) -> Result<()> {
        self.table.raw_set(name, value)
    }

    fn add(&self, described: &'static Function, function: mlua::Function) -> Result<()> {
        let listed = self.described.functions.contains(&described);
        if !listed || described.table != self.described.name {
            return Err(misdescribed(described, "its table does not list it"));
        }
        self.table.raw_set(described.name, function)
    }

    /// The table, once it has all that the namespace lists.
    ///
    /// # Errors
    /// Names a function or value that was described and not added.
    pub fn finish(self) -> Result<Table> {
        for function in self.described.functions {
            if !self.table.contains_key(function.name)? {
                return Err(misdescribed(function, "it was not registered"));
            }
        }
        for value in self.described.values {
            if self.table.raw_get::<Value>(value.name)?.is_nil() {
                let words = format!("{}.{} was not registered", self.described.name, value.name);
                return Err(Error::runtime(words));
            }
        }
        Ok(self.table)
    }
}

/// A described function, for a place of its own.
///
/// # Errors
/// When it is described as one that waits, or the VM has no memory left.
pub fn function<A, R>(
    lua: &Lua,
    described: &'static Function,
    body: impl Fn(&Lua, A) -> Result<R> + 'static,
) -> Result<mlua::Function>
where
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    if described.waits {
        return Err(misdescribed(described, "it does not wait"));
    }
    lua.create_function(body)
}

/// A described function in which the user waits, for a place of its own.
///
/// # Errors
/// When it is not described as one that waits, or the VM has no memory left.
pub fn waiting<A, F, R>(
    lua: &Lua,
    described: &'static Function,
    body: impl Fn(Lua, A) -> F + 'static,
) -> Result<mlua::Function>
where
    A: FromLuaMulti,
    F: Future<Output = Result<R>> + 'static,
    R: IntoLuaMulti,
{
    if !described.waits {
        return Err(misdescribed(described, "it waits"));
    }
    lua.create_async_function(body)
}

/// Adds a described method to an object of the host.
pub fn method<T, M, A, R>(
    methods: &mut M,
    described: &'static Function,
    body: impl Fn(&Lua, &T, A) -> Result<R> + 'static,
) where
    M: UserDataMethods<T>,
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    methods.add_method(described.name, body);
}

/// Adds a described method in which the user may wait to an object of the host.
pub fn waiting_method<T, M, A, F, R>(
    methods: &mut M,
    described: &'static Function,
    body: impl Fn(Lua, UserDataRef<T>, A) -> F + 'static,
) where
    T: 'static,
    M: UserDataMethods<T>,
    A: FromLuaMulti,
    F: Future<Output = Result<R>> + 'static,
    R: IntoLuaMulti,
{
    methods.add_async_method(described.name, body);
}

fn misdescribed(described: &Function, why: &str) -> Error {
    Error::runtime(format!("{} is described wrongly: {why}", described.path()))
}
