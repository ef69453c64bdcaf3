import { SCOPES } from '../services/keys/require-scope.ts';
import { credentialsOf } from './credentials.ts';
import type { Harness } from './harness.ts';
import { type ListedOperation, readDocument } from './openapi.ts';

export type Listed = { operation: ListedOperation; name: string } & ReturnType<
  typeof credentialsOf
>;

/** Every operation of the public document, with the kinds of credential that it declares. */
export async function listOperations(harness: Harness) {
  const response = await harness.request('GET', '/openapi.json');
  const { document, operations } = readDocument(await response.json());
  const all = operations.map((operation): Listed => ({
    operation,
    name: `${operation.method} ${operation.path}`,
    ...credentialsOf(operation, document),
  }));
  /** Operations that nobody passes without a credential. */
  const guarded = all.filter(({ kinds, optional }) => kinds.length > 0 && !optional);
  return { document, all, guarded };
}

export const scopeOf = ({ operation }: Listed): string | undefined =>
  SCOPES.find((scope) => scope === operation['x-required-scope']);
export const roleOf = ({ operation }: Listed): unknown => operation['x-required-role'];
