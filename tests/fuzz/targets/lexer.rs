//! The reader of `require`: whatever the source is, it ends, and in a source of Lua it overlooks nothing.

use mlua::Lua;
use throng::script::fuzz_api::modules;

const MARK: &str = "fuzz_mark";

thread_local! {
    static LUA: Lua = Lua::new();
}

pub fn check(source: &[u8]) {
    let (named, all) = modules(source);
    // Blanks and comments in front change nothing, unless the first line was left out: it is no first line any more.
    let text = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    if !text.starts_with(b"#") {
        let behind = [b" --[==[ ]] ]==] --x\n", source].concat();
        assert_eq!(modules(&behind), (named, all));
    }
    // A source that Lua compiles has no open string and no open comment: what stands behind it is seen.
    let compiles = LUA.with(|lua| {
        lua.load(source)
            .set_mode(mlua::chunk::ChunkMode::Text)
            .into_function()
            .is_ok()
    });
    if compiles {
        let more = [source, b"\nrequire '", MARK.as_bytes(), b"'"].concat();
        let (named, all) = modules(&more);
        assert!(
            all || named.contains(MARK),
            "the require behind it was overlooked"
        );
    }
}
