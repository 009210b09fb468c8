use clap::Args;

/// What of the Lua API is described.
#[derive(Debug, Args)]
pub struct ApiOptions {
    /// What is described, such as http.get, user.state or timeout [default: a list of everything]
    #[arg(value_name = "NAME", conflicts_with = "meta")]
    pub name: Option<String>,

    /// Write the types of the API for editors (LuaCATS) to this file; - prints them
    #[arg(long, value_name = "FILE")]
    pub meta: Option<String>,
}
