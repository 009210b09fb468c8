use crate::cli::faults::Faults;
use crate::cli::options::ReloadOptions;
use crate::cli::span::parse_span;
use crate::plan::share::read_share;
use crate::plan::{CanaryRules, DEFAULT_CANARY_TOLERANCE, MixAt, Reload, ReloadAt, Watch};

/// How a change is noticed.
pub(super) fn watch(options: &ReloadOptions, faults: &mut Faults<'_>) -> Watch {
    let read = |text: &str| match text {
        "auto" => Some(Watch::Auto),
        "native" => Some(Watch::Native),
        "poll" => Some(Watch::Poll),
        "off" => Some(Watch::Off),
        _ => None,
    };
    faults.read(
        "watch",
        options.watch.as_deref(),
        Watch::Auto,
        read,
        (
            "is not a valid watch mode",
            "give auto, native, poll or off",
        ),
    )
}

/// What becomes of a change; its rules are the plan's.
pub(super) fn reload(options: &ReloadOptions, faults: &mut Faults<'_>) -> Reload {
    let at = |text: &str| match text {
        "step" => Some(ReloadAt::Step),
        "session" => Some(ReloadAt::Session),
        "now" => Some(ReloadAt::Now),
        _ => None,
    };
    let mix_at = |text: &str| match text {
        "session" => Some(MixAt::Session),
        "step" => Some(MixAt::Step),
        _ => None,
    };
    Reload {
        mix_at: faults.read(
            "mix-at",
            options.mix_at.as_deref(),
            MixAt::Session,
            mix_at,
            (
                "is not a valid time to change types",
                "give session or step",
            ),
        ),
        at: faults.read(
            "reload-at",
            options.reload_at.as_deref(),
            ReloadAt::Step,
            at,
            ("is not a valid time to reload", "give step, session or now"),
        ),
        canary: faults.read(
            "canary",
            options.canary.as_deref(),
            None,
            |text| canary_rules(text).map(Some),
            (
                "is not a valid share and duration",
                "give both, such as 10%/20s or 0.1/20s",
            ),
        ),
        tolerance: faults.read(
            "canary-tolerance",
            options.canary_tolerance.as_deref(),
            DEFAULT_CANARY_TOLERANCE,
            |text| text.strip_suffix('%').unwrap_or(text).parse().ok(),
            (
                "is not a valid number",
                "give points from 0 to 100, such as 2",
            ),
        ),
    }
}

/// `10%/20s`, or the share as a part of one: `0.1/20s`.
fn canary_rules(text: &str) -> Option<CanaryRules> {
    let (share, time) = text.split_once('/')?;
    Some(CanaryRules {
        // Whether it is one of a canary, the plan says.
        share: read_share(share)?,
        time: parse_span(time)?,
    })
}
