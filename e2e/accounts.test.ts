import { randomUUID } from 'node:crypto';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunningService } from '../local/service-process.ts';
import { startJwksServer } from '../local/testing/jwks-server.ts';
import { startOidcProvider } from '../local/testing/oidc-provider.ts';
import { signInWithGoogle, signUp } from './testing/account.ts';
import { apiClient, type ApiClient } from './testing/api-client.ts';
import { launchBrowser, newVisitor, type Visitor } from './testing/browser.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { freePort } from './testing/free-port.ts';
import { HAS_LEFT, MessageView, onlineSessionOf } from './testing/session.ts';

const ShownKey = z.object({ id: z.string(), key: z.string() });

/** What becomes of each step, whichever way one came. */
const WALKED = {
  sent: true,
  thirdScope: 'FORBIDDEN sessions:read',
  revoked: 200,
  afterwards: '401 UNAUTHORIZED',
};
const CLIENT = { clientId: 'waypost', clientSecret: 'a secret between these two' };

describe('a newcomer without a key', () => {
  let deployment: Deployment;
  const services: RunningService[] = [];
  let supabaseUrl = '';
  beforeAll(async () => {
    const port = await freePort();
    const google = await startOidcProvider({
      ...CLIENT,
      redirectUri: `http://127.0.0.1:${port}/auth/callback/google`,
    });
    const supabase = await startJwksServer();
    services.push(google, supabase);
    supabaseUrl = `${supabase.url}/project`;
    deployment = await startDeployment({
      environment: {
        PORT: String(port),
        GOOGLE_CLIENT_ID: CLIENT.clientId,
        GOOGLE_CLIENT_SECRET: CLIENT.clientSecret,
        GOOGLE_ISSUER: google.url,
        SUPABASE_URL: supabaseUrl,
        SUPABASE_EMAILS: 'confirmed',
        SUPABASE_PROVIDERS: 'github',
      },
    });
  });
  afterAll(async () => {
    await deployment.dispose();
    await Promise.all(services.map((service) => service.close()));
  });

  it('signs up by e-mail, confirms it, and works with a key of two scopes until it is revoked', async () => {
    const person = await signUp(deployment, 'newcomer');
    expect(await walk(person.api)).toEqual(WALKED);
  });

  it('does the same by way of Google', async () => {
    expect(await walk(await signInWithGoogle(deployment))).toEqual(WALKED);
  });

  it('does the same with a Supabase token', async () => {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: `${supabaseUrl}/auth/v1`,
      aud: 'authenticated',
      sub: randomUUID(),
      email: `supabase-${randomUUID()}@example.com`,
      iat: now,
      exp: now + 600,
    };
    const signed = await fetch(`${supabaseUrl}/sign`, {
      method: 'POST',
      body: JSON.stringify({ payload }),
    });
    const { token } = z.object({ token: z.string() }).parse(await signed.json());
    const { apiUrl } = await deployment.facts();
    expect(await walk(apiClient(apiUrl, token))).toEqual(WALKED);
  });

  describe('in front of the dashboard', () => {
    let browser: Browser;
    let visitor: Visitor;
    beforeAll(async () => {
      const [launched, { apiUrl }] = await Promise.all([launchBrowser(), deployment.facts()]);
      browser = launched;
      visitor = await newVisitor(browser, apiUrl);
    });
    afterAll(async () => {
      expect(visitor.complaints).toEqual([]);
      await browser.close();
    });
    const signOut = async (): Promise<void> => {
      await visitor.page.deleteCookie(...(await visitor.page.cookies()));
    };

    it('comes by way of Google to the page that they had asked for', async () => {
      const { page, open, click, arrives, sees, violations } = visitor;
      await open('/keys');
      await arrives(/^\/sign-in\?next=%2Fkeys$/);
      await page.locator('::-p-aria(Continue with GitHub)').wait();
      expect(await violations()).toEqual([]);
      await click('Continue with Google');
      await page.waitForSelector('input[name="sub"]');
      await page.evaluate(`(() => {
        document.querySelector('[name="sub"]').value = crypto.randomUUID();
        document.querySelector('[name="email"]').value = crypto.randomUUID() + '@example.com';
        document.querySelector('form').submit();
      })()`);
      await arrives(/^\/keys$/);
      await sees('No keys yet');
      await signOut();
    });

    it('is told so when Google does not let them in', async () => {
      const { open, sees, violations } = visitor;
      await open('/sign-in?from=google&error=access_denied');
      await sees('Google did not sign you in.');
      expect(await violations()).toEqual([]);
    });

    it('comes by way of Supabase, and not by a link of somebody else', async () => {
      const { page, open, click, arrives, sees, violations } = visitor;
      await open('/sign-in?next=%2Fkeys');
      await click('Continue with GitHub');
      await arrives(/^\/keys$/);
      await sees('No keys yet');
      expect(await page.evaluate(`sessionStorage.getItem('waypost.supabase')`)).toBeNull();
      await signOut();
      await open('/sign-in/supabase#access_token=of-a-stranger');
      await sees('The sign-in was not finished, or another tab began it.');
      expect(await page.evaluate('location.hash')).toBe('');
      expect(await violations()).toEqual([]);
    });
  });

  /** From a credential of one's own to a message sent by a key, and the end of that key. */
  async function walk(own: ApiClient): Promise<typeof WALKED> {
    const { id: sessionId } = await onlineSessionOf(own, 'my-sandbox');
    const body = { name: 'two scopes', scopes: ['messages:send', 'messages:read'] };
    const { id: keyId, key } = (await own.call('POST', '/v1/keys', { body })).data(ShownKey);
    const { apiUrl } = await deployment.facts();
    const program = apiClient(apiUrl, key);
    const sent = await program.call('POST', '/v1/messages/text', {
      body: { sessionId, to: '+15550100001', text: 'from a key of my own' },
      headers: { prefer: 'wait=20' },
    });
    const third = (await program.call('GET', '/v1/sessions')).error();
    const revoked = await own.call('DELETE', `/v1/keys/${keyId}`);
    const after = await program.call('GET', '/v1/messages');
    return {
      sent: HAS_LEFT.includes(sent.data(MessageView).status),
      thirdScope: `${third.code} ${String(third.details?.['scope'])}`,
      revoked: revoked.status,
      afterwards: `${after.status} ${after.error().code}`,
    };
  }
});
