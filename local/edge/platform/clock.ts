import { WorkerEntrypoint } from 'cloudflare:workers';
import type { Worker } from './worker.ts';

type Env = { WORKER: Worker; CLOCK_SECRET: string };

/** A private door: `POST /?cron=…` with the secret fires one of the Worker's triggers, and answers when it has run. */
export class Clock extends WorkerEntrypoint<Env> {
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('authorization') !== `Bearer ${this.env.CLOCK_SECRET}`)
      return new Response(null, { status: 401 });
    const cron = new URL(request.url).searchParams.get('cron') ?? '';
    const { outcome } = await this.env.WORKER.scheduled({ cron, scheduledTime: new Date() });
    return new Response(outcome, { status: outcome === 'ok' ? 200 : 500 });
  }
}
