/**
 * What this till was told: the number and the MAC of every transfer that the server answered with.
 *
 * They prove without the server's disk that nothing it acknowledged was lost: the owner saves them as a file,
 * and `stampd check --receipts` holds it against the book. Keeping them never stands in the way of a sale.
 */

const PLACE = 'stampd-receipts';
const KEPT = 500;

/** Oldest first, a line each, as the file has them. */
export function receipts(): string[] {
  try {
    return localStorage.getItem(PLACE)?.split('\n') ?? [];
  } catch {
    return []; /* a browser that keeps nothing */
  }
}

/** The answer as it came; its receipt, where it has one, is kept. */
export function kept<Answer>(answer: Answer): Answer {
  const { transfer, mac } = (answer ?? {}) as { transfer?: unknown; mac?: unknown };
  if (typeof transfer !== 'number' || typeof mac !== 'string') return answer;
  const receipt = `${transfer} ${mac}`;
  const lines = receipts();
  if (lines.some((line) => line.startsWith(receipt))) return answer; /* the same answer once more */
  try {
    localStorage.setItem(PLACE, [...lines, `${receipt} # ${new Date().toISOString()}`].slice(-KEPT).join('\n'));
  } catch {
    /* full, or not allowed */
  }
  return answer;
}

/** The file for `stampd check --receipts`; `till` says where it comes from. */
export function receiptsFile(till: string): string {
  return `# ${till.replace(/\s+/g, ' ')}\n${receipts().join('\n')}\n`;
}

export function saveReceipts(shop: string, till: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([receiptsFile(`${shop}, ${till}`)], { type: 'text/plain' }));
  link.download = 'receipts.txt';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); /* the browser has taken it by then */
}
