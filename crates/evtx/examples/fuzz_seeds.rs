//! Writes the first inputs for the fuzz targets: `cargo run -p begat-evtx --example fuzz_seeds fuzz/corpus`.

#[path = "../tests/seeds/mod.rs"]
mod seeds;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "fuzz/corpus".to_owned());
    // Past the last record there are zeros: without them the inputs are small, and read all the same.
    let used = |chunk: &[u8]| u32::from_le_bytes([chunk[48], chunk[49], chunk[50], chunk[51]]) as usize;
    let chunks = seeds::small_chunks().into_iter().map(|mut chunk| {
        chunk.truncate(used(&chunk));
        chunk
    });
    write(&Path::new(&folder).join("evtx_chunk"), &chunks.collect::<Vec<_>>())?;
    let files = seeds::small_chunks().into_iter().step_by(6).map(|mut chunk| {
        chunk.truncate(used(&chunk));
        let mut file = begat_sim::evtx::file_header(1, 100).to_vec();
        file.append(&mut chunk);
        file
    });
    write(&Path::new(&folder).join("evtx_file"), &files.collect::<Vec<_>>())
}

fn write(folder: &Path, inputs: &[Vec<u8>]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    inputs
        .iter()
        .enumerate()
        .try_for_each(|(number, input)| std::fs::write(folder.join(format!("seed-{number:02}")), input))
}
