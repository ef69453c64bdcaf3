import { z } from '@hono/zod-openapi';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { getSession, Ours } from './instance-view.ts';
import { BASE, Instance } from './route.ts';

const update = operationOf(sessions, 'updateSession');

const text = z.string().max(500).nullish();
const port = z.union([z.string().max(10), z.number()]).nullish();

/** A proxy as `instance/create` has it. */
export const ProxyFields = {
  proxyHost: text,
  proxyPort: port,
  proxyProtocol: text,
  proxyUsername: text,
  proxyPassword: text,
};
const InCreate = z.object(ProxyFields);

type Written = {
  host?: string | null | undefined;
  port?: string | number | null | undefined;
  protocol?: string | null | undefined;
  username?: string | null | undefined;
  password?: string | null | undefined;
};

/** As our sessions take it. */
function proxyOf({ host, port: at, protocol, username, password }: Written) {
  const url = `${given(protocol) ?? 'http'}://${host ?? ''}${given(at) === null ? '' : `:${at}`}`;
  const login = {
    ...(given(username) !== null && { username }),
    ...(given(password) !== null && { password }),
  };
  return { url, ...login };
}

const given = <Value>(value: Value | null | undefined): Value | null =>
  value == null || value === '' ? null : value;

/** What refusals call the parts of a proxy. */
const CALLED = {
  proxy: 'host',
  'proxy.url': 'host',
  'proxy.username': 'username',
  'proxy.password': 'password',
};
const CALLED_IN_CREATE = {
  proxy: 'proxyHost',
  'proxy.url': 'proxyHost',
  'proxy.username': 'proxyUsername',
  'proxy.password': 'proxyPassword',
};

/** The proxy that an instance begins with. Its browser must not be seen without. */
export const proxyIn = (said: z.output<typeof InCreate>) =>
  given(said.proxyHost) === null
    ? {}
    : {
        proxy: proxyOf({
          host: said.proxyHost,
          port: said.proxyPort,
          protocol: said.proxyProtocol,
          username: said.proxyUsername,
          password: said.proxyPassword,
        }),
        called: CALLED_IN_CREATE,
      };

const Shown = z
  .object({
    enabled: z.boolean(),
    host: z.string().nullable(),
    port: z.string().nullable(),
    protocol: z.string().nullable(),
    username: z.string().nullable(),
    password: z.string().nullable(),
  })
  .openapi('EvolutionProxy', {
    example: {
      enabled: true,
      host: 'proxy.example.com',
      port: '8080',
      protocol: 'http',
      username: 'us***',
      password: '***',
    },
  });

/** @param masked as our sessions show it; null for none */
function showProxy(masked: string | null): z.output<typeof Shown> {
  const none = { host: null, port: null, protocol: null, username: null, password: null };
  if (masked === null) return { enabled: false, ...none };
  const url = new URL(masked);
  const word = (said: string): string | null => given(decodeURIComponent(said));
  return {
    enabled: true,
    host: url.hostname,
    port: given(url.port),
    protocol: url.protocol.slice(0, -1),
    username: word(url.username),
    password: word(url.password),
  };
}

const WithProxy = Ours.extend({ proxy: z.string().nullable() });

export const evolutionProxy: readonly Row[] = [
  alias({
    id: 'evolutionSetProxy',
    method: 'post',
    path: `${BASE}/proxy/set/{instance}`,
    summary: 'Set the proxy of an instance, or remove it',
    description: 'Restarts the browser of the instance at once.',
    calls: [update],
    params: Instance,
    body: {
      schema: z.object({
        enabled: z.boolean(),
        host: text,
        port,
        protocol: text,
        username: text,
        password: text,
      }),
      example: { enabled: true, host: 'proxy.example.com', port: '8080', protocol: 'http' },
    },
    responses: { 201: json('The proxy.', Shown) },
    run: async ({ params: { instance: id }, body: { enabled, ...said } }, c) => {
      const proxy = enabled ? proxyOf(said) : null;
      const own = await update.call(c, { params: { id }, body: { proxy }, called: CALLED });
      const { data } = await answerOf(own, WithProxy);
      return c.json(showProxy(data.proxy), 201);
    },
  }),
  alias({
    id: 'evolutionFindProxy',
    method: 'get',
    path: `${BASE}/proxy/find/{instance}`,
    summary: 'Get the proxy of an instance',
    description: 'The login is masked.',
    calls: [getSession],
    params: Instance,
    responses: { 200: json('The proxy.', Shown) },
    run: async ({ params: { instance: id } }, c) => {
      const own = await getSession.call(c, { params: { id } });
      return c.json(showProxy((await answerOf(own, WithProxy)).data.proxy));
    },
  }),
];
