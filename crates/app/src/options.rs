//! What the options mean: read, checked against each other, with the terminal and the environment asked.

use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use begat_engine::Tuning;
use begat_ingest::{InputZone, Limits, Passwords, Schema, Schemas};
use begat_model::case::{Case, CaseHost, Finding, Scope, Severity};
use begat_model::ids::Sid;
use begat_model::{Analytic, Duration, Precision, Timestamp};
use begat_policy::Policy;
use begat_report::{FORMATS, Format, Order, Page, Writer, write_trees};
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::cli::{DisplayArgs, HuntArgs, InputArgs, OutputArgs};
use crate::error::Error;
use crate::rules::{self, Rules};
use crate::site::Site;

/// What is read, and how.
#[derive(Debug, Clone)]
pub struct Input {
    /// How much of a stream.
    pub limits: Limits,
    /// Shapes of what is read.
    pub schemas: Arc<Schemas>,
    /// From where.
    pub from: Inputs,
    /// ATT&CK's mutable elements.
    pub tuning: Tuning,
    /// Rules that say which process starts are suspicious, besides the defaults.
    pub rules: Option<Arc<Rules>>,
    /// Zone of inputs whose times carry none.
    pub zone: Option<InputZone>,
    /// Workers.
    pub threads: NonZeroUsize,
    /// What the site says.
    pub site: Site,
}

/// From where records come.
#[derive(Debug, Clone)]
pub enum Inputs {
    /// Files, folders, `-`.
    Paths(Vec<PathBuf>),
    /// Files that are part of the program.
    BuiltIn(&'static [BuiltIn]),
    /// Files that the program has made, by name.
    Held(Vec<(String, Vec<u8>)>),
}

/// A file that is part of the program.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// What it is called in what is told.
    pub name: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
}

/// How much is said on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors, and a line for each kind of anomaly.
    Quiet,
    /// The summary.
    Normal,
    /// The summary with every skipped file.
    Verbose,
}

/// How people are told.
#[derive(Debug, Clone)]
pub struct Display {
    /// Page of the output.
    pub page: Page,
    /// How much is said on standard error.
    pub verbosity: Verbosity,
    /// A progress bar is shown.
    pub progress: bool,
}

/// Which cases and findings are written.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    times: TimeRange,
    min_severity: Option<Severity>,
    hosts: Vec<String>,
    accounts: Vec<String>,
    scopes: Vec<Scope>,
}

/// From when to when.
#[derive(Debug, Clone, Copy, Default)]
pub struct TimeRange {
    from: Option<Timestamp>,
    /// The first point in time that is no longer in the range.
    before: Option<Timestamp>,
}

/// All that `begat hunt` needs to know.
#[derive(Debug)]
pub struct Hunt {
    /// What is read.
    pub input: Input,
    /// As what it is written.
    pub format: &'static Format,
    /// Writes cases and findings in that format, or what to search elsewhere.
    pub write: Writer,
    /// In which order.
    pub order: Order,
    /// Which cases and findings are written.
    pub filters: Filters,
    /// From which severity on the exit status tells.
    pub fail_on: Option<Severity>,
    /// How people are told.
    pub display: Display,
}

impl Hunt {
    /// Checks what was typed.
    pub fn new(args: &HuntArgs) -> Result<Hunt, Error> {
        let input = Input::new(&args.input)?;
        let display = Display::new(&args.display, &args.output)?;
        let fallback = if args.tree { "table" } else { usual_format(&args.output) };
        let format =
            args.format.or_else(|| Format::named(fallback)).expect("both are in the table of formats");
        let write = match (args.pivots, args.tree) {
            (true, _) => writer_of_pivots(format)?,
            (false, true) if format.for_people => write_trees,
            (false, true) => return Err(Error::NoTree { format: format.name }),
            (false, false) => format.write,
        };
        let order = args.sort.unwrap_or(usual_order(format));
        let filters = Filters::new(args, &display.page.zone)?;
        Ok(Hunt { input, format, write, order, filters, fail_on: args.fail_on, display })
    }
}

