//! What happened when, around the creation: one lane each for session, processes, account and host. Time runs by the
//! logarithm of its distance from the creation, so that 85 milliseconds and three days stand on one line.

use maud::{Markup, html};

use crate::html::pieces::time;
use crate::view::{CaseView, Duration, Timestamp};
use crate::words::page::Page;
use crate::words::when::after;
use crate::words::wording;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 108.0;
const LANE: f64 = 26.0;
const TOP: f64 = 24.0;
const LANES: &[&str] = &["session", "process", "account", "host"];
/// Milliseconds at which a mark stands on either side, its name, and whether a phone has no room for it.
const MARKS: &[(f64, &str, bool)] = &[
    (10.0, "10 ms", true),
    (1_000.0, "1 s", false),
    (60_000.0, "1 min", true),
    (3_600_000.0, "1 h", false),
    (86_400_000.0, "1 d", true),
    (2_592_000_000.0, "30 d", false),
];
/// Least distance of two marks, so that they do not run into each other; the nearer to the creation stays.
const MARKS_APART: f64 = 46.0;
/// Points drawn of one case; the list below the picture has all.
const POINTS_MAX: usize = 60;

/// Something that happened.
struct Point {
    at: Timestamp,
    /// How long before or after the creation.
    span: String,
    lane: usize,
    class: &'static str,
    said: String,
}

/// What happened, in order; drawn too, where that is asked for.
pub(super) fn render(case: &CaseView<'_>, window: Option<Duration>, is_drawn: bool, page: &Page) -> Markup {
    let mut points = points(case);
    points.sort_by_key(|point| point.at.unix_ticks());
    html! {
        @if is_drawn { (drawn(&points, case.created_at, window)) }
        (list(&points, page))
    }
}

fn drawn(points: &[Point], made: Timestamp, window: Option<Duration>) -> Markup {
    let scale = Scale::of(points, made);
    let lines = (0..LANES.len()).map(|lane| format!("M{LEFT} {}H{WIDTH}", middle(lane)));
    html! {
        figure.timeline {
            figcaption { "When: before and after the creation, nearer is wider" }
            svg viewBox={"0 0 " (WIDTH) " " (TOP + LANE * LANES.len() as f64 + 4.0)} role="img" aria-label="Timeline; the list below says the same" {
                @if let Some(window) = window { (shade(&scale, window)) }
                path.axis d=(lines.collect::<String>()) {}
                @for (lane, name) in LANES.iter().enumerate() { text y=(middle(lane) + 5.0) { (name) } }
                @for mark in scale.marks() { text.mark.minor[mark.is_minor] x=(figure(mark.x)) y="15" { (mark.name) } }
                @for point in points.iter().take(POINTS_MAX) { (dot(&scale, point)) }
            }
        }
    }
}

fn points(case: &CaseView<'_>) -> Vec<Point> {
    let made = case.created_at;
    let point = |at, lane, class, said| Point { at, span: span(at, made), lane, class, said };
    let mut points = vec![point(made, 2, "made", "created".to_owned())];
    let actors = [Some(&case.actor), case.origin.as_ref().map(|origin| &origin.actor)];
    for actor in actors.into_iter().flatten() {
        let said = || format!("session of {} began", wording::actor_account(actor));
        points.extend(actor.logon_at.map(|at| point(at, 0, "event", said())));
    }
    let attribution = &case.attribution;
    for process in attribution.chain.iter().chain(&attribution.creator) {
        let said = || format!("{} started", wording::process(process));
        points.extend(process.started_at.map(|at| point(at, 1, "event", said())));
    }
    for afterward in &case.afterwards {
        let lane = if matches!(afterward.what, "log_cleared" | "audit_policy_changed") { 3 } else { 2 };
        let told = point(afterward.at, lane, "event", wording::happening(afterward));
        // What came afterwards came later, whatever its clock says.
        points.push(Point { span: after(made, afterward.at), ..told });
    }
    for spot in &case.blind_spots {
        let said = || spot.kind.slug().replace('_', " ");
        points.extend(spot.at.map(|at| point(at, 3, "unseen", said())));
    }
    points
}

