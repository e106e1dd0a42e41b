//! Dates as people's tools write them: `10/19/2021, 02:42:41.202 PM`, `19.10.2021 14:42:41`, `Tue Oct 19 14:42:41 2021`.
//!
//! None of them tells its zone. Which of two numbers is the day a region decides, and one date alone need not show it: a
//! whole column is asked.

/// Which number of a date comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
}

/// A date as written, and the time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenDate<'t> {
    day: Day,
    hour: u8,
    minute: u8,
    second: u8,
    /// Digits behind the second.
    fraction: &'t str,
    /// Which order a form has that does not depend on a region.
    fixed: Option<Order>,
    /// Whether it has the signs of a form that mostly puts the month first: a clock of twelve hours.
    of_twelve_hours: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Numbers { year: u16, one: u8, two: u8 },
    Known { year: u16, month: u8, day: u8 },
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl<'t> WrittenDate<'t> {
    /// Reads a whole text, blanks around it aside; `None` where it is no such date, or says its zone.
    pub(crate) fn parse(text: &'t str) -> Option<WrittenDate<'t>> {
        let text = text.trim();
        if text.len() > DATE_BYTES_MAX || !text.contains(':') {
            return None;
        }
        let mut day = None;
        let mut clock = None;
        let mut afternoon = None;
        let mut named = Named::default();
        for word in text.split([' ', ',', '\u{202f}', '\u{a0}', '@']).filter(|word| !word.is_empty()) {
            match word.to_ascii_lowercase().as_str() {
                "am" | "a.m." if clock.is_some() => afternoon = Some(false),
                "pm" | "p.m." if clock.is_some() => afternoon = Some(true),
                _ if word.contains(':') && clock.is_none() => clock = Some(Clock::parse(word)?),
                lower if named.takes(lower) => {}
                _ if day.is_none() => day = Some(numbers(word)?),
                _ => return None,
            }
        }
        let clock = clock?;
        let (day, fixed) = match (day, named.day()) {
            (Some((day, fixed)), None) if named.is_empty() => (day, fixed),
            (None, Some(day)) => (day, None),
            _ => return None,
        };
        let date = WrittenDate {
            day,
            hour: clock.hour(afternoon)?,
            minute: clock.minute,
            second: clock.second,
            fraction: clock.fraction,
            fixed,
            of_twelve_hours: afternoon.is_some(),
        };
        date.is_possible().then_some(date)
    }

    /// The order that this date shows by itself: no month has the number 13.
    pub(crate) fn order(&self) -> Option<Order> {
        match self.day {
            Day::Known { .. } => None,
            Day::Numbers { one: 13.., .. } => Some(Order::DayFirst),
            Day::Numbers { two: 13.., .. } => Some(Order::MonthFirst),
            Day::Numbers { .. } => self.fixed,
        }
    }

    /// Whether it could be read in either order, and would be another day.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.day, Day::Numbers { one, two, .. } if one != two) && self.order().is_none()
    }

    /// The order that most have who write so.
    pub(crate) fn usual(&self) -> Order {
        if self.of_twelve_hours { Order::MonthFirst } else { Order::DayFirst }
    }

    /// As RFC 3339 writes it, without a zone.
    pub(crate) fn iso(&self, order: Order) -> Option<String> {
        let (year, month, day) = self.civil(order)?;
        let point = if self.fraction.is_empty() { "" } else { "." };
        Some(format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{point}{}",
            self.hour, self.minute, self.second, self.fraction
        ))
    }

    /// Year, month and day; `None` where it has no such day in this order.
    pub(crate) fn civil(&self, order: Order) -> Option<(u16, u8, u8)> {
        let (year, month, day) = match (self.day, self.order().unwrap_or(order)) {
            (Day::Known { year, month, day }, _) => (year, month, day),
            (Day::Numbers { year, one, two }, Order::DayFirst) => (year, two, one),
            (Day::Numbers { year, one, two }, Order::MonthFirst) => (year, one, two),
        };
        ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
    }

    fn is_possible(&self) -> bool {
        self.civil(Order::DayFirst).or(self.civil(Order::MonthFirst)).is_some()
    }
}

/// Longest date that is read.
const DATE_BYTES_MAX: usize = 48;

