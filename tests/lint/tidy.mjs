// Goal: clang-tidy (.clang-tidy) has nothing to say about our product code.
// One test per source file. A file that passed is not looked at again until it, a header of ours that it includes, the
// checks or clang-tidy change: stamps lie in the cache. Usage: node tidy.mjs BUILD_DIR CACHE_DIR [FILTER]
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, relative, resolve } from 'node:path';

const [build, cache, filter = ''] = process.argv.slice(2);
const root = process.cwd();
const ours = /^(crypto|storage|server)\//;

const commands = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'))
    .filter((c) => ours.test(relative(root, c.file)) && c.file.includes(filter));

// ninja knows each object's headers: "crypto/…/bytes.cpp.o: #deps 12, …" and then one indented path a line.
const headers = new Map();
let object = '';
for (const line of execFileSync('ninja', ['-C', build, '-t', 'deps'], { encoding: 'utf8', maxBuffer: 1 << 30 }).split('\n')) {
    if (/^\S.*: #deps/.test(line)) headers.set(object = line.slice(0, line.indexOf(': #deps')), []);
    else if (line.startsWith('    ') && ours.test(relative(root, resolve(build, line.trim())))) headers.get(object).push(resolve(build, line.trim()));
}

const settings = readFileSync('.clang-tidy', 'utf8') + execFileSync('clang-tidy', ['--version'], { encoding: 'utf8' });
function stampOf(command) {
    const hash = createHash('sha256').update(settings).update(command.command);
    const out = command.output ?? / -o (\S+)/.exec(command.command)?.[1] ?? '';
    const files = [command.file, ...(headers.get(out) ?? [])];
    for (const file of [...new Set(files)].sort()) hash.update(file).update(existsSync(file) ? readFileSync(file) : '');
    return join(cache, hash.digest('hex'));
}

mkdirSync(cache, { recursive: true });
let passed = 0, failed = 0, looked = 0;
const queue = [...commands];
async function worker() {
    for (let command; (command = queue.shift()); ) {
        const stamp = stampOf(command);
        if (existsSync(stamp)) { passed++; continue; }
        looked++;
        const { error, text } = await new Promise((done) =>
            execFile('clang-tidy', ['-p', build, '--quiet', command.file], { maxBuffer: 1 << 28 },
                (error, out, err) => done({ error, text: out + (error ? err : '') })));
        if (error) { failed++; console.log(text.trim()); } else { passed++; writeFileSync(stamp, ''); }
    }
}
const jobs = availableParallelism?.() ?? cpus().length;
await Promise.all(Array.from({ length: jobs }, worker));
console.log(`clang-tidy looked at ${looked} of ${commands.length} files, the others are unchanged`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