/// Milliseconds before and after the creation, on a line of logarithms.
struct Scale {
    made: Timestamp,
    before: f64,
    after: f64,
}

impl Scale {
    fn of(points: &[Point], made: Timestamp) -> Scale {
        let far = |sign: f64| {
            let spans = points.iter().map(|point| sign * milliseconds(point.at, made));
            spans.fold(1_000.0_f64, f64::max)
        };
        Scale { made, before: log(far(-1.0)), after: log(far(1.0)) }
    }

    fn x(&self, at: Timestamp) -> f64 {
        self.place(milliseconds(at, self.made))
    }

    fn place(&self, milliseconds: f64) -> f64 {
        const MARGIN: f64 = 12.0;
        let unit = (WIDTH - LEFT - 2.0 * MARGIN) / (self.before + self.after);
        LEFT + MARGIN + unit * (self.before + milliseconds.signum() * log(milliseconds.abs()))
    }

    /// What stands above the lanes, the creation first.
    fn marks(&self) -> Vec<Mark> {
        let mut marks = vec![Mark { x: self.place(0.0), name: "0".to_owned(), is_minor: false }];
        for (sign, reach) in [(-1.0, self.before), (1.0, self.after)] {
            for (at, name, is_minor) in MARKS.iter().filter(|(at, ..)| log(*at) <= reach) {
                let (x, before) = (self.place(sign * at), if sign < 0.0 { "\u{2212}" } else { "+" });
                if marks.iter().all(|mark| (mark.x - x).abs() >= MARKS_APART) {
                    marks.push(Mark { x, name: format!("{before}{name}"), is_minor: *is_minor });
                }
            }
        }
        marks
    }
}

/// A name above the lanes.
struct Mark {
    x: f64,
    name: String,
    /// Left out where there is little room.
    is_minor: bool,
}

/// The height at which a lane's line runs.
fn middle(lane: usize) -> f64 {
    TOP + LANE * (lane as f64 + 0.5)
}

fn milliseconds(at: Timestamp, made: Timestamp) -> f64 {
    (at.unix_ticks() as f64 - made.unix_ticks() as f64) / 10_000.0
}

fn log(milliseconds: f64) -> f64 {
    (1.0 + milliseconds.max(0.0)).log10()
}

fn figure(x: f64) -> String {
    format!("{x:.1}")
}

/// The window of the plain rule.
fn shade(scale: &Scale, window: Duration) -> Markup {
    let from = scale.place(-(window.ticks() as f64) / 10_000.0).max(LEFT);
    let to = scale.place(0.0);
    html! { rect.window x=(figure(from)) y=(TOP) width=(figure((to - from).max(0.0))) height=(LANE * LANES.len() as f64) { title { "the window of the plain rule: " (window) } } }
}

fn dot(scale: &Scale, point: &Point) -> Markup {
    let y = middle(point.lane);
    html! {
        @if point.class == "unseen" {
            rect.unseen x=(figure(scale.x(point.at) - 5.0)) y=(y - 5.0) width="10" height="10" { title { (point.said) } }
        } @else {
            circle class=(point.class) cx=(figure(scale.x(point.at))) cy=(y) r=(if point.class == "made" { "6" } else { "4" }) { title { (point.said) } }
        }
    }
}

fn list(points: &[Point], page: &Page) -> Markup {
    html! {
        details {
            summary { "What happened, in order" small { " (" (points.len()) ")" } }
            ol.moments { @for point in points { li { b { (point.span) } " " (point.said) " " (time(point.at, page)) } } }
        }
    }
}

fn span(at: Timestamp, made: Timestamp) -> String {
    let span = at - made;
    if span < Duration::ZERO { format!("{span}") } else { format!("+{span}") }
}
