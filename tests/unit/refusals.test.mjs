/*
 * Every refusal of the domain is a sentence wherever it is shown: in four languages, with what to do
 * or when, and with every fact that refusal.h says it tells.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

/** Where a shopper, a cashier or an operator can meet it. A new kind without a row fails. */
const SHOWN = {
  none: '',
  code_unreadable: 'till', code_unknown: 'till', code_goods: 'till', code_stale: 'till', code_used: 'till', code_ambiguous: 'till',
  card_guarded: 'till', card_blocked: 'till card gift command', card_merged: 'till card command',
  scan_over: 'till', own_card: 'till command', too_soon: 'till command', day_full: 'till gift command', number_full: 'till',
  plan_over: 'till command', no_points: 'till command', too_much: 'till gift command', member_cap: 'till', staff_cap: 'till', till_cap: 'till',
  bonus_given: 'command',
  late_off: 'till command', receipt_future: 'till command', receipt_too_old: 'till command', receipt_used: 'till command', manager_needed: 'till command',
  gift_off: 'gift', gift_small: 'gift', gift_open_full: 'gift', gift_own: 'gift', gift_taken: 'gift', gift_over: 'gift', gift_stopped: 'gift',
  not_a_grant: 'till', already_reversed: 'till card', balance_too_low: 'till gift', points_lapsed: 'till', other_till: 'till', too_late: 'till card',
  not_a_sale: 'till', already_refunded: 'till', refund_too_much: 'till',
  guest: 'till card gift', voucher_redeemed: 'till card', voucher_expired: 'till card', voucher_cancelled: 'till', voucher_held: 'till card', not_redeemed: 'till',
  not_spent: 'till card', spend_by_code: 'till', spend_step: 'till', spend_least: 'till', points_short: 'till card', spend_day: 'till', spend_share: 'till', spend_ask: 'till',
  hold_captured: 'till', hold_released: 'till', hold_over: 'till', hold_open: 'till', hold_less: 'till',
  not_yet: 'till card', offer_over: 'till card', wrong_shop: 'till card', wrong_weekday: 'till card', wrong_hour: 'till card', new_members_only: 'till card',
  tier_too_low: 'till card', spend_too_low: 'till card',
  not_enough: 'till card', sold_out: 'till card', sold_out_today: 'till card', had_enough: 'till card', not_a_swap: 'till card', code_given: 'till card', lot_drawn: 'till card',
  login_stale: 'again',
};

/** Facts that a surface is sent and its members have no use for, or that its route does not tell. */
const UNSAID = {
  till: {},
  card: { points_short: ['most'], voucher_held: ['till'], offer_over: ['at'], new_members_only: ['at'] },
  gift: {},
};

const LANGUAGES = ['ja', 'en', 'zh-Hant', 'th'];
const FACTS = { last_ms: 'last', again_ms: 'again', at_ms: 'at', till_id: 'till', most: 'most', step: 'step', least: 'least', have: 'have', missing: 'missing', left: 'left' };
const VALUE = { last: 1_800_000_000_000, again: 1_800_003_600_000, at: 1_800_000_000_000, till: 'Till 9', most: 4711, step: 4711, least: 4711, have: 4711, missing: 4711, left: 4711 };

/** Kinds in the order of the header, each with the facts that its comment names. */
const kinds = [...readFileSync('src/domain/refusal.h', 'utf8').matchAll(/R\((\w+), "(\w+)"\)\s*(?:\/\*(.*?)\*\/)?/g)].map(([, name, word, comment = '']) => ({
  name, word, facts: Object.keys(FACTS).filter((fact) => new RegExp(`\\b${fact}\\b`).test(comment)).map((fact) => FACTS[fact]),
}));
const shownOn = (surface) => kinds.filter(({ word }) => SHOWN[word]?.split(' ').includes(surface));
const wordsOf = (surface, language) => JSON.parse(readFileSync(`web/lang/${surface}.${language}.json`, 'utf8'));

globalThis.document = { documentElement: { lang: 'en' } };
const till = await loadTs('web/till/problems.ts', 'web/lib/lang.ts');
const card = await loadTs('web/card/worth.ts', 'web/lib/api.ts', 'web/lib/lang.ts');
const gift = await loadTs('web/gift/problem.ts', 'web/lib/api.ts', 'web/lib/lang.ts');

test('the table has a row for each kind, and no other; each is shown somewhere', () => {
  assert.deepEqual(Object.keys(SHOWN).sort(), kinds.map(({ word }) => word).sort());
  assert.deepEqual(kinds.filter(({ word }) => word !== 'none' && SHOWN[word] === ''), []);
});

