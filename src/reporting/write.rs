//! The report as XML and as CSV: customers are written aside one at a time, and come out behind the head.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

use crate::number::plain;

use super::document::DocSpec;
use super::gather::Sums;
use super::xml::{self, Xml};
use super::{Format, Report, Request};

/// So many bytes are held in memory before they go to a file.
const MEMORY: usize = 16 << 20;

/// What was written aside.
pub type Spool = SpooledTempFile;

pub fn spool() -> Spool {
    SpooledTempFile::new(MEMORY)
}

/// Takes what is written of each customer.
pub enum Body {
    Xml(io::BufWriter<Spool>),
    Csv(Box<csv::Writer<Spool>>),
}

impl Body {
    pub fn new(request: &Request<'_>) -> io::Result<Body> {
        if request.format == Format::Xml {
            return Ok(Body::Xml(io::BufWriter::new(spool())));
        }
        let mut table = csv::WriterBuilder::new().from_writer(spool());
        table.write_record(["taxpayer", "asset", "category", "type", "amount", "currency", "units", "transactions"])?;
        Ok(Body::Csv(Box::new(table)))
    }

    /// A record of the message.
    pub fn record(&mut self, text: &str, document: &DocSpec) -> io::Result<()> {
        let Body::Xml(out) = self else { return Ok(()) };
        let mut end = Xml::at(3);
        end.doc_spec(document);
        out.write_all(b"    <CryptoUsers>\n")?;
        out.write_all(text.as_bytes())?;
        out.write_all(end.into_text().as_bytes())?;
        out.write_all(b"    </CryptoUsers>\n")
    }

    /// The sums of a customer, a line for each asset, category and type.
    pub fn lines(&mut self, request: &Request<'_>, name: &str, sums: &Sums<'_>) -> io::Result<()> {
        let Body::Csv(table) = self else { return Ok(()) };
        let currency = &request.provider.currency;
        for (asset, categories) in sums {
            for ((category, kind), sum) in categories {
                let Some(category) = request.form.categories.get(*category) else { continue };
                let kind = kind.and_then(|k| category.types.get(k)).map_or("", |(word, _)| word);
                let (amount, units, count) = (xml::cents(sum.amount), plain(sum.units), sum.transactions.to_string());
                table.write_record([name, asset, &category.name, kind, &amount, currency, &units, &count])?;
            }
        }
        Ok(())
    }

    pub fn finish(self) -> io::Result<Spool> {
        match self {
            Body::Xml(out) => out.into_inner().map_err(io::IntoInnerError::into_error),
            Body::Csv(table) => table.into_inner().map_err(|error| io::Error::other(error.to_string())),
        }
    }
}

impl Report {
    pub fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.head.as_bytes())?;
        self.body.seek(SeekFrom::Start(0))?;
        io::copy(&mut BufReader::new(&mut self.body), out)?;
        out.write_all(self.tail.as_bytes())
    }

    /// The whole report as one text.
    pub fn text(&mut self) -> io::Result<String> {
        let mut found = self.head.clone();
        self.body.seek(SeekFrom::Start(0))?;
        self.body.read_to_string(&mut found)?;
        Ok(found + &self.tail)
    }
}

impl Request<'_> {
    /// What stands before the customers.
    pub(super) fn head(&self, id: &str, indic: &str, of_provider: &DocSpec) -> String {
        let words = &self.form.message;
        let mut head = Xml::default();
        head.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        head.open(&format!(
            "{} xmlns=\"{}\" xmlns:stf=\"{}\" version=\"{}\"",
            words.root, words.namespace, words.documents, words.version
        ));
        self.message(&mut head, id, indic);
        head.open(&words.body);
        head.open("RCASP");
        let mut document = Xml::at(3);
        document.doc_spec(of_provider);
        [head.into_text(), xml::provider(self.provider), document.into_text(), "    </RCASP>\n".into()].concat()
    }

    fn message(&self, xml: &mut Xml, id: &str, indic: &str) {
        let (provider, words) = (self.provider, &self.form.message);
        xml.open("MessageSpec");
        xml.leaf("SendingEntityIN", &provider.tin);
        xml.leaf("TransmittingCountry", &provider.transmitting);
        xml.leaf("ReceivingCountry", &provider.receiving);
        xml.leaf("MessageType", &words.kind);
        xml.any("Warning", provider.warning.as_deref().unwrap_or_default());
        xml.any("Contact", provider.contact.as_deref().unwrap_or_default());
        xml.leaf("MessageRefId", id);
        xml.leaf("MessageTypeIndic", indic);
        xml.leaf("ReportingPeriod", &format!("{:04}-12-31", self.year));
        xml.leaf("Timestamp", &self.timestamp());
        xml.close("MessageSpec");
    }

    pub(super) fn tail(&self) -> String {
        let words = &self.form.message;
        format!("  </{}>\n</{}>\n", words.body, words.root)
    }
}
