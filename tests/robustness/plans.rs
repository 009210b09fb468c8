//! Plans that cannot be, or that cannot be followed: what happens, what comes of it, and file and name of the test, which is a
//! room's own where it begins with `src/`.

pub const PLANS: &[[&str; 4]] = &[
    [
        "stages and arrivals at once",
        "refused: users either stay or arrive",
        "cli/shapes.rs",
        "a_shape_that_cannot_be_is_refused_with_its_remedy",
    ],
    [
        "a curve, spikes or noise for a run of a number of sessions",
        "refused: it has no time for them",
        "cli/shapes.rs",
        "a_shape_that_cannot_be_is_refused_with_its_remedy",
    ],
    [
        "`--day-length` or `--timezone` without a curve",
        "refused",
        "cli/shapes.rs",
        "a_shape_that_cannot_be_is_refused_with_its_remedy",
    ],
    [
        "a negative time",
        "refused, in stages, spikes and spans",
        "cli/shapes.rs",
        "a_shape_that_cannot_be_is_refused_with_its_remedy",
    ],
    [
        "0/s for ever, or stages without users",
        "refused: nobody would ever arrive",
        "cli/shapes.rs",
        "a_shape_that_cannot_be_is_refused_with_its_remedy",
    ],
    [
        "a time zone that does not exist",
        "refused",
        "cli/shapes.rs",
        "a_shape_that_cannot_be_is_refused_with_its_remedy",
    ],
    [
        "a curve file with a hole, or with times out of order",
        "refused, each line by its number",
        "command/shapes.rs",
        "every_fault_of_a_curve_is_said_with_its_line_before_anything_is_sent",
    ],
    [
        "a curve file of weekdays without one of them",
        "refused, with the days that are missing",
        "command/shapes.rs",
        "every_fault_of_a_curve_is_said_with_its_line_before_anything_is_sent",
    ],
    [
        "a day of 23 hours, and one of 25",
        "the hour is left out, or comes twice",
        "src/core/plan/shape/time_zone.rs",
        "a_day_of_23_hours_leaves_one_out_and_one_of_25_repeats_it",
    ],
    [
        "an incident at a time of day that such a day leaves out or has twice",
        "begins once, at the moment of the change or the first time",
        "src/core/engine/incidents/tests.rs",
        "a_time_left_out_begins_at_the_change_and_one_had_twice_once",
    ],
    [
        "a clock that is set while a run is under way",
        "changes nothing: a curve goes on by the run's own time",
        "plan/shapes.rs",
        "a_curve_takes_the_time_of_day_once_when_the_run_begins",
    ],
    [
        "a machine that was suspended over an incident",
        "the incident does not begin late",
        "src/core/engine/incidents/tests.rs",
        "an_incident_whose_time_was_missed_does_not_begin",
    ],
    [
        "`--max-users` below what the rate needs",
        "a warning before the run, with the number by Little's law",
        "command/shapes.rs",
        "too_few_places_for_the_rate_are_said_before_the_run",
    ],
    [
        "more arrivals than `--max-users`",
        "dropped and counted",
        "engine/open.rs",
        "arrivals_without_a_place_are_dropped_and_counted",
    ],
    [
        "more arrivals than the machine can begin",
        "dropped as late, counted and said",
        "engine/open.rs",
        "arrivals_beyond_what_the_machine_can_begin_are_dropped_as_late_and_said",
    ],
    [
        "a memory over 64 KiB",
        "an error of the script; nothing of that session is kept",
        "engine/comebacks.rs",
        "a_memory_that_cannot_be_kept_is_an_error_of_the_script",
    ],
    [
        "a `next` to a step that a reload took away",
        "the user goes on by weight, which is said once",
        "engine/next.rs",
        "a_user_whose_step_a_reload_took_away_goes_on_by_weight_which_is_said_once",
    ],
    [
        "two incidents at once on one setting",
        "the later one holds, then the other again",
        "engine/incidents.rs",
        "of_two_incidents_on_one_setting_the_later_one_wins",
    ],
    [
        "a plan file that is saved while an incident holds",
        "changes the value beneath, which holds afterwards",
        "command/plan_file.rs",
        "what_is_saved_while_an_incident_holds_is_beneath_it_and_holds_afterwards",
    ],
    [
        "a plan file with faults",
        "all of them at once, with line and column; nothing is sent",
        "cli/plan_file.rs",
        "all_faults_come_at_once_in_the_order_of_the_text",
    ],
    [
        "a plan file that is named and not there, or not to be read",
        "refused",
        "cli/plan_file.rs",
        "a_file_that_is_named_must_be_there",
    ],
    [
        "a key of the plan file that a run cannot change",
        "that save is refused with its place; the run stays as it is",
        "command/plan_file.rs",
        "a_named_plan_file_is_watched_and_keys_that_cannot_change_are_refused",
    ],
];