/** What a surface says of a refusal, with or without its facts, is a sentence and has them all. */
function says(surface, language, { word, facts }, say) {
  const at = `${surface}, ${language}: ${word}`;
  const said = facts.filter((fact) => !UNSAID[surface][word]?.includes(fact));
  const text = say(word, Object.fromEntries(facts.map((fact) => [fact, VALUE[fact]])));
  assert.doesNotMatch(text, /\{|\}|undefined|NaN/, at);
  assert.doesNotMatch(text, new RegExp(`${surface}\\.[a-z]`), `${at}: a key`);
  for (const fact of said) {
    const without = say(word, Object.fromEntries(facts.filter((one) => one !== fact).map((one) => [one, VALUE[one]])));
    assert.notEqual(text, without, `${at} does not say ${fact}: ${text}`);
    if (VALUE[fact] === 4711) assert.match(text, /4,711/, `${at}: ${text}`);
    if (fact === 'till') assert.match(text, /Till 9/, `${at}: ${text}`);
  }
}

for (const language of LANGUAGES)
  test(`a cashier reads why, and what to do: ${language}`, () => {
    till.setWords(language, wordsOf('till', language));
    const unknown = till.problemText('no_such_word', {});
    for (const kind of shownOn('till')) {
      const { title, next } = till.problemText(kind.word, {});
      assert.notEqual(title, unknown.title, `till, ${language}: ${kind.word} is not in PROBLEMS`);
      assert.ok(title !== '' && next !== '' && next !== title, `till, ${language}: ${kind.word}`);
      says('till', language, kind, (word, facts) => Object.values(till.problemText(word, facts)).join(' '));
    }
  });

test('what the till finds by itself has its words, too', () => {
  till.setWords('en', wordsOf('till', 'en'));
  const raised = readdirSync('web/till').filter((name) => /\.tsx?$/.test(name)).flatMap((name) => [...readFileSync(`web/till/${name}`, 'utf8').matchAll(/\bproblem\('(\w+)'/g)].map(([, word]) => word));
  assert.ok(raised.length > 3);
  for (const word of [...raised, 'no_such_word']) {
    const { title, next } = till.problemText(word, {});
    assert.doesNotMatch(title + next, /till\./, word);
    assert.equal(title === till.problemText('no_such_word', {}).title, word === 'no_such_word', word);
  }
});

for (const language of LANGUAGES)
  test(`a member reads on the card why not: ${language}`, () => {
    card.setWords(language, wordsOf('card', language));
    const otherwise = card.t('card.failed');
    for (const kind of shownOn('card')) {
      assert.notEqual(card.refusalText(new card.ApiError(kind.word, 409, {}), 'card.failed'), otherwise, `card, ${language}: ${kind.word} is not in WORDS`);
      says('card', language, kind, (word, facts) => card.refusalText(new card.ApiError(word, 409, facts), 'card.failed'));
    }
    assert.equal(card.refusalText(new card.ApiError('offline', 0), 'card.failed'), otherwise);
  });

for (const language of LANGUAGES)
  test(`whoever gives or takes reads why not: ${language}`, () => {
    gift.setWords(language, wordsOf('gift', language));
    document.documentElement.lang = language;
    const page = readFileSync('src/api/page_gift.c', 'utf8'); /* what it does not name does not travel with the page */
    for (const kind of shownOn('gift')) {
      assert.notEqual(gift.problemText(new gift.ApiError(kind.word, 409, {})), gift.t('gift.failed'), `gift, ${language}: ${kind.word} is not in PROBLEMS`);
      assert.ok(page.includes(`{"gift.problem_${kind.word}", `), `page_gift.c: ${kind.word}`);
      says('gift', language, kind, (word, facts) => gift.problemText(new gift.ApiError(word, 409, facts)));
    }
  });

for (const language of LANGUAGES)
  test(`whoever is asked to sign in again reads why, and what comes of it: ${language}`, () => {
    const words = wordsOf('card', language);
    const page = readFileSync('src/api/page_signin.c', 'utf8');
    assert.deepEqual(shownOn('again').map(({ word }) => word), ['login_stale']);
    for (const key of ['lead', 'nothing', 'another', 'old']) {
      assert.ok(page.includes(`WORD_CARD_AGAIN_${key.toUpperCase()}`), key);
      assert.match(words[`card.again_${key}`], /\S/, `${language}: ${key}`);
    }
    assert.match(words['card.again_lead'], /LINE/, language);
    for (const script of ['web/card/me.ts', 'web/account/account.ts']) assert.match(readFileSync(script, 'utf8'), /wantsLogin\(error/, script);
  });

test('an operator reads a sentence', () => {
  const source = readFileSync('src/app/command_refusal.c', 'utf8');
  for (const { name, word } of shownOn('command')) assert.match(source, new RegExp(`\\[REFUSAL_${name}\\] =\\s*\\{\\.text =\\s*"`), word);
});
