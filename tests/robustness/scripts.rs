//! A test for each script of the tables.

use std::collections::BTreeSet;

use super::script_case::{GROUPS, folder, group, run};

/// Makes a test of each case, so that a failure names it.
macro_rules! cases {
    ($($group:ident: $($case:ident)*;)*) => {
        $(mod $group {
            $(#[test]
            fn $case() {
                super::run(stringify!($group), stringify!($case));
            })*
        })*

        const TESTED: &[(&str, &[&str])] = &[$((stringify!($group), &[$(stringify!($case)),*])),*];
    };
}

cases! {
    endless:
        plain_loop goto_loop loop_in_pcall loop_in_error_handler loop_in_coroutine
        loop_in_metamethod loop_in_tostring loop_in_comparator loop_in_gsub loop_in_parallel
        endless_iterator endless_length next_of_nothing coroutine_that_never_ends
        thousands_of_coroutines close_metamethod catastrophic_pattern catastrophic_gmatch
        upper_of_a_large_text reverse_of_a_large_text format_of_a_large_text joining_a_large_text
        large_texts_compared sort_of_a_large_table insert_at_the_front json_of_a_large_table
        hash_of_a_large_text random_without_end;
    deep:
        lua_recursion tail_recursion pcall_recursion gsub_recursion sort_recursion format_recursion
        wrap_in_wrap parallel_in_parallel index_chain index_circle concat_recursion json_depth
        json_circle pattern_depth log_recursion;
    memory:
        text_doubled texts_doubled_and_kept ten_million_entries ten_million_texts sparse_index rep
        rep_with_separator rep_of_nothing concat concat_by_range gsub_growth format_width pack_width
        unpack_range unpack_many move_range char_many utf8_bomb huge_state huge_json huge_body
        closures_kept long_error long_name long_log;
    doors:
        os io debug package load dump collectgarbage string_metatable string_metatable_replaced
        global_assigned global_rawset library_replaced library_replaced_raw api_replaced
        global_replaced env globals_metatable user_replaced user_of_another finalizer error_nil
        error_table error_that_throws error_that_loops error_of_a_coroutine error_not_utf8
        yield_by_hand yield_of_the_host yield_across_pcall resume_of_itself number_parsing
        integer_edges header_injection header_name_injection path_injection host_injection;
    loading:
        loop_at_the_top loop_in_a_module memory_at_the_top tables_at_the_top
        memory_in_pcall_at_the_top requires_itself requires_in_a_circle requires_by_a_made_name
        requires_a_path chain_of_modules bytecode deep_nesting requests_while_loading
        yield_while_loading returns_a_trap error_with_a_trap;
}

#[test]
fn every_case_of_the_tables_has_its_test() {
    let mut groups = BTreeSet::new();
    for (name, tested) in TESTED {
        let cases: Vec<String> = group(name)
            .cases
            .into_iter()
            .map(|case| case.name)
            .collect();
        assert_eq!(&cases, tested, "{name}");
        groups.insert(format!("{name}.toml"));
    }
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, groups);
    assert_eq!(TESTED.len(), GROUPS.len());
}
