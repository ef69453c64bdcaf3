/** One operation of the API, as its route declares it. */
export type Operation = {
  operationId: string;
  /** The path's pattern as in the OpenAPI document: `/v1/sessions/{id}`. */
  route: string;
  /** Status of an accepted call; the highest where the route has several, so 202 for a send. */
  successStatus: number;
};

/** Name of a call that no operation of the API document answers. */
export const UNKNOWN_OPERATION = 'unknown';

/**
 * What the audit log knows of a request before it is served. Each request makes one row: its id is fixed from the start, so
 * that a row in the writing statement and one by the queue are the same row.
 */
export type AuditCall = Omit<Operation, 'route'> & {
  /** Id of the request's row. */
  id: string;
  method: string;
  /** Null where no route was found. */
  route: string | null;
  /** A statement that was run holds the row, provided that it wrote: an error goes by the queue all the same. */
  inStatement: boolean;
};

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
