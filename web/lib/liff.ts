/**
 * LINE Front-end Framework behind one small interface: the only file that touches the SDK.
 *
 * Three back-ends: LINE's SDK inside LINE's own browser, line-sim's token in the URL, a plain browser.
 */

export interface Liff {
  /** Proof of who is looking, for POST /line/session; null where LINE gave none. */
  idToken(): string | null;
  /** For telling LINE that its owner leaves, and nothing else; null where there is none. */
  accessToken(): string | null;
  isInClient(): boolean;
  /** Is our account a friend? null: not known here. */
  friendship(): Promise<boolean | null>;
  close(): void;
  openExternal(url: string): void;
  language(): string;
  /** Forgets LINE's tokens in this browser. */
  logout(): void;
}

export type LiffMode = 'line' | 'sim' | '';

const openTab = (url: string): void => void window.open(url, '_blank', 'noopener');

const plain: Liff = {
  idToken: () => null,
  accessToken: () => null,
  isInClient: () => false,
  friendship: () => Promise.resolve(null),
  close: () => window.close(),
  openExternal: openTab,
  language: () => navigator.language,
  logout: () => undefined,
};

const SIM_TOKEN = 'stampd.sim_token';
const SIM_ACCESS = 'stampd.sim_access';

/** Opened by LINE? Its browser says so, and a LIFF URL leaves its mark. Needs no SDK to tell. */
export function isFromLine(mode: LiffMode): boolean {
  if (mode === 'sim') return location.hash.includes('id_token=') || sessionStorage.getItem(SIM_TOKEN) !== null;
  if (mode !== 'line') return false;
  return /\bLine\//.test(navigator.userAgent) || /[?&]liff\.state=/.test(location.search) || /[#&]access_token=/.test(location.hash);
}


/** line-sim opens the card as /card#id_token=...; the fragment leaves the address at once. */
function openSim(): Liff {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = fragment.get('id_token');
  if (given) {
    sessionStorage.setItem(SIM_TOKEN, given);
    sessionStorage.setItem(SIM_ACCESS, fragment.get('access_token') ?? '');
    history.replaceState(history.state, '', location.pathname + location.search);
  }
  const token = given ?? sessionStorage.getItem(SIM_TOKEN);
  return token === null
    ? plain
    : {
        ...plain,
        idToken: () => token,
        accessToken: () => sessionStorage.getItem(SIM_ACCESS) || null,
        isInClient: () => true,
        logout: () => [SIM_TOKEN, SIM_ACCESS].forEach((key) => sessionStorage.removeItem(key)),
      };
}

async function openReal(liffId: string): Promise<Liff> {
  const { default: liff } = await import('./liff_sdk');
  await liff.init({ liffId });
  return {
    idToken: () => liff.getIDToken(),
    accessToken: () => liff.getAccessToken(),
    isInClient: () => liff.isInClient(),
    friendship: () =>
      liff.getFriendship().then(
        ({ friendFlag }) => friendFlag,
        () => null,
      ),
    close: () => liff.closeWindow(),
    openExternal: (url) => liff.openWindow({ url, external: true }),
    language: () => liff.getAppLanguage(),
    logout: () => {
      if (!liff.isInClient() && liff.isLoggedIn()) liff.logout();
    },
  };
}

/** Rejects when LINE's SDK could not start. The address must not be changed before it has settled. */
export async function openLiff(mode: LiffMode, liffId: string): Promise<Liff> {
  if (mode === 'sim') return openSim();
  if (liffId !== '' && isFromLine(mode)) return openReal(liffId);
  return plain;
}
