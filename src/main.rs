//! The command `fisc`.

fn main() -> std::process::ExitCode {
    fisc::cli::main()
}
