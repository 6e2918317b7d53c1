// The contract against the last one that clients were promised (decision 13: /api/v1 only grows).
//   node baseline.mjs OPENAPI BASELINE            fails where something of the baseline is gone, or a request needs more
//   node baseline.mjs OPENAPI BASELINE --move     writes the baseline anew (docs/testing.md says when)
// The baseline is one promise a line, sorted; of an operation or of a schema that operations share:
//   operation GET /api/v1/calls
//   takes GET /api/v1/calls: ?state[]=open        a parameter (?), header (!) or member that a request may have, or one
//   takes OpenCall: title                         of the values of its enum
//   needs OpenCall: programme_id                  a parameter or member that a request must have
//   gives GET /api/v1/calls: 200 items[]: Call    a member that an answer has, with the schema that it follows
//   gives Call: closes_at                         "mayGive" where it may be left out
import { readFileSync, writeFileSync } from 'node:fs';
import YAML from 'yaml';

const resolveIn = (contract, value) =>
  value?.$ref ? value.$ref.slice(2).split('/').reduce((at, part) => at[part], contract) : value;

// Below the schema, calls visit.member(path) for each member, visit.required(path) for each that must be there,
// visit.value(path, value) for each value of an enum, and visit.schema(path, name) where a shared one begins.
function walk(schema, at, visit) {
  if (!schema) return;
  if (schema.$ref) { visit.schema(at, schema.$ref.split('/').pop()); return; }
  for (const part of [...(schema.allOf ?? []), ...(schema.anyOf ?? [])]) walk(part, at, visit);
  for (const value of schema.enum ?? []) visit.value(at, value);
  const below = (name) => (at && !at.endsWith(' ') ? `${at}.${name}` : at + name);
  for (const name of schema.required ?? []) visit.required(below(name));
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    visit.member(below(name), (schema.required ?? []).includes(name));
    walk(member, below(name), visit);
  }
  walk(schema.items, `${at}[]`, visit);
  if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties, `${at}{}`, visit);
}

// The promises of a contract.
export function promises(contract) {
  const lines = new Set();
  const resolve = (value) => resolveIn(contract, value);

  function addRequest(subject, schema, at = '') {
    walk(schema, at, {
      member: (path) => lines.add(`takes ${subject}: ${path}`),
      required: (path) => lines.add(`needs ${subject}: ${path}`),
      value: (path, value) => lines.add(`takes ${subject}: ${path}=${value}`),
      schema: (path, name) => {
        lines.add(`takes ${subject}: ${path}: ${name}`);
        addRequest(name, contract.components.schemas[name]);
      },
    });
  }

  // The values of an enum are no promise: a client must bear new ones, and an old one that is no longer given
  // harms nobody.
  const given = new Set();
  function addAnswer(subject, schema, at = '') {
    walk(schema, at, {
      member: (path, required) => lines.add(`${required ? 'gives' : 'mayGive'} ${subject}: ${path}`),
      required: () => {},
      value: () => {},
      schema: (path, name) => {
        lines.add(`gives ${subject}: ${path}: ${name}`);
        if (given.has(name)) return;
        given.add(name);
        addAnswer(name, contract.components.schemas[name]);
      },
    });
  }

  function addParameter(subject, parameter) {
    if (parameter.in === 'path') return;
    const name = (parameter.in === 'query' ? '?' : '!') + parameter.name;
    lines.add(`takes ${subject}: ${name}`);
    addRequest(subject, parameter.schema, name);
    if (parameter.required) lines.add(`needs ${subject}: ${name}`);
  }

  function addOperation(subject, operation) {
    lines.add(`operation ${subject}`);
    for (const parameter of operation.parameters ?? []) addParameter(subject, resolve(parameter));
    if (operation.requestBody?.required) lines.add(`needs ${subject}: body`);
    for (const [type, media] of Object.entries(operation.requestBody?.content ?? {})) {
      lines.add(`takes ${subject}: ${type}`);
      addRequest(subject, media.schema);
    }
    for (const [status, reference] of Object.entries(operation.responses)) {
      if (status === 'default') continue;
      const response = resolve(reference);
      lines.add(`gives ${subject}: ${status}`);
      for (const header of Object.keys(response.headers ?? {})) lines.add(`gives ${subject}: ${status} !${header}`);
      for (const [type, media] of Object.entries(response.content ?? {})) {
        lines.add(`gives ${subject}: ${status} ${type}`);
        addAnswer(subject, media.schema, `${status} `);
      }
    }
  }

  addAnswer('Problem', contract.components.schemas.Problem);
  for (const [path, item] of Object.entries(contract.paths))
    for (const method of ['get', 'post', 'put', 'delete'])
      if (item[method]) addOperation(`${method.toUpperCase()} ${path}`, item[method]);
  return lines;
}

// What breaks a client of the baseline: promises that are gone, and needs that are new in an operation or schema
// that was there before.
export function breaks(baseline, now) {
  const subject = (line) => line.slice(line.indexOf(' ') + 1).split(': ')[0];
  const known = new Set([...baseline].map(subject));
  const gone = [...baseline].filter((line) => !line.startsWith('needs ') && !now.has(line) &&
                                              !now.has(line.replace(/^mayGive /, 'gives ')));
  const needed = [...now].filter(
    (line) => line.startsWith('needs ') && !baseline.has(line) && known.has(subject(line)));
  return [...gone.map((line) => `gone: ${line}`), ...needed.map((line) => `newly required: ${line}`)];
}

function main(contractFile, baselineFile, option) {
  const now = promises(YAML.parse(readFileSync(contractFile, 'utf8')));
  if (option === '--move') {
    writeFileSync(baselineFile, [...now].sort().join('\n') + '\n');
    console.log(`${baselineFile}: ${now.size} promises`);
    return 0;
  }
  const baseline = new Set(readFileSync(baselineFile, 'utf8').split('\n').filter(Boolean));
  const broken = breaks(baseline, now);
  for (const line of broken) console.log(line);
  const added = [...now].filter((line) => !baseline.has(line)).length;
  console.log(`contract: ${baseline.size} promises of the baseline, ${broken.length} broken, ${added} new`);
  return broken.length === 0 && baseline.size > 0 ? 0 : 1;
}

if (process.argv[1].endsWith('baseline.mjs')) process.exit(main(...process.argv.slice(2)));
