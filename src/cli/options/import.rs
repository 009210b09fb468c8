use clap::Args;

/// How an access log is read.
#[derive(Debug, Args)]
pub struct LogReadOptions {
    /// A field of a JSON log: time, method, path, request, status, duration, session, ip or agent. May be repeated
    #[arg(long, value_name = "WHAT=FIELD")]
    pub log_field: Vec<String>,

    /// Whether the time of a line is when its request began (start) or was answered (end)
    #[arg(long, value_name = "WHEN", default_value = "end")]
    pub log_time: String,

    /// The time zone of the day, and of times without one: Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub log_timezone: Option<String>,

    /// The silence that ends a session
    #[arg(long, value_name = "TIME", default_value = "30m")]
    pub session_gap: String,

    /// How long a day of the log takes, where it is compressed
    #[arg(long, value_name = "TIME")]
    pub log_day_length: Option<String>,
}

/// What a behaviour is made of.
#[derive(Debug, Args)]
pub struct ImportOptions {
    /// Make it of a recording or an OpenAPI document: a file, or the URL of one
    #[arg(long, value_name = "FILE|URL")]
    pub from: Option<String>,

    /// What that is: har, openapi, postman, combined or json (access logs) [default: what it looks like]
    #[arg(long, value_name = "FORMAT", requires = "from")]
    pub format: Option<String>,

    /// Of an OpenAPI document: only operations with this tag; may be repeated
    #[arg(long, value_name = "TAG", requires = "from")]
    pub tag: Vec<String>,

    /// Of an OpenAPI document: only this operation, by its operationId or as 'GET /users'; may be repeated
    #[arg(long, value_name = "ID", requires = "from")]
    pub operation: Vec<String>,

    /// Of an OpenAPI document: users also make mistakes, which the API has to refuse
    #[arg(long, requires = "from")]
    pub mistakes: bool,

    #[command(flatten)]
    pub log: LogReadOptions,
}