impl Hunt {
    /// Everything, in the format's own order.
    pub fn of_all(input: Input, format: &'static Format, display: Display) -> Hunt {
        let order = usual_order(format);
        Hunt {
            input,
            format,
            write: format.write,
            order,
            filters: Filters::default(),
            fail_on: None,
            display,
        }
    }
}

/// Programs rely on the order of time; people look at what stands first.
fn usual_order(format: &Format) -> Order {
    if format.for_people { Order::Severity } else { Order::Time }
}

/// What is written goes to a terminal, as far as can be told.
pub fn shown_on_terminal(output: &OutputArgs) -> bool {
    output.output.is_none() && std::io::stdout().is_terminal()
}

/// The format where none was named: every table of formats has both.
pub fn usual_format(output: &OutputArgs) -> &'static str {
    if shown_on_terminal(output) { "table" } else { "jsonl" }
}

fn writer_of_pivots(format: &'static Format) -> Result<Writer, Error> {
    format.write_pivots.ok_or_else(|| Error::NoPivots {
        format: format.name,
        formats: FORMATS.iter().filter(|it| it.write_pivots.is_some()).map(|it| it.name).collect(),
    })
}

/// How much is read, and with which passwords: the file's first line, then the environment's.
pub fn limits(spool_bytes_max: Option<u64>, password_file: Option<&Path>) -> Result<Limits, Error> {
    let of_file = |path: &Path| -> Result<String, Error> {
        let said = std::fs::read_to_string(path);
        let said = said.map_err(|source| Error::PasswordFile { path: path.to_owned(), source })?;
        Ok(said.trim_start_matches('\u{feff}').lines().next().unwrap_or_default().to_owned())
    };
    let of_file = password_file.map(of_file).transpose()?;
    let passwords = Passwords::new(of_file.into_iter().chain(std::env::var("BEGAT_ARCHIVE_PASSWORD").ok()));
    Ok(Limits { spool_bytes_max, passwords, ..Limits::default() })
}

/// All shapes that are read: those of the site go before those that come with begat.
pub fn schemas(own: &[PathBuf]) -> Result<Schemas, Error> {
    let read = |path: &PathBuf| -> Result<Schema, Error> {
        let option = "--schema";
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|source| Error::SiteFile { option, path: path.clone(), source })?;
        Schema::parse(&text).map_err(|source| Error::Shape { path: path.clone(), source })
    };
    let own = own.iter().map(read).collect::<Result<Vec<Schema>, Error>>()?;
    Schemas::built_in().with(own).map_err(|source| Error::Shape { path: PathBuf::from("--schema"), source })
}

impl Input {
    /// Checks what was typed.
    pub fn new(args: &InputArgs) -> Result<Input, Error> {
        let zone = args.reading.input_timezone.as_deref().map(parse_input_zone).transpose()?;
        let mut site = Site::read(&args.site)?;
        let window = window(args.window.as_deref(), &mut site)?;
        let analytic =
            site.policy.as_ref().map_or_else(Analytic::default, |policy| policy.analytic().clone());
        let sigma = [args.sigma.as_slice(), &site.sigma_rules].concat();
        let rules = if sigma.is_empty() { None } else { Some(Arc::new(rules::load(&sigma)?)) };
        Ok(Input {
            from: Inputs::Paths(args.paths.clone()),
            rules,
            tuning: Analytic { window, inventory: site.inventory.clone(), ..analytic }.into(),
            zone,
            threads: args.reading.threads.unwrap_or_else(cores),
            limits: limits(args.reading.max_input, args.reading.archive_password_file.as_deref())?,
            schemas: Arc::new(schemas(&args.reading.schema)?),
            site,
        })
    }

    /// Files of the program, read as a hunt reads without any option.
    pub fn built_in(files: &'static [BuiltIn]) -> Input {
        Input {
            from: Inputs::BuiltIn(files),
            rules: None,
            tuning: Tuning::default(),
            zone: None,
            threads: cores(),
            limits: Limits::default(),
            schemas: Arc::new(Schemas::built_in()),
            site: Site::default(),
        }
    }
}

fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

impl Display {
    /// Checks what was typed, and asks the terminal what it can.
    pub fn new(args: &DisplayArgs, output: &OutputArgs) -> Result<Display, Error> {
        let colour = shown_on_terminal(output) && !args.no_color && !colours_unwanted();
        let width = args.width.unwrap_or_else(|| {
            let width = width_of_reader(output).unwrap_or(Page::WIDTH_MAX);
            width.clamp(Page::WIDTH_MIN, Page::WIDTH_MAX)
        });
        let verbosity = match (args.quiet, args.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Normal,
        };
        let progress = !args.no_progress && !args.quiet && std::io::stderr().is_terminal();
        let zone = parse_zone("--timezone", &args.timezone)?;
        let detail = args.verbose;
        Ok(Display { page: Page { width, colour, zone, detail, ..Page::default() }, verbosity, progress })
    }
}

impl Display {
    /// The page of what is told on standard error, plain.
    pub fn page_of_messages(&self) -> Page {
        Page { zone: self.page.zone.clone(), ..Page::default() }
    }
}

/// Columns of the terminal that is read on: standard output's, and behind a pipe that of the pager, which tells its
/// width by COLUMNS or shares the terminal with standard error. A file has no width.
fn width_of_reader(output: &OutputArgs) -> Option<usize> {
    if output.output.is_some() {
        return None;
    }
    let columns = |size: Option<(terminal_size::Width, terminal_size::Height)>| Some(usize::from(size?.0.0));
    columns(terminal_size::terminal_size_of(std::io::stdout()))
        .or_else(|| std::env::var("COLUMNS").ok()?.trim().parse().ok().filter(|columns| *columns > 0))
        .or_else(|| columns(terminal_size::terminal_size_of(std::io::stderr())))
}

/// See no-color.org: set to anything but nothing.
fn colours_unwanted() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|value| value == "dumb")
}

impl TimeRange {
    /// What `--from` and `--to` say; a time without a zone is in this one.
    pub fn new(from: Option<&str>, to: Option<&str>, zone: &TimeZone) -> Result<TimeRange, Error> {
        let first = from.map(|text| parse_time("--from", text, zone)).transpose()?.map(|span| span.first);
        let after = to.map(|text| parse_time("--to", text, zone)).transpose()?.map(|span| span.after);
        match (from, to) {
            (Some(from), Some(to)) if first >= after => {
                Err(Error::ReversedRange { from: from.to_owned(), to: to.to_owned() })
            }
            _ => Ok(TimeRange { from: first, before: after }),
        }
    }

    /// Some time lies outside of it.
    pub fn is_bounded(self) -> bool {
        self.from.is_some() || self.before.is_some()
    }

    /// It holds this time. What has no time may be of any.
    pub fn holds(self, at: Option<Timestamp>) -> bool {
        at.is_none_or(|at| {
            self.from.is_none_or(|from| at.unix_ticks() >= from.unix_ticks())
                && self.before.is_none_or(|before| at.unix_ticks() < before.unix_ticks())
        })
    }
}

impl Filters {
    fn new(args: &HuntArgs, zone: &TimeZone) -> Result<Filters, Error> {
        Ok(Filters {
            times: TimeRange::new(args.from.as_deref(), args.to.as_deref(), zone)?,
            min_severity: args.min_severity,
            hosts: args.host.clone(),
            accounts: args.account.clone(),
            scopes: args.scope.clone(),
        })
    }

    /// This case is written.
    pub fn keep(&self, case: &Case) -> bool {
        let account = &case.account;
        let names = [account.name.as_deref(), account.created_as.as_deref()];
        self.keep_any(case.severity, Some(case.created_at), &case.host)
            && (self.scopes.is_empty() || self.scopes.contains(&account.scope))
            && self.keep_account(&names, account.domain.as_deref(), account.sid.as_ref())
    }

