import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { cookiesOf, visitGoogle } from '../../local/testing/oidc-visitor.ts';
import { apiClient, type ApiClient } from './api-client.ts';
import type { Deployment } from './deployment.ts';
import { linkMailedTo } from './mail-client.ts';

export type Person = {
  email: string;
  password: string;
  cookie: string;
  token: string;
  api: ApiClient;
};

const Token = z.object({ token: z.string() });

/** A new person, from the sign-up form to a token: the address is confirmed by the link in the mail. */
export async function signUp(
  deployment: Deployment,
  name: string,
  email = `${name}-${randomUUID().slice(0, 8)}@example.com`,
): Promise<Person> {
  const password = `correct horse ${randomUUID()}`;
  const { api } = deployment;
  const anonymous = { key: null };
  const made = await api.call('POST', '/auth/sign-up/email', {
    body: { name, email, password },
    ...anonymous,
  });
  if (made.status !== 200) throw new Error(`sign-up answered ${made.status}: ${made.text}`);
  const link = await linkMailedTo(await deployment.facts(), email, /verif|confirm/i);
  const confirmed = await fetch(link, { redirect: 'manual' });
  if (confirmed.status >= 400) throw new Error(`the mailed link answered ${confirmed.status}`);
  return signIn(deployment, email, password);
}

export async function signIn(
  deployment: Deployment,
  email: string,
  password: string,
): Promise<Person> {
  const { api } = deployment;
  const entered = await api.call('POST', '/auth/sign-in/email', {
    body: { email, password },
    key: null,
  });
  if (entered.status !== 200)
    throw new Error(`sign-in answered ${entered.status}: ${entered.text}`);
  const cookie = cookiesOf(entered.headers);
  const token = await tokenOf(deployment, cookie);
  const { apiUrl } = await deployment.facts();
  return { email, password, cookie, token, api: apiClient(apiUrl, token) };
}

/** Somebody who comes by way of Google, for the first time. */
export async function signInWithGoogle(deployment: Deployment): Promise<ApiClient> {
  const { api } = deployment;
  const started = await api.call('POST', '/auth/sign-in/social', {
    body: { provider: 'google', callbackURL: '/' },
    key: null,
  });
  const { url } = z.object({ url: z.url() }).parse(JSON.parse(started.text));
  const email = `google-${randomUUID()}@example.com`;
  const callback = await visitGoogle(new URL(url), { email });
  const entered = await fetch(callback, {
    redirect: 'manual',
    headers: { cookie: cookiesOf(started.headers) },
  });
  if (entered.status !== 302) throw new Error(`the callback answered ${entered.status}`);
  const { apiUrl } = await deployment.facts();
  return apiClient(apiUrl, await tokenOf(deployment, cookiesOf(entered.headers)));
}

/** A user token for whoever the cookie belongs to, in this workspace of theirs or the one that they act in. */
export async function tokenOf(
  deployment: Deployment,
  cookie: string,
  workspaceId?: string,
): Promise<string> {
  const answer = await deployment.api.call('POST', '/auth/token', {
    body: { workspaceId },
    key: null,
    headers: { cookie },
  });
  return answer.data(Token).token;
}
