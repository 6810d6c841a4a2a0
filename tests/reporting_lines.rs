//! Reports of a record for each sale: which units, which boxes, which minimums.

use fisc::diagnostic::{Code, Source};

#[path = "common/lines.rs"]
mod harness;

use harness::{BUY, Case, USERS, cells, person, row};

#[test]
fn the_rules_load_without_a_remark() {
    let names = ["rules", "sources", "treatment"];
    let files: Vec<Source> = names
        .iter()
        .map(|n| format!("reports/1099-da/{n}.yaml"))
        .map(|path| Source::new(path.as_str(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    let loaded = fisc::rules::load_report(&files);
    // What no formula reads, a column does.
    let form = std::fs::read_to_string("reports/1099-da.yaml").unwrap();
    for remark in &loaded.diagnostics {
        let name = remark.message.split('`').nth(1).unwrap();
        let read = [format!("value: {name},"), format!("value: {name} "), format!(": {name} }}")];
        assert!(remark.code == Code::R0409 && read.iter().any(|r| form.contains(r)), "{remark:#?}");
    }
    assert!(loaded.book.is_some());
}

#[test]
fn a_year_and_a_day_is_long() {
    let sale = |day: &str| {
        // Of 2025 a purchase is not covered: the day is told where the broker tells its own too.
        let buy =
            "id=b1 timestamp=2025-03-01T12:00:00Z kind=buy received_amount=1 received_asset=BTC sent_amount=100 sent_asset=USD";
        let sell = format!(
            "id=s1 timestamp={day}T12:00:00Z kind=sell received_amount=150 received_asset=USD sent_amount=1 sent_asset=BTC"
        );
        let mut case = Case::new(&[buy, &sell]);
        case.own = "{ choices: { noncovered_basis: own }, assets: { BTC: { code: 4H95J0R2X, name: Bitcoin } } }";
        cells(
            &case.lines(),
            &["box_6_term", "form_8949_code", "box_1d_date_acquired", "box_1g_basis", "box_2_basis_reported", "box_9_noncovered"],
        )
    };
    assert_eq!(sale("2026-03-01"), ["S|G|2025-03-01|100.00|X|X"]);
    assert_eq!(sale("2026-03-02"), ["L|J|2025-03-01|100.00|X|X"]);
}

#[test]
fn covered_is_what_was_acquired_from_2026_on_and_kept() {
    let names = [
        "form_8949_code",
        "box_1c_units",
        "box_1d_date_acquired",
        "box_1g_basis",
        "box_9_noncovered",
        "box_12a_units_transferred_in",
        "box_12b_date_transferred_in",
    ];
    let sell = "id=s1 timestamp=2026-06-01T12:00:00Z kind=sell received_amount=300 received_asset=USD sent_amount=1 sent_asset=BTC account=A";
    let told = |rows: &[&str]| cells(&Case::new(rows).lines(), &names);
    assert_eq!(told(&[BUY, sell]), ["G|1|2026-01-01|100.00|||"]);
    let eve = "id=b1 timestamp=2025-12-31T23:59:59Z kind=buy received_amount=1 received_asset=BTC sent_amount=100 sent_asset=USD";
    assert_eq!(told(&[eve, sell]), ["Y|1|||X||"]);
    let deposit = "id=d1 timestamp=2026-02-03T12:00:00Z kind=deposit received_amount=1 received_asset=BTC";
    assert_eq!(told(&[deposit, sell]), ["Y|1|||X|1|2026-02-03"]);
    let elsewhere = "id=b1 timestamp=2026-01-01T00:00:00Z kind=buy account=B received_amount=1 received_asset=BTC sent_amount=100 sent_asset=USD";
    let moved = "id=t1 timestamp=2026-02-01T00:00:00Z kind=transfer account=B received_amount=1 received_asset=BTC sent_amount=1 sent_asset=BTC counterparty=A";
    assert_eq!(told(&[elsewhere, moved, sell]), ["Y|1|||X||"]);
    let back = "id=t2 timestamp=2026-02-02T00:00:00Z kind=transfer account=B received_amount=1 received_asset=BTC sent_amount=1 sent_asset=BTC counterparty=A";
    let there = "id=t1 timestamp=2026-02-01T00:00:00Z kind=transfer account=A received_amount=1 received_asset=BTC sent_amount=1 sent_asset=BTC counterparty=B";
    assert_eq!(told(&[BUY, there, back, sell]), ["Y|1|||X||"], "there and back");
    let out = "id=w1 timestamp=2026-02-01T00:00:00Z kind=withdrawal sent_amount=1 sent_asset=BTC";
    let again = "id=d1 timestamp=2026-02-01T05:00:00Z kind=deposit received_amount=1 received_asset=BTC";
    assert_eq!(told(&[BUY, out, again, sell]), ["Y|1|||X|1|2026-02-01"], "what left and came back came from outside");
    let reward =
        "id=r1 timestamp=2026-02-01T00:00:00Z kind=staking received_amount=1 received_asset=BTC value=90 value_currency=USD";
    assert_eq!(told(&[reward, sell]), ["Y|1|||X||"]);
    let mut case = Case::new(&[reward, sell]);
    case.own = "{ readings: { rewards: covered }, assets: { BTC: { code: 4H95J0R2X, name: Bitcoin } } }";
    assert_eq!(cells(&case.lines(), &names), ["G|1|2026-02-01|90.00|||"]);
}

#[test]
fn the_day_is_that_of_the_provider() {
    let mut case = Case::new(&[
        "id=b1 timestamp=2026-01-01T03:00:00Z kind=buy received_amount=1 received_asset=BTC sent_amount=100 sent_asset=USD",
        "id=s1 timestamp=2026-06-01T02:00:00Z kind=sell received_amount=300 received_asset=USD sent_amount=1 sent_asset=BTC",
    ]);
    let names = ["box_1e_date_sold", "box_9_noncovered"];
    assert_eq!(cells(&case.lines(), &names), ["2026-06-01|"]);
    case.zone = "America/New_York";
    assert_eq!(cells(&case.lines(), &names), ["2026-05-31|X"]);
}

#[test]
fn what_the_customer_stated_chooses_lots_and_is_not_told() {
    let names =
        ["form_8949_code", "box_1c_units", "box_1d_date_acquired", "box_1g_basis", "box_8_customer_provided", "box_9_noncovered"];
    let sell =
        "id=s1 timestamp=2026-06-01T12:00:00Z kind=sell received_amount=300 received_asset=USD sent_amount=1.5 sent_asset=BTC";
    let told = |stated: &str, facts| {
        let deposit = format!("id=d1 timestamp=2026-02-03T12:00:00Z kind=deposit received_amount=1 received_asset=BTC {stated}");
        let mut case = Case { facts, ..Case::new(&[BUY, deposit.trim_end(), sell]) };
        case.own = "{ choices: { noncovered_basis: own }, assets: { BTC: { code: 4H95J0R2X, name: Bitcoin } } }";
        cells(&case.lines(), &names)
    };
    let bought = |units: &str, basis: &str| format!("G|{units}|2026-01-01|{basis}||");
    assert_eq!(told("", None), [bought("1", "100.00"), "Y|0.5||||X".into()]);
    assert_eq!(told("x_cost=90", None), [bought("1", "100.00"), "Y|0.5||||X".into()], "the order is by day");
    assert_eq!(told("x_cost=90 x_acquired=2020-01-01", None), ["Y|1|||CP|X".into(), bought("0.5", "50.00")]);
    let highest = Some("taxpayer,standing_order\nann,highest\n");
    assert_eq!(told("x_cost=900", highest), ["Y|1|||CP|X".into(), bought("0.5", "50.00")]);
    let deposit = "id=d1 timestamp=2026-02-03T12:00:00Z kind=deposit received_amount=1 received_asset=BTC";
    let of_2025 = BUY.replace("2026-01-01", "2025-01-01");
    for buy in [BUY, of_2025.as_str()] {
        let case = Case { facts: highest, ..Case::new(&[buy, deposit, sell]) };
        assert!(case.faults().iter().any(|p| p.code == Code::A0204), "which is the highest cannot be told");
    }
}

#[test]
fn of_2025_only_proceeds_are_told() {
    let buy = "id=b1 timestamp=2025-01-02T00:00:00Z kind=buy received_amount=1 received_asset=BTC sent_amount=100 sent_asset=USD";
    let sell =
        "id=s1 timestamp=2025-06-01T12:00:00Z kind=sell received_amount=300 received_asset=USD sent_amount=1 sent_asset=BTC";
    let mut case = Case::new(&[buy, sell]);
    assert!(case.lines().is_empty(), "the sale is of another year");
    case.year = 2025;
    let names = ["tax_year", "form_8949_code", "box_1f_proceeds", "box_1g_basis", "box_2_basis_reported", "box_9_noncovered"];
    assert_eq!(cells(&case.lines(), &names), ["2025|Y|300.00|||X"]);
    case.year = 2024;
    assert_eq!(case.faults().iter().map(|p| p.code).collect::<Vec<_>>(), [Code::A0101]);
}

#[test]
fn cash_or_another_asset() {
    let names = ["sale_row", "box_1f_proceeds", "box_7_only_cash", "box_1g_basis"];
    let mut case = Case::new(&[
        "id=b1 timestamp=2026-01-02T00:00:00Z kind=buy received_amount=4 received_asset=BTC sent_amount=400 sent_asset=USD",
        "id=s1 timestamp=2026-01-03T00:00:00Z kind=sell received_amount=300 received_asset=USD sent_amount=1 sent_asset=BTC fee_amount=2.5 fee_asset=USD",
        "id=s2 timestamp=2026-01-04T00:00:00Z kind=swap received_amount=10 received_asset=ETH sent_amount=1 sent_asset=BTC fee_amount=0.5 fee_asset=USD",
        "id=s3 timestamp=2026-01-05T00:00:00Z kind=spend sent_amount=1 sent_asset=BTC value=280 value_currency=USD",
        "id=s4 timestamp=2026-01-06T00:00:00Z kind=dust_conversion received_amount=5 received_asset=ETH sent_amount=1 sent_asset=BTC",
        "id=s5 timestamp=2026-01-07T00:00:00Z kind=sell received_amount=200 received_asset=USD sent_amount=10 sent_asset=ETH",
    ]);
    case.prices = "2026-01-04T00:00:00Z,ETH,USD,29\n2026-01-06T00:00:00Z,ETH,USD,30\n";
    let told = ["s1|297.50|Cash|100.00", "s2|289.50||100.00", "s3|280.00||100.00", "s4|150.00||100.00", "s5|200.00|Cash|290.00"];
    assert_eq!(cells(&case.lines(), &names), told);
}

#[test]
fn no_sale_is_not_reported() {
    let mut case = Case::new(&[
        "id=b1 timestamp=2026-01-02T00:00:00Z kind=buy received_amount=9 received_asset=BTC sent_amount=900 sent_asset=USD",
        "id=w1 timestamp=2026-01-03T00:00:00Z kind=withdrawal sent_amount=1 sent_asset=BTC",
        "id=g1 timestamp=2026-01-03T00:00:00Z kind=gift_given sent_amount=1 sent_asset=BTC",
        "id=l1 timestamp=2026-01-04T00:00:00Z kind=lock sent_amount=1 sent_asset=BTC",
        "id=l2 timestamp=2026-01-05T00:00:00Z kind=unlock received_amount=1 received_asset=BTC",
        "id=v1 timestamp=2026-01-06T00:00:00Z kind=wrap received_amount=2 received_asset=WBTC sent_amount=2 sent_asset=BTC",
    ]);
    assert!(case.lines().is_empty());
    case.ledger +=
        &row("id=s1 timestamp=2026-01-07T00:00:00Z kind=sell received_amount=1 received_asset=USD sent_amount=5 sent_asset=BTC");
    assert_eq!(cells(&case.lines(), &["box_1c_units", "box_1g_basis"]), ["5|500.00"]);
}

#[test]
fn units_that_are_named_or_ordered_go_first() {
    let rows = [
        "id=b1 timestamp=2026-01-02T00:00:00Z kind=buy received_amount=1 received_asset=BTC sent_amount=100 sent_asset=USD",
        "id=b2 timestamp=2026-01-03T00:00:00Z kind=buy received_amount=1 received_asset=BTC sent_amount=300 sent_asset=USD",
        "id=b3 timestamp=2026-01-04T00:00:00Z kind=buy received_amount=1 received_asset=BTC sent_amount=200 sent_asset=USD",
        "id=b4 timestamp=2026-01-01T00:00:00Z kind=buy received_amount=1 received_asset=BTC sent_amount=50 sent_asset=USD account=B",
    ];
    let sell =
        "id=s1 timestamp=2026-06-01T12:00:00Z kind=sell received_amount=600 received_asset=USD sent_amount=1.5 sent_asset=BTC";
    let told = |more: &str, facts| {
        let case = Case { facts, ..Case::new(&[rows[0], rows[1], rows[2], rows[3], &format!("{sell}{more}")]) };
        cells(&case.lines(), &["account", "box_1c_units", "box_1f_proceeds", "box_1g_basis"])
    };
    assert_eq!(told("", None), ["A|1|400.00|100.00", "A|0.5|200.00|150.00"]);
    assert_eq!(told(" lot=b3", None), ["A|1|400.00|200.00", "A|0.5|200.00|50.00"]);
    assert_eq!(told("", Some("taxpayer,standing_order\nann,highest\n")), ["A|1|400.00|300.00", "A|0.5|200.00|100.00"]);
    assert_eq!(told("", Some("taxpayer,standing_order\nbob,highest\n")), ["A|1|400.00|100.00", "A|0.5|200.00|150.00"]);
}

fn coins(rows: &[String], own: &'static str) -> Vec<String> {
    let case = Case { own, ..Case::new(&rows.iter().map(String::as_str).collect::<Vec<_>>()) };
    let names = [
        "box_1b_name",
        "box_1c_units",
        "box_1f_proceeds",
        "box_11a_aggregate",
        "box_11b_transactions",
        "box_11c_first_sales",
        "sale_row",
    ];
    cells(&case.lines(), &names)
}

fn bought(id: &str, asset: &str, units: &str) -> String {
    format!(
        "id={id} timestamp=2026-01-02T00:00:00Z kind=buy received_amount={units} received_asset={asset} sent_amount=9000 sent_asset=USD"
    )
}

fn sold(id: &str, asset: &str, units: &str, usd: &str) -> String {
    format!(
        "id={id} timestamp=2026-02-02T00:00:00Z kind=sell received_amount={usd} received_asset=USD sent_amount={units} sent_asset={asset}"
    )
}

const TOGETHER: &str = "{ choices: { stablecoins: together, nfts: together }, facts: { asset_kind: { USDC: qualifying_stablecoin, DAI: qualifying_stablecoin, ART: specified_nft, PIC: specified_nft } }, assets: { BTC: { code: 4H95J0R2X, name: Bitcoin }, USDC: { code: '999999999', name: USD Coin }, DAI: { code: '999999999', name: Dai } } }";

#[test]
fn stablecoins_are_told_together_above_their_minimum() {
    let rows = |last: &str| {
        vec![
            bought("b1", "USDC", "20000"),
            bought("b2", "DAI", "20000"),
            sold("s1", "USDC", "4000", "4000"),
            sold("s2", "DAI", "1000.5", "1000.5"),
            sold("s3", "USDC", "5000", last),
        ]
    };
    assert_eq!(coins(&rows("4999.50"), TOGETHER), Vec::<String>::new(), "10,000.00 in all");
    assert_eq!(coins(&rows("4999.51"), TOGETHER), ["Dai|1000.5|1000.50|QS|1||", "USD Coin|9000|8999.51|QS|2||"]);
    // For another kind of asset it is no designated sale; for a stablecoin it is.
    let mut more = rows("4999.51");
    more.push("id=s4 timestamp=2026-03-02T00:00:00Z kind=swap received_amount=1 received_asset=BTC sent_amount=3000 sent_asset=USDC value=3000 value_currency=USD".into());
    more.push("id=s5 timestamp=2026-03-03T00:00:00Z kind=swap received_amount=100 received_asset=DAI sent_amount=100 sent_asset=USDC value=100 value_currency=USD".into());
    assert_eq!(coins(&more, TOGETHER), ["Dai|1000.5|1000.50|QS|1||", "USD Coin|9100|9099.51|QS|3||"]);
    let each = "{ assets: { USDC: { code: '999999999', name: USD Coin }, DAI: { code: '999999999', name: Dai } } }";
    assert_eq!(coins(&rows("4999.50"), each).len(), 3, "the method is optional");
}

#[test]
fn specified_tokens_are_told_together_above_their_minimum() {
    let rows = |last: &str| {
        vec![
            bought("b1", "ART", "3"),
            bought("b2", "PIC", "1"),
            sold("s1", "ART", "1", "100"),
            sold("s2", "PIC", "1", "200"),
            sold("s3", "ART", "2", last) + " category=first_sale",
        ]
    };
    assert_eq!(coins(&rows("300"), TOGETHER), Vec::<String>::new(), "600.00 in all");
    assert_eq!(coins(&rows("300.01"), TOGETHER), ["Specified NFTs|2|300.00|NFT|2||", "Specified NFTs|2||NFT|1|300.01|"]);
}

#[test]
fn payments_are_told_above_their_minimum() {
    let rows = |value: &str| {
        vec![
            bought("b1", "BTC", "9"),
            sold("s1", "BTC", "1", "50"),
            format!(
                "id=p1 timestamp=2026-03-02T00:00:00Z kind=spend sent_amount=1 sent_asset=BTC value={value} value_currency=USD counterparty=shop"
            ),
        ]
    };
    let own = "{ facts: { payment_processor: processor }, assets: { BTC: { code: 4H95J0R2X, name: Bitcoin } } }";
    assert_eq!(coins(&rows("600"), own), ["Bitcoin|1|50.00||||s1"]);
    assert_eq!(coins(&rows("600.01"), own), ["Bitcoin|1|50.00||||s1", "Bitcoin|1|600.01||||p1"]);
    let other = "{ assets: { BTC: { code: 4H95J0R2X, name: Bitcoin } } }";
    assert_eq!(coins(&rows("600"), other).len(), 2, "a broker that is no processor has no minimum");
}

#[test]
fn units_that_pay_fees() {
    let rows = [
        bought("b1", "BTC", "9"),
        "id=s1 timestamp=2026-03-02T00:00:00Z kind=swap received_amount=10 received_asset=ETH sent_amount=1 sent_asset=BTC fee_amount=0.1 fee_asset=ETH value=1000 value_currency=USD".into(),
        "id=w1 timestamp=2026-03-03T00:00:00Z kind=withdrawal sent_amount=1 sent_asset=BTC fee_amount=0.01 fee_asset=BTC".into(),
    ];
    let told = |reading: &str| {
        let own = format!(
            "{{ readings: {{ coin_fees: {reading} }}, assets: {{ BTC: {{ code: 4H95J0R2X, name: Bitcoin }}, ETH: {{ code: X9J9K872S, name: Ether }} }} }}"
        );
        let mut case = Case::new(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        (case.own, case.prices) = (own.leak(), "2026-03-02T00:00:00Z,ETH,USD,100\n2026-03-03T00:00:00Z,BTC,USD,1000\n");
        cells(&case.lines(), &["sale_row", "box_1b_name", "box_1c_units", "box_1f_proceeds"])
    };
    let (sale, own, withheld) = ("s1|Bitcoin|1|990.00", "w1|Bitcoin|0.01|10.00", "s1|Ether|0.1|10.00");
    assert_eq!(told("left_out"), [sale]);
    assert_eq!(told("withheld_left_out"), [sale, own]);
    assert_eq!(told("reported"), [sale, withheld, own]);
}

#[test]
fn who_is_reported() {
    let sell = "timestamp=2026-06-01T12:00:00Z kind=sell received_amount=1 received_asset=USD sent_amount=1 sent_asset=BTC";
    let of = |name: &str| {
        vec![
            format!("{BUY} taxpayer={name}").replace("id=b1", &format!("id=b{name}")),
            format!("id=s{name} {sell} taxpayer={name}"),
        ]
    };
    let rows: Vec<String> = ["ann", "bob", "biz", "cyd"].iter().flat_map(|n| of(n)).collect();
    let mut case = Case::new(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    case.users = USERS.to_owned()
        + &person("ann")
        + "bob,individual,Bob,Weber,,1985-06-07,Hauptstrasse,4,10115,Berlin,,DE,DE:77\n"
        + "biz,entity,,,Biz Inc,,Low Street,3,10001,New York,NY,US,US:98-7654321\n"
        + "cyd,individual,Cyd,Lee,,1985-06-07,Rue,4,75001,Paris,,FR,FR;US\n";
    let names =
        ["taxpayer", "recipient_tin", "recipient_last_name", "recipient_business_name", "recipient_state", "recipient_country"];
    let (ann, biz, cyd) = ("ann|123456789|ann||CO|US", "biz|987654321||Biz Inc|NY|US", "cyd||Lee|||FR");
    assert_eq!(cells(&case.lines(), &names), [ann, biz, cyd]);
    case.facts = Some("taxpayer,exempt_recipient\nbiz,exempt\n");
    assert_eq!(cells(&case.lines(), &names), [ann, cyd]);
    let xml = case.xml();
    let cyd = xml.split("<Form1099DADetail>").nth(2).unwrap();
    assert!(cyd.contains("<TINSubmittedTypeCd>UNKNOWN<") && !cyd.contains("<TIN>"), "{cyd}");
    assert!(cyd.contains("<ForeignAddress>") && cyd.contains("<CountryCd>FR<") && !cyd.contains("USAddress"), "{cyd}");
    case.own = "{ reportable: [DE], assets: { BTC: { code: 4H95J0R2X, name: Bitcoin } } }";
    assert_eq!(cells(&case.lines(), &["taxpayer"]), ["bob"]);
}

#[test]
fn elements_stand_in_their_order_and_only_where_something_is_said() {
    let xml = Case::new(&[
        BUY,
        "id=s1 timestamp=2026-06-01T12:00:00Z kind=sell received_amount=300 received_asset=USD sent_amount=1 sent_asset=BTC",
    ])
    .xml();
    let elements: Vec<&str> = xml
        .lines()
        .filter_map(|l| l.trim().strip_prefix('<')?.split(['>', ' ']).next())
        .filter(|e| !e.starts_with(['/', '?']))
        .collect();
    let wanted = "IRSubmission1Detail Form1099DADetail TaxYr RecordId VoidInd CorrectedInd RecipientDetail TIN TINSubmittedTypeCd PersonName PersonFirstNm PersonLastNm \
        MailingAddressGrp USAddress AddressLine1Txt CityNm StateAbbreviationCd ZIPCd RecipientAccountNum Form8949ApplicableCheckboxCd DATypeCd DANm DAUnitQty AcquiredDt \
        SoldOrDisposedDt ProceedsAmt CostOrOtherBasisAmt BasisReportedInd GrossProceedsInd ShortTermGainLossInd CashOnlyProceedsInd";
    assert_eq!(elements.join(" "), wanted.split_whitespace().collect::<Vec<_>>().join(" "));
}