    /// This finding is written. It has no scope to leave it out by.
    pub fn keep_finding(&self, finding: &Finding) -> bool {
        let account = finding.account.as_ref();
        let name = account.and_then(|account| account.name.as_deref());
        let domain = account.and_then(|account| account.domain.as_deref());
        self.keep_any(finding.severity, finding.at, &finding.host)
            && self.keep_account(&[name], domain, account.and_then(|account| account.sid.as_ref()))
    }

    fn keep_any(&self, severity: Severity, at: Option<Timestamp>, host: &CaseHost) -> bool {
        self.min_severity.is_none_or(|least| severity >= least)
            && self.times.holds(at)
            && (self.hosts.is_empty() || self.hosts.iter().any(|wanted| is_host(host, wanted)))
    }

    fn keep_account(&self, names: &[Option<&str>], domain: Option<&str>, sid: Option<&Sid>) -> bool {
        let is_wanted = |wanted: &String| {
            names.iter().flatten().any(|name| is_account(name, domain, wanted))
                || sid.is_some_and(|sid| same(sid.as_str(), wanted))
        };
        self.accounts.is_empty() || self.accounts.iter().any(is_wanted)
    }
}

/// Full name, first label or NetBIOS name, ignoring case.
fn is_host(host: &CaseHost, wanted: &str) -> bool {
    [host.name.as_str(), host.name.first_label(), &host.netbios].iter().any(|it| same(it, wanted))
}

/// With or without its domain, ignoring case.
fn is_account(name: &str, domain: Option<&str>, wanted: &str) -> bool {
    same(name, wanted) || domain.is_some_and(|domain| same(&format!("{domain}\\{name}"), wanted))
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

const DURATION_EXAMPLES: &str = "30s, 2m, 1h30m";

/// What is typed wins over the policy, and that is told.
pub fn window(typed: Option<&str>, site: &mut Site) -> Result<Duration, Error> {
    let of_policy = site.policy.as_ref().and_then(Policy::window);
    let Some(typed) = typed else { return Ok(of_policy.unwrap_or(Analytic::default().window)) };
    let window = parse_window(typed)?;
    site.warnings.extend(window_warning(window, typed));
    if let Some(other) = of_policy.filter(|other| *other != window) {
        site.warnings.push(format!("`--window {typed}` wins over the policy's `time_window`, {other}"));
    }
    Ok(window)
}

fn parse_window(text: &str) -> Result<Duration, Error> {
    let invalid = || Error::OptionValue {
        option: "--window",
        value: text.to_owned(),
        what: "positive span of time",
        examples: DURATION_EXAMPLES,
    };
    let span: jiff::SignedDuration = text.parse().map_err(|_| invalid())?;
    let ticks = i64::try_from(span.as_nanos() / 100).map_err(|_| invalid())?;
    if ticks > 0 { Ok(Duration::from_ticks(ticks)) } else { Err(invalid()) }
}

fn window_warning(window: Duration, typed: &str) -> Option<String> {
    let (least, most) = Analytic::WINDOW_EXAMPLE_RANGE;
    (window < least || window > most).then(|| {
        format!(
            "`--window {typed}` is outside of ATT&CK's example range for AN1235, {least} to {most}: `sequence` and \
             `window_rule` follow it, the attribution does not need it"
        )
    })
}

const ZONE_EXAMPLES: &str = "UTC, local, +02:00, Europe/Berlin";

fn parse_zone(option: &'static str, text: &str) -> Result<TimeZone, Error> {
    let invalid =
        || Error::OptionValue { option, value: text.to_owned(), what: "time zone", examples: ZONE_EXAMPLES };
    match text {
        _ if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("z") => Ok(TimeZone::UTC),
        _ if text.eq_ignore_ascii_case("local") => Ok(TimeZone::try_system().unwrap_or(TimeZone::UTC)),
        _ if text.starts_with(['+', '-']) => parse_offset(text).map(TimeZone::fixed).ok_or_else(invalid),
        _ => TimeZone::get(text).map_err(|_| invalid()),
    }
}

fn parse_input_zone(text: &str) -> Result<InputZone, Error> {
    InputZone::parse(text).map_err(|_| Error::OptionValue {
        option: "--input-timezone",
        value: text.to_owned(),
        what: "time zone",
        examples: "UTC, +02:00, Europe/Berlin",
    })
}

/// `+02:00`, `-0330`, `+9`.
fn parse_offset(text: &str) -> Option<Offset> {
    let (sign, digits) = text.split_at_checked(1)?;
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None => digits.split_at_checked(2).unwrap_or((digits, "")),
    };
    let number = |text: &str| match text.len() {
        1 | 2 if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse::<i32>().ok(),
        _ => None,
    };
    let (hours, minutes) = (number(hours)?, if minutes.is_empty() { 0 } else { number(minutes)? });
    let seconds = hours * 3600 + minutes * 60;
    let in_range = hours <= 14 && minutes < 60;
    in_range.then(|| Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok())?
}

