/** What Cloudflare does around a Worker, as a Worker of its own in the same workerd. */
export { Assets } from './assets.ts';
export { Clock } from './clock.ts';
export { Queue, Queues } from './queue.ts';
