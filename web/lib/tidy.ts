/** What a form has written, ready to be sent. */

/** Without what is not set, and without objects that say nothing. An empty text stays: whoever is to write it is told so by the server. */
export function tidy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(tidy) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).map(([name, one]) => [name, tidy(one)] as const).filter(([, one]) =>
    one !== undefined && !(typeof one === 'object' && one !== null && Object.keys(one).length === 0));
  return Object.fromEntries(kept) as T;
}
