// What counts as a test of a row, and that a row that loses its last one is named.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect, endsOf, idsOfComment, idsOfName, isTest, lost, proofsOf, readRows, tableText } from '../../scripts/requirements.mjs';

const rows = readRows('A4\tS4\tsteps\nK2\tS1\treport\nL1\tS0\tdeletion\nP3\tS2\tblocks in MIG\n');

test('names carry rows between underscores only', () => {
  assert.deepEqual(idsOfName('K2_AMonthAfterTheEnd'), ['K2']);
  assert.deepEqual(idsOfName('C7_D3_WithoutItsDocument'), ['C7', 'D3']);
  for (const name of ['APageOfA4Paper', 'H100_IsACard', 'ReadsHexa1b2', 'K2ndRound', 'x_a1']) assert.deepEqual(idsOfName(name), []);
});

test('comments carry rows at their head and in parentheses of their own', () => {
  assert.deepEqual(idsOfComment('K2, B2, L1, H3, invariant 20: days that hang on another day.'), ['K2', 'B2', 'L1', 'H3']);
  assert.deepEqual(idsOfComment('P3. A process is killed anywhere.'), ['P3']);
  assert.deepEqual(idsOfComment('G3 (temporary passwords), G8 (hashed secrets).'), ['G3', 'G8']);
  assert.deepEqual(idsOfComment('The next starts when the run ends (P5, F8).'), ['P5', 'F8']);
  assert.deepEqual(idsOfComment('J1 to J3; governance 5.3.'), ['J1', 'J2', 'J3']);
  assert.deepEqual(idsOfComment('C1, C5 on the centre\'s own pack (S0 articles 1, 2).'), ['C1', 'C5']);
});

test('what only looks like a row is none', () => {
  for (const text of ['Prints on A4 paper.', 'An H100 and an A100 (40 GB).', 'The digest is a1b2 (0xA4).', 'See P3 below.', 'A10 cards beside L4 (A10, L40)'])
    assert.deepEqual(idsOfComment(text), [], text);
  assert.deepEqual(idsOfComment('Cards (A10, L40) of a node'), []);
});

test('a test and a comment above it; the head of a source is none', () => {
  const text = '// L1: the end.\n#include <x>\n\nTEST(Due, K2_AMonth) {}\n\n// P3. Blocks.\nTEST_F(Mig,\n       Splits) {}\nTEST(Other, Nothing) {}\n';
  assert.deepEqual(proofsOf('src/a/a_test.cc', text), [['K2', 'Due.K2_AMonth'], ['P3', 'Mig.Splits']]);
  assert.deepEqual(proofsOf('tests/cli/examples', '#!/bin/sh\n# K2: the report is due.\nx\n'), [['K2', 'tests/cli/examples (K2: the report is due.)']]);
});

test('what is switched off proves nothing, nor does a value that is read back', () => {
  assert.deepEqual(proofsOf('src/a/a_test.cc', 'TEST(Due, DISABLED_K2_AMonth) {}\nTEST(DISABLED_Due, L1_End) {}\n'), []);
  assert.deepEqual(proofsOf('src/a/a_test.cc', '// K2: all of it.\nTEST(Due, AMonth) {}\n'), []);
  assert.equal(isTest('src/policy/s1_pack_test.cc'), '');
});

test('tests by API or command line are counted apart', () => {
  const sources = [['src/a/a_test.cc', 'TEST(Due, K2_A) {}\n'], ['tests/centre/a_test.cc', 'TEST(Due, K2_B) {}\nTEST(Due, K2_C) {}\n']];
  const table = tableText(rows, collect(rows, sources), endsOf(rows, sources));
  assert.match(table, /\| K2 \| report \| S1 \| 3 \| 2 \|/);
  assert.match(table, /\| A4 \| steps \| S4 \| \*\*not done\*\* \| – \|/);
  assert.deepEqual(lost(table, new Map()), ['K2']);
});

test('which files are looked at', () => {
  assert.equal(isTest('src/a/a_test.cc'), 'cpp');
  assert.equal(isTest('src/a/a.cc'), '');
  assert.equal(isTest('tests/cli/examples'), 'shell');
  assert.equal(isTest('tests/contract/baseline.mjs'), 'mjs');
  assert.equal(isTest('tests/contract/package.json'), '');
});

test('a row that lost its last test is named, one that never had any is not', () => {
  const before = tableText(rows, collect(rows, [['src/a/a_test.cc', 'TEST(Due, K2_AMonth) {}\nTEST(Due, L1_End) {}\n']]));
  const after = collect(rows, [['src/a/a_test.cc', 'TEST(Due, AMonth) {}\nTEST(Due, L1_End) {}\n']]);
  assert.deepEqual(lost(before, after), ['K2']);
  assert.match(before, /\| K2 \| report \| S1 \| 1 \| – \|/);
  assert.match(before, /\| A4 \| steps \| S4 \| \*\*not done\*\* \| – \|/);
});

test('the order of files makes no difference', () => {
  const one = ['src/a/a_test.cc', 'TEST(Due, K2_B) {}\n'], two = ['src/b/b_test.cc', 'TEST(Due, K2_A) {}\n'];
  assert.equal(tableText(rows, collect(rows, [one, two])), tableText(rows, collect(rows, [two, one])));
});
