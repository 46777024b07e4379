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

/** The words that a source spells out where `pattern` finds them. */
const spelled = (path, pattern) => [...readFileSync(path, 'utf8').matchAll(pattern)].map(([, word]) => word);
const UNITS = ['stamp', 'point'];
const NOTICES = spelled('src/domain/ladder.h', /^ {4}K\(\w+, "(\w+)"/gm);
const SAID_BY_WORTH = spelled('web/lib/worth.ts', /\bword\('(\w+)'\)/g);
const WORTHS = ['yen_off', 'percent', 'free_item', 'cash_back', 'gift'].map((kind) => `worth_${kind}`);
const PROBLEMS = spelled('web/till/problems.ts', /^ {2}(\w+): \{ tone: /gm);
const TEMPLATES = spelled('src/domain/template.c', /\[TEMPLATE_\w+\] = "(\w+)"/g);
const TEMPLATE_FIELDS = spelled('src/domain/template.c', /^ {4}\{"(\w+)", \d+, \d+,/gm);
const STEPS = ['card', 'till', 'scan', 'stamp', 'voucher', 'owner', 'message', 'redeem'];

/** Keys that a script puts together, and of what: whoever writes a new one says here what it can become. */
const BUILT = {
  'till.*': [...SAID_BY_WORTH, ...WORTHS, 'sign_in_first', 'session_over'],
  'till.problem_*': [...PROBLEMS, 'unknown'],
  'till.problem_*_next': [...PROBLEMS, 'unknown'],
  'till.amount_*': UNITS, 'till.balance_*': UNITS, 'till.unit_*': UNITS,
  'till.rule_*': ['down', 'nearest', 'up'],
  'till.speed_*': ['50', '100', '150'],
  'till.late_reason_*': ['forgotten', 'no_phone', 'till_down', 'overlooked'],
  'till.total_*': ['grants', 'redemptions', 'reversals'],
  'till.key_*': ['enter', 'digits_give', 'digits', 'f1', 'f2', 'f3', 'f4', 'esc', 'help'],
  'till.is_*': ['reverse', 'spend', 'swap', 'refund'],
  'till.help_*': ['scan', 'give', 'done', 'screen', 'beep', 'offline', 'mistake'],
  'till.check_*': spelled('web/till/check.ts', /[|] '(\w+)'/g),
  'till.check_*_do': spelled('web/till/check.ts', /[|] '(\w+)'/g),
  'gift.*': ['open', 'accepted', 'returned'],
  'gift.unit_*': UNITS,
  'gift.problem_*': spelled('web/gift/problem.ts', /'(\w+_\w+|guest)'(?=,|\])/g),
  'demo.*': ['phone', 'till', 'owner'],
  'demo.step_*': STEPS, 'demo.do_*': STEPS, 'demo.act_*': ['till', 'scan', 'stamp', 'owner', 'redeem'],
  'demo.person_*': ['1', '2', '3'],
  'admin.bonus_once_*': ['ever', 'year', 'month', 'day'],
  'admin.*': ['not_done', 'offline', 'hours_saved',
    'plan_takes_away', 'draft_outdated', 'plan_scheduled', 'drafts_full', 'number_in_use', 'draft_unknown', 'schedule_unknown',
    'template_changed', 'owner_no_friend', 'owner_without_line', 'too_many_requests', 'template_wrong', ...spelled('src/domain/template.c', /"(template_(?!unknown)\w+)"/g),
    ...WORTHS, 'asks_shops', 'asks_hours', 'asks_from', 'asks_until', 'asks_wait', 'asks_yen', 'asks_new', 'asks_tier',
    'code_row', 'code_twice', 'code_many', 'csv_quote', 'csv_text', 'csv_wide',
    'keyword_words', 'keyword_reply', 'keyword_buttons', 'keyword_priority', 'keyword_hours', 'keyword_full'],
  'admin.kind_*': [...NOTICES, ...TEMPLATES], 'admin.when_*': TEMPLATES,
  'admin.part_*': ['headline', 'text', 'alt', 'button'],
  'admin.field_*': TEMPLATE_FIELDS,
  'admin.log_*': ['kind', 'when', 'state', 'reason', 'request'],
  'admin.state_*': ['waiting', 'held', 'seen', 'owed', 'told', 'kept', 'cancelled', 'lapsed'],
  'admin.reason_*': [...spelled('src/domain/ladder.c', /(?:wait_until|decided)\([^"]*"(\w+)"/g), 'not_made', 'answered'],
  'admin.topic_*': ['receipts', 'rewards', 'offers'],
  'admin.write_*': ['push', 'reply', 'card'], 'admin.write_done_*': ['push', 'reply', 'card'],
  'admin.rule_*': ['budget', 'reserve', 'quiet_from_min', 'quiet_until_min', 'weekly_cap', 'lapse_days', 'dormant_days', 'tells_birthdays', 'pushes_receipts', 'price_milli'],
  'admin.press_*': ['says', 'balance', 'shops', 'rule'],
  'admin.match_*': ['exact', 'contains', 'any', 'sticker', 'image', 'location'],
  'admin.action_*': ['text', 'balance', 'shops', 'silent'],
  'admin.hours_*': ['always', 'staff', 'away'],
  'admin.day_*': ['0', '1', '2', '3', '4', '5', '6'],
  'admin.try_*': ['none', 'balance'],
  'admin.menu_*': spelled('src/line/menu_design.c', /MENU_PLACES\] = \{([^}]*)\}/g).flatMap((names) => names.match(/[a-z]+\b/g)),
  'admin.owed_*': ['issued', 'returned', 'redeemed', 'lapsed', 'forfeited', 'moved', 'reversed', 'closing'],
  'admin.plan_rule_*': ['name', 'goal', 'cool_down_min', 'per_day_max', 'yen_per_point', 'rounding', 'day_cut_hour', 'utc_offset_min', 'notify_grants', 'linear', 'jan_prefix'],
  'admin.plan_about_*': ['goal', 'cool_down_min', 'per_day_max', 'yen_per_point'],
  'admin.plan_*s': UNITS,
  'admin.plan_reward_*': ['at', 'title', 'valid_days'],
  'admin.plan_part_*': ['earn', 'expiry', 'spend', 'tier', 'number', 'catalogue', 'late', 'gift', 'refund'],
  'admin.article_kind_*': ['plain', 'yen_off', 'percent', 'free_item', 'cash_back', 'gift'],
  'admin.article_expiry_*': ['lost', 'back'],
  'admin.expiry_kind_*': ['none', 'after', 'month_end', 'fiscal_year', 'fixed', 'anniversary', 'first_use', 'last_use'],
  'admin.expiry_in_*': ['days', 'months'], 'admin.expiry_note_*': ['anniversary', 'first_use', 'last_use'],
  'admin.expiry_ends_*': UNITS, 'admin.expiry_never_*': UNITS,
  'admin.bonus_join_*': UNITS, 'admin.bonus_birthday_*': UNITS, 'admin.bonus_when_*': ['issue', 'visit'],
  'admin.cap_*': ['member', 'staff', 'till'], 'admin.cap_units_*': UNITS,
  'admin.combine_*': ['highest', 'multiply'],
  'admin.item_by_*': ['code', 'category'], 'admin.item_does_*': ['nothing', 'rate', 'each'], 'admin.others_*': ['earn', 'nothing'],
  'admin.event_once_*': ['ever', 'year', 'month', 'day'],
  'admin.tier_by_*': ['visits', 'yen', 'earned', 'rounds'],
  'admin.look_*': ['usual', ...spelled('src/domain/plan_tier.c', /\[TIER_LOOK_\w+\] = "(\w+)"/g)],
  'admin.rounding_*': ['down', 'nearest', 'up'], 'admin.zone_*': ['540', '480', '420'], 'admin.linear_*': ['code128', 'jan13', 'number'],
  'admin.refund_short_*': ['refuse', 'forgive', 'owe'],
  'admin.late_cashier_*': UNITS, 'admin.late_numbers_*': ['lasting', 'daily'],
  'admin.gift_day_max_*': UNITS,
  'admin.reh_doubt_*': ['items', 'caps', 'tiers', 'refunds'],
  'admin.plan_loss_*': spelled('src/domain/plan_loss.c', /\[LOSS_\w+\] = "(\w+)"/g),
  'admin.reh_refused_*': ['too_soon', 'day_full', 'number_full', 'member_cap', 'too_little', 'too_much', 'plan_over'], 'admin.reh_units_*': UNITS,
};

test('every word that a script puts together exists, whatever it becomes', () => {
  const used = new Set();
  for (const surface of readdirSync('web', { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name))
    for (const name of readdirSync(`web/${surface}`).filter((file) => /\.tsx?$/.test(file)))
      for (const [, key] of readFileSync(`web/${surface}/${name}`, 'utf8').matchAll(/[`]((?:card|account|till|admin|demo|gift)\.(?:[a-z0-9_.]|\$\{[^{}`]*\})*)[`]/g)) {
        const pattern = key.replace(/\$\{[^}]*\}/g, '*');
        if (pattern === key) continue;
        assert.ok(pattern in BUILT, `web/${surface}/${name}: say in BUILT what ${key} can become`);
        used.add(pattern);
      }
  assert.deepEqual(Object.keys(BUILT).filter((pattern) => !used.has(pattern)), [], 'built nowhere any more');
  for (const [pattern, parts] of Object.entries(BUILT)) {
    const words = read(pattern.split('.')[0], 'ja');
    assert.ok(parts.length > 0, pattern);
    for (const part of parts) {
      const key = pattern.replace('*', part);
      assert.ok(key in words || (`${key}_one` in words && `${key}_other` in words), key);
    }
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
