import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import OidcServer, {
  type Adapter,
  type Configuration,
  interactionPolicy,
  type Stored,
} from 'oidc-provider';
import { z } from 'zod';
import { closeServer, listenOnLoopback } from '../http.ts';
import type { RunningService } from '../service-process.ts';

export type OidcClient = { clientId: string; clientSecret: string; redirectUri: string };

/** The form of the login page: whoever one wants to be. An empty `email` is an account without one. */
const LoginForm = z.object({
  sub: z.string().min(1),
  email: z.string().optional(),
  email_verified: z.enum(['true', 'false']).default('true'),
  name: z.string().default('Google Person'),
});

const SCOPES = 'openid email profile';

/**
 * An OpenID provider as Google is one (authorization code, PKCE required, ID tokens with e-mail), on a free port, for
 * tests. One logs in by following the redirects to `/interaction/<uid>` and posting the form (LoginForm) there, with the
 * cookies that were set on the way.
 */
export async function startOidcProvider(client: OidcClient): Promise<RunningService> {
  const server = createServer();
  const url = await listenOnLoopback(server, 0);
  const accounts = new Map<string, Record<string, unknown>>();
  const provider = new OidcServer(url, await configure(client, accounts));
  const serve = provider.callback();

  server.on('request', (request, response) => {
    const { method = 'GET', url: target = '/' } = request;
    if (!target.startsWith('/interaction/')) {
      serve(request, response);
      return;
    }
    if (method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<form method="post"><input name="sub"><input name="email"></form>');
      return;
    }
    logIn(provider, accounts, request, response).catch((error: unknown) => {
      response.writeHead(400, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  });

  return { url, close: () => closeServer(server, 0) };
}

async function logIn(
  provider: OidcServer,
  accounts: Map<string, Record<string, unknown>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const {
    sub,
    email,
    email_verified: verified,
    name,
  } = LoginForm.parse(Object.fromEntries(new URLSearchParams(body)));
  const mail =
    email === undefined || email === '' ? {} : { email, email_verified: verified === 'true' };
  accounts.set(sub, { sub, name, ...mail });
  const result = { select_account: {}, login: { accountId: sub } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function configure(
  { clientId, clientSecret, redirectUri }: OidcClient,
  accounts: ReadonlyMap<string, Record<string, unknown>>,
): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return {
    adapter: memory(),
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'test' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'picture'] },
    // Google's ID tokens carry the e-mail address.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    ttl: {
      Interaction: 600,
      Session: 600,
      Grant: 600,
      AccessToken: 600,
      IdToken: 600,
      AuthorizationCode: 60,
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}`, policy },
    findAccount: (_context, id) => {
      const claims = accounts.get(id);
      return Promise.resolve(
        claims === undefined ? undefined : { accountId: id, claims: () => Promise.resolve(claims) },
      );
    },
    // Consent is given by logging in.
    loadExistingGrant: async ({ oidc }) => {
      const { clientId: of } = oidc.client;
      const grant = new oidc.provider.Grant({ clientId: of, accountId: oidc.session.accountId });
      grant.addOIDCScope(SCOPES);
      await grant.save();
      return grant;
    },
  };
}

/** Everything the provider keeps, gone with the process. */
function memory(): (model: string) => Adapter {
  const stored = new Map<string, Stored>();
  const all = () => [...stored.entries()];
  return (model) => {
    const key = (id: string) => `${model}:${id}`;
    return {
      upsert: (id, payload) => Promise.resolve(void stored.set(key(id), payload)),
      find: (id) => Promise.resolve(stored.get(key(id))),
      findByUid: (uid) =>
        Promise.resolve(
          all().find(([name, value]) => name.startsWith(`${model}:`) && value.uid === uid)?.[1],
        ),
      findByUserCode: () => Promise.resolve(undefined),
      consume: (id) => {
        const payload = stored.get(key(id));
        if (payload !== undefined) payload['consumed'] = Math.floor(Date.now() / 1000);
        return Promise.resolve();
      },
      destroy: (id) => Promise.resolve(void stored.delete(key(id))),
      revokeByGrantId: (grantId) => {
        for (const [name, { grantId: of }] of all()) if (of === grantId) stored.delete(name);
        return Promise.resolve();
      },
    };
  };
}
