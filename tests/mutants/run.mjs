// Applies each small break of mutants.json to a copy of the tree, rebuilds, and runs the tests that
// must notice. A break that they let pass is a failure; so is one that can't be applied, and so are
// tests that fail without any break.
//   node tests/mutants/run.mjs ROOT CACHE [part of a name]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [root, cache, filter = ''] = process.argv.slice(2);
const copy = path.join(cache, 'mutants', 'tree');
const build = path.join(cache, 'mutants', 'build');
const mutants = JSON.parse(readFileSync(path.join(root, 'tests/mutants/mutants.json'), 'utf8'));
const env = { ...process.env, CCACHE_BASEDIR: copy, CCACHE_NOHASHDIR: '1' };

function sync() {
  mkdirSync(copy, { recursive: true });
  execFileSync('rsync', ['-a', '--delete', '--exclude=.git', '--exclude=node_modules', `${root}/`, `${copy}/`]);
}

function make(targets) {
  return spawnSync('cmake', ['--build', build, '--target', ...targets], { env, encoding: 'utf8' });
}

function passes(targets) {
  return targets.every((name) =>
    spawnSync(path.join(build, 'bin', name), [], { cwd: copy, timeout: 300_000 }).status === 0);
}

sync();
execFileSync('cmake', ['--preset', 'dev', '-S', copy, '-B', build], { cwd: copy, env, stdio: 'ignore' });
const all = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
const built = make(all);
if (built.status !== 0 || !passes(all)) {
  console.log(built.stdout.slice(-2000), 'the tests fail without any break: mutants say nothing');
  console.log('0 passed, 1 failed');
  process.exit(1);
}

let caught = 0;
let missed = 0;
for (const mutant of mutants.filter(({ name }) => name.includes(filter))) {
  const file = path.join(copy, mutant.file);
  const original = readFileSync(file, 'utf8');
  const places = original.split(mutant.find).length - 1;
  let verdict = 'caught';
  if (places !== 1) verdict = `NOT APPLIED: its place is there ${places} times`;
  else {
    writeFileSync(file, original.replace(mutant.find, () => mutant.replace));
    const result = make(mutant.tests);
    if (result.status !== 0) verdict = 'NOT APPLIED: it does not compile\n' + result.stdout.slice(-1500);
    else if (passes(mutant.tests)) verdict = 'MISSED: the tests still pass';
    writeFileSync(file, original);
  }
  if (verdict === 'caught') caught += 1;
  else missed += 1;
  console.log(`${mutant.name}: ${verdict}`);
}
console.log(`${caught} passed, ${missed} failed`);
process.exit(missed === 0 && caught > 0 ? 0 : 1);
