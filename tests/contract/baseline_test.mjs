// node --test: what baseline.mjs must find, on the contract itself with one thing changed.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import YAML from 'yaml';
import { breaks, promises } from './baseline.mjs';

const text = readFileSync(new URL('../../api/openapi.yaml', import.meta.url), 'utf8');
const before = promises(YAML.parse(text));

// What breaks when the contract is changed so.
function after(change) {
  const contract = YAML.parse(text);
  change(contract);
  return breaks(before, promises(contract));
}

test('the contract does not break itself', () => assert.deepEqual(after(() => {}), []));

test('an operation that is gone', () => {
  const found = after((contract) => delete contract.paths['/api/v1/calls/{id}/close']);
  assert.ok(found.includes('gone: operation POST /api/v1/calls/{id}/close'));
});

test('a member of an answer that is gone', () => {
  assert.deepEqual(after((contract) => delete contract.components.schemas.Run.properties.attempt),
                   ['gone: gives Run: attempt']);
});

test('a member of an answer that may newly be left out', () => {
  assert.deepEqual(after((contract) => { contract.components.schemas.Run.required.shift(); }),
                   ['gone: gives Run: id']);
});

test('an answer that follows another schema', () => {
  const found = after((contract) => {
    contract.paths['/api/v1/runs/{id}'].get.responses['200'].content['application/json'].schema.$ref =
      '#/components/schemas/Share';
  });
  assert.deepEqual(found, ['gone: gives GET /api/v1/runs/{id}: 200 : Run']);
});

test('a member, a parameter or a body that a request newly needs', () => {
  assert.deepEqual(after((contract) => contract.components.schemas.OpenCall.required.push('title')),
                   ['newly required: needs OpenCall: title']);
  assert.deepEqual(after((contract) => {
    contract.paths['/api/v1/resources'].get.parameters.find((each) => each.name === 'pool').required = true;
  }), ['newly required: needs GET /api/v1/resources: ?pool']);
  assert.deepEqual(after((contract) => {
    contract.paths['/api/v1/awards/{id}/allocation'].post.requestBody.required = true;
  }), ['newly required: needs POST /api/v1/awards/{id}/allocation: body']);
});

test('a filter, one of its values, or a member of a request that is no longer taken', () => {
  const filter = (contract) => contract.paths['/api/v1/runs'].get.parameters.find((each) => each.name === 'state');
  assert.deepEqual(after((contract) => { filter(contract).schema.items.enum.shift(); }),
                   ['gone: takes GET /api/v1/runs: ?state[]=queued']);
  assert.ok(after((contract) => { filter(contract).name = 'status'; })
    .includes('gone: takes GET /api/v1/runs: ?state'));
  assert.deepEqual(after((contract) => delete contract.components.schemas.OpenCall.properties.title),
                   ['gone: takes OpenCall: title']);
});

test('what only grows breaks nothing', () => {
  assert.deepEqual(after((contract) => {
    contract.components.schemas.Run.properties.colour = { type: 'string' };
    contract.components.schemas.Run.required.push('colour');
    contract.components.schemas.Problem.required.push('help');
    contract.components.schemas.OpenCall.properties.colour = { type: 'string' };
    contract.components.schemas.OpenCall.required.splice(0);
    contract.paths['/api/v1/new'] = { post: { requestBody: { required: true, content: {} }, responses: {} } };
  }), []);
});
