import { useLayoutEffect, useState } from 'preact/hooks';

const partsOf = (hash: string): readonly string[] => hash.slice(1).split('/');

/** The parts of what is behind the address' "#": of "#plans/1/7" they are plans, 1 and 7. */
export function useHash(): readonly string[] {
  const [hash, setHash] = useState(location.hash);
  useLayoutEffect(() => {
    const turn = (): void => setHash(location.hash);
    window.addEventListener('hashchange', turn);
    turn(); /* it may have changed before anybody listened */
    return () => window.removeEventListener('hashchange', turn);
  }, []);
  return partsOf(hash);
}
