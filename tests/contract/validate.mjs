// Holds every answer that the suite recorded (DURE_RECORD) against api/openapi.yaml, and the requests that
// succeeded as well.
//   node validate.mjs OPENAPI RECORD…
// Prints how many answers of how many operations were seen; exits 1 where something does not fit, or where an
// operation has no recorded success. An operation that the suite cannot reach says why in `x-not-recorded`.
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import YAML from 'yaml';

const [contractFile, ...records] = process.argv.slice(2);
const contract = YAML.parse(readFileSync(contractFile, 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addFormat('int64', { type: 'number', validate: Number.isInteger });
ajv.addSchema({ $id: 'contract', ...contract });

const operations = [];
for (const [path, item] of Object.entries(contract.paths))
  for (const method of ['get', 'post', 'put', 'delete'])
    if (item[method])
      operations.push({
        name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, operation: item[method],
        parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map(resolve),
        pattern: new RegExp('^' + path.replace(/\{[^}]+\}/g, '[^/]+') + '$'), literal: !path.includes('{'),
        succeeded: 0,
      });
operations.sort((a, b) => Number(b.literal) - Number(a.literal));

// What a $ref stands for; anything else itself.
function resolve(value) {
  return value?.$ref ? value.$ref.slice(2).split('/').reduce((at, part) => at[part], contract) : value;
}

const validators = new Map();
// The schema's faults in the value, "" for none.
function faults(schema, value) {
  const key = JSON.stringify(schema);
  if (!validators.has(key)) {
    const local = JSON.parse(key, (name, each) => (name === '$ref' ? each.replace(/^#/, 'contract#') : each));
    validators.set(key, ajv.compile(local));
  }
  const check = validators.get(key);
  return check(value) ? '' : ajv.errorsText(check.errors).slice(0, 600);
}

// The media type of `content` that the type falls under: itself, or a range.
function described(content, type) {
  return content[type] ?? content[type.replace(/\/.*/, '/*')] ?? content['*/*'];
}

// A header's or parameter's text as its schema wants it.
function typed(schema, text) {
  if (schema.type === 'array') return text.split(',').map((each) => typed(schema.items, each));
  if (schema.type === 'integer') return Number(text);
  if (schema.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function checkHeaders(answer, response, complain) {
  for (const [name, reference] of Object.entries(response.headers ?? {})) {
    const header = resolve(reference);
    const value = answer.headers[name];
    if (value === undefined) { if (header.required) complain(`lacks the header ${name}`); continue; }
    const wrong = faults(header.schema, typed(header.schema, value));
    if (wrong) complain(`header ${name}: ${value}: ${wrong}`);
  }
  for (const name of Object.keys(answer.headers))
    if (name !== 'Content-Type' && !response.headers?.[name]) complain(`header ${name} is not in the contract`);
}

function checkBody(message, content, what, complain) {
  const type = (message.headers['Content-Type'] ?? '').split(';')[0];
  if (!content) { if (message.length > 0) complain(`${what}: a body where none is described`); return; }
  const media = described(content, type);
  if (!media) { complain(`${what}: content type ${type}`); return; }
  if (!/^application\/(problem\+)?json$/.test(type)) return;
  const wrong = faults(media.schema, JSON.parse(message.body));
  if (wrong) complain(`${what}: ${wrong}`);
}

function checkRequest(found, row, complain) {
  const query = new URLSearchParams(row.target.split('?')[1] ?? '');
  for (const [name, value] of query) {
    const parameter = found.parameters.find((each) => each.in === 'query' && each.name === name);
    if (!parameter) { complain(`parameter ${name} is not in the contract`); continue; }
    const wrong = faults(parameter.schema, typed(parameter.schema, value));
    if (wrong) complain(`parameter ${name}: ${wrong}`);
  }
  for (const parameter of found.parameters)
    if (parameter.required && parameter.in === 'query' && !query.has(parameter.name))
      complain(`succeeded without the parameter ${parameter.name}`);
  // An Idempotency-Key is ignored where it is not declared, and the contract says so; a condition never may be.
  for (const name of ['If-Match', 'If-None-Match'])
    if (row.request.headers[name] && !found.parameters.some((each) => each.in === 'header' && each.name === name))
      complain(`header ${name} of the request is not in the contract`);
  const body = resolve(found.operation.requestBody);
  if (row.request.length === 0) { if (body?.required) complain('succeeded without a body'); return; }
  // An empty object to an operation that takes no body is what the command line sends.
  if (!body && row.request.body === '{}') return;
  checkBody(row.request, body?.content, 'request', complain);
}

let answers = 0, wrong = 0;
function checkRow(row) {
  const path = row.target.split('?')[0];
  const { answer } = row;
  const found = operations.find((each) => each.method === row.method && each.pattern.test(path));
  const complain = (what) => { wrong++; console.log(`${row.method} ${path} ${answer.status}: ${what}`); };
  answers++;
  if (!found) { if (answer.status < 400) complain('stands in no path of the contract'); return; }
  const { responses } = found.operation;
  // A mismatch can only come where If-Match is declared.
  const precise = answer.status < 400 || (answer.body ?? '').includes('"http.version_mismatch"');
  const response = resolve(responses[String(answer.status)] ?? (precise ? undefined : responses.default));
  if (!response) { complain('the status is not in the contract'); return; }
  checkHeaders(answer, response, complain);
  checkBody(answer, response.content, 'answer', complain);
  if (answer.status >= 300) return;
  found.succeeded++;
  checkRequest(found, row, complain);
}

for (const file of records) readFileSync(file, 'utf8').split('\n').filter(Boolean).map(JSON.parse).forEach(checkRow);
let missing = 0;
for (const { name, operation, succeeded } of operations) {
  const excuse = operation['x-not-recorded'];
  if (!succeeded && !excuse) { missing++; console.log(`${name}: no success was recorded`); }
  if (succeeded && excuse) { wrong++; console.log(`${name}: was recorded; x-not-recorded is out of date`); }
}
const seen = operations.filter((each) => each.succeeded).length;
console.log(`contract: ${answers} answers of ${seen} of ${operations.length} operations held against it, ${wrong} do not fit, ${missing} operations without a success`);
process.exit(wrong === 0 && missing === 0 && answers > 0 ? 0 : 1);
