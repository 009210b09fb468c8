"""What is common to the dashboards of runs: which run, and the marks of what happened to it."""

from build import JOB, OF_RUN, annotation, variable


def variables(*more):
    """The run, where it is scraped, and what is chosen of it."""
    return [
        variable("run", "Run", f"throng_run_info{{{JOB}}}, run", multi=True),
        variable("instance", "Page of", f'throng_run_info{{{JOB}, run=~"$run"}}, instance'),
        *more,
    ]


def marks():
    """Start, end, and in between everything that changes what the figures mean."""
    return [
        annotation("Start", f"max by (run) (throng_run_start_time_seconds{{{JOB}}} * on (job, instance) group_left (run) "
                   f'throng_run_info{{{JOB}, run=~"$run"}}) * 1000', "run {{run}} starts", "green", at_value=True),
        annotation("End", f'max by (run) (throng_run_phase{{{JOB}, phase="done"}} * on (job, instance) group_left (run) '
                   f'throng_run_info{{{JOB}, run=~"$run"}}) > 0', "run {{run}} is over", "blue"),
        annotation("Stopped", f"max by (cause, rule) (throng_run_stopped{{{JOB}}} {OF_RUN}) > 0", "stopped by {{cause}}: {{rule}}", "red"),
        annotation("Pauses", f"max(throng_paused{{{JOB}}} {OF_RUN}) > 0", "paused", "yellow"),
        # The moments at which they open: the spans, of several at once, would cover everything. The panel of breakers has them.
        annotation("Breakers", f"max by (kind, scope) (throng_breaker_state{{{JOB}}} {OF_RUN}) == 2 unless "
                   f"max by (kind, scope) (throng_breaker_state{{{JOB}}} offset $__interval) == 2", "breaker of {{kind}} {{scope}} opens", "orange"),
        annotation("Incidents", f"max by (incident) (throng_incident{{{JOB}}} {OF_RUN}) > 0", "incident {{incident}}", "red"),
        annotation("Reloads", f"sum by (result) (increase(throng_script_reloads_total{{{JOB}}}[$__interval]) {OF_RUN}) > 0", "scripts {{result}}", "purple"),
    ]
