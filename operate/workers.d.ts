/* Cloudflare's own types and Node's do not go together; of the former edge/env.ts names these. */
type Fetcher = { fetch: unknown };
type Queue = { sendBatch: unknown };
type DurableObjectNamespace<Target> = { getByName: (name: string) => Target };
declare namespace Rpc {
  type DurableObjectBranded = object;
}
