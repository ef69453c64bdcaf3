import { createMiddleware } from 'hono/factory';
import { answeringRoute } from '../http/answering-route.ts';
import { isForm } from '../media/form-parts.ts';
import type { AppEnv, OperationFacts } from '../context.ts';

type Listed = { method: string; path: string; facts: OperationFacts };

/** A form is stored while it arrives, so that who sends it must be known before. */
const asForm = (facts: OperationFacts): OperationFacts =>
  facts.formLimitBytes === null
    ? facts
    : { ...facts, takesFile: true, limitBytes: facts.formLimitBytes, checksKey: false };

/** Looks up what is known of the operation that a request asks for, before anything is done with it. */
export const knowOperation = (rows: readonly Listed[]) => {
  const known = new Map(
    rows.map(({ method, path, facts }) => [
      `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      facts,
    ]),
  );
  return createMiddleware<AppEnv>(async (c, next) => {
    const matched = answeringRoute(c);
    const facts = known.get(`${matched?.method} ${matched?.path}`);
    c.set('operation', facts && isForm(c.req.raw) ? asForm(facts) : facts);
    await next();
  });
};
