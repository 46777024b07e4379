/**
 * Every request that stampd made in a test run, held against LINE's own descriptions.
 *
 * Usage: node tests/support/openapi_check.mjs FILE...   what line-sim recorded (src/sim/sim_record.h)
 *
 * The descriptions are not part of this repository; where they are not, that is said and nothing
 * fails. LINE_OPENAPI names another folder.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Line } from './openapi.mjs';

const SHOWN_MAX = 20;
const folder = process.env.LINE_OPENAPI ?? fileURLToPath(new URL('../../../shared/line-openapi', import.meta.url));
const login = fileURLToPath(new URL('line-login.yml', import.meta.url));

const requests = process.argv.slice(2).filter(existsSync).flatMap((file) =>
  readFileSync(file, 'utf8').split('\n').map((line, i) => ({ line, at: `${basename(file)}:${i + 1}` })))
  .filter(({ line }) => line !== '');

if (!existsSync(folder)) {
  console.log(`openapi: ${requests.length} requests not checked, for ${folder} is not there`);
} else {
  const line = new Line(folder, [login]);
  const endpoints = new Map();
  const wrong = [];
  for (const { line: text, at } of requests) {
    const { endpoint, problems } = line.judge(JSON.parse(text));
    endpoints.set(endpoint, (endpoints.get(endpoint) ?? 0) + 1);
    if (problems.length > 0) wrong.push(`${endpoint} (${at}): ${problems.join('; ')}`);
  }
  for (const problem of wrong.slice(0, SHOWN_MAX)) console.log(problem);
  if (wrong.length > SHOWN_MAX) console.log(`and ${wrong.length - SHOWN_MAX} more`);
  if (process.env.V) for (const [endpoint, n] of [...endpoints].sort()) console.log(`  ${String(n).padStart(6)}  ${endpoint}`);
  console.log(`openapi: ${requests.length} requests of stampd to ${endpoints.size} endpoints of LINE checked, ${wrong.length} do not fit`);
  if (wrong.length > 0 || requests.length === 0) process.exitCode = 1;
}
