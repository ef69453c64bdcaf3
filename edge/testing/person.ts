import { z } from 'zod';
import type { Harness, TestRequest } from './harness.ts';
import { cookiesOf } from '../../local/testing/oidc-visitor.ts';
import { mailbox } from './mailbox.ts';

/** An answer of /auth: bare when it is a success, with our envelope and a code on top when it is not. */
const Body = z.looseObject({
  code: z.string().optional(),
  message: z.string().optional(),
  error: z.looseObject({ code: z.string() }).optional(),
});
export type AuthAnswer = {
  status: number;
  headers: Headers;
  body: unknown;
  /** The code on top of a failure. */
  code: string | undefined;
  /** What a browser would send back. */
  cookie: string;
};

/** Talks to /auth as a browser or a program does. */
export function authClient(harness: Harness) {
  const ask = async (
    method: string,
    path: string,
    options: TestRequest = {},
  ): Promise<AuthAnswer> => {
    const response = await harness.request(method, `/auth${path}`, options);
    const text = await response.text();
    const body: unknown = text === '' || response.status === 302 ? null : JSON.parse(text);
    return {
      status: response.status,
      headers: response.headers,
      body,
      code: Body.safeParse(body).data?.code,
      cookie: cookiesOf(response.headers),
    };
  };
  const post = (path: string, body: unknown, options: TestRequest = {}) =>
    ask('POST', path, { ...options, body });
  const get = (path: string, options: TestRequest = {}) => ask('GET', path, options);
  const mails = mailbox(harness.env);

  /** Opens a mailed link. */
  const open = (link: URL) => get(`${link.pathname.replace(/^\/auth/, '')}${link.search}`);

  const newPerson = (name = 'Ann Example') => ({
    name,
    email: `ann-${crypto.randomUUID()}@example.com`,
    password: `correct horse ${crypto.randomUUID()}`,
  });
  /** Somebody who signed up and confirmed their address. */
  const confirmed = async () => {
    const person = newPerson();
    await post('/sign-up/email', person);
    await open(await mails.link(person.email, /confirm/i));
    return person;
  };
  const signIn = (
    { email, password }: { email: string; password: string },
    options?: TestRequest,
  ) => post('/sign-in/email', { email, password }, options);
  /** Somebody who is signed in. */
  const signedIn = async () => {
    const person = await confirmed();
    const { cookie } = await signIn(person);
    return { ...person, cookie };
  };
  const who = (cookie: string) => get('/get-session', { headers: { cookie } });

  return { ask, post, get, mails, open, newPerson, confirmed, signIn, signedIn, who };
}
