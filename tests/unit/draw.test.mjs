/* What a winner's phone counts again of a lot: the numbers that C draws, and each way in which one could be wrong. */
import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

globalThis.crypto ??= webcrypto;
const { countAgain, rollIn, stretchOf } = await loadTs('web/card/draw.ts');

/* As a_draw_can_be_counted_again_by_anybody of test_domain_reward.c has them. */
const seed = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const prizes = [{ title: 'Gold', odds: 10_000 }, { title: 'Silver', odds: 690_000 }, { title: 'Soap', odds: 300_000 }];
const draw = {
  transfer: 57, nth: 1, roll: 655992, key: '00'.repeat(16), seed: seed.toString('hex'),
  seed_hash: createHash('sha256').update(seed).digest('hex'), prizes, drawn: 1, won: 1,
};

test('the numbers are those that C draws', async () => {
  for (const [transfer, nth, roll, drawn] of [[57, 1, 655992, 1], [57, 2, 752663, 2], [58, 1, 290511, 1]])
    assert.equal(await countAgain({ ...draw, transfer, nth, roll, drawn }, null), 'matches');
});

test('what could have been chosen afterwards is told', async () => {
  const changes = {
    'another number': { roll: 655993 },
    'another transfer': { transfer: 58 },
    'the second lot of it': { nth: 2 },
    'another request': { key: '01'.padEnd(32, '0') },
    'another stretch': { drawn: 0 },
    'other odds': { prizes: [{ title: 'Gold', odds: 700_000 }, ...prizes.slice(1)] },
    'another secret': { seed: 'ff'.repeat(32) },
    'a secret that is none': { seed: 'zz' },
    'a key that is none': { key: '' },
  };
  for (const [name, change] of Object.entries(changes)) assert.equal(await countAgain({ ...draw, ...change }, null), 'differs', name);
});

test('the promise that this phone has seen is kept, also before the secret is told', async () => {
  const { seed: none, ...before } = draw;
  assert.equal(await countAgain(before, null), 'open');
  assert.equal(await countAgain(before, draw.seed_hash), 'open');
  assert.equal(await countAgain(before, 'ab'.repeat(32)), 'differs');
  assert.equal(await countAgain(draw, 'ab'.repeat(32)), 'differs');
});

test('a number in the incomplete last run is passed over, and stretches lie one behind the other', () => {
  const words = new Uint8Array(32).fill(0xff, 0, 8);
  words[15] = 7;
  assert.equal(rollIn(words), 7);
  assert.deepEqual([0, 9_999, 10_000, 699_999, 700_000, 999_999].map((roll) => stretchOf(prizes.map(({ odds }) => odds), roll)), [0, 0, 1, 1, 2, 2]);
});
