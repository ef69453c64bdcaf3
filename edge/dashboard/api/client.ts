import createClient from 'openapi-fetch';
import type { components, paths } from '../dist/api.ts';
import { BASE_PATH } from './base-path.ts';
import { ApiError, errorOf } from './errors.ts';

export type Schemas = components['schemas'];

/** The public API on this origin. The login is a cookie, so that no credential is in reach of scripts. */
export const api = createClient<paths>({ baseUrl: BASE_PATH, credentials: 'same-origin' });

type Call<Answer> = Promise<{ data?: Answer; error?: unknown; response: Response }>;

/**
 * The whole answer of a call: its `data`, and `meta` with the next page's cursor.
 * @throws ApiError
 */
export async function askWhole<Answer>(call: Call<Answer>): Promise<Answer> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw new ApiError({ status: 0, code: 'OFFLINE', message: '', cause });
  });
  if (error !== undefined || data === undefined) throw errorOf(response.status, error);
  return data;
}

/** The `data` of a call's answer. @throws ApiError */
export async function ask<Data>(call: Call<{ data: Data }>): Promise<Data> {
  return (await askWhole(call)).data;
}
