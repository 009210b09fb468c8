use clap::Args;

/// Which scripts, and what they read.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Scripts")]
pub struct ScriptOptions {
    /// Folder whose .lua files are the user types [default: scripts, which must be here then]
    #[arg(short, long, value_name = "DIR", env = "THRONG_SCRIPT_DIR")]
    pub script_dir: Option<String>,

    /// Run the built-in types, which are written for `throng service`
    #[arg(long, env = "THRONG_BUILTIN", value_parser = super::flag::flag())]
    pub builtin: bool,

    /// Folder of the modules that scripts require [default: lib beside the script folder]
    ///
    /// Missing modules are taken from the built-in ones.
    #[arg(long, value_name = "DIR", env = "THRONG_LIB_DIR")]
    pub lib_dir: Option<String>,

    /// Plan file, whose keys are the options of a run [default: throng.toml in the script folder, if it is there]
    ///
    /// The command line and the environment win over it. docs/plan-file.md describes it.
    #[arg(long, value_name = "FILE", env = "THRONG_PLAN")]
    pub plan: Option<String>,

    /// Language and country of what `random` makes up (names, addresses, companies, words), such as pt_BR [default: names from many countries, else en_US]
    #[arg(long, value_name = "LOCALE", env = "THRONG_LOCALE")]
    pub locale: Option<String>,

    /// A value that scripts read as vars.KEY; KEY=@FILE reads it from a file, @FILE reads lines KEY=VALUE, KEY alone reads the environment
    ///
    /// May be repeated, the last of a key counts. In the environment several are separated by semicolons or line breaks. What comes from a file or the
    /// environment is a secret, and so is a password, token or key that is typed: no output shows it.
    #[arg(
        short = 'e',
        long = "var",
        value_name = "KEY=VALUE",
        env = "THRONG_VARS",
        hide_env_values = true
    )]
    pub vars: Vec<String>,
}
