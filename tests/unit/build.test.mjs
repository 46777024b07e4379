/* The pipeline: the same bytes each time, a table in order, and compressed forms that open again. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { buildAll } from '../../web/build.mjs';

const out = mkdtempSync(join(tmpdir(), 'stampd-web-'));
const again = mkdtempSync(join(tmpdir(), 'stampd-web-'));
after(() => [out, again].forEach((folder) => rmSync(folder, { recursive: true })));

await buildAll(out);
await buildAll(again);
const read = (name, folder = out) => readFileSync(join(folder, name));
const statics = readdirSync(join(out, 'static')).sort();

test('two builds give the same bytes', () => {
  assert.deepEqual(readdirSync(join(again, 'static')).sort(), statics);
  for (const name of [...statics.map((file) => join('static', file)), 'files.c', 'words.c', 'words.h', 'card_css.h', 'card.css'])
    assert.ok(read(name).equals(read(name, again)), name);
});

test('the table is sorted by path, names what the pages ask for, and every length is right', () => {
  const table = read('files.c').toString();
  const paths = [...table.matchAll(/\.path = "([^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual(paths, [...paths].sort());
  assert.equal(Number(/web_files_n = (\d+);/.exec(table)[1]), paths.length);
  for (const name of ['card.js', 'liff_sdk.js', 'icon.svg', 'icon-192.png', 'manifest.webmanifest'])
    assert.ok(table.includes(`.name = "${name}"`), name);
  const blobs = Object.fromEntries([...read('files.S').toString().matchAll(/(file_\w+):\n\s+\.incbin "([^"]+)"/g)]
    .map(([, label, path]) => [label, path]));
  for (const [, label, n] of table.matchAll(/\{(file_\w+), (\d+)\}/g))
    assert.equal(readFileSync(blobs[label]).length, Number(n), label);
});

test('what is compressed opens to the file itself', () => {
  for (const name of statics.filter((file) => !/\.(gz|br)$/.test(file))) {
    const bytes = read(join('static', name));
    if (statics.includes(`${name}.gz`)) assert.ok(gunzipSync(read(join('static', `${name}.gz`))).equals(bytes), name);
    if (statics.includes(`${name}.br`)) assert.ok(brotliDecompressSync(read(join('static', `${name}.br`))).equals(bytes), name);
    assert.ok(!bytes.includes('sourceMappingURL'), name);
  }
});

test("the card's script is at most 40 KiB gzipped in two files, LINE's SDK fetched only when asked for", () => {
  const [card, sdk] = ['card-', 'liff_sdk-'].map((start) => statics.find((name) => name.startsWith(start) && name.endsWith('.js')));
  const size = gzipSync(read(join('static', card))).length + gzipSync(read(join('static', sdk))).length;
  assert.ok(size < 40 * 1024, `${size} bytes`);
  const text = read(join('static', card)).toString();
  assert.deepEqual(text.match(/import\s*(["'{*]|[\w$]+\s+from)/g), null, 'no other file before the first line runs');
  assert.ok(text.includes(`import("/static/${sdk}")`));
  assert.doesNotMatch(text, /innerHTML|insertAdjacentHTML|document\.write|\beval\(/);
});

test('the policy hash is the hash of the style', () => {
  const css = read('card.css').subarray(0, -1); /* a NUL ends it for C */
  assert.ok(read('card_css.h').toString().includes(`'sha256-${createHash('sha256').update(css).digest('base64')}'`));
  assert.ok(!css.includes('</') && !css.includes('@import') && css.length < 20_000);
});

test('the manifest names icons that exist', () => {
  const name = statics.find((file) => file.endsWith('.webmanifest'));
  for (const { src } of JSON.parse(read(join('static', name))).icons) assert.ok(existsSync(join(out, src)), src);
});

test('words that travel with the page may stand in a script block', () => {
  for (const language of ['ja', 'en', 'zh-Hant', 'th']) {
    const words = JSON.parse(read(`words.${language}.json`).subarray(0, -1));
    assert.ok(words['card.earned_stamp_other'] && words['card.code_gone'], language);
    assert.equal(words['card.login_lead'], undefined, 'what only C writes stays at home');
    assert.ok(!read(`words.${language}.json`).includes('<'));
  }
});
