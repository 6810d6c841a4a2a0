fn main() {
    let target = fisc::engine::Target::new(&std::env::args().nth(1).unwrap_or_default());
    let (loaded, files) = fisc::library::open(&target, None);
    for d in &loaded.diagnostics {
        println!("{}", fisc::diagnostic::render(d, &loaded.sources, true));
    }
    let Some(book) = loaded.book else { return };
    for r in files.iter().flat_map(|f| fisc::examples::run(&book, f)) {
        if !r.ok {
            println!(
                "{} expected {} got {} {:?}",
                r.id,
                r.expected,
                r.got,
                r.diagnostics.iter().map(|d| d.message.clone()).collect::<Vec<_>>()
            );
        }
    }
}
