//! Options of `begat calibrate`.

use begat_report::{CALIBRATION_FORMATS, CalibrationFormat};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::shared::{DisplayArgs, InputArgs, OutputArgs};

pub(super) const AFTER_HELP: &str = "\
Examples:
  begat calibrate logs/                        what 5 s, 30 s, 1 and 2 min catch
  begat calibrate --inventory hosts.csv logs/  by the roles of the inventory
  begat calibrate -t json logs/ | jq .window   the window, or why there is none
  begat calibrate -t svg -o lags.svg logs/     the histogram as a picture

Measured are creators of which something else than time shows the act: what they were told, or a lookup by them. Give \
`--policy` and `--sigma` as for a hunt, since they say which programs are suspicious.

Exit status: 0 the run finished; 2 an input could not be read, or holds no record at all.";

/// Options of `begat calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// What is read.
    #[command(flatten)]
    pub input: InputArgs,

    /// Format [default: table on a terminal, json otherwise]
    #[arg(short = 't', long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<&'static CalibrationFormat>,

    /// Where it goes.
    #[command(flatten)]
    pub output: OutputArgs,

    /// How people are told.
    #[command(flatten)]
    pub display: DisplayArgs,
}

fn formats() -> impl TypedValueParser<Value = &'static CalibrationFormat> {
    let values = CALIBRATION_FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.doc));
    PossibleValuesParser::new(values)
        .map(|name| CalibrationFormat::named(&name).expect("only names of formats are possible"))
}
