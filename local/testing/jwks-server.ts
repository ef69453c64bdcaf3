import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { readBody, sendJson } from '../http.ts';
import type { RunningService } from '../service-process.ts';
import { JwksScript, SignRequest } from './jwks-protocol.ts';
import { serve } from './serve.ts';

const MAX_BODY_BYTES = 100_000;

type Project = {
  keys: { kid: string; alg: string; privateKey: CryptoKey; publicKey: JWK }[];
  hits: number;
  script: JwksScript;
};

/**
 * Supabase Auth's keys, and tokens signed by them, for tests. Each first path segment is a project of its own, made when it
 * is first asked for: `GET /<project>/auth/v1/.well-known/jwks.json` is what the Worker reads; `PUT /<project>/script`
 * (JwksScript) says how that answers, `GET /<project>/hits` how often it was asked, `POST /<project>/rotate` makes a new key
 * and withdraws the others, `POST /<project>/sign` (SignRequest) answers `{token}`. `GET /<project>/auth/v1/authorize` signs
 * somebody new in at once, and sends the browser back as Supabase does, with the token behind the #.
 */
export async function startJwksServer(): Promise<RunningService> {
  const projects = new Map<string, Promise<Project>>();
  const projectOf = (name: string): Promise<Project> => {
    const known = projects.get(name);
    if (known !== undefined) return known;
    const made = newProject();
    projects.set(name, made);
    return made;
  };

  return serve(async (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const body = await readBody(request, MAX_BODY_BYTES);
    const [, name = '', rest = ''] = /^\/([^/]+)(\/.*)$/.exec(url) ?? [];
    const project = await projectOf(name);
    const asked = new URL(url, `http://${request.headers.host ?? ''}`);
    if (asked.pathname === `/${name}/auth/v1/authorize`) {
      const location = await signInAt(asked, project);
      response.writeHead(302, { location }).end();
      return;
    }
    const { status, answer } = await answerOf(project, `${method} ${rest}`, body.toString());
    sendJson(response, status, answer);
  });
}

async function signInAt(asked: URL, project: Project): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const sub = crypto.randomUUID();
  const payload = {
    iss: asked.href.replace(/\/authorize.*$/, ''),
    aud: 'authenticated',
    sub,
    email: `${asked.searchParams.get('provider') ?? ''}-${sub}@example.com`,
    iat: now,
    exp: now + 600,
  };
  const token = await sign(project, SignRequest.parse({ payload }));
  const answer = new URLSearchParams({ access_token: token, token_type: 'bearer' });
  return `${asked.searchParams.get('redirect_to') ?? ''}#${answer.toString()}`;
}

async function newProject(): Promise<Project> {
  return { keys: [await newKey('ES256')], hits: 0, script: JwksScript.parse({}) };
}

async function newKey(alg: string): Promise<Project['keys'][number]> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = crypto.randomUUID();
  return { kid, alg, privateKey, publicKey: { ...(await exportJWK(publicKey)), kid, alg } };
}

async function answerOf(
  project: Project,
  what: string,
  body: string,
): Promise<{ status: number; answer: unknown }> {
  switch (what) {
    case 'GET /auth/v1/.well-known/jwks.json': {
      project.hits += 1;
      const { status, extraKeys } = project.script;
      const keys = [...project.keys.map(({ publicKey }) => publicKey), ...extraKeys];
      return { status, answer: status === 200 ? { keys } : { error: 'scripted' } };
    }
    case 'PUT /script':
      project.script = JwksScript.parse(JSON.parse(body));
      return { status: 200, answer: {} };
    case 'GET /hits':
      return { status: 200, answer: { hits: project.hits } };
    case 'GET /keys':
      return { status: 200, answer: { keys: project.keys.map(({ publicKey }) => publicKey) } };
    case 'POST /rotate':
      project.keys = [await newKey(body === '' ? 'ES256' : body)];
      return { status: 200, answer: { kid: project.keys[0]?.kid } };
    case 'POST /sign':
      return {
        status: 200,
        answer: { token: await sign(project, SignRequest.parse(JSON.parse(body))) },
      };
    default:
      return { status: 404, answer: { error: what } };
  }
}

async function sign(project: Project, request: SignRequest): Promise<string> {
  const { payload, alg, kid, secret } = request;
  if (alg === 'none') return new UnsecuredJWT(payload).encode();
  if (secret !== undefined)
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256', ...(kid === undefined ? {} : { kid }) })
      .sign(new TextEncoder().encode(secret));
  const [key] = project.keys;
  if (key === undefined) throw new Error('the project has no key');
  const header = { alg: key.alg, kid: kid ?? key.kid };
  return new SignJWT(payload)
    .setProtectedHeader(request.withoutKid ? { alg: key.alg } : header)
    .sign(key.privateKey);
}
