/* Every surface says everything in every language: same keys, same placeholders, no markup. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const LANGUAGES = ['ja', 'en', 'zh-Hant', 'th'];
const files = readdirSync('web/lang').filter((name) => name.endsWith('.json'));
const surfaces = [...new Set(files.map((name) => name.split('.')[0]))];
const read = (surface, language) => JSON.parse(readFileSync(`web/lang/${surface}.${language}.json`, 'utf8'));
const placeholders = (text) => [...text.matchAll(/\{(\w*)\}/g)].map(([, name]) => name).sort();

for (const surface of surfaces) {
  test(`${surface}: the same keys in all languages, each with its surface in front`, () => {
    const want = Object.keys(read(surface, 'ja')).sort();
    for (const language of LANGUAGES) assert.deepEqual(Object.keys(read(surface, language)).sort(), want, language);
    for (const key of want) assert.match(key, new RegExp(`^${surface}\\.[a-z0-9_.]+$`));
    assert.equal(files.filter((name) => name.startsWith(`${surface}.`)).length, LANGUAGES.length);
  });

  test(`${surface}: the same placeholders, no markup, no stray spaces, nothing empty`, () => {
    const ja = read(surface, 'ja');
    for (const language of LANGUAGES)
      for (const [key, text] of Object.entries(read(surface, language))) {
        const at = `${surface}.${language}.json ${key}: ${text}`;
        assert.equal(typeof text, 'string', at);
        assert.deepEqual(placeholders(text), placeholders(ja[key]), at);
        assert.match(text, /^\S(.*\S)?$|^ ?\p{P} ?$/su, at); /* a separator may end in a space */
        assert.doesNotMatch(text, /[<>&]|\{\W|\{\}/, at);
        assert.equal(text, text.normalize('NFC'), at);
        assert.equal(text.replace(/\{\w+\}/g, '').match(/[{}]/), null, at);
      }
  });

  test(`${surface}: each language in its own script`, () => {
    const all = (language) => Object.values(read(surface, language)).join('');
    assert.match(all('ja'), /[ぁ-ん]/);
    assert.match(all('th'), /[ก-๙]/);
    assert.match(all('zh-Hant'), /[一-龥]/);
    assert.doesNotMatch(all('zh-Hant'), /[ぁ-んァ-ヶ]|[们这说点时会员显设积换优惠录]/, 'kana or simplified characters');
    assert.doesNotMatch(all('en'), /[^\u0000-\u024f\u2000-\u206f\u20a0-\u20bf\u2190-\u22ff\u00a5]/);
  });

  test(`${surface}: a plural has both its forms`, () => {
    const keys = Object.keys(read(surface, 'en'));
    for (const key of keys.filter((name) => /_(one|other)$/.test(name)))
      assert.ok(keys.includes(key.replace(/_(one|other)$/, (_, form) => (form === 'one' ? '_other' : '_one'))), key);
  });
}

test('every word that a script names exists', () => {
  for (const surface of surfaces.filter((name) => ['card', 'account', 'till', 'admin', 'demo'].includes(name))) {
    const words = read(surface, 'ja');
    for (const name of readdirSync(`web/${surface}`).filter((file) => /\.tsx?$/.test(file)))
      for (const [, key] of readFileSync(`web/${surface}/${name}`, 'utf8').matchAll(/['"`]((?:card|account|till|admin|demo)\.[a-z0-9_]+(?:\.[a-z0-9_]+)*)['"`]/g))
        assert.ok(key in words || `${key}_one` in words, `web/${surface}/${name}: ${key}`);
  }
});

const { languageOf, number, plural, setWords, t } = await loadTs('web/lib/lang.ts');

test('the best language for what a browser asks for', () => {
  const rows = [
    [['ja-JP', 'en'], 'ja'], [['en-US'], 'en'], [['zh-TW'], 'zh-Hant'], [['zh-Hant-HK'], 'zh-Hant'], [['th'], 'th'],
    [['fr', 'th-TH'], 'th'], [['fr'], 'ja'], [[], 'ja'], [['enx', 'jav'], 'ja'],
  ];
  for (const [tags, want] of rows) assert.equal(languageOf(tags), want, tags.join());
});

test('words are filled in once: a name that looks like a placeholder stays a name', () => {
  setWords('en', { a: '{n} for {name}', b_one: '{n} stamp', b_other: '{n} stamps' });
  assert.equal(t('a', { n: 1234567, name: '{n}<b>' }), '1,234,567 for {n}<b>');
  assert.equal(t('a', { n: 1 }), '1 for {name}');
  assert.equal(plural('b', 1), '1 stamp');
  assert.equal(plural('b', 0), '0 stamps');
  assert.equal(t('unknown.key'), 'unknown.key');
  assert.deepEqual([0, 999, 1000, 1234567].map(number), ['0', '999', '1,000', '1,234,567']);
});
