/** How it went: a band with colour, drawing and words, large enough to read from the other side of the counter. */

import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons';
import type { Tone } from './problems';

export function Band({ tone, icon, word, children }: {
  tone: Tone; icon: IconName; word: string; children?: ComponentChildren;
}): JSX.Element {
  return (
    <section class={`band band-${tone}`}>
      <Icon name={icon} big />
      <h1 class="band-word">{word}</h1>
      {children}
    </section>
  );
}
