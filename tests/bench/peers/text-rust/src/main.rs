//! text-peer PEER CASE TRACE.json[.gz] [--batches N] [--repeat R]: another library's text on a published editing trace (README.md).
//! Prints one JSON line; ends with 1 if the text is not the trace's.
mod automerge_text;
mod diamond;
mod frames;
mod loro_text;
mod measure;
mod offline;
mod peer;
mod prepare;
mod trace;
mod yjs;

use std::path::Path;
use std::process::{Command, ExitCode};

use peer::{version_of, Failure, Replica};

const USAGE: &str =
    "usage: text-peer diamond-types|yrs|loro|automerge whole|batches|typing|concurrent|offline|load TRACE.json[.gz] \
                     [--batches N] [--repeat R]";

struct Options {
    peer: String,
    case: String,
    trace: String,
    batches: usize,
    repeat: usize,
    /// Set in the process that only prepares: where to.
    prepare: Option<String>,
}

fn options() -> Option<Options> {
    let mut made =
        Options { peer: String::new(), case: String::new(), trace: String::new(), batches: 100, repeat: 7, prepare: None };
    let mut named = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--batches" => made.batches = arguments.next()?.parse().ok().filter(|count| *count > 0)?,
            "--repeat" => made.repeat = arguments.next()?.parse().ok().filter(|count| *count > 0)?,
            "--prepare" => made.prepare = Some(arguments.next()?),
            _ => named.push(argument),
        }
    }
    [made.peer, made.case, made.trace] = named.try_into().ok()?;
    Some(made)
}

/// VmHWM, the most memory that this process held at once.
fn peak_kib() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

/// The frames of the case, made by a process of their own.
fn prepared(options: &Options) -> Result<Vec<u8>, Failure> {
    let file = std::env::temp_dir().join(format!("text-peer-{}", std::process::id()));
    let done = Command::new(std::env::current_exe()?)
        .args([&options.peer, &options.case, &options.trace, "--batches", &options.batches.to_string(), "--prepare"])
        .arg(&file)
        .status()?;
    let bytes = std::fs::read(&file);
    let _ = std::fs::remove_file(&file);
    if !done.success() {
        return Err("the case could not be prepared".into());
    }
    Ok(bytes?)
}

fn go<R: Replica>(options: &Options) -> Result<bool, Failure> {
    if let Some(file) = &options.prepare {
        let trace = trace::read(Path::new(&options.trace))?;
        std::fs::write(file, frames::joined(&prepare::prepare::<R>(&options.case, &trace, options.batches)?))?;
        return Ok(true);
    }
    let bytes = prepared(options)?;
    let given = frames::split(&bytes)?;
    let mut runs = Vec::new();
    for _ in 0..options.repeat {
        runs.push(measure::measure::<R>(&options.case, &given)?);
    }
    runs.sort_by(|a, b| a.milliseconds.total_cmp(&b.milliseconds));
    let name = Path::new(&options.trace).file_name().unwrap_or_default().to_string_lossy();
    let equal = runs.iter().all(|run| run.equal);
    let middle = &runs[runs.len() / 2];
    println!(
        r#"{{"peer":"{}","version":"{}","case":"{}","trace":"{}","cpu_ms":{:.3},"runs":{},"bytes":{},"peak_kib":{},"equal":{}}}"#,
        R::CRATE,
        version_of(R::CRATE),
        options.case,
        name.trim_end_matches(".gz").trim_end_matches(".json"),
        middle.milliseconds,
        runs.len(),
        middle.bytes,
        peak_kib()?,
        equal
    );
    Ok(equal)
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let done = match options.peer.as_str() {
        "diamond-types" => go::<diamond::Diamond>(&options),
        "yrs" => go::<yjs::Yrs>(&options),
        "loro" => go::<loro_text::Loro>(&options),
        "automerge" => go::<automerge_text::Automerge>(&options),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("text-peer: {} {}: {error}", options.peer, options.case);
            ExitCode::FAILURE
        }
    }
}
