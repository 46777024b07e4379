/** A page over the page: a modal dialog with focus, Escape and the phone's screen kept awake. */
import { el } from '../lib/dom';

/** Shows `content` until it is closed; `onClose` runs once. Call it in the tap's own handler. */
export function overlay(label: string, content: HTMLElement, onClose: () => void = () => undefined): () => void {
  const dialog = el('dialog', { 'aria-label': label }, content);
  const lock = stayAwake();
  let isOpen = true;

  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    lock.release();
    dialog.close?.();
    dialog.remove();
    onClose();
  };
  dialog.addEventListener('close', close);
  document.body.append(dialog);
  if (dialog.showModal) dialog.showModal();
  else dialog.setAttribute('open', ''); // iOS before 15.4
  return close;
}

/** Asked for in a tap, as browsers want it; asked again when the page comes back into view. */
function stayAwake(): { release: () => void } {
  let lock: WakeLockSentinel | undefined;
  let isWanted = true;
  const ask = (): void => {
    if (!isWanted || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    navigator.wakeLock.request('screen').then(
      (given) => (isWanted ? (lock = given) : void given.release()),
      () => undefined, // low battery: the phone decides
    );
  };
  document.addEventListener('visibilitychange', ask);
  ask();
  return {
    release() {
      isWanted = false;
      document.removeEventListener('visibilitychange', ask);
      void lock?.release();
    },
  };
}
