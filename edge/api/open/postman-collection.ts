import { z } from '@hono/zod-openapi';
import { ADMIN_PASSWORD_SCHEME } from '../takes.ts';

const Operation = z.looseObject({
  operationId: z.string(),
  summary: z.string().optional(),
  description: z.string().optional(),
  security: z.array(z.unknown()).optional(),
  parameters: z
    .array(
      z.looseObject({
        in: z.string(),
        name: z.string(),
        description: z.string().optional(),
        example: z.unknown().optional(),
        schema: z.looseObject({ example: z.unknown().optional() }).optional(),
      }),
    )
    .default([]),
  requestBody: z
    .looseObject({
      content: z.record(z.string(), z.looseObject({ example: z.unknown().optional() })),
    })
    .optional(),
});
type Operation = z.output<typeof Operation>;

const Document = z.looseObject({
  info: z.looseObject({ title: z.string(), description: z.string() }),
  paths: z.record(z.string(), z.looseObject({})),
});

/** An operation that takes the administration's password is sent with it. */
const BASIC = {
  type: 'basic',
  basic: [
    { key: 'username', value: '{{adminUsername}}', type: 'string' },
    { key: 'password', value: '{{adminPassword}}', type: 'string' },
  ],
};
const ADMINISTRATION = [
  { key: 'adminUsername', value: 'admin' },
  { key: 'adminPassword', value: '' },
];
const takesPassword = ({ security = [] }: Operation): boolean =>
  security.some((one) => Object.hasOwn(Object(one), ADMIN_PASSWORD_SCHEME));

/**
 * A Postman collection (format 2.1) of an OpenAPI document, with a request for each operation. `baseUrl` and `apiKey` are its
 * variables, and the administration's name and password where an operation takes them. Pure.
 */
export function toPostman(document: unknown, baseUrl: string) {
  const { info, paths } = Document.parse(document);
  const item = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, declared]) => {
      const operation = Operation.safeParse(declared).data;
      return operation === undefined ? [] : [itemOf(path, method, operation)];
    }),
  );
  return {
    info: {
      name: info.title,
      description: info.description,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{apiKey}}', type: 'string' }] },
    variable: [
      { key: 'baseUrl', value: baseUrl },
      { key: 'apiKey', value: '' },
      ...(item.some(({ request }) => request.auth === BASIC) ? ADMINISTRATION : []),
    ],
    item,
  };
}

function itemOf(path: string, method: string, operation: Operation) {
  const { operationId, summary = operationId, description, security, parameters } = operation;
  const example = operation.requestBody?.content['application/json']?.example;
  const named = (place: string) =>
    parameters
      .filter((parameter) => parameter.in === place)
      .map(({ name, description: about, ...rest }) => ({
        key: name,
        value: textOf(rest.example ?? rest.schema?.example),
        ...(about !== undefined && { description: about }),
      }));
  const segments = path.slice(1).replaceAll(/\{(\w+)\}/g, ':$1');
  return {
    name: summary,
    request: {
      method: method.toUpperCase(),
      ...(description !== undefined && { description }),
      ...(security?.length === 0 && { auth: { type: 'noauth' } }),
      ...(takesPassword(operation) && { auth: BASIC }),
      header: example === undefined ? [] : [{ key: 'Content-Type', value: 'application/json' }],
      url: {
        raw: `{{baseUrl}}/${segments}`,
        host: ['{{baseUrl}}'],
        path: segments.split('/'),
        variable: named('path'),
        query: named('query').map((one) => ({ ...one, disabled: true })),
      },
      ...(example !== undefined && {
        body: {
          mode: 'raw',
          raw: JSON.stringify(example, null, 2),
          options: { raw: { language: 'json' } },
        },
      }),
    },
    response: [],
  };
}

const textOf = (example: unknown): string =>
  typeof example === 'string' ? example : example === undefined ? '' : JSON.stringify(example);
