// Mutants: small faults put into the sources of a folder, one at a time, to see whether its tests notice.
//
//   node tests/mutants/mutants.mjs FOLDER [--count 30] [--seed 1] [--build build]
//
// FOLDER is one of src/ with a test program FOLDER_test that is built. A fault is another operator: < for <=, && for ||,
// + for -, min for max, 0 for 1, a condition without its not. Each is compiled into a program of its own, beside the
// objects that are there; nothing of the tree or of the build folder changes. A mutant that does not compile is none; one
// that fails, crashes or does not end within a minute is killed. Which ones are drawn follows from the seed and the sources.
// Exit 1 where more than one in ten survive, begun tens counted (3 of 30, 1 of 3): what survived is printed, and is either a
// test that is missing or a change that changes nothing.
//
// Which of them change nothing nobody can compute. Those that somebody has proven stand with the proof in equivalent.json, by
// the text of their line, so that an entry lives as long as its line (one of a line that is gone ends the run, exit 2). They
// count neither as killed nor as survived, as in the usual score of mutants (killed of those that are not equivalent; DeMillo,
// Lipton, Sayward, 1978); another is drawn in their place. How many were drawn is printed.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const MOST_SURVIVE = (tried) => Math.ceil(tried / 10);
const SECONDS = 60;
const KILOBYTES = 4 << 20;

const OPERATORS = [
  [/ < /g, ' <= '], [/ <= /g, ' < '], [/ > /g, ' >= '], [/ >= /g, ' > '], [/ == /g, ' != '], [/ != /g, ' == '],
  [/ &&(?= |$)/g, ' ||'], [/ \|\|(?= |$)/g, ' &&'], [/ \+ /g, ' - '], [/ - /g, ' + '], [/ \+= /g, ' -= '],
  [/ -= /g, ' += '], [/std::min\b(?!_)/g, 'std::max'], [/std::max\b(?!_)/g, 'std::min'], [/\breturn true;/g, 'return false;'],
  [/\breturn false;/g, 'return true;'], [/\bbreak;/g, 'continue;'], [/\bcontinue;/g, 'break;'],
  [/(?<![\w.'])0(?![\w.'])/g, '1'], [/(?<![\w.'])1(?![\w.'])/g, '0'], [/(?<=[ (])!(?=[a-z(])/g, ''],
];
const NOT_CODE = /^\s*(\/\/|#|template|using|static_assert|DURE_ASSERT|namespace|\*)/;

// The line with everything that is no code as blanks, so that places stay places.
const blank = (line) =>
  line.replace(/"(\\.|[^"\\])*"|'(\\.|[^'\\])'/g, (text) => ' '.repeat(text.length)).replace(/\/\/.*$/, '');

function sitesOf(file) {
  const sites = [];
  readFileSync(file, 'utf8').split('\n').forEach((line, number) => {
    if (NOT_CODE.test(line) || line.includes('operator')) return;
    for (const [pattern, instead] of OPERATORS)
      [...blank(line).matchAll(pattern)].forEach((found, i) =>
        sites.push({ file, number, at: found.index, was: found[0], is: instead, text: line.trim(), nth: i + 1 }));
  });
  return sites;
}

// The entries of equivalent.json for the folder: {file, line, was, is, nth (of those on the line; 1 where left out), why}.
function equivalentsOf(folder, sites) {
  const list = JSON.parse(readFileSync(fileURLToPath(new URL('equivalent.json', import.meta.url)), 'utf8'));
  const keys = new Set(sites.map(keyOf));
  return new Set(list.filter((entry) => entry.file.startsWith(`src/${folder}/`)).map((entry) => {
    const key = keyOf({ ...entry, text: entry.line, nth: entry.nth ?? 1 });
    if (keys.has(key) && entry.why) return key;
    console.error(`mutants: equivalent.json: ${entry.file} has no such place, or no reason is given: ${JSON.stringify(entry)}`);
    return process.exit(2);
  }));
}
const keyOf = (site) => JSON.stringify([basename(site.file), site.text, site.was.trim(), site.is.trim(), site.nth]);

// SplitMix32: the same draws everywhere.
function dice(seed) {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) % sides;
  };
}

function shuffled(list, seed) {
  const below = dice(seed);
  const result = [...list];
  for (let i = result.length; i > 1; --i) {
    const j = below(i);
    [result[i - 1], result[j]] = [result[j], result[i - 1]];
  }
  return result;
}

