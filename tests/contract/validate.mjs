// Holds every answer that the suite recorded (DURE_RECORD) against api/openapi.yaml.
//   node validate.mjs OPENAPI RECORD…
// Prints how many answers of how many operations were seen; exits 1 where one does not fit.
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
        method: method.toUpperCase(), path, operation: item[method],
        pattern: new RegExp('^' + path.replace(/\{[^}]+\}/g, '[^/]+') + '$'), literal: !path.includes('{'),
      });
operations.sort((a, b) => Number(b.literal) - Number(a.literal));

const escape = (text) => text.replaceAll('~', '~0').replaceAll('/', '~1');
const validators = new Map();
function validator(pointer) {
  if (!validators.has(pointer)) validators.set(pointer, ajv.compile({ $ref: `contract#${pointer}` }));
  return validators.get(pointer);
}

let answers = 0, wrong = 0;
const seen = new Set();
for (const file of records)
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const answer = JSON.parse(line);
    const path = answer.path.split('?')[0];
    const found = operations.find((each) => each.method === answer.method && each.pattern.test(path));
    const complain = (what) => { wrong++; console.log(`${answer.method} ${path} ${answer.status}: ${what}`); };
    answers++;
    if (!found) { if (answer.status < 400) complain('stands in no path of the contract'); continue; }
    seen.add(`${found.method} ${found.path}`);
    const type = answer.content_type.split(';')[0];
    const base = `/paths/${escape(found.path)}/${found.method.toLowerCase()}/responses/${answer.status}`;
    const described = found.operation.responses[String(answer.status)];
    if (answer.status >= 400) {
      if (type !== 'application/problem+json') { complain(`a failure as ${type}`); continue; }
      const check = validator('/components/schemas/Problem');
      if (!check(JSON.parse(answer.body))) complain(ajv.errorsText(check.errors));
      continue;
    }
    if (!described) { complain('status is not in the contract'); continue; }
    if (!described.content) { if (answer.body) complain('a body where none is described'); continue; }
    if (!described.content[type]) { complain(`content type ${type}`); continue; }
    if (type !== 'application/json') continue;
    const check = validator(`${base}/content/application~1json/schema`);
    if (!check(JSON.parse(answer.body))) complain(ajv.errorsText(check.errors).slice(0, 600));
  }
console.log(`contract: ${answers} answers of ${seen.size} of ${operations.length} operations held against it, ${wrong} do not fit`);
process.exit(wrong === 0 && answers > 0 ? 0 : 1);
