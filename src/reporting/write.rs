//! The report as XML and as CSV, one customer at a time.

use std::io::{self, Write};

use crate::number::plain;

use super::Report;
use super::xml::{self, Xml};

impl Report<'_> {
    /// The message of the schema.
    pub fn xml(&self, out: &mut dyn Write) -> io::Result<()> {
        let words = &self.request.form.message;
        let mut head = Xml::default();
        head.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        head.open(&format!(
            "{} xmlns=\"{}\" xmlns:stf=\"{}\" version=\"{}\"",
            words.root, words.namespace, words.documents, words.version
        ));
        self.header(&mut head);
        head.open(&words.body);
        head.open("RCASP");
        let mut of_provider = Xml::at(3);
        of_provider.doc_spec(&self.provider_document());
        for text in [head.into_text(), xml::provider(self.request.provider), of_provider.into_text()] {
            out.write_all(text.as_bytes())?;
        }
        out.write_all(b"    </RCASP>\n")?;
        self.each(|customer| match self.document(&customer) {
            Some(document) => record(out, &customer.text, &document),
            None => Ok(()),
        })?;
        for key in &self.gone {
            if let Some(old) = self.request.earlier.and_then(|e| e.customers.get(key)) {
                record(out, old.text(), &self.deletion(key, old))?;
            }
        }
        writeln!(out, "  </{}>\n</{}>", words.body, words.root)
    }

    fn header(&self, xml: &mut Xml) {
        let (provider, words) = (self.request.provider, &self.request.form.message);
        xml.open("MessageSpec");
        xml.leaf("SendingEntityIN", &provider.tin);
        xml.leaf("TransmittingCountry", &provider.transmitting);
        xml.leaf("ReceivingCountry", &provider.receiving);
        xml.leaf("MessageType", &words.kind);
        xml.any("Warning", provider.warning.as_deref().unwrap_or_default());
        xml.any("Contact", provider.contact.as_deref().unwrap_or_default());
        xml.leaf("MessageRefId", &self.message_id);
        xml.leaf("MessageTypeIndic", &self.indic);
        xml.leaf("ReportingPeriod", &format!("{:04}-12-31", self.request.year));
        xml.leaf("Timestamp", &self.timestamp());
        xml.close("MessageSpec");
    }

    /// The sums, a line for each customer, asset, category and type.
    pub fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = csv::WriterBuilder::new().from_writer(out);
        table.write_record(["taxpayer", "asset", "category", "type", "amount", "currency", "units", "transactions"])?;
        self.each(|customer| {
            for (asset, categories) in &customer.sums {
                for ((category, kind), sum) in categories {
                    let Some(category) = self.request.form.categories.get(*category) else { continue };
                    let kind = kind.and_then(|k| category.types.get(k)).map_or("", |(word, _)| word);
                    let (amount, units, count) = (xml::cents(sum.amount), plain(sum.units), sum.transactions.to_string());
                    let currency = &self.request.provider.currency;
                    table.write_record([customer.name, asset, &category.name, kind, &amount, currency, &units, &count])?;
                }
            }
            Ok::<(), io::Error>(())
        })?;
        table.flush()
    }
}

fn record(out: &mut dyn Write, text: &str, document: &xml::DocSpec) -> io::Result<()> {
    let mut end = Xml::at(3);
    end.doc_spec(document);
    out.write_all(b"    <CryptoUsers>\n")?;
    out.write_all(text.as_bytes())?;
    out.write_all(end.into_text().as_bytes())?;
    out.write_all(b"    </CryptoUsers>\n")
}
