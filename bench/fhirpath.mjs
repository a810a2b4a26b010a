// Times fhirpath.js on the expressions that bench/fhirpath.py sends on standard input, and answers with JSON.
// Called by bench/fhirpath.py, which installs the npm package in build/ first.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.argv[2] + "/");
const fhirpath = require("fhirpath");
const r4 = require("fhirpath/fhir-context/r4");
const job = JSON.parse(readFileSync(0, "utf8"));
const results = [];

for (const { resource, expressions, seconds } of job) {
  for (const expression of expressions) {
    const run = fhirpath.compile(expression, r4);
    const environment = { resource };
    for (let i = 0; i < 30; i += 1) run(resource, environment);
    let best = Infinity;
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const rounds = 5;
      const started = performance.now();
      for (let i = 0; i < rounds; i += 1) run(resource, environment);
      best = Math.min(best, (performance.now() - started) / rounds);
    }
    const result = run(resource, environment).map((value) => (value?.toJSON ? value.toJSON() : value));
    results.push({ milliseconds: best, result });
  }
}
process.stdout.write(JSON.stringify(results));
