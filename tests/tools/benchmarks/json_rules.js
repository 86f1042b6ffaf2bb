// Run json-rules-engine for the benchmark: one JSON object a line in, one a line out, with the processor time it took.
"use strict";
const { createRequire } = require("module");
const { Engine } = createRequire(process.cwd() + "/")("json-rules-engine");
const lines = require("readline").createInterface({ input: process.stdin });

let rules = [];
let engine = null;

// One rule for each production. What it concludes becomes a fact while the engine runs, for rules of lower priority.
function build() {
  engine = new Engine([], { allowUndefinedFacts: true });
  for (const { all, concludes, priority } of rules) {
    engine.addRule({
      priority,
      conditions: {
        all: all.map(([fact, values]) =>
          values.length > 1 ? { fact, operator: "in", value: values } : { fact, operator: "equal", value: values[0] }
        ),
      },
      event: { type: "concluded" },
      onSuccess: (event, almanac) => {
        for (const [cell, value] of concludes) almanac.addRuntimeFact(cell, value);
        concluded.push(...concludes);
      },
    });
  }
}

let concluded = [];
let work = Promise.resolve();

async function answer(asked) {
  const start = process.cpuUsage();
  concluded = [];
  if (asked.rules) rules = asked.rules;
  if (asked.ready) build();
  if (asked.known) await engine.run(asked.known);
  const spent = process.cpuUsage(start);
  const seconds = (spent.user + spent.system) / 1e6;
  if (asked.rest) globalThis.gc();
  const bytes = asked.rest ? process.memoryUsage().rss : 0;
  process.stdout.write(JSON.stringify({ seconds, bytes, concluded: Object.fromEntries(concluded) }) + "\n");
}

lines.on("line", (line) => {
  work = work.then(() => answer(JSON.parse(line)));
});
