import { SCOPES } from '../services/keys/require-scope.ts';
import { credentialsOf } from './credentials.ts';
import type { Harness } from './harness.ts';
import { type ErrorCode, ERRORS } from '../../shared/errors.ts';
import { systemAt } from '../compat/speak-dialect.ts';
import { SYSTEMS } from '../compat/systems.ts';
import { type Document, type ListedOperation, readDocument } from './openapi.ts';

export type Listed = { operation: ListedOperation; name: string } & ReturnType<
  typeof credentialsOf
>;

/**
 * Every operation of the public document and of the source systems' documents, with the kinds of credential that it
 * declares. `document` has the schemas of all.
 */
export async function listOperations(harness: Harness) {
  const paths = ['/openapi.json', ...SYSTEMS.map(({ name }) => `/openapi/${name}.json`)];
  const read = await Promise.all(
    paths.map(async (path) => readDocument(await (await harness.request('GET', path)).json())),
  );
  const [main] = read;
  if (main === undefined) throw new Error('there is no document');
  const operations = read.flatMap((one) => one.operations);
  const schemas = Object.assign({}, ...read.map((one) => one.document.components.schemas));
  const document: Document = {
    ...main.document,
    components: { ...main.document.components, schemas },
  };
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
/** Of the public API or a source system's, and so behind the same walls. */
export const isOfApi = ({ operation }: Listed): boolean =>
  /^\/(?:(?:v1|api|wa|compat)\/|admin$)/.test(operation.path);
export const roleOf = ({ operation }: Listed): unknown => operation['x-required-role'];

const systemOf = systemAt(SYSTEMS);
/** What an error is called at an address: a source system has names of its own. */
export const codeAt = (path: string, code: ErrorCode): string =>
  systemOf(path)?.dialect?.codes[code] ?? code;
/** The status of an error at an address, likewise. */
export const statusAt = (path: string, code: ErrorCode): number =>
  systemOf(path)?.dialect?.statuses?.[code] ?? ERRORS[code].status;
