#!/usr/bin/env node
// docs/requirements.md: which tests prove which row of the requirements, made from the tests themselves.
//
//   node scripts/requirements.mjs --write [--drop ROW…]   makes the table anew; refuses a row that lost its last
//                                                         test, unless it is named after --drop
//   node scripts/requirements.mjs --check                 fails where the table is not what the tests say, and says
//                                                         which rows lost their last test
//
// The rows are data (scripts/requirements.tsv: id, seeds, what it asks). A test carries a row where the row's id is
//   - a part of the test's name between underscores:      TEST(Due, K2_AMonthAfterTheEnd)
//   - at the head of the comment above it:                // K2, L1: what the test proves
//   - alone with others in parentheses in such a comment: (K2, L1)
// and nowhere else: "A4 paper", an H100 or a hexadecimal a1 is no row. What the head of a source says is the subject of
// its tests and proves nothing by itself; nor does a test that is switched off (DISABLED_), nor one that reads the value
// of a key back from a pack (*_pack_test.cc): that a file says so is not that anything does it. Scripts are tests as a
// whole, so their heads count. END_TO_END are the folders whose tests go through a program's API or command line.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROWS = 'scripts/requirements.tsv';
export const TABLE = 'docs/requirements.md';
const FOLDERS = ['src', 'tests'];
const END_TO_END = /^tests\/(centre|cli|crash)\//;
const SKIPPED = new Set(['node_modules', 'corpus', 'words']);

export function readRows(text) {
  return text.trimEnd().split('\n').map((line) => {
    const [id, seeds, asks] = line.split('\t');
    return { id, seeds, asks };
  });
}

// Files that may prove something: GoogleTest sources, and the scripts below tests/.
export function isTest(path) {
  if (/_pack_test\.cc$/.test(path)) return '';
  if (/_test\.cc$/.test(path) || /^tests\/contract\/.*\.cc$/.test(path)) return 'cpp';
  if (path.startsWith('tests/') && /\.mjs$/.test(path)) return 'mjs';
  if (path.startsWith('tests/') && !/\.[a-z0-9]+$/.test(path.split('/').pop())) return 'shell';
  return path.startsWith('tests/') && path.endsWith('.sh') ? 'shell' : '';
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((each) => !SKIPPED.has(each.name))
    .flatMap((each) => (each.isDirectory() ? files(join(folder, each.name)) : each.isFile() ? [join(folder, each.name)] : []))
    .sort();
}

// The last row of each letter: L4 and L40 are cards, and no rows.
const LAST = { A: 11, B: 13, C: 9, D: 15, E: 14, F: 14, G: 9, H: 9, I: 8, J: 7, K: 8, L: 3, M: 7, P: 40 };
export const isRow = (text) => /^[A-Z][1-9]\d?$/.test(text) && Number(text.slice(1)) <= (LAST[text[0]] ?? 0);
const NUMBER = (id) => Number(id.slice(1));

// "F3, F5 to F7 and K2" -> the ids, or null where something else stands in it. Rules of law (R16), seeds (S0),
// invariants, articles and decisions may stand beside them.
function listed(text) {
  const ids = [];
  for (const item of text.split(/,|;|\band\b/).map((each) => each.trim()).filter(Boolean)) {
    if (/^(governance( [\d.]+)?|(S|R)\d+( article.*)?|(decisions?|invariants?|articles?|part|line) \d+.*|\d+(\(\d+\))?)$/.test(item)) continue;
    const range = item.match(/^([A-Z]\d{1,2}) to ([A-Z]\d{1,2})$/);
    if (range && range[1][0] === range[2][0]) {
      for (let n = NUMBER(range[1]); n <= NUMBER(range[2]); n++) ids.push(range[1][0] + n);
    } else if (isRow(item)) ids.push(item);
    else return null;
  }
  return ids;
}

// The ids of a comment: of its head, up to the first colon or full stop, and of parentheses that hold nothing else.
export function idsOfComment(comment) {
  const text = comment.replace(/\s+/g, ' ').trim();
  const ids = [];
  const head = text.match(/^([A-Z]\d{1,2}\b.*?)(?:[:.]|$| on )/);
  if (head) {
    const whole = listed(head[1].replace(/\([^)]*\)/g, ''));
    // "G8, R5, decision 8" is a list; "G3 (temporary passwords), G8 (hashed secrets)" too; "F5 is long" is not.
    if (whole) ids.push(...whole);
    else ids.push(...leading(head[1]));
  }
  for (const [, inner] of text.matchAll(/\(([^()]*)\)/g)) ids.push(...(listed(inner) ?? []));
  return [...new Set(ids)];
}

// The items at the beginning of a list that goes on in words.
function leading(text) {
  const ids = [];
  for (const item of text.split(/,|\band\b/).map((each) => each.trim())) {
    if (!isRow(item)) break;
    ids.push(item);
  }
  return ids;
}

export function idsOfName(name) {
  return name.split('_').filter(isRow);
}

// Comment blocks and tests of a source in their order: [{line, comment}], [{line, name}].
function blocks(text, mark) {
  const found = [];
  let open = null;
  text.split('\n').forEach((line, i) => {
    const comment = line.match(mark);
    if (comment) {
      if (open) open.comment += ' ' + comment[1];
      else open = { first: i, comment: comment[1] };
      open.last = i;
    } else if (open) {
      found.push(open);
      open = null;
    }
  });
  if (open) found.push(open);
  return found;
}

