// Prints what the Kusto language service says of a query on SecurityEvent. Usage: kusto.cjs FILE
const fs = require("fs");
require("@kusto/language-service-next/bridge.min.js");
require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
const { Symbols, GlobalState, KustoCode } = Kusto.Language;
const of = (type) => Symbols.ScalarTypes[type];
const columns = { TimeGenerated: "DateTime", EventID: "Int", Computer: "String", NewProcessName: "String",
  ParentProcessName: "String", CommandLine: "String", SubjectLogonId: "String", TargetLogonId: "String",
  TargetUserName: "String", TargetDomainName: "String", TargetSid: "String", SubjectUserSid: "String",
  SubjectDomainName: "String", SubjectUserName: "String" };
const symbols = Object.entries(columns).map(([name, type]) => new Symbols.ColumnSymbol(name, of(type), null, null, null, null));
const table = new Symbols.TableSymbol.$ctor4("SecurityEvent", symbols);
const database = new Symbols.DatabaseSymbol.$ctor2("w", null, [table], false);
const globals = GlobalState.Default.WithDatabase(database);
const code = KustoCode.ParseAndAnalyze(fs.readFileSync(process.argv[2], "utf8"), globals);
const found = code.GetDiagnostics();
for (let i = 0; i < found.Count; i += 1) console.log(found.getItem(i).Message);
process.exit(found.Count ? 1 : 0);
