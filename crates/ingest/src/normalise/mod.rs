//! A raw record and its catalog row to an event: every value is read once, here, into its type.
//!
//! `-`, nothing, `S-1-0-0` and the logon id `0x0` are Windows' ways of saying that it does not say. A value
//! that cannot be read counts as not told either, but is an anomaly.

mod accounts;
pub(crate) mod body;
mod defender;
mod elastic;
mod falcon;
mod fields;
mod installs;
pub(crate) mod intern;
mod mof;
mod processes;
mod sessions;

pub(crate) use body::body;

#[cfg(test)]
mod tests {
    use super::body::body;
    use super::intern::Interner;
    use crate::raw::{Header, RawRecord};
    use crate::scalar::Scalar;
    use begat_model::catalog::{EventKind, FieldName};
    use begat_model::event::{Body, Field, Principal, TokenElevation, Unread};
    use begat_model::time::Precision;
    use begat_model::{LogonId, ProcessGuid, ProcessId, Sid, Timestamp};
    use begat_sim::events::{Draft, EVENT_KINDS, Envelope};
    use begat_sim::evtx::{Form, evtx_file};
    use begat_sim::value::{self as sim, Guid, Ticks, Value};

    fn record(kind: EventKind, fields: &[(&str, Scalar<'static>)]) -> RawRecord<'static> {
        let mut record = RawRecord::new(kind.spec());
        for (name, value) in fields {
            let slot = record.slot(name.as_bytes()).expect("the row reads this field");
            record.fill(slot, value.clone());
        }
        record
    }

    fn text(text: &'static str) -> Scalar<'static> {
        Scalar::Text(text.into())
    }

    fn at() -> Timestamp {
        Timestamp::from_unix_ticks(0, Precision::SECONDS)
    }

    fn read(kind: EventKind, fields: &[(&str, Scalar<'static>)]) -> (Option<Body>, Vec<String>) {
        let (body, problems) = body(&record(kind, fields), &Header::SILENT, at(), &mut Interner::default());
        (body, problems.into_iter().map(|problem| format!("{:?} {}", problem.kind, problem.detail)).collect())
    }

    #[test]
    fn details_of_a_process_are_read_where_they_are_asked_for() {
        let told = [
            ("ProcessId", text("7")),
            ("Description", text("Net Command")),
            ("IntegrityLevel", text("High")),
        ];
        for (spec, expected) in [
            (EventKind::SysmonProcessCreated.spec(), None),
            (EventKind::SysmonProcessCreated.detailed_spec(), Some(("Net Command", "High"))),
        ] {
            let mut record = RawRecord::new(spec);
            for (name, value) in &told {
                if let Some(slot) = record.slot(name.as_bytes()) {
                    record.fill(slot, value.clone());
                }
            }
            let (body, _) = body(&record, &Header::SILENT, at(), &mut Interner::default());
            let Some(Body::ProcessCreated(created)) = body else { panic!("a process was created") };
            let details = created.details.as_ref();
            let found = details
                .map(|it| (it.description.as_deref().unwrap(), it.integrity_level.as_deref().unwrap()));
            assert_eq!(found, expected);
        }
    }

    /// The body, where nothing was wrong.
    fn good(kind: EventKind, fields: &[(&str, Scalar<'static>)]) -> Body {
        let (body, problems) = read(kind, fields);
        assert_eq!(problems, [""; 0]);
        body.unwrap()
    }

    #[test]
    fn what_windows_does_not_say_is_none() {
        for silent in [text("-"), text(""), text(" "), Scalar::Null] {
            let fields = [
                ("TargetUserName", text("anna")),
                ("TargetSid", silent.clone()),
                ("SubjectUserName", silent.clone()),
                ("SubjectUserSid", text("S-1-0-0")),
                ("SubjectLogonId", text("0x0")),
                ("UserPrincipalName", silent),
            ];
            let Body::AccountCreated(created) = good(EventKind::AccountCreated, &fields) else {
                unreachable!()
            };
            assert_eq!(created.subject, Principal::default());
            assert_eq!(created.account, Principal { name: Some("anna".into()), ..Principal::default() });
            assert_eq!(created.user_principal_name, None);
        }
    }

    #[test]
    fn a_process_has_the_token_it_runs_with_and_the_parent_it_was_given() {
        for (elevation, expected) in [
            ("%%1936", TokenElevation::Default),
            ("%%1937", TokenElevation::Full),
            ("%%1938", TokenElevation::Limited),
            ("TokenElevationTypeFull (2)", TokenElevation::Full),
            ("TokenElevationTypeDefault", TokenElevation::Default),
        ] {
            let fields = [
                ("NewProcessId", text("0xf30")),
                ("ProcessId", Scalar::Unsigned(0xde4)),
                ("TokenElevationType", text(elevation)),
                ("TargetLogonId", text("0x0000000000551686")),
                ("SubjectLogonId", Scalar::Unsigned(0x3e4)),
                ("CommandLine", Scalar::Null),
            ];
            let Body::ProcessCreated(process) = good(EventKind::ProcessCreated, &fields) else {
                unreachable!()
            };
            assert_eq!((process.pid, process.parent.pid), (Some(ProcessId(3888)), Some(ProcessId(3556))));
            assert_eq!(process.elevation, Some(expected));
            assert_eq!(process.target.logon_id, Some(LogonId(0x55_1686)));
            assert_eq!(process.subject.logon_id, Some(LogonId::NETWORK_SERVICE));
            assert_eq!((process.started_at, process.command_line), (at(), Field::Empty));
        }
    }

    #[test]
    fn sysmon_tells_the_kernels_start_time_and_a_user_with_a_domain() {
        let fields = [
            ("ProcessId", text("9428")),
            ("UtcTime", text("2020-09-14 12:06:01.826")),
            ("ProcessGuid", text("{2D351099-5ca9-5f5f-2f04-000000000400}")),
            ("ParentProcessGuid", text("{00000000-0000-0000-0000-000000000000}")),
            ("User", text("NT AUTHORITY\\SYSTEM")),
            ("LogonId", text("0x2CC013")),
            ("Hashes", text("SHA256=AB,IMPHASH=CD")),
        ];
        let Body::ProcessCreated(process) = good(EventKind::SysmonProcessCreated, &fields) else {
            unreachable!()
        };
        assert_eq!(process.hashes.as_deref(), Some("SHA256=AB,IMPHASH=CD"));
        assert_eq!(process.started_at.to_string(), "2020-09-14T12:06:01.826Z");
        assert_eq!(process.guid, ProcessGuid::parse("2d351099-5ca9-5f5f-2f04-000000000400"));
        assert_eq!(process.parent.guid, None);
        assert_eq!(process.target.domain.as_deref(), Some("NT AUTHORITY"));
        assert_eq!(process.target.name.as_deref(), Some("SYSTEM"));
        assert_eq!(process.target.logon_id, Some(LogonId(0x2c_c013)));
        assert_eq!(process.command_line, Field::Absent);
        let Body::ProcessCreated(process) =
            good(EventKind::SysmonProcessCreated, &[("ProcessId", text("4"))])
        else {
            unreachable!()
        };
        assert_eq!(process.started_at, at(), "without UtcTime the event's own time");
    }

    #[test]
    fn a_logon_has_its_source_and_both_halves_of_a_token() {
        for (written, expected) in [
            ("::ffff:10.0.0.1", Some("10.0.0.1")),
            ("::FFFF:10.0.0.1", Some("10.0.0.1")),
            ("::1", Some("::1")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("fe80::1%12", Some("fe80::1%12")),
            ("LOCAL", None),
            ("0.0.0.0", None),
            ("::", None),
            ("::ffff:0.0.0.0", None),
            ("-", None),
        ] {
            let fields = [
                ("TargetLogonId", text("0x57615b")),
                ("LogonType", text("3")),
                ("IpAddress", text(written)),
                ("ElevatedToken", text("%%1842")),
                ("TargetLinkedLogonId", text("0x0")),
            ];
            let Body::LoggedOn(logon) = good(EventKind::LoggedOn, &fields) else { unreachable!() };
            assert_eq!(logon.source_ip.as_deref(), expected);
            assert_eq!(
                (logon.logon_type, logon.elevated, logon.linked_logon_id),
                (Some(3), Some(true), None)
            );
        }
    }

    #[test]
    fn a_piece_of_a_script_says_which_it_is_of_how_many() {
        let piece = |number: Option<&'static str>, total| {
            let mut fields = vec![
                ("ScriptBlockText", text("x")),
                ("ScriptBlockId", text("{83D0C8C3-5CAA-5F5F-F302-000000000400}")),
                ("MessageTotal", total),
            ];
            fields.extend(number.map(|number| ("MessageNumber", text(number))));
            let Body::ScriptBlock(script) = good(EventKind::ScriptBlock, &fields) else { unreachable!() };
            script.piece.map(|piece| (piece.block.to_string(), piece.number, piece.total))
        };
        let block = "83d0c8c3-5caa-5f5f-f302-000000000400".to_owned();
        assert_eq!(piece(Some("2"), Scalar::Unsigned(3)), Some((block.clone(), 2, 3)));
        assert_eq!(piece(Some("1"), text("1")), Some((block, 1, 1)));
        for number in [None, Some("0"), Some("4")] {
            assert_eq!(piece(number, text("3")), None, "{number:?}");
        }
    }

    #[test]
    fn the_groups_of_a_logon_are_read_from_their_list() {
        let list = "\n\t\t%{S-1-5-32-545}\r\n\t\t%{S-1-1-0} %{S-1-5-32-544}\t%{S-1-5-32-545}";
        let fields = [("TargetLogonId", text("0x57615b")), ("GroupMembership", text(list))];
        let Body::LogonGroups(groups) = good(EventKind::LogonGroups, &fields) else { unreachable!() };
        let sids: Vec<&str> = groups.groups.iter().map(Sid::as_str).collect();
        assert_eq!(sids, ["S-1-1-0", "S-1-5-32-544", "S-1-5-32-545"]);
        let fields = [("TargetLogonId", text("0x1")), ("GroupMembership", text("%{S-1-1-0} Users"))];
        let (body, problems) = read(EventKind::LogonGroups, &fields);
        let Some(Body::LogonGroups(groups)) = body else { unreachable!() };
        assert_eq!((groups.groups.len(), problems.len()), (1, 1), "{problems:?}");
        assert!(problems[0].ends_with("is \"Users\""), "{problems:?}");
    }

    #[test]
    fn a_name_in_the_place_of_a_well_known_sid_is_that_sid() {
        let fields = [
            ("MemberSid", text("S-1-5-21-1-2-3-1001")),
            ("TargetSid", text("BUILTIN\\Administrators")),
            ("SubjectUserSid", text("NT AUTHORITY\\SYSTEM")),
        ];
        let Body::GroupMemberAdded(added) = good(EventKind::LocalMemberAdded, &fields) else {
            unreachable!()
        };
        assert_eq!(added.group.sid, Sid::parse("S-1-5-32-544"));
        assert_eq!(added.subject.sid, Sid::parse("S-1-5-18"));
    }

    /// `%{S-1-…}`: what a message holds for a name, where nobody looked it up.
    #[test]
    fn a_sid_that_nobody_put_a_name_for_is_read_wherever_one_may_stand() {
        let fields = [
            ("MemberSid", text("%{S-1-5-21-1-2-3-1001}")),
            ("TargetSid", text(" %{S-1-5-32-544}")),
            ("SubjectUserSid", text("%{S-1-5-18}")),
        ];
        let Body::GroupMemberAdded(added) = good(EventKind::LocalMemberAdded, &fields) else {
            unreachable!()
        };
        assert_eq!(added.member.sid, Sid::parse("S-1-5-21-1-2-3-1001"));
        assert_eq!(
            (added.group.sid, added.subject.sid),
            (Sid::parse("S-1-5-32-544"), Sid::parse("S-1-5-18"))
        );
        let fields = [("TargetUserName", text("bob")), ("TargetSid", text("%{S-1-5-21-1-2-3-1001}"))];
        let Body::AccountCreated(created) = good(EventKind::AccountCreated, &fields) else { unreachable!() };
        assert_eq!(created.account.sid, Sid::parse("S-1-5-21-1-2-3-1001"));
        for none in ["%{S-1-5-21-1-2-3-1001", "%{}", "%{bob}", "%S-1-5-18%"] {
            assert_eq!(Sid::told(none), None, "{none}");
        }
    }

    #[test]
    fn an_account_is_followed_by_the_name_that_stands_for_its_sid() {
        let fields = [("MemberSid", text("FILES01\\maint7")), ("TargetSid", text("BUILTIN\\Administrators"))];
        let Body::GroupMemberAdded(added) = good(EventKind::LocalMemberAdded, &fields) else {
            unreachable!()
        };
        let fields = [("TargetUserName", text("maint7")), ("TargetSid", text("Files01\\Maint7"))];
        let Body::AccountCreated(created) = good(EventKind::AccountCreated, &fields) else { unreachable!() };
        assert!(created.account.sid.is_some());
        assert_eq!(added.member.sid, created.account.sid);
    }

    #[test]
    fn a_process_says_enough_without_its_id_and_shifted_fields_say_nothing() {
        let (body, problems) = read(
            EventKind::SysmonProcessCreated,
            &[("ProcessGuid", text("{2D351099-5ca9-5f5f-2f04-000000000400}")), ("Image", text(r"C:\x.exe"))],
        );
        let Some(Body::ProcessCreated(process)) = body else { panic!("{problems:?}") };
        assert_eq!((process.pid, process.guid.is_some(), problems.len()), (None, true, 0));
        let shifted = [
            ("NewProcessId", text("0x10")),
            ("NewProcessName", text(r"C:\Windows\System32\net1.exe")),
            ("SubjectLogonId", text("0x3e7")),
            ("CommandLine", text("S-1-0-0")),
            ("TargetUserSid", text("-")),
            ("TargetDomainName", text("0x0")),
            ("TargetLogonId", text(r"C:\Windows\System32\net.exe")),
            ("ParentProcessName", text("S-1-16-12288")),
        ];
        let (body, problems) = read(EventKind::ProcessCreated, &shifted);
        let Some(Body::ProcessCreated(process)) = body else { panic!("{problems:?}") };
        assert_eq!(process.command_line, Field::Empty);
        assert_eq!(process.parent.image.as_deref(), Some(r"C:\Windows\System32\net.exe"));
        assert_eq!(process.target, Principal::default());
        assert!(problems.iter().any(|problem| problem.contains("CommandLine")), "it is said: {problems:?}");
        let told = [
            ("TargetUserSid", text("anna")),
            ("TargetUserName", text("CORP")),
            ("TargetDomainName", text("0x551686")),
        ];
        let is_told_anew = |name: &str| told.iter().any(|(told, _)| *told == name);
        let others = shifted.iter().filter(|(name, _)| !is_told_anew(name));
        let fields: Vec<(&str, Scalar<'static>)> = others.chain(&told).cloned().collect();
        let (body, _) = read(EventKind::ProcessCreated, &fields);
        let Some(Body::ProcessCreated(process)) = body else { panic!() };
        let expected = Principal {
            name: Some("anna".into()),
            domain: Some("CORP".into()),
            sid: None,
            logon_id: Some(LogonId(0x55_1686)),
        };
        assert_eq!(process.target, expected, "each stands one name too early");
        let unclear = [
            ("NewProcessId", text("0x10")),
            ("CommandLine", text("S-1-0-0")),
            ("TargetLogonId", text("0x77")),
        ];
        let (body, _) = read(EventKind::ProcessCreated, &unclear);
        let Some(Body::ProcessCreated(process)) = body else { panic!() };
        assert_eq!((process.command_line, process.target), (Field::Empty, Principal::default()));
    }

    #[test]
    fn an_unreadable_value_is_told_once_and_counts_as_not_told() {
        let fields = [
            ("TargetLogonId", text("0x1")),
            ("TargetUserSid", text("WS1\\anna")),
            ("LogonType", text("Network")),
            ("TargetUserName", Scalar::NotOne("list")),
        ];
        let (body, problems) = read(EventKind::LoggedOn, &fields);
        let Some(Body::LoggedOn(logon)) = body else { unreachable!() };
        assert_eq!((logon.account.sid, logon.account.name, logon.logon_type), (None, None, None));
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(
            problems[0].contains("TargetUserName of event 4624") && problems[0].ends_with("is a list"),
            "{problems:?}"
        );
        assert!(
            problems[2]
                .ends_with("LogonType of event 4624 of Microsoft-Windows-Security-Auditing is \"Network\"")
        );
    }

    #[test]
    fn without_a_required_field_there_is_no_event() {
        let value = |field: &FieldName| match field.as_str() {
            name if name.ends_with("Sid") => (name, text("S-1-5-21-1-2-3-1004")),
            // Of these kinds only this much is read.
            "RelativeTargetName" => ("RelativeTargetName", text("samr")),
            "GroupMembership" => ("GroupMembership", text("%{S-1-5-32-544}")),
            "TargetObject" => ("TargetObject", text(r"HKLM\SAM\SAM\Domains\Account\Users\Names\bob")),
            name => (name, text("0x1")),
        };
        for kind in begat_model::catalog::CATALOG.iter().map(|row| row.kind) {
            let required = kind.spec().required;
            for missing in required {
                let told: Vec<_> = required.iter().filter(|field| *field != missing).map(value).collect();
                let (body, problems) = read(kind, &told);
                assert_eq!(body, Some(Body::Unread(Unread::FieldMissing)), "{kind:?} without {missing:?}");
                assert!(problems[0].starts_with(&format!("MissingField {missing:?}")), "{problems:?}");
            }
            good(kind, &required.iter().map(value).collect::<Vec<_>>());
        }
    }

    /// What Windows, Sysmon and their exporters put into fields, right or wrong.
    fn odd_values() -> Vec<Value> {
        let texts = [
            "",
            "-",
            " ",
            " - ",
            "x",
            "S-1-0-0",
            "S-1-5-18",
            " S-1-5-21-1-2-3-1004\t",
            "S-1-x",
            "0",
            "0x0",
            "0x15",
            "4294967296",
            "%%1842",
            "%%1937",
            "TokenElevationTypeLimited (3)",
            "CORP\\anna",
            "\\anna",
            "-\\-",
            "anna",
            "::ffff:192.0.2.7",
            "fe80::1%4",
            "2026-03-02 09:15:42.100",
            "2026-03-02T09:15:42Z",
            "yesterday",
            "samr",
            " SAMR",
            "samr2",
            r"HKLM\SAM\sam\Domains\Account\Users",
            r"HKLM\SAM\SAM\Domain",
            "Created",
            "Ünï 日本 😀",
            "{83D0C8C3-5CAA-5F5F-F302-000000000400}",
            "{00000000-0000-0000-0000-000000000000}",
            "%{S-1-5-32-544} %{S-1-1-0} x",
        ];
        let long = [
            "y".repeat(256),
            "y".repeat(257),
            "é".repeat(300),
            " ".repeat(600),
            format!("-{}", " ".repeat(600)),
        ];
        let texts = texts.map(str::to_owned).into_iter().chain(long).map(Value::Text);
        let guid = |text| Value::Guid(Guid::parse(text));
        let others = [
            Value::Null,
            Value::U8(7),
            Value::U16(0),
            Value::U32(3),
            Value::U64(0),
            Value::U64(u64::MAX),
            Value::Bool(true),
            Value::Hex32(0),
            Value::Hex32(0x15),
            Value::Hex64(0),
            Value::Hex64(0x1_0000_0000),
            Value::Pointer(0xf30),
            Value::Sid(sim::Sid::parse("S-1-0-0")),
            Value::Sid(sim::Sid::parse("S-1-5-21-1-2-3-1004")),
            guid("83d0c8c3-5caa-5f5f-f302-000000000400"),
            guid("00000000-0000-0000-0000-000000000000"),
            Value::FileTime(Ticks(0)),
            Value::FileTime(Ticks::parse("2026-03-02T09:15:42.1234567Z")),
            Value::Binary(vec![1, 2]),
        ];
        texts.chain(others).collect()
    }

    /// Reads every record where it stands, and from what decoding its values gives.
    struct BothWays {
        interner: Interner,
        bodies: usize,
        problems: usize,
    }

    impl begat_evtx::Visitor for BothWays {
        fn record(&mut self, record: &begat_evtx::Record<'_>) {
            let header = record.header();
            let (provider, channel) =
                (header.provider().unwrap().to_cow(), header.channel().unwrap().to_cow());
            let kind = EventKind::of(Some(&provider), Some(&channel), header.event_id().unwrap()).unwrap();
            for spec in [kind.spec(), kind.detailed_spec()] {
                let mut spelled = RawRecord::new(spec);
                for field in record.fields() {
                    if let Some(slot) = field.name.and_then(|name| spelled.slot(name.to_cow().as_bytes())) {
                        spelled.fill(slot, field.value.into());
                    }
                }
                let mut told = |record: &RawRecord<'_>| {
                    let (body, problems) = body(record, &Header::SILENT, at(), &mut self.interner);
                    (
                        body,
                        problems.into_iter().map(|it| (it.kind, it.detail, it.is_fatal)).collect::<Vec<_>>(),
                    )
                };
                let (stored, spelled) = (told(&RawRecord::stored(spec, *record)), told(&spelled));
                assert_eq!(stored, spelled, "{kind:?} {:?}", record.fields().collect::<Vec<_>>());
                self.bodies += usize::from(stored.0.is_some());
                self.problems += stored.1.len();
            }
        }

        fn damage(&mut self, damage: begat_evtx::Damage) {
            panic!("{damage}");
        }
    }

    #[test]
    fn a_value_says_the_same_whether_it_is_decoded_or_known_by_its_bytes() {
        let odd = odd_values();
        let mut records = Vec::new();
        for (round, kind) in
            (0..odd.len()).flat_map(|round| EVENT_KINDS.iter().map(move |kind| (round, kind)))
        {
            let mut draft = Draft::new(kind);
            for (place, (_, value)) in draft.fields.iter_mut().enumerate() {
                // Nearly all fields of a record are as they should be, and others in each round.
                if (place + round) % 3 == 0 {
                    *value = odd[(place * 7 + round) % odd.len()].clone();
                }
            }
            records.push(draft.written(Envelope {
                record_id: records.len() as u64,
                time: Ticks::parse("2026-03-02T09:15:42Z"),
                computer: "WS1".to_owned(),
                execution: (4, 8),
                activity_id: None,
            }));
        }
        let selection = crate::framing::evtx::selection(|_| true);
        let mut reader = begat_evtx::ChunkReader::new(&selection);
        let mut both = BothWays { interner: Interner::default(), bodies: 0, problems: 0 };
        for form in [Form::Native, Form::OldSysmon, Form::Rendered] {
            let bytes = evtx_file(&records, form).unwrap();
            reader.read_file(&begat_evtx::EvtxFile::open(bytes).unwrap(), &mut both).unwrap();
        }
        assert!(
            both.bodies > records.len() && both.problems > records.len(),
            "{} {}",
            both.bodies,
            both.problems
        );
    }
}
