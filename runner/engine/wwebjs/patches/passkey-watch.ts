/** Where the page reports how far the request for a passkey got. */
export const PASSKEY_TOLD = 'onWaypostPasskey';

/** What a person has to do. `asked`: WhatsApp wants a passkey; `given`: it has one, and waits for a confirmation on the phone. */
export const PASSKEY_ACTIONS = {
  asked: 'passkey_required',
  given: 'passkey_confirmation_required',
} as const;
export type PasskeyStep = keyof typeof PASSKEY_ACTIONS;

/**
 * Since 2026-06 WhatsApp wants a passkey before it links many accounts (WAHA #2138, OpenWA #560). A browser without an
 * authenticator cannot give one and says nothing. Runs on the page before its own scripts: reports the request and
 * its answer, in any language, and passes both on.
 */
export function passkeyWatch(told: string): void {
  type Options = { publicKey?: unknown; mediation?: string };
  type Credentials = { get?: (options?: Options) => Promise<unknown> };
  const here = globalThis as unknown as Record<
    string,
    ((step: PasskeyStep) => unknown) | undefined
  > & { navigator: { credentials?: Credentials } };
  const { credentials } = here.navigator;
  if (credentials?.get === undefined) return;
  const kind = Object.getPrototypeOf(credentials) as Credentials;
  credentials.get = async (options) => {
    // Looked up now: what answers in place of an authenticator may have come after us.
    const get = kind.get;
    if (get === undefined) throw new TypeError('this browser has no credentials');
    // A conditional one only fills a form in when there is something to fill in.
    const isAsked = options?.publicKey !== undefined && options.mediation !== 'conditional';
    if (isAsked) here[told]?.('asked');
    const credential = await get.call(credentials, options);
    if (isAsked && credential != null) here[told]?.('given');
    return credential;
  };
}
