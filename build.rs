//! Rule files, formats and reports are embedded: a change of one of them is a change of the library.

fn main() {
    println!("cargo::rerun-if-changed=jurisdictions");
    println!("cargo::rerun-if-changed=formats");
    println!("cargo::rerun-if-changed=reports");
    println!("cargo::rerun-if-changed=sources");
    println!("cargo::rerun-if-changed=reports");
}
