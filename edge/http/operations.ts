import type { App } from './app.ts';
import type { AuditCall } from '../context.ts';

/** One operation of the API, as its route declares it. */
export type Operation = {
  operationId: string;
  /** The path's pattern as in the OpenAPI document: `/v1/sessions/{id}`. */
  route: string;
  /** Status of an accepted call; the highest where the route has several, so 202 for a send. */
  successStatus: number;
  /** What query and JSON body are held to; undefined where it takes none. */
  schemas: { query: unknown; json: unknown };
};

/** Name of a call that no operation of the API document answers. */
export const UNKNOWN_OPERATION = 'unknown';

/** The operations by `METHOD /router/:pattern`, from the routes' own declarations; read when they are first asked for. */
export function operationsOf(app: App): () => ReadonlyMap<string, Operation> {
  let read: ReadonlyMap<string, Operation> | undefined;
  return () => (read ??= readOperations(app));
}

function readOperations(app: App): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { method, path, operationId = UNKNOWN_OPERATION, request, responses } = definition.route;
    const content = request?.body?.content['application/json'];
    const statuses = Object.keys(responses).map(Number);
    operations.set(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, {
      operationId,
      route: path,
      schemas: {
        query: request?.query,
        json: content !== undefined && 'schema' in content ? content.schema : undefined,
      },
      successStatus: Math.max(200, ...statuses.filter((status) => status >= 200 && status < 300)),
    });
  }
  return operations;
}

/** A request to the matched router pattern. `operation` is undefined where the document names none. */
export function newCall(
  requestId: string,
  request: { method: string; pattern: string | null },
  operation: Operation | undefined,
): AuditCall {
  return {
    id: requestId.replace(/^req_/, 'aud_'),
    operationId: operation?.operationId ?? UNKNOWN_OPERATION,
    method: request.method,
    route: operation?.route ?? request.pattern,
    successStatus: operation?.successStatus ?? 200,
    inStatement: false,
  };
}