/// What a typed time covers: a date covers its day, `14:42` its minute.
struct TypedTime {
    first: Timestamp,
    after: Timestamp,
}

const TIME_EXAMPLES: &str =
    "2026-03-02, \"2026-03-02 14:42\", 2026-03-02T14:42:41.5Z, 2026-03-02T14:42:41+01:00";

/// A time with a zone is that time; one without is in `--timezone`.
fn parse_time(option: &'static str, text: &str, zone: &TimeZone) -> Result<TypedTime, Error> {
    let invalid = || Error::OptionValue {
        option,
        value: text.to_owned(),
        what: "date or time",
        examples: TIME_EXAMPLES,
    };
    let ticks =
        |instant: jiff::Timestamp| i64::try_from(instant.as_nanosecond() / 100).map_err(|_| invalid());
    let stamp = |ticks| Timestamp::from_unix_ticks(ticks, Precision::TICKS);
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        let first = stamp(ticks(instant)?);
        return Ok(TypedTime { first, after: first + typed_step(text) });
    }
    let local: DateTime = text.parse().map_err(|_| invalid())?;
    let first = stamp(ticks(zone.to_timestamp(local).map_err(|_| invalid())?)?);
    if text.contains(':') {
        return Ok(TypedTime { first, after: first + typed_step(text) });
    }
    let next_day = local.date().tomorrow().map_err(|_| invalid())?.to_datetime(local.time());
    Ok(TypedTime { first, after: stamp(ticks(zone.to_timestamp(next_day).map_err(|_| invalid())?)?) })
}

/// Between these a log may be written: what comes before Windows or long after us is a mistake.
const WRITTEN: [&str; 2] = ["1980-01-01T00:00:00Z", "2100-01-01T00:00:00Z"];

/// A typed moment that logs are to be written with; one without a zone is in UTC.
pub fn moment_to_write(option: &'static str, text: &str) -> Result<Timestamp, Error> {
    let first = parse_time(option, text, &TimeZone::UTC)?.first;
    let [from, until] = WRITTEN.map(Timestamp::parse_rfc3339);
    match from.is_some_and(|from| from <= first) && until.is_some_and(|until| first < until) {
        true => Ok(first),
        false => Err(Error::OptionValue {
            option,
            value: text.to_owned(),
            what: "time between 1980 and 2100",
            examples: TIME_EXAMPLES,
        }),
    }
}

