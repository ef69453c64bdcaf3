import type { Harness, TestRequest } from './harness.ts';

/** Calls with answers in a source system's own envelope. */
export const plainCall =
  (harness: Harness) =>
  async (method: string, path: string, options: TestRequest = {}) => {
    const response = await harness.request(method, path, options);
    const body: unknown = await response.json();
    return { status: response.status, headers: response.headers, body };
  };
