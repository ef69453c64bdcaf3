import type { RouteConfig, z } from '@hono/zod-openapi';
import { type ErrorCode, ERRORS } from '../../../shared/errors.ts';
import type { Dialect } from '../../context.ts';
import { errorResponses } from '../../http/envelope.ts';

/** How a source system writes a failure, for its answers and its document. */
export type SystemDialect = Dialect & {
  /** Of a failure's body; called `Error` in the document. */
  schema: z.ZodType;
};

type Responses = RouteConfig['responses'];

/** A route's answers as its system's document shows them: failures in the system's own envelope, by its own codes. */
export function inDialect(responses: Responses, dialect: SystemDialect): Responses {
  const entries = Object.entries(responses);
  const isFailure = ([status]: [string, unknown]) => Number(status) >= 400;
  const codes = entries.filter(isFailure).flatMap(([, response]) => codesOf(response));
  return {
    ...Object.fromEntries(entries.filter((entry) => !isFailure(entry))),
    ...errorResponses(codes, dialect.schema, dialect),
  };
}

/** The codes of an answer: its examples have their names. */
function codesOf(response: object): ErrorCode[] {
  const json = 'content' in response ? Object(response.content)['application/json'] : undefined;
  return Object.keys(Object(json).examples ?? {}).filter((name) => isCode(name));
}

const isCode = (name: string): name is ErrorCode => Object.hasOwn(ERRORS, name);
