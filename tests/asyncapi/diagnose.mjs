// What AsyncAPI's own parser has against documents: a JSON array of them comes in, and for each
// goes out an array of {code, severity, message, path}. Severity 0 is an error, 1 a warning, 2 and
// 3 advice.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const parser = new Parser();
const answers = [];
for (const document of JSON.parse(readFileSync(0, "utf8"))) {
  const { diagnostics } = await parser.parse(JSON.stringify(document));
  answers.push(
    diagnostics.map(({ code, severity, message, path }) => ({
      code,
      severity,
      message,
      path: path.join("/"),
    })),
  );
}
process.stdout.write(JSON.stringify(answers));
