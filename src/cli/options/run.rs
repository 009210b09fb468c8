use clap::Args;

use super::cluster::ClusterOptions;
use super::contract::ContractOptions;
use super::history::HistoryOptions;
use super::http::HttpOptions;
use super::ledger::LedgerOptions;
use super::length::LengthOptions;
use super::output::OutputOptions;
use super::push::PushOptions;
use super::reload::ReloadOptions;
use super::safety::SafetyOptions;
use super::scripts::ScriptOptions;
use super::shape::ShapeOptions;
use super::target::TargetOptions;
use super::users::UserOptions;

/// The options of `run` and `demo`, by the headings of their help.
#[derive(Debug, Args)]
pub struct RunOptions {
    #[command(flatten)]
    pub crowd: UserOptions,
    #[command(flatten)]
    pub length: LengthOptions,
    #[command(flatten)]
    pub shape: ShapeOptions,
    #[command(flatten)]
    pub safety: SafetyOptions,
    #[command(flatten)]
    pub cluster: ClusterOptions,
    #[command(flatten)]
    pub ledger: LedgerOptions,
    #[command(flatten)]
    pub history: HistoryOptions,
    #[command(flatten)]
    pub contract: ContractOptions,
    #[command(flatten)]
    pub target: TargetOptions,
    #[command(flatten)]
    pub http: HttpOptions,
    #[command(flatten)]
    pub output: OutputOptions,
    #[command(flatten)]
    pub push: PushOptions,
    #[command(flatten)]
    pub scripts: ScriptOptions,
    #[command(flatten)]
    pub reload: ReloadOptions,
}
