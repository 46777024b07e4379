import assert from 'node:assert/strict';

/** Waits until `holds()`, as long as a busy machine may need; then `what` did not come. */
export async function until(holds, what) {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 400, what);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** What comes in with a movement has arrived; what turns or runs down for long goes on. */
export const stands = (page) => page.waitForFunction(() => document.getAnimations().every(({ playState, effect }) => playState !== 'running' || effect.getComputedTiming().endTime > 2000));
