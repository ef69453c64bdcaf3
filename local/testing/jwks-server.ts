import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import type { RunningService } from '../service-process.ts';
import { JwksScript, SignRequest } from './jwks-protocol.ts';

type Project = {
  keys: { kid: string; alg: string; privateKey: CryptoKey; publicKey: JWK }[];
  hits: number;
  script: JwksScript;
};

/**
 * Supabase Auth's keys, and tokens signed by them, for tests. Each first path segment is a project of its own, made when it
 * is first asked for: `GET /<project>/auth/v1/.well-known/jwks.json` is what the Worker reads; `PUT /<project>/script`
 * (JwksScript) says how that answers, `GET /<project>/hits` how often it was asked, `POST /<project>/rotate` makes a new key
 * and withdraws the others, `POST /<project>/sign` (SignRequest) answers `{token}`.
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

  const server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request;
    const work = async (): Promise<void> => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const [, name = '', rest = ''] = /^\/([^/]+)(\/.*)$/.exec(url) ?? [];
      const project = await projectOf(name);
      const { status, answer } = await serve(project, `${method} ${rest}`, body);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    };
    work().catch((error: unknown) => {
      process.stderr.write(`jwks: ${String(error)}\n`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on a TCP port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function newProject(): Promise<Project> {
  return { keys: [await newKey('ES256')], hits: 0, script: JwksScript.parse({}) };
}

async function newKey(alg: string): Promise<Project['keys'][number]> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = crypto.randomUUID();
  return { kid, alg, privateKey, publicKey: { ...(await exportJWK(publicKey)), kid, alg } };
}

async function serve(
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
