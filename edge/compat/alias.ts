import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type Area, type Call, rawOperation, type Row } from '../api/operation.ts';
import { MEDIA_SEND_LIMIT_BYTES, SEND_LIMIT_BYTES } from '../api/messages/schemas.ts';
import type { Takes } from '../api/takes.ts';
import type { MediaRule } from '../../shared/catalogue/kinds/kind.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { nearName } from '../http/near-name.ts';
import { invalidRequest } from '../http/validation.ts';
import type { SystemDialect } from '../api/open/system-dialect.ts';
import type { AppEnv, ServiceContext } from '../context.ts';
import type { App } from '../http/app.ts';

/** A source system whose clients can be pointed at Waypost. */
export type System = {
  /** Its document is `/openapi/<name>.json`, its guide docs/migrate/<name>.md. */
  name: string;
  /** What its document is called, and its tag. */
  title: string;
  description: string;
  /** Where the system itself has its document. */
  documentAlsoAt?: `/api/${string}`;
  /** The first parts of its addresses: also where nothing is, a refusal is in its dialect. */
  owns: readonly `/${string}`[];
  /** How it writes a failure, and the schema of that; null where it is as in the public API. */
  dialect: SystemDialect | null;
  rows: readonly Row[];
  /** Where its rows are, as patterns of the router; without them each row's own address. Of two rows whose addresses overlap, a caller would be counted twice. */
  below?: readonly `/compat/${string}`[];
  /** Its routes that need no credential. */
  open?: readonly OpenRoute[];
};

/** A route that anybody may call. It brings its own checks. */
export type OpenRoute = {
  path: `/${string}`;
  /** False where another route that is audited answers in the end. */
  isAudited?: false;
  register: (app: App, tag: string) => void;
};

type AliasPath = `/api/${string}` | `/wa/${string}` | `/compat/${string}` | '/admin';

type Nothing = z.ZodObject;

type Alias<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  H extends z.ZodObject,
  B extends z.ZodObject,
> = {
  /** `operationId` in the system's document, and the action in the audit log. */
  id: string;
  method: 'get' | 'post' | 'put' | 'delete';
  path: AliasPath;
  summary: string;
  description?: string;
  takesAdminPassword?: true;
  takesRealtimeToken?: true;
  /** The operations that it calls: it takes whom and what the first one takes. A later one checks by itself what it asks beyond that. */
  calls: readonly [Row, ...Row[]];
  /** Instead of what the first one takes, where the caller has to be known before its statement. */
  takes?: Takes;
  /** Beside those of what it calls. */
  errors?: readonly ErrorCode[];
  params?: P;
  query?: Q;
  headers?: H;
  /** As the source system's clients write it. */
  body?: {
    schema: B;
    example: z.input<B>;
    optional?: true;
    takesBase64?: true;
    /** The body may also be a form, with such a file as its part `file`. */
    takesForm?: MediaRule;
  };
  responses: Parameters<typeof rawOperation>[0]['responses'];
  run: (call: Call<P, Q, H, B>, c: Context<AppEnv>) => Promise<Response>;
};

/**
 * A route of a source system: it maps a request in, calls operations of ours, and maps the answer out. Fields that it does
 * not know are ignored, as the source system ignores them, and named in `Waypost-Ignored`. One that looks like a field that is
 * left out is refused: a message with `session_id` must not go from the default session.
 */
export const alias = <
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  H extends z.ZodObject = Nothing,
  B extends z.ZodObject = Nothing,
>(
  row: Alias<P, Q, H, B>,
): Row => {
  const [first] = row.calls;
  return rawOperation({
    ...row,
    takes: row.takes ?? first.takes,
    takesAnyQuery: true,
    query: loose<Q>(row.query),
    ...(row.body !== undefined && {
      body: {
        schema: loose<B>(row.body.schema),
        example: row.body.example,
        ...(row.body.optional === true && { optional: true }),
        ...(row.body.takesForm !== undefined && {
          form: { rule: row.body.takesForm, fields: row.body.schema },
        }),
        limitBytes: Math.min(
          // Elsewhere files come by URL.
          row.body.takesBase64 === true ? MEDIA_SEND_LIMIT_BYTES : SEND_LIMIT_BYTES,
          ...row.calls.map(({ facts }) => facts.limitBytes),
        ),
      },
    }),
    errors: [...new Set([...row.calls.flatMap(({ errors }) => errors), ...(row.errors ?? [])])],
    run: async (call, c) => {
      reportIgnored(c, [
        ...unknownIn('query', call.query, row.query),
        ...unknownIn('json', call.body, bodyOf(call.ctx, row.body?.schema)),
      ]);
      return row.run(call, c);
    },
  });
};

/** What a schema knows is read as before, so that the type stays; what it does not know is kept. */
const loose = <Schema extends z.ZodObject>(schema: z.ZodObject = z.object({})): Schema =>
  schema.loose() as unknown as Schema;

/** The file of a form is `mediaId` by now, which the caller did not write. */
const bodyOf = ({ formFile }: ServiceContext, schema: z.ZodObject | undefined) =>
  formFile === undefined ? schema : schema?.extend({ mediaId: z.string() });

/** @throws AppError VALIDATION_ERROR for a name that is close to that of a field which is left out */
function unknownIn(
  target: string,
  given: Record<string, unknown>,
  schema: z.ZodObject = z.object({}),
): string[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(schema.shape, name));
  const absent = Object.keys(schema.shape).filter((name) => !Object.hasOwn(given, name));
  const keys = unknown.filter((name) => nearName(name, absent) !== null);
  if (keys.length > 0) {
    const issue = { code: 'unrecognized_keys' as const, keys, path: [], message: '', input: given };
    throw invalidRequest(target, new z.ZodError([issue]), schema);
  }
  return unknown;
}

/** A body can have thousands of fields, and a header has room for few. */
const MOST_NAMED = 20;
const LONGEST_NAME = 50;

/** Says in `Waypost-Ignored` what of a request was not used. */
export function reportIgnored(c: Context<AppEnv>, names: readonly string[]): void {
  if (names.length === 0) return;
  const shown = names
    .slice(0, MOST_NAMED)
    .map((name) => encodeURIComponent(name.slice(0, LONGEST_NAME).toWellFormed()));
  c.header('Waypost-Ignored', shown.join(', '), { append: true });
}

/** An operation of the public API. */
export function operationOf({ rows }: Area, id: string): Row {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw new Error(`there is no operation ${id}`);
  return row;
}

const Envelope = z.object({
  data: z.unknown(),
  meta: z.object({ sessionName: z.string().optional() }),
});

/** What an operation of ours answers with. */
export async function answerOf<Data extends z.ZodType>(
  answer: Response,
  schema: Data,
): Promise<{ status: 200 | 202; data: z.output<Data>; sessionName: string | null }> {
  const { data, meta } = Envelope.parse(await answer.json());
  const status = answer.status === 202 ? 202 : 200;
  return { status, data: schema.parse(data), sessionName: meta.sessionName ?? null };
}
