/** Where the page tells that it asks for a passkey. */
export const PASSKEY_ASKED = 'onWaypostPasskeyAsked';

/**
 * Since 2026-06 WhatsApp wants a passkey before it links many accounts (WAHA #2138, OpenWA #560). A browser without an
 * authenticator cannot give one and says nothing. Runs on the page before its own scripts: tells of the question, in any
 * language, and passes it on.
 */
export function passkeyWatch(told: string): void {
  type Options = { publicKey?: unknown; mediation?: string };
  type Credentials = { get?: (options?: Options) => Promise<unknown> };
  const here = globalThis as unknown as Record<string, ((what: string) => unknown) | undefined> & {
    navigator: { credentials?: Credentials };
  };
  const { credentials } = here.navigator;
  const get = credentials?.get;
  if (credentials === undefined || get === undefined) return;
  credentials.get = (options) => {
    // A conditional one only fills a form in when there is something to fill in.
    if (options?.publicKey !== undefined && options.mediation !== 'conditional')
      here[told]?.('get');
    return get.call(credentials, options);
  };
}