// How the build folder compiles a source of the folder and links its test program.
class Recipe {
  constructor(build, folder) {
    this.build = build;
    this.library = `lib/libdure_${folder}.a`;
    this.commands = execFileSync('ninja', ['-C', build, '-t', 'commands', `bin/${folder}_test`], {
      encoding: 'utf8', maxBuffer: 1 << 26,
    }).split('\n');
    this.program = `bin/${folder}_test`;
  }
  compile(source, mutated, object) {
    const command = this.commands.find((each) => each.includes(` -c ${source}`) && each.includes('/dure_'));
    if (!command) throw new Error(`no command compiles ${source}`);
    return command.replace(/ -M[FT] \S+/g, '').replace(' -MD', '').replace(/ -o \S+/, ` -o ${object}`).replace(source, mutated);
  }
  link(object, program) {
    const command = this.commands.findLast((each) => each.includes(` -o ${this.program}`));
    if (!command?.includes(this.library)) throw new Error(`no command links ${this.program}`);
    return command.replace(` -o ${this.program}`, ` -o ${program}`).replace(this.library, `${object} ${this.library}`);
  }
}

const run = promisify(execFile);
const shell = (command, cwd, seconds) =>
  run('timeout', ['-s', 'KILL', String(seconds), 'bash', '-c', command], { cwd, maxBuffer: 1 << 26 }).then(() => true, () => false);

const passes = (program) => shell(`ulimit -v ${KILOBYTES}; ${program} --gtest_brief=1 --gtest_fail_fast`, tmpdir(), SECONDS);

// 'killed', 'survived', or 'none' where it does not compile.
async function tryMutant(recipe, site, scratch, name) {
  const lines = readFileSync(site.file, 'utf8').split('\n');
  const line = lines[site.number];
  lines[site.number] = line.slice(0, site.at) + site.is + line.slice(site.at + site.was.length);
  const [mutated, object, program] = ['.cc', '.o', ''].map((end) => join(scratch, `${name}${end}`));
  writeFileSync(mutated, lines.join('\n'));
  const compiled =
    (await shell(recipe.compile(site.file, mutated, object), recipe.build, 300)) &&
    (await shell(recipe.link(object, program), recipe.build, 300));
  if (!compiled) return 'none';
  const passed = await passes(program);
  rmSync(program);
  return passed ? 'survived' : 'killed';
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' }, build: { type: 'string', default: 'build' } },
});
const [folder] = positionals;
const wanted = Number(values.count);
if (!folder || !(wanted > 0)) {
  console.error('node tests/mutants/mutants.mjs FOLDER [--count 30] [--seed 1] [--build build]');
  process.exit(2);
}
const sources = resolve('src', folder);
const sites = shuffled(
  readdirSync(sources).filter((name) => name.endsWith('.cc') && !name.endsWith('_test.cc')).sort()
    .flatMap((name) => sitesOf(join(sources, name))),
  Number(values.seed),
);
const equivalents = equivalentsOf(folder, sites);
const recipe = new Recipe(resolve(values.build), folder);
if (!(await passes(join(resolve(values.build), recipe.program)))) {
  console.error(`mutants: ${recipe.program} fails, or is not there, without any fault put in`);
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), 'dure-mutants-'));
const count = { killed: 0, survived: 0, none: 0, same: 0 };
const survivors = [];
let next = 0;
let pending = 0;

// As many as there are processors; a mutant that is none makes room for another.
async function work() {
  while (count.killed + count.survived + pending < wanted && next < sites.length) {
    const number = next++;
    const site = sites[number];
    if (equivalents.has(keyOf(site))) {
      ++count.same;
      continue;
    }
    ++pending;
    const outcome = await tryMutant(recipe, site, scratch, `mutant${number}`);
    --pending;
    ++count[outcome];
    const text = `${outcome.padEnd(8)} src/${folder}/${site.file.split('/').pop()}:${site.number + 1}: "${site.was}" is "${site.is}"`;
    if (outcome === 'survived') survivors.push(text);
    console.log(text);
  }
}
try {
  await Promise.all(Array.from({ length: availableParallelism() }, work));
} finally {
  rmSync(scratch, { recursive: true });
}
const tried = count.killed + count.survived;
for (const each of survivors) console.log(`    ${each}`);
console.log(`mutants: ${tried} of ${sites.length} places in src/${folder}, seed ${values.seed}: killed ${count.killed}, survived ${count.survived}; drawn and left out, since they change nothing: ${count.same}`);
process.exit(tried > 0 && tried - count.killed <= MOST_SURVIVE(tried) ? 0 : 1);
