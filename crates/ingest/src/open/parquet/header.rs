//! The header of a Parquet page: Thrift's compact protocol, of which only numbers are kept.

/// Deepest structure that is skipped.
const DEPTH_MAX: usize = 8;

/// What a page says of itself, before anything of it is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PageHeader {
    /// `PageType`.
    pub(super) kind: i64,
    pub(super) unpacked_bytes: i64,
    pub(super) packed_bytes: i64,
    pub(super) values: i64,
    pub(super) encoding: i64,
    pub(super) definition_encoding: i64,
    pub(super) repetition_encoding: i64,
    /// Of the second form of pages.
    pub(super) nulls: i64,
    pub(super) rows: i64,
    pub(super) definition_bytes: i64,
    pub(super) repetition_bytes: i64,
    pub(super) is_stored: bool,
}

impl PageHeader {
    /// The header at the start of these bytes, and its length; `None` where they hold no whole one.
    pub(super) fn read(bytes: &[u8]) -> Option<(PageHeader, usize)> {
        let mut thrift = Thrift { bytes, at: 0 };
        let mut header = PageHeader::default();
        thrift.structure(0, &mut |path, number| header.take(path, number))?;
        Some((header, thrift.at))
    }

    /// By the numbers of the fields: of the header itself, then of a structure in it.
    fn take(&mut self, path: &[i64], number: i64) {
        match path {
            [1] => self.kind = number,
            [2] => self.unpacked_bytes = number,
            [3] => self.packed_bytes = number,
            [5 | 7 | 8, 1] => self.values = number,
            [5 | 7, 2] | [8, 4] => self.encoding = number,
            [5, 3] => self.definition_encoding = number,
            [5, 4] => self.repetition_encoding = number,
            [8, 2] => self.nulls = number,
            [8, 3] => self.rows = number,
            [8, 5] => self.definition_bytes = number,
            [8, 6] => self.repetition_bytes = number,
            [8, 7] => self.is_stored = number == 0,
            _ => {}
        }
    }
}

struct Thrift<'b> {
    bytes: &'b [u8],
    at: usize,
}

type Told<'t> = &'t mut dyn FnMut(&[i64], i64);

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn skip(&mut self, length: u64) -> Option<()> {
        let end = self.at.checked_add(usize::try_from(length).ok()?)?;
        self.at = Some(end).filter(|end| *end <= self.bytes.len())?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let number = self.varint()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn structure(&mut self, depth: usize, told: Told<'_>) -> Option<()> {
        if depth == DEPTH_MAX {
            return None;
        }
        let mut field = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            field = match head >> 4 {
                0 => self.zigzag()?,
                more => field.checked_add(i64::from(more))?,
            };
            self.value(head & 0xf, depth, &mut |below, number| match below {
                [] => told(&[field], number),
                [inner] => told(&[field, *inner], number),
                // Statistics, which are deeper, say nothing that is asked for.
                _ => {}
            })?;
        }
    }

    fn value(&mut self, kind: u8, depth: usize, told: Told<'_>) -> Option<()> {
        match kind {
            // True and false are kinds of their own.
            1 | 2 => told(&[], i64::from(kind == 1)),
            3 => self.skip(1)?,
            4..=6 => {
                let number = self.zigzag()?;
                told(&[], number);
            }
            7 => self.skip(8)?,
            8 => {
                let length = self.varint()?;
                self.skip(length)?;
            }
            12 => self.structure(depth + 1, told)?,
            // No page header has lists.
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_to_its_end_and_none_that_is_cut() {
        // DATA_PAGE, 100 bytes of 60, {7 values, PLAIN, RLE, RLE, statistics {max: "zz"}}.
        let bytes = [
            0x15, 0, 0x15, 200, 1, 0x15, 120, 0x2c, 0x15, 14, 0x15, 0, 0x15, 6, 0x15, 6, 0x1c, 0x18, 2, b'z',
            b'z', 0, 0, 0,
        ];
        let expected = PageHeader {
            unpacked_bytes: 100,
            packed_bytes: 60,
            values: 7,
            definition_encoding: 3,
            repetition_encoding: 3,
            ..PageHeader::default()
        };
        assert_eq!(PageHeader::read(&[&bytes[..], b"page"].concat()), Some((expected, bytes.len())));
        for cut in 0..bytes.len() {
            assert_eq!(PageHeader::read(&bytes[..cut]), None, "{cut}");
        }
        let endless = [0x1c; 64];
        assert_eq!(PageHeader::read(&endless), None, "too deep");
        assert_eq!(PageHeader::read(&[0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0]), None);
    }
}
