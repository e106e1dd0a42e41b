//! Bundles that mean harm: each is refused with its place, nothing panics, and memory and disk are bounded.

use std::io::Write;

use begat_attack::query::{Graph, Reach};
use begat_attack::store::ImportOutcome;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::bundles::{Place, attack_id, bundle, id, object, relationship};

const NAME: &str = "enterprise-attack-18.1.json";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn an_object_that_does_not_fit_is_left_out_and_told_with_its_place() {
    let place = Place::new();
    let bundle = bundle(&[
        object("tool", 1, "\"name\":\"good\""),
        "{\"type\":\"tool\",\"id\":\"../../etc/passwd\"}".to_owned(),
        object("tool", 2, "\"name\":7"),
        object("tool", 3, &attack_id("../../S0001")),
        object("tool", 4, "\"name\":\"a\",\"name\":\"b\""),
        "[]".to_owned(),
        object("tool", 5, "\"name\":\"\\ud800\""),
        object("tool", 1, "\"name\":\"another\""),
        object("tool", 1, "\"name\":\"good\""),
    ]);
    let refused = place.refused(NAME, &bundle);
    let starts: Vec<&str> = refused.iter().map(|told| told.split(" byte").next().unwrap()).collect();
    let expected = [1, 2, 3, 4, 5, 6, 7].map(|index| format!("{NAME}: objects[{index}],"));
    assert_eq!(starts, expected, "{refused:#?}");
    for (told, why) in refused.iter().zip([
        "`id` is `../../etc/passwd`, which is no STIX id",
        "`name` is a number, not text",
        "`external_id` is `../../S0001`, which is no ATT&CK id",
        "a key stands twice in one object",
        "a list stands where an object should",
        "an escape there names no character",
        "its id stands already at enterprise-attack-18.1.json: objects[0], byte",
    ]) {
        assert!(told.replace(&format!("{}/", place.folder.path().display()), "").contains(why), "{told}");
    }
    let library = place.library();
    assert_eq!(library.shelves()[0].rows().count(), 1);
    assert_eq!(library.shelves()[0].find(&id("tool", 1)).unwrap().name, "good", "the first stays");
    let names: Vec<_> =
        std::fs::read_dir(place.store()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["enterprise-attack-18.1.attack"], "and nothing else lies about");
}

#[test]
fn a_release_of_nothing_is_none() {
    for objects in [vec![], vec!["{\"type\":\"tool\",\"id\":\"..\"}".to_owned()], vec!["7".to_owned()]] {
        let place = Place::new();
        let refused = place.refused(NAME, bundle(&objects));
        assert!(
            refused.last().unwrap().ends_with("nothing of it is taken: it holds no object that can be taken"),
            "{refused:#?}"
        );
        assert_eq!(refused.len(), objects.len() + 1);
        assert!(place.library().shelves().is_empty());
    }
}