// [row, proof] of one file.
export function proofsOf(path, text) {
  const proofs = [];
  const kind = isTest(path);
  const comments = blocks(text, kind === 'shell' ? /^\s*#(?!!) ?(.*)$/ : /^\s*\/\/ ?(.*)$/);
  if (kind !== 'cpp') {
    for (const each of comments)
      for (const id of idsOfComment(each.comment)) proofs.push([id, `${path} (${shortened(each.comment)})`]);
    if (kind === 'mjs')
      for (const [, name] of text.matchAll(/\btest\(\s*['"`](.*?)['"`]/g))
        for (const id of idsOfComment(name)) proofs.push([id, `${path} (${shortened(name)})`]);
    return proofs;
  }
  for (const match of text.matchAll(/^(?:TEST|TEST_F|TEST_P|TYPED_TEST)\(\s*(\w+),\s*(\w+)\s*\)/gm)) {
    if (/^DISABLED_/.test(match[1]) || /^DISABLED_/.test(match[2])) continue;
    const line = text.slice(0, match.index).split('\n').length - 1;
    const above = comments.find((each) => each.last === line - 1 && each.first !== 0);
    const ids = new Set([...idsOfName(match[2]), ...(above ? idsOfComment(above.comment) : [])]);
    for (const id of ids) proofs.push([id, `${match[1]}.${match[2]}`]);
  }
  return proofs;
}

function shortened(text) {
  const plain = text.replace(/\s+/g, ' ').replace(/[|`]/g, '').trim();
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}

// Row -> its proofs, sorted by bytes; of ids that are rows only.
export function collect(rows, sources) {
  const proofs = new Map(rows.map((row) => [row.id, new Set()]));
  for (const [path, text] of sources)
    for (const [id, proof] of proofsOf(path, text)) proofs.get(id)?.add(proof);
  return new Map([...proofs].map(([id, set]) => [id, [...set].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))]));
}

// Row -> how many of its proofs go through a program's API or command line.
export function endsOf(rows, sources) {
  const proofs = collect(rows, sources.filter(([path]) => END_TO_END.test(path)));
  return new Map([...proofs].map(([id, list]) => [id, list.length]));
}

export function tableText(rows, proofs, ends = new Map()) {
  const done = rows.filter((row) => proofs.get(row.id).length > 0).length;
  let text = `# Requirements\n\nWhich tests prove which row, made from the tests by \`scripts/requirements.mjs\`; do not edit. ${done} of ${rows.length} rows have a\n`;
  text += 'test. A row without one is not done, as far as this table can tell; that it has one does not say that it is whole.\n';
  text += 'Of the tests, those by API or command line are counted apart: a row without one may hold in the rules alone.\n';
  text += 'S0 to S4 are the documents of the five programmes, R15 a rule of law.\n\n';
  text += '| row | asks | from | tests | by API or command line |\n|---|---|---|---|---|\n';
  for (const row of rows) {
    const count = proofs.get(row.id).length;
    text += `| ${row.id} | ${row.asks} | ${row.seeds} | ${count > 0 ? count : '**not done**'} | ${ends.get(row.id) || '–'} |\n`;
  }
  text += '\n## Tests by row\n';
  for (const row of rows) {
    const list = proofs.get(row.id);
    if (list.length > 0) text += `\n### ${row.id}\n\n${list.map((each) => `- \`${each}\`\n`).join('')}`;
  }
  return text;
}

// Rows that a table says to have tests.
export function rowsWithTests(table) {
  return [...table.matchAll(/^\| ([A-Z]\d{1,2}) \|.*\| (\d+) \|(?: – \|)?$/gm)].map((match) => match[1]);
}

export function lost(table, proofs) {
  return rowsWithTests(table).filter((id) => (proofs.get(id) ?? []).length === 0);
}

function main(words) {
  const rows = readRows(readFileSync(ROWS, 'utf8'));
  const unknown = rows.filter((row) => !isRow(row.id) || !row.asks);
  if (unknown.length > 0 || rows.length !== Object.values(LAST).reduce((a, b) => a + b)) throw new Error(`${ROWS}: ${unknown.map((row) => row.id)}`);
  const sources = FOLDERS.flatMap(files).filter(isTest).map((path) => [path, readFileSync(path, 'utf8')]);
  const proofs = collect(rows, sources);
  const text = tableText(rows, proofs, endsOf(rows, sources));
  let before = '';
  try {
    before = readFileSync(TABLE, 'utf8');
  } catch {
    // the first time
  }
  const dropped = words.slice(words.indexOf('--drop') + 1).filter(() => words.includes('--drop'));
  const gone = lost(before, proofs).filter((id) => !dropped.includes(id));
  if (gone.length > 0) {
    console.error(`requirements: ${gone.join(', ')} lost the last test. Bring one back, or drop the row: node scripts/requirements.mjs --write --drop ${gone.join(' ')}`);
    return 1;
  }
  const done = rowsWithTests(text).length;
  if (words[0] === '--write') {
    writeFileSync(TABLE, text);
    console.log(`requirements: ${done} of ${rows.length} rows have a test`);
    return 0;
  }
  if (words[0] !== '--check') {
    console.error('requirements: --write or --check');
    return 2;
  }
  if (before !== text) {
    console.error(`requirements: ${TABLE} is not what the tests say: node scripts/requirements.mjs --write`);
    return 1;
  }
  console.log(`requirements: ${done} of ${rows.length} rows have a test`);
  return 0;
}

if (process.argv[1]?.endsWith('requirements.mjs')) process.exitCode = main(process.argv.slice(2));
