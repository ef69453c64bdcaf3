import { WorkerEntrypoint } from 'cloudflare:workers';

/**
 * The public internet as a service binding: what leaves through it has Cloudflare's own egress rules
 * (`global_fetch_strictly_public`) and nothing else. wrangler.toml names it `Egress`.
 */
export class Egress extends WorkerEntrypoint {
  override fetch(request: Request): Promise<Response> {
    return fetch(request);
  }
}