/// What grows with the square of what it reads would hold the importer up for minutes.
#[test]
fn an_object_that_names_a_hundred_thousand_others_is_refused_at_once() {
    let others = |count: u32| {
        let ids: Vec<String> =
            (0..count).map(|number| format!("\"{}\"", id("x-mitre-analytic", number))).collect();
        object("x-mitre-detection-strategy", 1, &format!("\"x_mitre_analytic_refs\":[{}]", ids.join(",")))
    };
    let place = Place::new();
    let many = bundle(&[object("tool", 1, ""), others(100_000)]);
    let began = std::time::Instant::now();
    let refused = place.refused(NAME, many);
    assert!(refused[0].contains("references to other objects"), "{refused:#?}");
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn a_byte_tells_where_to_look() {
    let place = Place::new();
    let text = bundle(&[object("tool", 1, ""), object("tool", 2, "\"x\":tru")]);
    let told = place.refused(NAME, &text).remove(0);
    let byte: usize = told.split("byte ").nth(1).unwrap().split(':').next().unwrap().parse().unwrap();
    assert!(text[byte..].starts_with("tru}"), "{told}");
}

#[test]
fn rings_are_refused_and_what_is_left_ends() {
    let place = Place::new();
    let [a, b, c] = [1, 2, 3].map(|number| id("attack-pattern", number));
    let refused = place.refused(
        NAME,
        bundle(&[
            object("attack-pattern", 1, ""),
            object("attack-pattern", 2, ""),
            object("attack-pattern", 3, ""),
            relationship(1, &a, "subtechnique-of", &b),
            relationship(2, &b, "subtechnique-of", &c),
            relationship(3, &c, "subtechnique-of", &a),
            relationship(4, &a, "revoked-by", &a),
            relationship(5, &a, "uses", &b),
            relationship(6, &b, "uses", &a),
        ]),
    );
    assert_eq!(refused.len(), 2, "{refused:#?}");
    assert!(
        refused[0].contains("objects[5]") && refused[0].ends_with("`subtechnique-of` would close a ring")
    );
    assert!(refused[1].contains("objects[6]") && refused[1].ends_with("`revoked-by` would close a ring"));
    let library = place.library();
    let shelf = &library.shelves()[0];
    let found = Graph::new(shelf).relations(&shelf.find(&a).unwrap(), Reach::Steps(usize::MAX), true);
    assert_eq!(found.len(), 4, "each of those that are left, once: {found:?}");
}

#[test]
fn half_a_file_is_nothing() {
    let whole = bundle(&[object("tool", 1, ""), object("tool", 2, "")]);
    let packed = gzip(whole.as_bytes());
    for (bytes, why) in [
        (whole.as_bytes()[..whole.len() - 3].to_vec(), "ends in the midst of a value"),
        (packed[..packed.len() - 9].to_vec(), "it cannot be read"),
        (packed[..5].to_vec(), "it cannot be read"),
        (format!("{whole} {{}}").into_bytes(), "something follows the end"),
        (b"PK\x03\x04 no archive".to_vec(), "it cannot be read"),
        (b"[1]".to_vec(), "neither a bundle nor an object"),
        (Vec::new(), "ends in the midst of a value"),
        (gzip(&gzip(whole.as_bytes())), "an archive inside an archive"),
        (whole.replace("\"bundle\"", "\"box\"").into_bytes(), "neither a bundle nor an object"),
    ] {
        let place = Place::new();
        let refused = place.refused(NAME, bytes);
        assert_eq!(refused.len(), 1, "{refused:#?}");
        assert!(refused[0].contains("nothing of it is taken: ") && refused[0].contains(why), "{refused:#?}");
        assert!(place.library().shelves().is_empty());
    }
}

#[test]
fn depth_length_and_unpacked_size_are_bounded() {
    let deep =
        bundle(&[object("tool", 1, &format!("\"x\":{}1{}", "[".repeat(100_000), "]".repeat(100_000)))]);
    let long = bundle(&[object("tool", 1, &format!("\"description\":\"{}\"", "x".repeat(100 << 20)))]);
    // The object itself is the first of 64.
    let at = deep.find("[[").unwrap() + 63;
    for (bytes, why) in [
        (
            gzip(deep.as_bytes()),
            format!(
                "objects[0], byte {at}: nothing of it is taken: more than 64 brackets inside one another"
            ),
        ),
        (gzip(long.as_bytes()), "a value longer than 16777216 bytes".to_owned()),
    ] {
        let place = Place::new();
        let refused = place.refused(NAME, bytes);
        assert!(refused[0].contains(&why), "{refused:#?}");
        assert!(place.library().shelves().is_empty());
    }
}

#[test]
fn a_bomb_is_put_out() {
    // 600 MiB of blanks, in a file of less than three.
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(b"{\"type\":\"bundle\",\"objects\":[").unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..600 {
        packed.write_all(&blanks).unwrap();
    }
    let bomb = packed.finish().unwrap();
    assert!(bomb.len() < 3 << 20);
    let refused = Place::new().refused(NAME, bomb);
    assert!(refused[0].ends_with("it cannot be read (it unpacks to more than 512 MiB)"), "{refused:#?}");
}

#[test]
fn an_archive_with_hostile_names_writes_nowhere() {
    let place = Place::new();
    let good = bundle(&[object("tool", 1, "")]);
    let zip = stored_zip(&[
        ("../../../enterprise-attack-18.1.json", good.as_bytes()),
        ("notes.txt", b"no STIX"),
        ("inner.zip", b"PK\x03\x04"),
    ]);
    let path = place.file("in/bundles.zip", zip);
    let imported = place.import(&[&path]);
    assert_eq!(imported.taken.len(), 1);
    assert_eq!(imported.taken[0].outcome, ImportOutcome::New);
    assert_eq!((imported.skipped, imported.refused.len()), (1, 1), "{:?}", imported.refused);
    let mut names: Vec<_> =
        std::fs::read_dir(place.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["in", "store"]);
    // The checksum of an entry is held.
    let mut damaged = stored_zip(&[("enterprise-attack-18.1.json", good.as_bytes())]);
    let at = damaged.windows(4).position(|bytes| bytes == b"tool").unwrap();
    damaged[at + 60] ^= 1;
    assert!(!Place::new().refused("bundles.zip", damaged).is_empty());
}

/// An archive whose entries are not packed.
fn stored_zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in entries {
        let at = out.len() as u32;
        let size = (bytes.len() as u32).to_le_bytes();
        let mut middle = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        middle.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
        middle.extend_from_slice(&size);
        middle.extend_from_slice(&size);
        middle.extend_from_slice(&(name.len() as u16).to_le_bytes());
        middle.extend_from_slice(&[0, 0]);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&middle);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(bytes);
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&middle);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&at.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let (begin, count) = (out.len() as u32, (entries.len() as u16).to_le_bytes());
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    out.extend_from_slice(&begin.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}
