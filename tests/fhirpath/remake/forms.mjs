// Evaluates with fhirpath.js what tests/fhirpath/remake/forms.py sends on standard input, at the given present time.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.argv[2] + "/");
const fhirpath = require("fhirpath");
const r4 = require("fhirpath/fhir-context/r4");
const job = JSON.parse(readFileSync(0, "utf8"));

const RealDate = Date;
const frozen = new RealDate(job.now).getTime();
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length ? args : [frozen]));
  }
  static now() {
    return frozen;
  }
};

function plain(value) {
  if (value && typeof value === "object" && value.constructor.name.startsWith("FP_")) return value.toString();
  return value && typeof value.toJSON === "function" ? value.toJSON() : value;
}

const results = {};
for (const form of job.forms) {
  results[form.name] = {};
  for (const expression of form.expressions) {
    try {
      const found = fhirpath.evaluate(
        structuredClone(form.response),
        expression,
        { ...structuredClone(form.variables), resource: structuredClone(form.response) },
        r4,
        { traceFn: () => {}, async: false },
      );
      results[form.name][expression] = found.map(plain);
    } catch (error) {
      results[form.name][expression] = { error: String(error.message ?? error).slice(0, 120) };
    }
  }
}
process.stdout.write(JSON.stringify(results));
