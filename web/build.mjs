// build.mjs - from web/ and static/ to what the server embeds: one run, no state, the same bytes each time.
//
//   node web/build.mjs [--out build/web]
//
// Writes into the out folder:
//   files.S, files.c  every bundled file with its gzip and brotli form, as src/http/files.h declares
//   words.h, words.c  the words that C writes, from web/lang (the shopper's pages and messages)
//   card_css.h        the card's style, inlined into its HTML, with its hash for the CSP
//   static/           the files themselves, for .incbin

import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const web = dirname(fileURLToPath(import.meta.url));
const root = dirname(web);
const surfaces = ['card', 'account', 'gift', 'till', 'admin', 'demo'];
const languages = ['ja', 'en', 'zh-Hant', 'th']; // the order of enum language in domain/member.h
const cSurfaces = ['card', 'account', 'gift', 'page', 'message']; // whose words C writes too

/** Phones that LINE still supports; esbuild lowers newer syntax, CSS nesting included. */
const target = ['es2020', 'chrome87', 'safari15', 'firefox90'];

const types = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

const digest = (bytes, coding = 'hex') => createHash('sha256').update(bytes).digest(coding);

// ---------------------------------------------------------------- words

/** The words of one surface and language, or null when the surface has none yet. */
export function readWords(surface, language) {
  const path = join(web, 'lang', `${surface}.${language}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** "card.code_hint" names WORD_CARD_CODE_HINT in C. */
const wordName = (key) => `WORD_${key.replace(/\W/g, '_').toUpperCase()}`;

/** A C string literal; every byte that is not plain ASCII in octal, which cannot swallow what follows. */
function cString(text) {
  let out = '';
  for (const byte of Buffer.from(text, 'utf8'))
    out += byte === 0x22 || byte === 0x5c ? `\\${String.fromCharCode(byte)}`
      : byte >= 0x20 && byte < 0x7f && byte !== 0x3f ? String.fromCharCode(byte) // no trigraphs
      : `\\${byte.toString(8).padStart(3, '0')}`;
  return `"${out}"`;
}

/** The keys that the card's scripts name: only those travel with the page. */
function keysOfScripts() {
  const keys = new Set();
  for (const name of readdirSync(join(web, 'card')).filter((name) => name.endsWith('.ts')))
    for (const [, key] of readFileSync(join(web, 'card', name), 'utf8').matchAll(/'(card\.[a-z0-9_.]+)'/g))
      for (const form of [key, `${key}_one`, `${key}_other`])
        keys.add(form);
  return keys;
}

function writeWords(out, blobs) {
  const merged = languages.map((language) =>
    Object.assign({}, ...cSurfaces.map((surface) => readWords(surface, language) ?? {})));
  const keys = Object.keys(merged[0]).sort();
  for (const [i, words] of merged.entries())
    for (const key of keys)
      if (typeof words[key] !== 'string')
        throw new Error(`web/lang: ${key} is missing in ${languages[i]}`);

  const travelling = keysOfScripts();
  const scripts = merged.map((words) => {
    const some = Object.fromEntries(keys.filter((key) => travelling.has(key)).map((key) => [key, words[key]]));
    return JSON.stringify(some).replace(/</g, '\\u003c'); // may stand in a <script> block
  });
  languages.forEach((language, i) => blobs.push({ label: `words_json_${i}`, bytes: Buffer.from(`${scripts[i]}\0`),
    file: `words.${language}.json` }));

  writeFileSync(join(out, 'words.h'), `/* words.h - written by web/build.mjs from web/lang: the words that C says to people. */
#ifndef WEB_WORDS_H
#define WEB_WORDS_H

#include "domain/member.h"

enum word {
${keys.map((key) => `    ${wordName(key)},`).join('\n')}
    WORDS
};

/* UTF-8, not escaped, with placeholders such as {n}. */
const char *word(enum language language, enum word word);

/* The words that the card's script says, as one JSON object that may stand in a <script> block. */
const char *words_json(enum language language);

#endif
`);
  writeFileSync(join(out, 'words.c'), `/* words.c - written by web/build.mjs from web/lang. */
#include "web/words.h"

static const char *const words[LANGUAGES][WORDS] = {
${merged.map((of) => `    {\n${keys.map((key) => `        ${cString(of[key])},`).join('\n')}\n    },`).join('\n')}
};

${languages.map((_, i) => `extern const char words_json_${i}[];`).join('\n')}

const char *
word(enum language language, enum word word)
{
    return words[language][word];
}

const char *
words_json(enum language language)
{
    static const char *const json[LANGUAGES] = {
${languages.map((_, i) => `        words_json_${i},`).join('\n')}
    };

    return json[language];
}
`);
}

// ---------------------------------------------------------------- bundles

const options = {
  absWorkingDir: root,
  bundle: true,
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"' },
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
  minify: true,
  supported: { 'class-field': true }, // all of target have them; esbuild's helper would be one more file
  target,
  write: false,
};

const bundling = {
  ...options,
  assetNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  entryNames: '[name]-[hash]',
  format: 'esm',
  loader: { '.wasm': 'file', '.svg': 'file', '.png': 'file' },
  metafile: true,
  publicPath: '/static/',
};

const filesOf = (result) => result.outputFiles.map((file) => {
  const { entryPoint } = result.metafile.outputs[relative(root, file.path)];
  const built = basename(file.path);
  return {
    name: entryPoint ? basename(entryPoint).replace(/\.tsx?$/, '.js') : built,
    built,
    bytes: Buffer.from(file.contents),
  };
});

/** Scripts and styles of every surface that exists, with hashed names. */
async function bundle(out) {
  const outdir = join(out, 'static');
  const entriesOf = (surface) => [`${surface}.ts`, `${surface}.tsx`, ...(surface === 'card' ? [] : [`${surface}.css`])]
    .map((name) => join('web', surface, name))
    .filter((path) => existsSync(join(root, path)));

  // LINE's SDK and the card stand alone: chunks shared with others would be more files before the first line runs.
  const [sdk] = filesOf(await build({ ...bundling, entryPoints: ['web/lib/liff_sdk.ts'], outdir }));
  const plugins = [{
    name: 'sdk by its built name',
    setup: ({ onResolve }) =>
      onResolve({ filter: /\/liff_sdk$/ }, () => ({ path: `/static/${sdk.built}`, external: true })),
  }];
  const groups = [entriesOf('card'), entriesOf('account'), entriesOf('gift'), surfaces.slice(3).flatMap(entriesOf)].filter((entries) => entries.length > 0);
  const built = await Promise.all(groups.map((entryPoints) =>
    build({ ...bundling, entryPoints, outdir, plugins, splitting: true })));
  return [sdk, ...built.flatMap(filesOf)];
}

/** Everything under static/; manifests last, since they name the others. */
function statics() {
  const folder = join(root, 'static');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => types[extname(name)]).sort() : [];
  const files = [];
  for (const name of [...names].sort((a, b) => a.endsWith('.webmanifest') - b.endsWith('.webmanifest'))) {
    let bytes = readFileSync(join(folder, name));
    if (name.endsWith('.webmanifest')) {
      const text = bytes.toString('utf8').replace(/"static:([^"]+)"/g, (_, wanted) => {
        const found = files.find((file) => file.name === wanted);
        if (!found)
          throw new Error(`static/${name} names ${wanted}, which is not there`);
        return JSON.stringify(`/static/${found.built}`);
      });
      bytes = Buffer.from(JSON.stringify(JSON.parse(text)));
    }
    const ext = extname(name);
    files.push({ name, built: `${basename(name, ext)}-${digest(bytes).slice(0, 8)}${ext}`, bytes });
  }
  return files;
}

async function cardCss(out, blobs) {
  const entry = join('web', 'card', 'card.css');
  const result = existsSync(join(root, entry))
    ? await build({ ...options, entryPoints: [entry], loader: { '.svg': 'dataurl' }, outfile: join(out, 'card.css') })
    : { outputFiles: [{ text: '' }] };
  const css = result.outputFiles[0].text.trim();
  if (css.includes('</'))
    throw new Error('card.css would close its <style> element');
  blobs.push({ label: 'card_css', bytes: Buffer.from(`${css}\0`), file: 'card.css' });
  writeFileSync(join(out, 'card_css.h'), `/* card_css.h - written by web/build.mjs: the style in the card's HTML and its CSP hash. */
#ifndef WEB_CARD_CSS_H
#define WEB_CARD_CSS_H

extern const char card_css[];
#define CARD_CSS_HASH "'sha256-${digest(css, 'base64')}'"

#endif
`);
}

// ---------------------------------------------------------------- the table for C

/** The compressed form where it saves at least 5 %: below that it costs more than it gives. */
const ifSmaller = (small, bytes) => (small.length < bytes.length * 0.95 ? small : Buffer.alloc(0));

function writeFiles(out, files, blobs) {
  const rows = [];
  files.sort((a, b) => (a.built < b.built ? -1 : 1)).forEach((file, i) => {
    const type = types[extname(file.built)];
    if (!type)
      throw new Error(`no content type for ${file.built}`);
    const forms = {
      bytes: file.bytes,
      gzip: ifSmaller(gzipSync(file.bytes, { level: 9 }), file.bytes),
      brotli: ifSmaller(brotliCompressSync(file.bytes, { params: {
        [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: file.bytes.length } }), file.bytes),
    };
    const fields = Object.entries(forms).filter(([, bytes]) => bytes.length > 0).map(([form, bytes]) => {
      const label = `file_${i}_${form}`;
      const suffix = { bytes: '', gzip: '.gz', brotli: '.br' }[form];
      blobs.push({ label, bytes, file: join('static', file.built + suffix) });
      return `     .${form} = {${label}, ${bytes.length}},`;
    });
    rows.push(`    {.name = ${cString(file.name)},\n     .path = ${cString(`/static/${file.built}`)},\n`
      + `     .content_type = ${cString(type)},\n${fields.join('\n')}},`);
  });

  for (const blob of blobs)
    writeFileSync(join(out, blob.file), blob.bytes);
  const at = (blob) => relative(process.cwd(), join(out, blob.file));
  writeFileSync(join(out, 'files.S'), `/* files.S - written by web/build.mjs: the bytes of the pages' files. */
    .section .rodata
${blobs.map((blob) => `    .global ${blob.label}\n    .balign 16\n${blob.label}:\n    .incbin ${JSON.stringify(at(blob))}`).join('\n')}
    .section .note.GNU-stack,"",%progbits
`);
  writeFileSync(join(out, 'files.c'), `/* files.c - written by web/build.mjs: the table of the pages' files, sorted by path. */
#include "http/files.h"

${blobs.filter((blob) => blob.label.startsWith('file_')).map((blob) => `extern const char ${blob.label}[];`).join('\n')}

const struct file web_files[] = {
${rows.join('\n') || '    {.name = ""},'}
};
const size_t web_files_n = ${rows.length};
`);
}

export async function buildAll(out) {
  rmSync(join(out, 'static'), { recursive: true, force: true });
  mkdirSync(join(out, 'static'), { recursive: true });
  const blobs = [];
  await cardCss(out, blobs);
  writeWords(out, blobs);
  const files = [...await bundle(out), ...statics()];
  writeFiles(out, files, blobs);
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flag = process.argv.indexOf('--out');
  const out = resolve(flag > 0 ? process.argv[flag + 1] : join(root, 'build', 'web'));
  for (const file of await buildAll(out))
    console.log(`${String(file.bytes.length).padStart(8)}  ${file.name}`);
}
