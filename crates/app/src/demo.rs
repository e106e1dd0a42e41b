//! The demonstration: logs of three hosts of one morning, as `begat-sim demo` writes them, built into the program.

use crate::options::BuiltIn;

/// A file of the folder `demo`.
macro_rules! file {
    ($path:literal) => {
        BuiltIn { name: concat!("demo/", $path), bytes: include_bytes!(concat!("../../../demo/", $path)) }
    };
}

/// All of them.
pub const FILES: &[BuiltIn] = &[
    file!("app02/winlogbeat.ndjson.gz"),
    file!("files01/Microsoft-Windows-Sysmon%4Operational.evtx"),
    file!("files01/Security.evtx"),
    file!("kiosk-lobby3/Security.evtx"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_folder_is_built_in() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
        let on_disk: Vec<String> = walkdir::WalkDir::new(&folder)
            .sort_by_file_name()
            .into_iter()
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| format!("demo/{}", entry.path().strip_prefix(&folder).unwrap().display()))
            .collect();
        let built_in: Vec<&str> = FILES.iter().map(|file| file.name).collect();
        assert_eq!(built_in, on_disk);
    }
}