/// A minute, a second or the last decimal place, by what was typed.
fn typed_step(text: &str) -> Duration {
    let time = text.split_once(['T', 't', ' ']).map_or(text, |(_, time)| time);
    let clock = time.split(['Z', 'z', '+', '-', '[']).next().unwrap_or(time);
    match (clock.split_once(['.', ',']), clock.matches(':').count()) {
        (Some((_, fraction)), _) => Precision::of_decimal_places(fraction.trim().len()).step(),
        (None, 0 | 1) => Duration::from_seconds(60),
        (None, _) => Duration::from_seconds(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_positive_spans() {
        for (text, seconds) in [("2m", 120), ("5s", 5), ("1h30m", 5400), ("90 seconds", 90)] {
            assert_eq!(parse_window(text).unwrap(), Duration::from_seconds(seconds), "{text}");
        }
        for bad in ["", "0s", "-5s", "5", "soon", "5 weeks"] {
            assert!(parse_window(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_window_outside_of_the_example_range_is_told() {
        let warned = |text| window_warning(parse_window(text).unwrap(), text).is_some();
        assert_eq!(["5s", "2m", "4s", "121s"].map(warned), [false, false, true, true]);
    }

    #[test]
    fn zones_by_name_offset_and_word() {
        for good in ["UTC", "utc", "Europe/Berlin", "+02:00", "-0330", "+9", "local"] {
            assert!(parse_zone("--timezone", good).is_ok(), "{good}");
        }
        for bad in ["", "Mars/Olympus", "+25:00", "+", "+1:2:3:4", "+é"] {
            assert!(parse_zone("--timezone", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_time_covers_what_was_typed() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let covered = |text: &str| {
            let span = parse_time("--to", text, &berlin).unwrap();
            format!("{} {}", span.first, span.after)
        };
        for (text, expected) in [
            ("2026-03-02", "2026-03-01T23:00:00.0000000Z 2026-03-02T23:00:00.0000000Z"),
            // Clocks go forward on that day: it has 23 hours.
            ("2026-03-29", "2026-03-28T23:00:00.0000000Z 2026-03-29T22:00:00.0000000Z"),
            ("2026-03-02 14:42", "2026-03-02T13:42:00.0000000Z 2026-03-02T13:43:00.0000000Z"),
            ("2026-03-02T14:42:41", "2026-03-02T13:42:41.0000000Z 2026-03-02T13:42:42.0000000Z"),
            ("2026-03-02T14:42:41.5Z", "2026-03-02T14:42:41.5000000Z 2026-03-02T14:42:41.6000000Z"),
            ("2026-03-02T14:42:41-04:00", "2026-03-02T18:42:41.0000000Z 2026-03-02T18:42:42.0000000Z"),
        ] {
            assert_eq!(covered(text), expected, "{text}");
        }
        for bad in ["", "yesterday", "2026-02-30", "14:42"] {
            assert!(parse_time("--to", bad, &berlin).is_err(), "{bad}");
        }
    }

    #[test]
    fn filters_leave_out_findings_as_they_do_cases_but_not_by_scope() {
        let kept = |args: &[&str]| {
            let line = ["begat", "hunt", "logs"].iter().chain(args);
            let cli = <crate::cli::Cli as clap::Parser>::try_parse_from(line).unwrap();
            let Some(crate::cli::Command::Hunt(args)) = cli.command else { panic!("a hunt was typed") };
            Filters::new(&args, &TimeZone::UTC).unwrap().keep_finding(&crate::example::guest_enabled())
        };
        for (args, expected) in [
            (&[] as &[&str], true),
            (&["--min-severity", "high"], true),
            (&["--min-severity", "critical"], false),
            (&["--host", "fs03"], true),
            (&["--host", "FS03.CORP.EXAMPLE"], true),
            (&["--host", "FS0"], false),
            (&["--account", "gast"], true),
            (&["--account", "fs03\\Gast"], true),
            (&["--account", "s-1-5-21-1-2-3-501"], true),
            (&["--account", "helper"], false),
            (&["--scope", "local"], true),
            (&["--scope", "domain"], true),
            (&["--from", "2026-03-02", "--to", "2026-03-02"], true),
            (&["--from", "2026-03-02T09:00:01Z"], false),
            (&["--to", "2026-03-02T09:00:00.4Z"], false),
        ] {
            assert_eq!(kept(args), expected, "{args:?}");
        }
        let mut nameless = crate::example::guest_enabled();
        nameless.account = None;
        assert!(Filters::default().keep_finding(&nameless));
        let wanted = Filters { accounts: vec!["Gast".to_owned()], ..Filters::default() };
        assert!(!wanted.keep_finding(&nameless));
    }
}
