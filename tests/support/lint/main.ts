/** `npm run lint`: Biome's format and rules, then the house rules that Biome cannot express. Every finding is an error. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { checkProject } from './house-rules.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const biome = path.join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
const colours = process.stderr.isTTY ? 'force' : 'off';
const biomeArgs = ['ci', '--error-on-warnings', '--diagnostic-level=warn', `--colors=${colours}`, ...process.argv.slice(2)];
const result = spawnSync(process.execPath, [biome, ...biomeArgs], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });

const findings = checkProject(root);
for (const { file, line, rule, message } of findings) process.stderr.write(`${file}:${line} ${rule}: ${message}\n`);
process.stderr.write(findings.length === 0 ? 'House rules hold.\n' : `${findings.length} findings against the house rules.\n`);
process.exitCode = result.status === 0 && findings.length === 0 ? 0 : 1;