/// `19/10/2021`, `10-19-2021`, `19.10.2021`, `2021/10/19`. No region writes the month first with points between.
fn numbers(word: &str) -> Option<(Day, Option<Order>)> {
    let sign = word.chars().find(|sign| matches!(sign, '/' | '.' | '-'))?;
    let parts: Vec<&str> = word.trim_end_matches('.').split(sign).collect();
    let &[first, second, third] = parts.as_slice() else { return None };
    let short = |part: &str| (part.len() <= 2).then(|| number(part)).flatten();
    let year = |part: &str| (part.len() == 4).then(|| number(part)).flatten();
    if let Some(year) = year(first) {
        let day =
            Day::Known { year, month: short(second)?.try_into().ok()?, day: short(third)?.try_into().ok()? };
        return Some((day, None));
    }
    let day = Day::Numbers {
        year: year(third)?,
        one: short(first)?.try_into().ok()?,
        two: short(second)?.try_into().ok()?,
    };
    Some((day, (sign == '.').then_some(Order::DayFirst)))
}

fn number(digits: &str) -> Option<u16> {
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A date whose month has a name.
#[derive(Default)]
struct Named {
    weekday: bool,
    month: Option<u8>,
    numbers: Vec<u16>,
}

impl Named {
    fn is_empty(&self) -> bool {
        !self.weekday && self.month.is_none() && self.numbers.is_empty()
    }

    fn takes(&mut self, word: &str) -> bool {
        const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        if WEEKDAYS.contains(&word) && !self.weekday {
            self.weekday = true;
            return true;
        }
        if let (None, Some(month)) = (self.month, MONTHS.iter().position(|name| *name == word)) {
            self.month = u8::try_from(month + 1).ok();
            return true;
        }
        match number(word).filter(|_| word.len() <= 4) {
            Some(number) => {
                self.numbers.push(number);
                true
            }
            None => false,
        }
    }

    /// `Oct 19 2021`, `19 Oct 2021`: the year has four digits.
    fn day(&self) -> Option<Day> {
        let &[day, year] = self.numbers.as_slice() else { return None };
        let (day, year) = if day > 31 { (year, day) } else { (day, year) };
        (year > 1600).then_some(Day::Known { year, month: self.month?, day: day.try_into().ok()? })
    }
}

struct Clock<'t> {
    hour: u8,
    minute: u8,
    second: u8,
    fraction: &'t str,
}

impl<'t> Clock<'t> {
    fn parse(word: &'t str) -> Option<Clock<'t>> {
        let (hour, rest) = word.split_once(':')?;
        let (minute, second) = rest.split_once(':').unwrap_or((rest, "0"));
        let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
        let two = |part: &str, most: u16| {
            let value = number(part).filter(|value| part.len() <= 2 && *value <= most)?;
            u8::try_from(value).ok()
        };
        fraction.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
        Some(Clock { hour: two(hour, 23)?, minute: two(minute, 59)?, second: two(second, 59)?, fraction })
    }

    fn hour(&self, afternoon: Option<bool>) -> Option<u8> {
        match afternoon {
            None => Some(self.hour),
            Some(_) if !(1..=12).contains(&self.hour) => None,
            Some(is_afternoon) => Some(self.hour % 12 + if is_afternoon { 12 } else { 0 }),
        }
    }
}

/// What a column shows of its order.
#[derive(Debug, Default)]
pub(crate) struct Column {
    shown: Option<Order>,
    /// A date shows the one order, another the other: it is no column of dates of one region.
    contradicts: bool,
    open: Option<Order>,
    last: Option<[(u16, u8, u8); 2]>,
    /// By day first and by month first: whether dates ever went up, or down.
    went: [(bool, bool); 2],
}

/// What a whole column came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    /// Shown by a date, or by the order of the rows; or no date asks.
    Order(Order),
    /// Every date could be either, and so could their order: what most would mean.
    Usual(Order),
    /// Rows are in order in neither reading.
    No,
}

impl Column {
    pub(crate) fn add(&mut self, date: &WrittenDate<'_>) {
        if let Some(order) = date.order() {
            self.contradicts |= self.shown.is_some_and(|shown| shown != order);
            self.shown.get_or_insert(order);
            return;
        }
        if date.is_open() {
            self.open.get_or_insert(date.usual());
        }
        let (Some(by_day), Some(by_month)) = (date.civil(Order::DayFirst), date.civil(Order::MonthFirst))
        else {
            return;
        };
        let days = [by_day, by_month];
        if let Some(last) = self.last.replace(days) {
            for ((went, before), now) in self.went.iter_mut().zip(last).zip(days) {
                went.0 |= now > before;
                went.1 |= now < before;
            }
        }
    }

