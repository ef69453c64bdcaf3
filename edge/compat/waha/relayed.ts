import { z } from '@hono/zod-openapi';
import { EXAMPLE_FILES } from '../../../shared/catalogue/kinds/example-files.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import type { Row } from '../../api/operation.ts';
import type { Given } from '../../http/read-request.ts';
import { alias, answerOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { refused as refusedRow } from '../refused.ts';
import { Nothing, type Session } from './session-view.ts';

/** What of most routes the answer says. */
export const done = [200, 'It is done.', Nothing] as const;
export const nothing = () => ({});

/** Of an operation that takes its session in the query, and nothing else. */
export const inQuery = ({
  params: { session: sessionId },
}: {
  params: z.output<typeof Session>;
}) => ({
  query: { sessionId },
});

/** A picture of a group or of the profile. */
export const PICTURE_BODY = {
  schema: z.object({
    file: z.object({
      data: z.string().openapi({ description: 'A JPEG or PNG, as base64.' }),
      mimetype: z.string().nullish(),
      filename: z.string().nullish(),
    }),
  }),
  example: { file: { mimetype: 'image/png', data: EXAMPLE_FILES.picture } },
  takesBase64: true as const,
};
export const PICTURE_CALLED = { base64: 'file.data' };

type Method = 'get' | 'post' | 'put' | 'delete';

type Relayed<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodObject,
  Read extends z.ZodType,
  Shown extends z.ZodType,
> = {
  id: string;
  method: Method;
  /** Below `/compat/waha/api`. */
  path: `/${string}`;
  summary: string;
  description?: string;
  to: Row;
  params?: P;
  query?: Q;
  body?: { schema: B; example: z.input<B>; optional?: true; takesBase64?: true };
  errors?: readonly ErrorCode[];
  given: (asked: { params: z.output<P>; query: z.output<Q>; body: z.output<B> }) => Given;
  reads: Read;
  answer: readonly [status: 200 | 201, description: string, schema: Shown];
  show: (data: z.output<Read>, asked: { query: z.output<Q> }) => z.input<Shown>;
};

/** A route of WAHA that is one operation of ours in other words. */
export const relayed = <
  Read extends z.ZodType,
  Shown extends z.ZodType,
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodObject = z.ZodObject,
>(
  row: Relayed<P, Q, B, Read, Shown>,
): Row => {
  const { to, given, reads, show, path, answer, ...rest } = row;
  const ownCalled = {
    sessionId: 'session',
    ...(row.params !== undefined && 'chatId' in row.params.shape && { id: 'chatId' }),
  };
  const [status, description, schema] = answer;
  return alias<P, Q, z.ZodObject, B>({
    ...rest,
    path: `/compat/waha/api${path}`,
    calls: [to],
    responses: { [status]: json(description, schema) },
    run: async ({ params, query, body }, c) => {
      const { called, ...asked } = given({ params, query, body });
      const own = await to.call(c, { ...asked, called: { ...ownCalled, ...called } });
      const { data } = await answerOf(own, reads);
      return Response.json(show(data, { query }), { status, headers: c.res.headers });
    },
  });
};

/** A route of WAHA that says why not. @param like whose scope it takes */
export const refused = (
  {
    path,
    ...row
  }: Omit<Parameters<typeof refusedRow>[0], 'path' | 'like'> & { path: `/${string}` },
  like: Row,
): Row => refusedRow({ ...row, path: `/compat/waha/api${path}`, like });
