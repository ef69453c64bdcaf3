export type GoogleAccount = {
  sub?: string;
  /** None when left out. */
  email?: string;
  verified?: boolean;
};

/**
 * A browser at the OpenID provider: opens the address that the Worker gave it, picks an account there, and says where the
 * provider sent it back to. See oidc-provider.ts.
 */
export async function visitGoogle(
  start: URL,
  { sub = crypto.randomUUID(), email = '', verified = true }: GoogleAccount,
): Promise<URL> {
  let cookies = '';
  const go = async (url: URL, body?: URLSearchParams): Promise<URL> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: cookies },
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    cookies = [cookies, cookiesOf(response.headers)].filter((text) => text !== '').join('; ');
    const location = response.headers.get('location');
    if (location === null)
      throw new Error(`the provider answered ${response.status}: ${await response.text()}`);
    await response.body?.cancel();
    return new URL(location, url);
  };
  const page = await go(start);
  if (page.origin !== start.origin) return page;
  const form = new URLSearchParams({ sub, email, email_verified: String(verified) });
  let next = await go(page, form);
  for (let hops = 0; next.origin === start.origin && hops < 5; hops += 1) next = await go(next);
  return next;
}

/** The cookies that an answer sets, as a browser would send them back. */
export const cookiesOf = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