    /// Whether dates were met that could be either, and none that shows which.
    pub(crate) fn asks(&self) -> bool {
        self.open.is_some() && self.shown.is_none()
    }

    pub(crate) fn decide(&self) -> Decided {
        if self.contradicts {
            return Decided::No;
        }
        let Some(usual) = self.open else { return Decided::Order(self.shown.unwrap_or(Order::DayFirst)) };
        if let Some(shown) = self.shown {
            return Decided::Order(shown);
        }
        let is_ordered = |(up, down): (bool, bool)| !(up && down);
        match self.went.map(is_ordered) {
            [true, false] => Decided::Order(Order::DayFirst),
            [false, true] => Decided::Order(Order::MonthFirst),
            [true, true] => Decided::Usual(usual),
            [false, false] => Decided::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> Option<String> {
        WrittenDate::parse(text)?.iso(Order::MonthFirst)
    }

    #[test]
    fn each_tool_writes_the_same_moment_in_its_own_way() {
        for text in [
            "10/19/2021 02:42:41 PM",
            "10/19/2021, 2:42:41 PM",
            "10/19/2021 2:42:41\u{202f}PM",
            "19/10/2021 14:42:41",
            "19.10.2021 14:42:41",
            "19-10-2021 14:42:41",
            "2021/10/19 14:42:41",
            "Tue Oct 19 14:42:41 2021",
            "Oct 19, 2021 @ 14:42:41",
            "19 Oct 2021 14:42:41",
        ] {
            assert_eq!(iso(text).as_deref(), Some("2021-10-19T14:42:41"), "{text}");
        }
        assert_eq!(iso("10/19/2021, 12:00:01.202 AM").as_deref(), Some("2021-10-19T00:00:01.202"));
        assert_eq!(iso("3/2/2026 12:05 PM").as_deref(), Some("2026-03-02T12:05:00"));
    }

    #[test]
    fn what_is_no_date_or_says_its_zone_is_left_alone() {
        for text in [
            "",
            ":",
            "2021-10-19T14:42:41Z",
            "2021-10-19 14:42:41 +0000",
            "10/19/2021",
            "14:42:41",
            "32/13/2021 1:00:00",
            "10/19/21 14:42:41",
            "13:00:00 PM 1/1/2021",
            "Oct 2021 14:42:41",
            "C:\\10/19/2021 14:42:41",
            "1/2/3/2021 1:02:03",
        ] {
            assert_eq!(iso(text), None, "{text}");
        }
    }

    #[test]
    fn a_column_shows_which_number_is_the_day() {
        let decide = |dates: &[&str]| {
            let mut column = Column::default();
            dates.iter().for_each(|date| column.add(&WrittenDate::parse(date).unwrap()));
            column.decide()
        };
        assert_eq!(decide(&["3/2/2026 1:00:00", "3/13/2026 1:00:00"]), Decided::Order(Order::MonthFirst));
        assert_eq!(decide(&["3/2/2026 1:00:00", "13/2/2026 1:00:00"]), Decided::Order(Order::DayFirst));
        assert_eq!(decide(&["3.2.2026 1:00:00"]), Decided::Order(Order::DayFirst));
        assert_eq!(decide(&["3/2/2026 1:00:00"]), Decided::Usual(Order::DayFirst));
        assert_eq!(decide(&["3/2/2026 1:00:00 AM"]), Decided::Usual(Order::MonthFirst));
        assert_eq!(
            decide(&["3/3/2026 1:00:00 AM"]),
            Decided::Order(Order::DayFirst),
            "either is the same day"
        );
        // 1 and 2 March, then 3 February, is no order of rows; 3 January, 3 February, 2 March is.
        assert_eq!(
            decide(&["1/3/2026 1:00:00", "2/3/2026 1:00:00", "3/2/2026 1:00:00"]),
            Decided::Order(Order::MonthFirst)
        );
        assert_eq!(decide(&["13/2/2026 1:00:00", "2/13/2026 1:00:00"]), Decided::No);
    }
}
