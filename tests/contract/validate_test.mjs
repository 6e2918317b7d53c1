// node --test: what validate.mjs must find, on a small contract and records with one fault each.
import assert from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

const contract = `
openapi: 3.1.0
paths:
  /things:
    get:
      parameters: [{name: state, in: query, style: form, explode: false, schema: {type: array, items: {enum: [on, off]}}}]
      responses:
        '200': {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
        default: {content: {application/problem+json: {schema: {type: object, required: [code]}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses:
        '201':
          headers: {Location: {required: true, schema: {type: string, pattern: '^/things/'}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
        default: {content: {application/problem+json: {schema: {type: object, required: [code]}}}}
components:
  schemas: {Thing: {type: object, additionalProperties: false, required: [id], properties: {id: {type: string}}}}
`;

const jsonType = { 'Content-Type': 'application/json; charset=utf-8' };
const message = (body, headers = {}) => ({ headers: body ? { ...jsonType, ...headers } : headers, length: body.length, body });
const thing = '{"id":"1"}';
const got = () => ({ method: 'GET', target: '/things?state=on,off', request: message(''), answer: { status: 200, ...message(thing) } });
const made = () => ({ method: 'POST', target: '/things', request: message(thing),
                      answer: { status: 201, ...message(thing, { Location: '/things/1' }) } });

// What the script says of the records; "" where it finds nothing.
function faults(...rows) {
  const folder = mkdtempSync(join(tmpdir(), 'dure-validate-'));
  writeFileSync(join(folder, 'contract.yaml'), contract);
  writeFileSync(join(folder, 'seen.jsonl'), rows.map((row) => JSON.stringify(row) + '\n').join(''));
  const script = new URL('validate.mjs', import.meta.url).pathname;
  const run = spawnSync('node', [script, join(folder, 'contract.yaml'), join(folder, 'seen.jsonl')], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  assert.ok(run.status === 0 || run.status === 1, run.stderr);
  return run.status === 0 ? '' : run.stdout;
}
// The record with something of it changed, beside a good one of the other operation.
const changed = (row, change) => { change(row); return faults(got(), made(), row); };

test('what fits', () => assert.equal(faults(got(), made()), ''));
test('an operation without a success', () => assert.match(faults(got()), /POST \/things: no success was recorded/));
test('a refusal is no success', () => {
  const refused = { ...made(), answer: { status: 409, ...message('{"code":"x"}', { 'Content-Type': 'application/problem+json' }) } };
  assert.match(faults(got(), refused), /no success was recorded/);
  assert.equal(faults(got(), made(), refused), '');
});
test('a body, a status or a content type that is not described', () => {
  assert.match(changed(got(), (row) => { row.answer.body = '{"id":1}'; }), /id must be string/);
  assert.match(changed(got(), (row) => { row.answer.status = 202; }), /status is not in the contract/);
  assert.match(changed(got(), (row) => { row.answer.headers['Content-Type'] = 'text\/csv'; }), /content type text\/csv/);
  assert.match(changed(got(), (row) => { row.target = '/other'; }), /no path/);
});
test('headers that lack, are wrong, or are not declared', () => {
  assert.match(changed(made(), (row) => { delete row.answer.headers.Location; }), /lacks the header Location/);
  assert.match(changed(made(), (row) => { row.answer.headers.Location = 'x'; }), /header Location/);
  assert.match(changed(got(), (row) => { row.answer.headers.ETag = '"1"'; }), /header ETag is not in the contract/);
});
test('a request that succeeded against the contract', () => {
  assert.match(changed(made(), (row) => { row.request.body = '{"id":"1","more":2}'; }), /request: .*additional/);
  assert.match(changed(made(), (row) => { row.request = message(''); }), /succeeded without a body/);
  assert.match(changed(got(), (row) => { row.target = '/things?zzz=1'; }), /parameter zzz is not in the contract/);
  assert.match(changed(got(), (row) => { row.target = '/things?state=dim'; }), /parameter state/);
  assert.match(changed(got(), (row) => { row.request.headers['If-Match'] = '"1"'; }), /If-Match of the request/);
});
